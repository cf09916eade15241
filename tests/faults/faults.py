"""What goes wrong in a day, each with how it comes about and how it is put right again."""

from __future__ import annotations

import errno
import os
import random
import resource
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.faults.processes import pause
from tests.faults.town import Line, Town

BLOCK = b"\0" * 1_048_576
SPARE_BYTES = 8_000_000
"""What a worker short of memory may still take."""


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that goes wrong: it is so within ``happens``, and over afterwards."""

    name: str
    happens: Callable[[Town, random.Random, float], None]
    """Takes the town, the dice, and for how many seconds it lasts where it lasts."""


def _killed(part: str) -> Callable[[Town, random.Random, float], None]:
    def happen(town: Town, draw: random.Random, _seconds: float) -> None:
        town.kill(lambda command: part in command, which=draw.randrange(8))

    return happen


def _kill_all(town: Town, _draw: random.Random, _seconds: float) -> None:
    town.kill_all()
    town.start()


def _crash_database(town: Town, _draw: random.Random, seconds: float) -> None:
    town.servers.crash_database()
    pause(seconds / 2)
    town.servers.start_database()


def _store(state: Line) -> Callable[[Town, random.Random, float], None]:
    def happen(town: Town, _draw: random.Random, seconds: float) -> None:
        town.line.set(state)
        pause(seconds)
        town.line.set(Line.OPEN)

    return happen


def _lose_index(town: Town, _draw: random.Random, _seconds: float) -> None:
    shutil.rmtree(town.home / "index", ignore_errors=True)


def _full(which: Callable[[Town], Path]) -> Callable[[Town, random.Random, float], None]:
    def happen(town: Town, _draw: random.Random, seconds: float) -> None:
        with _filled(which(town)):
            pause(seconds)

    return happen


@contextmanager
def _filled(folder: Path) -> Iterator[None]:
    path = folder / "filler"
    try:
        with path.open("wb", buffering=0) as file:
            try:
                while True:
                    file.write(BLOCK)
            except OSError as error:
                if error.errno != errno.ENOSPC:
                    raise
        yield
    finally:
        path.unlink(missing_ok=True)


def _short_of_memory(town: Town, draw: random.Random, seconds: float) -> None:
    workers = town.process_ids(lambda command: "workers.main" in command)
    if not workers:
        return
    worker = draw.choice(workers)
    try:
        held = int(Path(f"/proc/{worker}/statm").read_text().split()[0]) * os.sysconf("SC_PAGE_SIZE")
        before = resource.prlimit(worker, resource.RLIMIT_AS, (held + SPARE_BYTES, resource.RLIM_INFINITY))
        time.sleep(seconds)
        resource.prlimit(worker, resource.RLIMIT_AS, before)
    except (OSError, ProcessLookupError):
        return


FAULTS = (
    Fault("staff site killed", _killed("docflow.wsgi:staff")),
    Fault("public site killed", _killed("docflow.wsgi:public")),
    Fault("worker killed", _killed("workers.main")),
    Fault("everything killed", _kill_all),
    Fault("database crashed", _crash_database),
    Fault("store refuses", _store(Line.CLOSED)),
    Fault("store slow", _store(Line.SLOW)),
    Fault("store fails", _store(Line.FAILING)),
    Fault("index deleted", _lose_index),
    Fault("worker short of memory", _short_of_memory),
)
FULL_DISKS = (
    Fault("disk of the home full", _full(lambda town: town.home)),
    Fault("disk of temporary files full", _full(lambda town: town.temporary)),
)
"""Where both are file systems of their own: another one must not be filled."""
