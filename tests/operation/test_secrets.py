"""A day of acts, right and wrong, with everything failing once: no secret is logged, journaled, or kept in a job."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from pydantic import SecretStr
from sqlalchemy import select
from werkzeug.test import TestResponse

from docflow.accounts.factors import FactorCipher
from docflow.accounts.models import SecondFactor
from docflow.accounts.views import COOKIE
from docflow.app import create_public_app, create_staff_app
from docflow.approvals.pins import make_key
from docflow.audit.models import JournalEntry
from docflow.bootstrap import Runtime, bootstrap
from docflow.core.actor import SYSTEM
from docflow.core.errors import InvalidInput
from docflow.core.jobs import Job
from docflow.core.logging import configure_logging
from docflow.health import run_checks
from docflow.measures import Watch
from docflow.notifications.models import Notice
from docflow.registry.models import Entry
from docflow.settings import Settings
from tests.conftest import DEMO_PASSWORD, FrozenClock, actor, run_jobs
from tests.factories.acts import decides, make_circuit, short, started
from tests.factories.requests import fill_catalogue, requested
from tests.rooms.ingest.letters import letter_about
from tests.servers import free_port

TYPED = {
    "password": DEMO_PASSWORD,
    "wrong password": "typed-wrong-8c1f",
    "new password": "a-new-one-77ab21",
    "PIN": "4711-92",
    "wrong PIN": "8853-17",
    "wrong code": "391847",
    "wrong secret of a receipt": "WRNG-SCRT-7",
    "wrong token": "no-token-of-ours-55",
}
"""What people type that must be nowhere afterwards."""


def marked(home: Path) -> dict[str, SecretStr]:
    """Every secret setting, with a mark of its own in it; addresses lead to servers that are away."""
    away = f"127.0.0.1:{free_port()}"
    addresses = {
        "database_url": f"postgresql://docflow:mark-database-url@{away}/docflow",
        "storage_url": f"s3+http://key:mark-storage-url@{away}/docflow",
        "search_url": f"opensearch+http://docflow:mark-search-url@{away}/docflow",
        "broker_url": f"amqp://docflow:mark-broker-url@{away}/",
        "smtp_url": f"smtp://docflow:mark-smtp-url@{away}",
    }
    secret = [name for name, field in Settings.model_fields.items() if "SecretStr" in str(field.annotation)]
    assert set(addresses) < set(secret)
    return {name: SecretStr(addresses.get(name, mark_of(name))) for name in secret}


def mark_of(name: str) -> str:
    return f"mark-{name.replace('_', '-')}-0123456789"


class Collected:
    """Everything that was written, and the secrets that must not be in it."""

    def __init__(self, capsys: pytest.CaptureFixture[str], secrets: dict[str, str]) -> None:
        self.capsys = capsys
        self.secrets = dict(secrets)
        self.written: list[str] = []

    def take(self) -> None:
        said = self.capsys.readouterr()
        self.written += [said.out, said.err]

    def found(self) -> dict[str, str]:
        self.take()
        text = "\n".join(self.written)
        return {
            name: text[max(0, text.index(secret) - 200) : text.index(secret) + 80]
            for name, secret in self.secrets.items()
            if secret in text
        }


@pytest.fixture(params=["json", "text"])
def collected(
    request: pytest.FixtureRequest, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> Iterator[Collected]:
    configure_logging(is_json=request.param == "json")
    settings = {name: value.get_secret_value() for name, value in marked(tmp_path).items()}
    secrets = {name: re.sub(r".*:(mark-[a-z-]+)@.*", r"\1", value) for name, value in settings.items()}
    yield Collected(capsys, secrets | TYPED)
    configure_logging(is_json=False)


def post(client: FlaskClient, path: str, **fields: object) -> TestResponse:
    return client.post(path, data=fields, headers={"X-CSRFToken": token(client)})


def token(client: FlaskClient) -> str:
    page = client.get("/sign-in").get_data(as_text=True) + client.get("/account").get_data(as_text=True)
    found = re.search(r'name="csrf-token" content="([^"]+)"|name="csrf_token" value="([^"]+)"', page)
    assert found is not None
    return found[1] or found[2]


def sign_in_wrong_and_right(app: Flask, collected: Collected) -> FlaskClient:
    client = app.test_client()
    post(client, "/sign-in", username="clerk", password=TYPED["wrong password"])
    post(client, "/sign-in", username="clerk", password=DEMO_PASSWORD)
    cookie = client.get_cookie(COOKIE)
    assert cookie is not None
    collected.secrets["session cookie"] = cookie.value
    return client


def set_up_factor(runtime: Runtime, client: FlaskClient, collected: Collected) -> None:
    post(client, "/account/factor", action="begin", current=DEMO_PASSWORD)
    post(client, "/account/factor", action="confirm", code=TYPED["wrong code"])
    with runtime.transactions.reading() as session:
        factors = session.scalars(select(SecondFactor)).all()
    for factor in factors:
        collected.secrets["secret of the factor"] = FactorCipher(runtime.secret_key).opened(factor.sealed_secret)
    assert factors


def deposit_on_the_page(client: FlaskClient) -> int:
    headers = {"X-CSRFToken": token(client)}
    batch = client.post("/batches", headers=headers).location.split("/batches/")[1].split("?")[0]
    form = {"key": "k", "file": (io.BytesIO(letter_about("lampadaire")), "a.pdf")}
    return client.post(f"/batches/{batch}/file", data=form, headers=headers).status_code


def follow_with_wrong_and_right_secret(runtime: Runtime, collected: Collected) -> None:
    with runtime.transactions.reading() as session:
        entry = session.scalars(select(Entry)).first()
    assert entry is not None
    collected.secrets["secret of a receipt"] = entry.tracking_secret
    app = create_public_app(runtime)
    app.config["WTF_CSRF_ENABLED"] = False
    client = app.test_client()
    client.post("/track", data={"number": entry.label, "secret": TYPED["wrong secret of a receipt"]})
    assert client.post("/track", data={"number": entry.label, "secret": entry.tracking_secret}).status_code == 200
    client.get(f"/track/{entry.label}?secret={entry.tracking_secret}")


def kept_in_tables(runtime: Runtime) -> str:
    with runtime.transactions.reading() as session:
        lines = [(row.verb, row.subject_id, row.values) for row in session.scalars(select(JournalEntry))]
        jobs = [(row.name, row.payload, row.error, row.unique_key) for row in session.scalars(select(Job))]
        notices = [(row.kind, row.values) for row in session.scalars(select(Notice))]
    assert lines
    assert jobs
    return json.dumps([lines, jobs, notices], default=str, ensure_ascii=False)


def test_no_secret_is_written_down(
    sqlite_runtime: Runtime, clock: FrozenClock, collected: Collected, tmp_path: Path
) -> None:
    secrets = marked(tmp_path)
    away = {name: secrets.pop(name) for name in ("database_url", "storage_url", "search_url")}
    own = secrets | {"mail_from": "bureau@example.ma", "demo_password": SecretStr(DEMO_PASSWORD)}
    collected.secrets["demo_password"] = DEMO_PASSWORD
    runtime = bootstrap(sqlite_runtime.settings.model_copy(update=own), clock=clock)
    runtime.__dict__["search_index"] = sqlite_runtime.search_index

    client = sign_in_wrong_and_right(create_staff_app(runtime), collected)
    assert deposit_on_the_page(client) == 200
    run_jobs(runtime)
    make_circuit(runtime, short(runtime))
    run_id = started(runtime)
    make_key(runtime, actor(runtime, "president"), pin=TYPED["PIN"], again=TYPED["PIN"])
    with pytest.raises(InvalidInput) as refused:
        decides(runtime, "president", run_id, pin=TYPED["wrong PIN"])
    collected.written.append(str(refused.value))
    decides(runtime, "president", run_id, pin=TYPED["PIN"])
    fill_catalogue(runtime)
    requested(runtime, email="nadia@example.ma")
    # The mail cannot go: its server is away, and the job says why.
    run_jobs(runtime)
    follow_with_wrong_and_right_secret(runtime, collected)
    client.get("/metrics", headers={"Authorization": f"Bearer {TYPED['wrong token']}"})
    collected.written += [str(check) for check in run_checks(runtime)]
    collected.written.append(Watch(runtime).told().decode())
    set_up_factor(runtime, client, collected)
    with_servers_away(runtime, away, clock, collected)
    changed = {"new": TYPED["new password"], "again": TYPED["new password"]}
    post(client, "/account/password", current=TYPED["wrong password"], **changed)
    assert post(client, "/account/password", current=DEMO_PASSWORD, **changed).status_code == 302

    collected.written.append(kept_in_tables(runtime))
    collected.written += [repr(runtime.settings), str(runtime.settings), repr(runtime)]
    runtime.transactions.engine.dispose()
    assert collected.found() == {}
    assert len("".join(collected.written)) > 10_000


def with_servers_away(runtime: Runtime, away: dict[str, SecretStr], clock: FrozenClock, collected: Collected) -> None:
    """Storage, index and database fail in turn, on pages, in jobs and in the checks."""
    failed = []
    for name, address in away.items():
        broken = bootstrap(runtime.settings.model_copy(update={name: address}), clock=clock)
        app = create_staff_app(broken)
        app.config["WTF_CSRF_ENABLED"] = False
        if name == "database_url":
            answer = app.test_client().post("/sign-in", data={"username": "clerk", "password": DEMO_PASSWORD})
            failed.append(answer.status_code)
        elif name == "storage_url":
            client = sign_in_wrong_and_right(app, collected)
            failed.append(deposit_on_the_page(client))
        else:
            client = sign_in_wrong_and_right(app, collected)
            failed.append(client.get("/search?q=lampadaire").status_code)
        app.test_client().get("/readyz")
        collected.written += [str(check) for check in run_checks(broken)]
        collected.written.append(Watch(broken).told().decode())
        if name != "database_url":
            with broken.transactions.writing(SYSTEM):
                pass
            run_jobs(broken)
        broken.transactions.engine.dispose()
    assert all(status >= 500 for status in failed[:2]), failed
