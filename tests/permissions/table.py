"""Who comes in where: every address of the staff site asked by every role about three letters.

``python -m tests.permissions.table`` writes ``docs/permissions.md``; a test compares what is written with what is.
"""

from __future__ import annotations

import re
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Final

from flask.testing import FlaskClient
from werkzeug.routing import Rule

from docflow.accounts.demo import fill_demo_district
from docflow.bootstrap import Runtime, bootstrap
from docflow.core.actor import Actor
from docflow.core.ids import new_id
from docflow.schema import migrate
from docflow.search.indexing import make_first_index
from docflow.settings import Settings
from docflow.web.guards import guard_of
from tests.conftest import DEMO_PASSWORD, FrozenClock, actor
from tests.factories.sessions import signed_in_client, token_of
from tests.mail_server import with_mail
from tests.permissions.world import World, make_world

ROLES: Final = {
    "clerk": "clerk2", "agent": "agent", "head": "head", "director": "director", "president": "president",
    "archivist": "archivist", "administrator": "admin", "auditor": "auditor", "desk agent": "counter",
    "editor": "editor",
}  # fmt: skip
"""The columns, and who stands for each; the clerk is not the one who deposited the letters."""
PAGE: Final = Path(__file__).parents[2] / "docs" / "permissions.md"
REFUSALS: Final = {401, 403, 404}
PARTS: Final = re.compile(r"<(?:[^:<>]+:)?(\w+)>")
FORMS: Final = {
    "accounts.key_options": {"name": "blue", "current": DEMO_PASSWORD},
    "appointments.act": {"action": "ticket"},
    "appointments.change": {
        "action": "hours",
        "version": "1",
        "slot_minutes": "9",
        "horizon_days": "9",
        "desk_count": "9",
    },
    "approvals.decide": {"choice": "reject", "comment": "Non"},
    "corrections.restore": {"text": "00000000-0000-0000-0000-000000000000"},
    "registry.paper": {"paper_place": "kept"},
    "unit_proposals.accept": {"unit": "00000000-0000-0000-0000-000000000000", "version": "1"},
    "registry.receipt_mail": {"recipient": "nadia@example.ma"},
}
"""What is posted where an empty form is refused before the letter is looked for."""
NOWHERE: Final = {
    "/healthz", "/readyz", "/assets/<name>", "/lang", "/sign-in", "/sign-in/code", "/sign-in/key", "/sign-in/provider",
    "/sign-in/provider/back", "/sign-out",
}  # fmt: skip
"""Open to anybody, and saying nothing about letters."""
HEAD: Final = """# Who comes in where

Every address of the staff site, asked by one person of each role about three letters: **o**, of the works service,
which is the person's own or below them where their role has a unit; **x**, of another unit; **c**, a confidential one
that names two other people. A letter in a cell says that the answer was no refusal, and another one than about
something that does not exist; **●** says of an address about no letter that it opens; an empty cell is a refusal.

A page that opens may still refuse what it offers: a form says what is missing, and what somebody else may do is not
done. The clerk is a colleague of the one who deposited the letters. A test asks everything again and compares.

"""


def rows(runtime: Runtime) -> list[tuple[str, list[str]]]:
    """Return each address with a cell for each role."""
    world = make_world(runtime)
    runtime = with_mail(runtime, "smtp://127.0.0.1")
    clients = {role: signed_in_client(runtime, name) for role, name in ROLES.items()}
    tokens = {role: token_of(client) for role, client in clients.items()}
    people = {role: actor(runtime, name) for role, name in ROLES.items()}
    rules = sorted(clients["clerk"].application.url_map.iter_rules(), key=lambda rule: rule.rule)
    found = []
    with kept(runtime) as restore:
        for rule in rules:
            if rule.rule in NOWHERE:
                continue
            for method in sorted((rule.methods or set()) & {"GET", "POST"}):
                cells = []
                for role, person in people.items():
                    cells.append(_cell(clients[role], tokens[role], rule, method, world, person))
                    if method == "POST":
                        restore()
                address = PARTS.sub(lambda part: f"<{part[1]}>", rule.rule)
                found.append((f"{method} `{address}`", cells))
    return found


def _cell(client: FlaskClient, token: str, rule: Rule, method: str, world: World, person: Actor) -> str:
    names = PARTS.findall(rule.rule)
    about = [name for name in names if name in world.of_letter]
    nothing = _status(client, token, rule, method, world.of_house | {name: new_id() for name in about})
    guard = guard_of(client.application.view_functions[rule.endpoint])
    if guard and guard.permission and not person.can(guard.permission):
        # Refused before anything is looked for: no letter can change that.
        assert nothing in REFUSALS, f"{method} {rule.rule} opens without {guard.permission}"
        return ""
    if not about:
        return "" if nothing in REFUSALS else "●"
    said = ""
    for key in world.of_letter["document_id"]:
        values = world.of_house | {name: world.of_letter[name][key] for name in about}
        status = _status(client, token, rule, method, values)
        # What is also said about something that does not exist opens nothing.
        said += key if status not in REFUSALS | {nothing} else ""
    return said


def _status(client: FlaskClient, token: str, rule: Rule, method: str, values: Mapping[str, object]) -> int:
    """Return the status of an answer; being sent to sign in is a refusal."""
    address = PARTS.sub(lambda part: str(values[part[1]]), rule.rule)
    if method == "GET":
        answer = client.get(address, buffered=False)
    else:
        answer = client.post(address, data={"csrf_token": token} | FORMS.get(rule.endpoint, {}))
    answer.close()
    return 401 if "/sign-in" in answer.headers.get("Location", "") else answer.status_code


@contextmanager
def kept(runtime: Runtime) -> Iterator:
    """Yield what brings the database back to what it is now, if anything was written since: most answers refuse."""
    path = Path(runtime.settings.home) / "docflow.sqlite"
    runtime.access_log.flush()
    with closing(sqlite3.connect(":memory:")) as copy, closing(sqlite3.connect(path, timeout=30)) as present:
        present.execute("PRAGMA synchronous = OFF")
        present.backup(copy)

        def state() -> int:
            """Return what changes when somebody else writes."""
            return int(present.execute("PRAGMA data_version").fetchone()[0])

        before = state()

        def restore() -> None:
            nonlocal before
            if state() != before:
                copy.backup(present)
                before = state()

        yield restore


def page(found: list[tuple[str, list[str]]]) -> str:
    """Return the page of the documentation."""
    lines = ["| address | " + " | ".join(ROLES) + " |", "|---|" + "---|" * len(ROLES)]
    lines += [f"| {address} | " + " | ".join(cells) + " |" for address, cells in found]
    return HEAD + "\n".join(lines) + "\n"


def main() -> None:
    """Write the page."""
    home = Path(tempfile.mkdtemp())
    try:
        runtime = bootstrap(Settings(home=home, demo_password=DEMO_PASSWORD), clock=FrozenClock())
        migrate(runtime.transactions.engine)
        fill_demo_district(runtime.transactions, runtime.settings)
        make_first_index(runtime)
        PAGE.write_text(page(rows(runtime)), encoding="utf-8")
    finally:
        shutil.rmtree(home)


if __name__ == "__main__":
    main()
