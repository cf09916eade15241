"""Jobs on one machine and on several: ``python -m benchmarks.jobs [--jobs N] [--pages N] [--workers 1 2 4]``.

Prints a JSON line for each measure, with seconds on the clock, processor seconds and the greatest resident memory:

- ``table``: jobs enqueued, claimed and ended, a transaction each, by one thread, on SQLite and PostgreSQL;
- ``relay``: from the commit of a job to the beginning of its handler, through RabbitMQ and a relay in its own process;
- ``workers``: scans read by so many worker processes, from when all of them wait for work until nothing is left.

Everything happens in throw-away places on servers of its own. The last measure needs the machine alone.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import resource
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import psutil
from sqlalchemy import create_engine, func, select, text, update

from docflow.accounts.demo import fill_demo_district
from docflow.bootstrap import Runtime, bootstrap
from docflow.core.actor import SYSTEM
from docflow.core.capability import JobContext
from docflow.core.ids import new_id
from docflow.core.jobs import Job, JobRequest, JobState
from docflow.core.logging import configure_logging
from docflow.documents.models import Document, Page
from docflow.jobs.ports import Share
from docflow.jobs.runner import JobRunner
from docflow.schema import migrate
from docflow.search.indexing import make_first_index
from docflow.settings import Settings
from tests.conftest import deposit
from tests.servers import PrivateServers, RabbitServer

ROOT = Path(__file__).parents[1]
SCANS = ROOT / "tests" / "golden" / "scans"
LATER = timedelta(days=1)
LOOK_EVERY_S = 1.0
"""To look costs ten milliseconds of the processor that workers would have taken."""


def main() -> int:
    """Run the measures that were asked for."""
    options = parsed()
    configure_logging(is_json=False)
    servers = PrivateServers()
    try:
        if options.jobs:
            for engine in ("sqlite", "postgresql"):
                say(measure_table(engine, jobs=options.jobs))
            say(measure_relay(jobs=max(50, options.jobs // 10), seed=options.seed))
        for workers in options.workers if options.pages else ():
            say(measure_workers(workers, pages=options.pages, seed=options.seed))
    finally:
        servers.stop()
    return 0


def parsed() -> argparse.Namespace:
    """Return what the command line says; 0 leaves a measure out."""
    parser = argparse.ArgumentParser(prog="benchmarks.jobs")
    parser.add_argument("--jobs", type=int, default=3000)
    parser.add_argument("--pages", type=int, default=30)
    parser.add_argument("--workers", type=int, nargs="+", default=[1, 2, 4])
    parser.add_argument("--seed", type=int, default=20260302)
    return parser.parse_args()


def measure_table(engine: str, *, jobs: int) -> dict[str, Any]:
    """Enqueue, then claim and end, one job after the other."""
    with an_installation(engine) as runtime:
        with measured() as enqueue:
            for number in range(jobs):
                with runtime.transactions.writing(SYSTEM) as uow:
                    uow.enqueue(JobRequest("bench.work", {"n": number}))
        taken, claim_s = set(), 0.0
        with measured() as claim_and_end:
            while True:
                before = time.perf_counter()
                job = runtime.job_queue.claim("bench")
                claim_s += time.perf_counter() - before
                if job is None:
                    break
                taken.add(job.id)
                runtime.job_queue.finish(job)
        assert len(taken) == jobs
    both_s = enqueue["wall_s"] + claim_s
    return {
        "measure": "table",
        "engine": engine,
        "jobs": jobs,
        "enqueued_per_s": round(jobs / enqueue["wall_s"]),
        "claimed_per_s": round(jobs / claim_s),
        "ended_per_s": round(jobs / (claim_and_end["wall_s"] - claim_s)),
        "enqueued_and_claimed_per_s": round(jobs / both_s),
        "cpu_ms_a_job": round(1000 * (enqueue["cpu_s"] + claim_and_end["cpu_s"]) / jobs, 2),
        "peak_rss_mb": peak_rss_mb(),
    }


def measure_relay(*, jobs: int, seed: int) -> dict[str, Any]:
    """Enqueue jobs at random moments, while a relay process and a listening runner are at work."""
    rabbit = RabbitServer()
    rabbit.start()
    begun: dict[int, float] = {}

    def handle(_deps: object, payload: Mapping[str, Any], _context: JobContext) -> None:
        begun[payload["n"]] = time.perf_counter()

    chance, committed = random.Random(seed), dict[int, float]()
    is_stopping = threading.Event()
    try:
        with an_installation("postgresql", broker=rabbit.url) as runtime, a_process(runtime, "workers.relay") as relay:
            broker = runtime.job_broker
            assert broker is not None
            tickets = broker.listen(Share.OTHERS)
            runner = JobRunner(runtime.job_queue, {"bench.work": handle}, runtime, lease_s=30, share=Share.OTHERS)
            thread = threading.Thread(target=runner.run_tickets, args=(tickets, is_stopping.is_set))
            thread.start()
            for number in range(-5, jobs):
                with runtime.transactions.writing(SYSTEM) as uow:
                    uow.enqueue(JobRequest("bench.work", {"n": number}))
                committed[number] = time.perf_counter()
                time.sleep(1.0 if number < 0 else chance.uniform(0, 0.1))
            while len(begun) < len(committed):
                time.sleep(0.05)
            used = psutil.Process(relay.pid)
            relay_cpu_s, relay_rss = sum(used.cpu_times()[:2]), used.memory_info().rss
            is_stopping.set()
            thread.join()
            tickets.close()
    finally:
        rabbit.stop()
    # The first ones wait for the relay to come up.
    waited_ms = sorted(1000 * (begun[number] - committed[number]) for number in range(jobs))
    return {
        "measure": "relay",
        "jobs": jobs,
        "p50_ms": round(waited_ms[jobs // 2], 1),
        "p95_ms": round(waited_ms[int(jobs * 0.95)], 1),
        "max_ms": round(waited_ms[-1], 1),
        "relay_cpu_s": round(relay_cpu_s, 1),
        "relay_rss_mb": relay_rss // 1024**2,
    }


def measure_workers(workers: int, *, pages: int, seed: int) -> dict[str, Any]:
    """Let worker processes read scans, from when all of them wait for work."""
    with an_installation("postgresql") as runtime:
        scans = sorted(SCANS.glob("*.pdf"))
        random.Random(seed).shuffle(scans)
        for number in range(pages):
            # The same bytes twice are one stored file, but two documents that are both read.
            scan = scans[number % len(scans)]
            deposit(runtime, scan.read_bytes(), name=f"{number}-{scan.name}")
        # Nothing is due before every worker has come up.
        put_off(runtime, until=runtime.clock.now() + LATER)
        log = runtime.settings.home / "workers.log"
        processes = [start(runtime, "workers.main", log) for _ in range(workers)]
        while log.read_text().count("worker_started") < 2 * workers:
            time.sleep(0.1)
        time.sleep(1)
        cpu_before = used_by(processes)
        put_off(runtime, until=runtime.clock.now())
        began, peak = time.perf_counter(), 0
        while not is_all_read(runtime):
            peak = max(peak, resident(processes))
            time.sleep(LOOK_EVERY_S)
        took = time.perf_counter() - began
        cpu_s = used_by(processes) - cpu_before
        for process in processes:
            process.terminate()
        for process in processes:
            process.wait()
        with runtime.transactions.reading() as session:
            read = session.scalar(select(func.count()).select_from(Page)) or 0
    return {
        "measure": "workers",
        "workers": workers,
        "pages": read,
        "wall_s": round(took, 1),
        "pages_per_min": round(60 * read / took, 1),
        "cpu_s_a_page": round(cpu_s / read, 2),
        "peak_rss_mb": peak // 1024**2,
    }


@contextmanager
def an_installation(engine: str, *, broker: str = "") -> Iterator[Runtime]:
    """Compose the product with the demonstration district in a throw-away place."""
    with tempfile.TemporaryDirectory(prefix="docflow-bench-") as folder:
        home = Path(folder)
        url = f"sqlite:///{home / 'docflow.sqlite'}"
        if engine == "postgresql":
            name = f"bench_{new_id().hex}"
            admin = create_engine(
                PrivateServers.database_url("postgres").replace("postgresql:", "postgresql+psycopg:"),
                isolation_level="AUTOCOMMIT",
            )
            with admin.connect() as connection:
                connection.execute(text(f"CREATE DATABASE {name}"))
            admin.dispose()
            url = PrivateServers.database_url(name)
        settings = Settings(
            home=home,
            shared_home=home,
            database_url=url,
            storage_url=f"file://{home / 'blobs'}",
            search_url=f"tantivy://{home / 'index'}",
            broker_url=broker or None,
            demo_password="bench-bench-bench",
        )
        runtime = bootstrap(settings)
        migrate(runtime.transactions.engine)
        make_first_index(runtime)
        fill_demo_district(runtime.transactions, settings)
        with runtime.transactions.engine.begin() as connection:
            connection.execute(update(Job).values(state=JobState.DONE))
        yield runtime
        runtime.search_index.close()
        runtime.transactions.engine.dispose()


@contextmanager
def a_process(runtime: Runtime, module: str) -> Iterator[subprocess.Popen[bytes]]:
    """Run a module of the product as long as the block."""
    process = start(runtime, module, runtime.settings.home / f"{module}.log")
    try:
        yield process
    finally:
        process.terminate()
        process.wait()


def start(runtime: Runtime, module: str, log: Path) -> subprocess.Popen[bytes]:
    """Start a module of the product on the same places."""
    settings = runtime.settings
    own = {
        "DOCFLOW_HOME": str(settings.home),
        "DOCFLOW_SHARED_HOME": str(settings.keys_home),
        "DOCFLOW_DATABASE_URL": settings.database_address,
        "DOCFLOW_STORAGE_URL": settings.storage_address,
        "DOCFLOW_SEARCH_URL": settings.search_address,
        "DOCFLOW_BROKER_URL": settings.broker_address,
    }
    with log.open("ab") as out:
        return subprocess.Popen([sys.executable, "-m", module], env=os.environ | own, cwd=ROOT, stdout=out, stderr=out)


def put_off(runtime: Runtime, *, until: datetime) -> None:
    """Let every job of the intake that waits become due at an instant."""
    with runtime.transactions.engine.begin() as connection:
        connection.execute(
            update(Job).where(Job.state == JobState.READY, Job.name.like("ingest.%")).values(run_after=until)
        )


def is_all_read(runtime: Runtime) -> bool:
    """Return whether every document is read and found."""
    lagging = (Document.state.not_in(("ready", "failed"))) | (Document.indexed_version < Document.content_version)
    with runtime.transactions.reading() as session:
        return session.scalar(select(func.count()).select_from(Document).where(lagging)) == 0


def family(processes: list[subprocess.Popen[bytes]]) -> Iterator[psutil.Process]:
    """Yield processes and all that they started."""
    for process in processes:
        own = psutil.Process(process.pid)
        yield own
        yield from own.children(recursive=True)


def used_by(processes: list[subprocess.Popen[bytes]]) -> float:
    """Return processor seconds of processes, of their children, and of those that ended."""
    used = 0.0
    for process in family(processes):
        try:
            used += sum(process.cpu_times()[:4])
        except psutil.NoSuchProcess:
            continue
    return used


def resident(processes: list[subprocess.Popen[bytes]]) -> int:
    """Return the memory of processes and their children, in bytes; what they share counts for each."""
    held = 0
    for process in family(processes):
        try:
            held += process.memory_info().rss
        except psutil.NoSuchProcess:
            continue
    return held


@contextmanager
def measured() -> Iterator[dict[str, float]]:
    """Measure a block of this process."""
    took: dict[str, float] = {}
    wall, cpu = time.perf_counter(), time.process_time()
    yield took
    took["wall_s"], took["cpu_s"] = time.perf_counter() - wall, time.process_time() - cpu


def peak_rss_mb() -> int:
    """Return the greatest memory of this process so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def say(measure: dict[str, Any]) -> None:
    """Print one measure."""
    print(json.dumps(measure), flush=True)


if __name__ == "__main__":
    sys.exit(main())
