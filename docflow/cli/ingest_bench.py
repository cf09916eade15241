"""``docflow bench ingest``: what a page costs from its deposit to the index, on a throw-away home."""

from __future__ import annotations

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
import threading
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from typing import Any
from uuid import UUID

import psutil
from pydantic import SecretStr
from sqlalchemy import func, select

from docflow.accounts.queries import OPERATOR
from docflow.bootstrap import Runtime, bootstrap
from docflow.cli.output import emit
from docflow.core.errors import InvalidInput, Unavailable
from docflow.core.processor_time import processor_s
from docflow.documents.models import Document
from docflow.documents.operations import Deposit
from docflow.documents.rules import DocumentState
from docflow.ingest.operations import IncomingFile, deposit_file
from docflow.schema import migrate
from docflow.search.indexing import make_first_index
from docflow.settings import Settings

LEVELS = ("clean", "office", "poor", "fax", "rotated")
ENDINGS = frozenset({".pdf", ".tif", ".tiff", ".jpg", ".jpeg", ".png", ".webp"})
SAMPLE_EVERY_S = 0.05
LONGEST_WAIT_S = 60


@dataclass(frozen=True, slots=True)
class PageCost:
    """What the pages of one level cost: processor seconds and seconds on the clock, one worker, page after page."""

    files: int
    pages: int
    cpu_s_a_page: float
    wall_s_a_page: float
    failed: int


def add_bench_commands(bench_commands: Any) -> None:
    """Add ``ingest`` to the measures of ``docflow bench``."""
    ingest = bench_commands.add_parser("ingest", help="take scans through the whole pipeline on a throw-away home")
    ingest.add_argument("scans", nargs="+", type=Path, metavar="SCAN", help="scans, or folders of scans")
    ingest.add_argument("--files", type=int, default=0, help="files a level, chosen by the seed; all without it")
    ingest.add_argument("--letters", type=int, default=3, help="one-page letters timed on the idle machine")
    ingest.add_argument("--seed", type=int, default=1)
    ingest.add_argument("--json", action="store_true")
    ingest.set_defaults(run=run_ingest)


def run_ingest(options: argparse.Namespace) -> int:
    """Print cost a page by level, a worker's peak memory, and the time from a deposit to being found."""
    by_level = _chosen(options.scans, files_a_level=options.files, seed=options.seed)
    with tempfile.TemporaryDirectory(prefix="docflow-bench-") as folder:
        runtime = _throw_away(Path(folder) / "pages")
        _ingest(runtime, [next(iter(by_level.values()))[0]])
        levels = {level: asdict(_cost(runtime, paths)) for level, paths in by_level.items()}
        single = _one_page_names(runtime)
        _close(runtime)
        scans = [path for paths in by_level.values() for path in paths]
        letters = [path for path in scans if path.name in single] or scans
        worker = _with_worker(Path(folder) / "worker", scans, letters=letters[: max(1, options.letters)])
    answer = {"levels": levels, **worker, "seed": options.seed, "load_before": os.getloadavg()[0]}
    emit(answer, as_json=options.json, text=json.dumps(answer, indent=2))
    return 1 if any(level["failed"] for level in levels.values()) else 0


def _chosen(given: Sequence[Path], *, files_a_level: int, seed: int) -> dict[str, list[Path]]:
    found: dict[str, list[Path]] = defaultdict(list)
    for path in given:
        candidates = sorted(path.iterdir()) if path.is_dir() else [path]
        for candidate in candidates:
            if candidate.suffix.lower() in ENDINGS:
                found[_level(candidate)].append(candidate)
    if not found:
        raise InvalidInput("no_file_given")
    chance = random.Random(seed)  # noqa: S311 - a reproducible choice, not a secret
    for paths in found.values():
        chance.shuffle(paths)
        del paths[files_a_level or len(paths) :]
    return dict(found)


def _level(path: Path) -> str:
    return next((level for level in LEVELS if level in path.stem.split("_")), "other")


def _throw_away(home: Path) -> Runtime:
    runtime = bootstrap(Settings(home=home, database_url=SecretStr(""), storage_url=None, search_url=None))
    migrate(runtime.transactions.engine)
    make_first_index(runtime)
    return runtime


def _close(runtime: Runtime) -> None:
    runtime.search_index.close()
    runtime.transactions.engine.dispose()


