"""What one request asked of the database is not asked again, and is never older than what was written since."""

from __future__ import annotations

from collections import Counter
from typing import Any

from flask import Flask
from sqlalchemy import event, update

from docflow.accounts.models import OrgUnit
from docflow.accounts.queries import names_shown
from docflow.accounts.units import all_units
from docflow.bootstrap import Runtime
from docflow.core.actor import SYSTEM
from docflow.core.errors import NotFound
from docflow.documents.queries import document_for
from docflow.web.tracing import install_tracing
from tests.conftest import actor, run_jobs
from tests.factories.registry import registered
from tests.factories.sessions import signed_in_client
from tests.rooms.routing.test_pages import page
from tests.rooms.routing.test_routing import sent, to_unit


def asked(runtime: Runtime) -> list[tuple[str, str]]:
    """Return where every statement from now on is noted with its values."""
    noted: list[tuple[str, str]] = []
    event.listen(
        runtime.transactions.engine, "before_cursor_execute", lambda *call: noted.append((call[2], repr(call[3])))
    )
    return noted


def names_in(runtime: Runtime) -> list[str]:
    with runtime.transactions.reading() as session:
        return [unit.name_fr for unit in all_units(session)]


def an_app(view: Any) -> Flask:
    app = Flask("remembering")
    install_tracing(app, is_behind_proxy=False)
    app.add_url_rule("/", view_func=view, endpoint="view")
    return app


def test_the_page_of_a_letter_asks_no_question_twice(sqlite_runtime: Runtime) -> None:
    entry = registered(sqlite_runtime)
    run_jobs(sqlite_runtime)
    sent(sqlite_runtime, entry.document_id, to_unit(sqlite_runtime, "TRV"), by="agent")
    client = signed_in_client(sqlite_runtime, "agent")
    page(client.get(f"/d/{entry.document_id}"))
    noted = asked(sqlite_runtime)

    page(client.get(f"/d/{entry.document_id}"))

    questions = Counter(one for one in noted if one[0].startswith("SELECT"))
    assert len(questions) > 20
    assert [question for question, times in questions.items() if times > 1] == []


def test_what_is_written_is_seen_by_the_request_that_wrote_it(sqlite_runtime: Runtime) -> None:
    seen: list[list[str]] = []

    def view() -> str:
        seen.append(names_in(sqlite_runtime))
        with sqlite_runtime.transactions.writing(SYSTEM) as uow:
            uow.session.execute(update(OrgUnit).values(name_fr="Autre nom"))
            seen.append([unit.name_fr for unit in all_units(uow.session)])
        seen.append(names_in(sqlite_runtime))
        return ""

    an_app(view).test_client().get("/")

    before, while_written, after = map(set, seen)
    assert "Autre nom" not in before
    assert while_written == after == {"Autre nom"}


def test_what_is_streamed_and_what_no_request_asked_is_asked_anew(sqlite_runtime: Runtime) -> None:
    noted = asked(sqlite_runtime)

    def view() -> Any:
        names_in(sqlite_runtime)
        names_in(sqlite_runtime)
        noted.append(("streamed", ""))
        return (str(len(names_in(sqlite_runtime))) for _ in range(2))

    an_app(view).test_client().get("/").get_data()
    names_in(sqlite_runtime)
    names_in(sqlite_runtime)

    kinds = [statement.split()[0] for statement, _ in noted if statement.split()[0] in {"SELECT", "streamed"}]
    assert kinds == ["SELECT", "streamed", *["SELECT"] * 4]


def test_names_are_asked_together_and_each_once(sqlite_runtime: Runtime) -> None:
    kept = [actor(sqlite_runtime, name).name for name in ("clerk", "agent")]
    noted = asked(sqlite_runtime)
    shown: list[dict[str, str]] = []

    def view() -> str:
        for names in (kept, [*kept, "Personne (personne)"], ["Personne (personne)"]):
            with sqlite_runtime.transactions.reading() as session:
                shown.append(names_shown(session, names, locale="ar"))
        return ""

    an_app(view).test_client().get("/")

    assert [set(names) for names in shown] == [set(kept), {*kept, "Personne (personne)"}, {"Personne (personne)"}]
    assert shown[1] == shown[0] | shown[2]
    assert len([statement for statement, _ in noted if "FROM people" in statement]) == 2


def test_readers_do_not_share_what_was_found_and_a_refusal_is_asked_anew(sqlite_runtime: Runtime) -> None:
    entry = registered(sqlite_runtime)
    found: list[bool] = []

    def view() -> str:
        for name in ("clerk", "temp"):
            with sqlite_runtime.transactions.reading() as session:
                reader = actor(sqlite_runtime, name)
                try:
                    found.append(document_for(session, reader, entry.document_id).id == entry.document_id)
                except NotFound:
                    found.append(False)
        return ""

    an_app(view).test_client().get("/")

    assert found == [True, False]
