"""One name leads from the request through every job that follows from it, in the log and in the table of jobs."""

from __future__ import annotations

import io
import json

import pytest
from sqlalchemy import select, text
from structlog.testing import capture_logs

from docflow.app import create_staff_app
from docflow.bootstrap import Runtime, bootstrap
from docflow.core.actor import SYSTEM
from docflow.core.jobs import Job, JobRequest
from docflow.core.logging import configure_logging
from docflow.core.origin import Origin, current_origin
from docflow.web.problem import incident_code
from tests.conftest import run_jobs
from tests.factories.sessions import signed_in_client, token_of
from tests.rooms.ingest.letters import letter_about


@pytest.fixture
def lines(capsys):
    """What was logged as JSON since, one dictionary a line."""
    configure_logging(is_json=True)
    yield lambda: [json.loads(line) for line in capsys.readouterr().err.splitlines() if line.startswith("{")]
    configure_logging(is_json=False)


def test_an_upload_its_reading_and_its_indexing_are_found_by_one_name(runtime: Runtime, lines) -> None:
    client = signed_in_client(runtime, "clerk")
    proof = {"X-CSRFToken": token_of(client)}
    batch = client.post("/batches", headers=proof).location.split("/batches/")[1].split("?")[0]
    lines()

    answer = client.post(
        f"/batches/{batch}/file",
        data={"key": "k", "file": (io.BytesIO(letter_about("lampadaire")), "a.pdf")},
        headers=proof,
    )
    run_jobs(runtime)

    request_id = answer.headers["X-Request-Id"]
    told = [line for line in lines() if line.get("request_id") == request_id]
    web = [line for line in told if line["event"] == "request_done"]
    done = {line["job"]: line for line in told if line["event"] == "job_done"}
    assert [(line["route"], line["method"]) for line in web] == [("/batches/<uuid:batch_id>/file", "POST")]
    assert batch not in json.dumps(web)
    assert {"ingest.inspect", "ingest.read_page", "search.index_pending"} <= set(done)
    assert "parent_job_id" not in done["ingest.inspect"]
    assert done["ingest.read_page"]["parent_job_id"] == done["ingest.inspect"]["job_id"]
    parents = {line["job_id"]: line.get("parent_job_id") for line in done.values()}
    at = done["search.index_pending"]["job_id"]
    while parents[at] is not None:
        at = parents[at]
    assert at == done["ingest.inspect"]["job_id"]
    with runtime.transactions.reading() as session:
        kept = session.execute(select(Job.name, Job.request_id).where(Job.name.in_(done))).all()
    assert {request for _name, request in kept} == {request_id}


def test_who_joins_work_that_is_already_asked_for_is_led_to_it(runtime: Runtime) -> None:
    app = create_staff_app(runtime)

    @app.post("/twice")
    def twice() -> str:
        with runtime.transactions.writing(SYSTEM) as uow:
            uow.enqueue(JobRequest(name="search.index_pending", unique_key="one"))
        return ""

    twice.guard = app.view_functions["healthz"].guard  # type: ignore[attr-defined]
    app.config["WTF_CSRF_ENABLED"] = False
    first = app.test_client().post("/twice").headers["X-Request-Id"]
    with capture_logs() as told:
        app.test_client().post("/twice")

    with runtime.transactions.reading() as session:
        job = session.scalars(select(Job).where(Job.unique_key == "one")).one()
    joined = [line for line in told if line["event"] == "job_joined"]
    assert [line["joined_job_id"] for line in joined] == [str(job.id)]
    assert job.request_id == first


@pytest.mark.parametrize(
    ("proxies", "given", "is_kept"),
    [(1, "req-7f3a.12345", True), (0, "req-7f3a.12345", False), (1, "short", False), (1, 'x" onload="y12345', False)],
)
def test_the_name_given_by_a_proxy_is_kept_when_it_is_believed_and_plain(
    sqlite_runtime: Runtime, proxies: int, given: str, is_kept: bool
) -> None:
    settings = sqlite_runtime.settings.model_copy(update={"trusted_proxies": proxies})
    runtime = bootstrap(settings, clock=sqlite_runtime.clock)

    answer = create_staff_app(runtime).test_client().get("/healthz", headers={"X-Request-ID": given})

    assert (answer.headers["X-Request-Id"] == given) is is_kept
    runtime.transactions.engine.dispose()


def test_the_page_of_a_fault_quotes_what_the_log_is_found_by(sqlite_runtime: Runtime) -> None:
    app = create_staff_app(sqlite_runtime)

    answer = app.test_client().get("/nothing-is-here")

    code = answer.headers["X-Request-Id"]
    assert f"{code[:4]}-{code[4:8]}".upper() in answer.get_data(as_text=True)
    with app.test_request_context():
        from flask import g

        g.request_id = "req-7f3a.12345"
        assert incident_code() == "req-7f3a.12345"


@pytest.mark.parametrize(("locale", "word"), [("ar", "سجل"), ("fr", "journal technique")])
def test_while_the_database_is_away_somebody_signed_in_still_gets_the_page_with_code_and_runbook(
    sqlite_runtime: Runtime, locale: str, word: str
) -> None:
    client = signed_in_client(sqlite_runtime, "clerk")
    with sqlite_runtime.transactions.engine.begin() as connection:
        connection.execute(text("ALTER TABLE sessions RENAME TO lost_sessions"))

    answers = [client.get(path, headers={"Accept-Language": locale}) for path in ("/tasks", "/nothing-is-here")]

    for answer in answers:
        code, page = answer.headers["X-Request-Id"], answer.get_data(as_text=True)
        assert answer.status_code == 500
        assert f"{code[:4]}-{code[4:8]}".upper() in page
        assert "docs/runbook.md" in page
        assert word in page


def test_work_that_nobody_asked_for_by_a_request_names_none(sqlite_runtime: Runtime) -> None:
    with sqlite_runtime.transactions.writing(SYSTEM) as uow:
        uow.enqueue(JobRequest(name="jobs.forget_done"))

    run_jobs(sqlite_runtime)

    with sqlite_runtime.transactions.reading() as session:
        job = session.scalars(select(Job)).one()
    assert (job.request_id, job.parent_id) == (None, None)
    assert current_origin() == Origin()