def _cost(runtime: Runtime, paths: Sequence[Path]) -> PageCost:
    started, cpu_before = time.perf_counter(), processor_s()
    documents = _ingest(runtime, paths)
    cpu_s, wall_s = processor_s() - cpu_before, time.perf_counter() - started
    pages = max(1, sum(document.page_count for document in documents))
    failed = sum(document.state != DocumentState.READY for document in documents)
    return PageCost(len(paths), pages, round(cpu_s / pages, 2), round(wall_s / pages, 2), failed)


def _ingest(runtime: Runtime, paths: Sequence[Path]) -> Sequence[Document]:
    ids = [_deposit(runtime, path) for path in paths]
    runner = runtime.make_runner()
    while runner.run_one():
        pass
    with runtime.transactions.reading() as session:
        return session.scalars(select(Document).where(Document.id.in_(ids))).all()


def _one_page_names(runtime: Runtime) -> frozenset[str]:
    with runtime.transactions.reading() as session:
        return frozenset(session.scalars(select(Document.file_name).where(Document.page_count == 1)))


def _deposit(runtime: Runtime, path: Path) -> UUID:
    with path.open("rb") as stream:
        incoming = IncomingFile(stream, Deposit(file_name=path.name))
        store, limit = runtime.blob_store, runtime.settings.max_file_bytes
        return deposit_file(runtime.transactions, store, OPERATOR, incoming=incoming, max_bytes=limit).id


def _with_worker(home: Path, scans: Sequence[Path], *, letters: Sequence[Path]) -> dict[str, Any]:
    """Measure one real worker: first letters one by one while nothing else is to do, then everything at once."""
    runtime = _throw_away(home)
    with _worker(home) as process:
        _wait_searchable(runtime, [_deposit(runtime, scans[0])])
        with _sampled_memory(process) as peak:
            times = [_time_to_searchable(runtime, path) for path in letters]
            _wait_searchable(runtime, [_deposit(runtime, path) for path in scans])
    _close(runtime)
    return {
        "worker_peak_bytes": {"resident": peak.resident, "proportional": peak.proportional},
        "letter_to_searchable_s": {
            "median": round(median(times), 2),
            "worst": round(max(times), 2),
            "letters": len(times),
        },
    }


def _time_to_searchable(runtime: Runtime, path: Path) -> float:
    started = time.perf_counter()
    _wait_searchable(runtime, [_deposit(runtime, path)])
    return time.perf_counter() - started


def _wait_searchable(runtime: Runtime, ids: Sequence[UUID]) -> None:
    waiting = select(func.count()).where(Document.id.in_(ids), Document.indexed_version < Document.content_version)
    unread = select(func.count()).where(Document.id.in_(ids), Document.ready_at.is_(None))
    deadline = time.monotonic() + LONGEST_WAIT_S * len(ids)
    while time.monotonic() < deadline:
        with runtime.transactions.reading() as session:
            if session.scalar(unread) == 0 and session.scalar(waiting) == 0:
                return
        time.sleep(SAMPLE_EVERY_S)
    raise Unavailable("reading_stopped")


@contextmanager
def _worker(home: Path) -> Iterator[psutil.Process]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("DOCFLOW_")}
    process = subprocess.Popen(
        [sys.executable, "-m", "workers.main"],
        env=kept | {"DOCFLOW_HOME": str(home)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield psutil.Process(process.pid)
    finally:
        process.terminate()
        process.wait()


@dataclass
class PeakMemory:
    """The most that a process and its children held at once, in bytes.

    ``resident`` counts a page of memory in every process that shares it, ``proportional`` (PSS) once among them.
    """

    resident: int = 0
    proportional: int = 0


@contextmanager
def _sampled_memory(process: psutil.Process) -> Iterator[PeakMemory]:
    peak, has_ended = PeakMemory(), threading.Event()

    def sample() -> None:
        while not has_ended.wait(SAMPLE_EVERY_S):
            held = [_held(each) for each in [process, *process.children(recursive=True)]]
            peak.resident = max(peak.resident, sum(resident for resident, _ in held))
            peak.proportional = max(peak.proportional, sum(proportional for _, proportional in held))

    sampler = threading.Thread(target=sample, daemon=True)
    sampler.start()
    try:
        yield peak
    finally:
        has_ended.set()
        sampler.join()


def _held(process: psutil.Process) -> tuple[int, int]:
    try:
        held = process.memory_full_info()
    except psutil.Error:
        return 0, 0
    return int(held.rss), int(held.pss)
