"""What Prometheus is told is right, from however many processes, and told to nobody else."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families
from pydantic import SecretStr
from sqlalchemy import text

from docflow.app import create_public_app, create_staff_app
from docflow.bootstrap import Runtime, bootstrap
from docflow.core.actor import SYSTEM
from docflow.core.jobs import JobRequest
from docflow.web.request_counts import RequestCounts
from tests.conftest import FrozenClock, deposit, run_jobs
from tests.rooms.ingest.letters import letter_about

TOKEN = "a token of Prometheus"
SHOWN = {"Authorization": f"Bearer {TOKEN}"}


@pytest.fixture
def watched(runtime: Runtime, clock: FrozenClock):
    settings = runtime.settings.model_copy(update={"metrics_token": SecretStr(TOKEN)})
    composed = bootstrap(settings, clock=clock)
    yield composed
    composed.search_index.close()
    composed.transactions.engine.dispose()


def figures(answer: str) -> dict[tuple[str, tuple[tuple[str, str], ...]], float]:
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(answer)
        for sample in family.samples
    }


def scraped(runtime: Runtime):
    return figures(create_staff_app(runtime).test_client().get("/metrics", headers=SHOWN).get_data(as_text=True))


def test_nobody_reads_it_without_the_token_nor_on_the_public_site(watched: Runtime) -> None:
    staff = create_staff_app(watched).test_client()

    assert staff.get("/metrics").status_code == 401
    assert staff.get("/metrics", headers={"Authorization": "Bearer é"}).status_code == 401
    assert staff.get("/metrics", headers=SHOWN).status_code == 200
    assert create_public_app(watched).test_client().get("/metrics", headers=SHOWN).status_code == 404


def test_it_does_not_exist_unless_a_token_is_set(sqlite_runtime: Runtime) -> None:
    client = create_staff_app(sqlite_runtime).test_client()

    assert client.get("/metrics", headers=SHOWN).status_code == 404
    assert client.get("/metrics", headers={"Authorization": "Bearer "}).status_code == 404
    assert not (sqlite_runtime.settings.home / "metrics").exists()


def test_it_answers_what_an_operator_asks(watched: Runtime, clock: FrozenClock) -> None:
    deposit(watched, letter_about("lampadaire"))
    run_jobs(watched)
    deposit(watched, b"no letter at all", name="x.pdf")
    run_jobs(watched)
    with watched.transactions.writing(SYSTEM) as uow:
        uow.enqueue(JobRequest(name="room.unknown"))
        uow.enqueue(JobRequest(name="ingest.settle"))
    assert watched.make_runner().run_one()
    clock.move(seconds=40)

    told = scraped(watched)

    assert told["docflow_oldest_due_job_seconds", ()] == 40
    assert told["docflow_jobs", (("name", "ingest.settle"), ("state", "ready"))] == 1
    assert told["docflow_jobs_done_last_5_minutes", (("name", "ingest.read_page"),)] == 1
    assert told["docflow_dead_jobs", ()] == 1
    assert told["docflow_dead_jobs_by_cause", (("cause", "no_handler"), ("name", "room.unknown"))] == 1
    assert told["docflow_documents", (("state", "ready"),)] == 1
    assert told["docflow_failed_documents", (("cause", "file_type_unknown"),)] == 1
    assert told["docflow_stored_objects", (("kind", "original"),)] == 2
    assert told["docflow_stored_bytes", (("kind", "original"),)] > 16
    assert told["docflow_index_lag_documents", ()] == 0
    assert told["docflow_last_backup_timestamp_seconds", ()] == 0
    assert told["docflow_sessions", ()] == 0
    assert told["docflow_overdue_tasks", (("by_law", "yes"),)] == 0
    assert told["docflow_disk_free_bytes", ()] > 0
    assert not [key for key, value in told.items() if key[0] == "docflow_measures_failed" and value]


def test_it_still_answers_while_the_database_does_not(sqlite_runtime: Runtime, clock: FrozenClock) -> None:
    settings = sqlite_runtime.settings.model_copy(update={"metrics_token": SecretStr(TOKEN)})
    runtime = bootstrap(settings, clock=clock)
    with runtime.transactions.engine.begin() as connection:
        connection.execute(text("ALTER TABLE jobs RENAME TO lost_jobs"))

    told = scraped(runtime)

    assert told["docflow_measures_failed", (("room", "admin"),)] == 1
    assert told["docflow_measures_failed", (("room", "accounts"),)] == 0
    assert ("docflow_dead_jobs", ()) not in told
    runtime.transactions.engine.dispose()


def test_requests_are_told_by_route_and_status_and_never_by_address(watched: Runtime) -> None:
    client = create_staff_app(watched).test_client()
    client.get("/d/019a0000-0000-7000-8000-000000000000")
    client.get("/nothing/secret-of-a-receipt")
    client.open("/nothing", method="ANYWORD")

    answer = client.get("/metrics", headers=SHOWN).get_data(as_text=True)

    told = figures(answer)
    of_letter = (("method", "GET"), ("route", "/d/<uuid:document_id>"), ("site", "staff"))
    assert told["docflow_requests_total", tuple(sorted((*of_letter, ("status", "303"))))] == 1
    assert told["docflow_request_duration_seconds_count", of_letter] == 1
    assert told["docflow_requests_total", (("method", ""), ("route", ""), ("site", "staff"), ("status", "404"))] == 2
    assert "secret-of-a-receipt" not in answer
    assert "ANYWORD" not in answer


COUNTING = """
import sys
from pathlib import Path
from docflow.web.request_counts import RequestCounts
counts = RequestCounts(Path(sys.argv[1]))
for _ in range(1000):
    counts.count(site="staff", method="GET", route="/x", status=200, took_s=0.02)
print("counted", flush=True)
sys.stdin.read()
"""


def test_counts_of_processes_are_added_up_and_outlive_them(tmp_path: Path) -> None:
    own = RequestCounts(tmp_path)
    own.count(site="staff", method="GET", route="/x", status=200, took_s=3)
    processes = [
        subprocess.Popen([sys.executable, "-c", COUNTING, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        for _ in range(2)
    ]
    for process in processes:
        assert process.stdout.readline() == b"counted\n"

    while_they_run = counted(own)
    for process in processes:
        process.kill()
        process.communicate()
    later = RequestCounts(tmp_path)
    after = counted(later)

    assert while_they_run == after == (2001, 2000)
    assert len(list(tmp_path.glob("histogram_*.db"))) == 3
    later.close()
    own.close()


def counted(counts: RequestCounts) -> tuple[float, float]:
    samples = [sample for metric in counts.collect() for sample in metric.samples]
    total = next(sample.value for sample in samples if sample.name == "docflow_requests_total")
    within = next(
        sample.value for sample in samples if sample.name.endswith("_bucket") and sample.labels["le"] == "0.025"
    )
    return total, within
