"""What goes wrong in a day, each with how it comes about and how it is put right again."""

from __future__ import annotations

import errno
import os
import random
import resource
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from tests.faults.processes import pause
from tests.faults.town import FakeClock, Line, Town
from tests.servers import RabbitServer

BLOCK = b"\0" * 1_048_576
SPARE_BYTES = 8_000_000
"""What a worker short of memory may still take."""
MEMORY_GROUPS = Path("/sys/fs/cgroup/memory")
JUMP_S = (300, 72_000)
"""How far a clock jumps: what is swept after a day must not be swept because of it."""


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that goes wrong: it is so within ``happens``, and over afterwards."""

    name: str
    happens: Callable[[Town, random.Random, float], None]
    """Takes the town, the dice, and for how many seconds it lasts where it lasts."""
    is_lasting: bool = False
    """Whether it happens for a whole minute once."""


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
    shutil.rmtree(town.index, ignore_errors=True)


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


def _out_of_memory(town: Town, draw: random.Random, seconds: float) -> None:
    """Let the kernel end a worker that takes more than it is given."""
    workers = town.process_ids(lambda command: "workers.main" in command)
    if not workers:
        return
    group = MEMORY_GROUPS / f"docflow-{os.getpid()}"
    group.mkdir(exist_ok=True)
    try:
        (group / "memory.limit_in_bytes").write_text(str(SPARE_BYTES))
        with suppress(OSError):
            (group / "cgroup.procs").write_text(str(draw.choice(workers)))
        pause(seconds)
        for left in (group / "cgroup.procs").read_text().split():
            with suppress(OSError):
                (MEMORY_GROUPS / "cgroup.procs").write_text(left)
    finally:
        with suppress(OSError):
            group.rmdir()


def _lose_database_disk(town: Town, _draw: random.Random, seconds: float) -> None:
    with _filled(town.servers.database_folder):
        pause(seconds)
    # It ends when it cannot write its log; whoever makes room starts it again.
    pause(1)
    town.servers.start_database()


def _broker(happen: Callable[[RabbitServer, float], None]) -> Callable[[Town, random.Random, float], None]:
    def happens(town: Town, _draw: random.Random, seconds: float) -> None:
        assert town.servers.broker is not None
        happen(town.servers.broker, seconds)

    return happens


def _kill_broker(broker: RabbitServer, seconds: float) -> None:
    broker.kill()
    pause(seconds / 2)
    broker.start()


def _cut_broker_off(broker: RabbitServer, seconds: float) -> None:
    broker.pause(is_paused=True)
    pause(seconds)
    broker.pause(is_paused=False)


def _set_host_clock(town: Town, draw: random.Random, seconds: float) -> None:
    town.clock.set(draw.choice((-1, 1)) * draw.randint(*JUMP_S))
    pause(seconds)
    town.clock.set(0)


def _set_database_clock(sign: int) -> Callable[[Town, random.Random, float], None]:
    """Return a fault in which the clock that all hosts follow is wrong, and the operator sets it right."""

    def happen(town: Town, draw: random.Random, seconds: float) -> None:
        town.servers.clock.set(sign * draw.randint(*JUMP_S))
        # Processes ask for the time once a minute; those that begin now ask at once.
        _kill_all(town, draw, seconds)
        pause(seconds)
        town.servers.clock.set(0)
        pause(FakeClock.LOOKED_AT_S)
        _kill_all(town, draw, seconds)
        # Refused where no line lies in the future.
        town.command("journal", "accept-clock", "--reason", "the clock of the database was wrong")

    return happen


FAULTS = (
    Fault("staff site killed", _killed("docflow.wsgi:staff")),
    Fault("public site killed", _killed("docflow.wsgi:public")),
    Fault("worker killed", _killed("workers.main")),
    Fault("everything killed", _kill_all),
    Fault("database crashed", _crash_database),
    Fault("store refuses", _store(Line.CLOSED), is_lasting=True),
    Fault("store slow", _store(Line.SLOW), is_lasting=True),
    Fault("store fails", _store(Line.FAILING), is_lasting=True),
    Fault("index deleted", _lose_index),
    Fault("worker short of memory", _short_of_memory),
)
FULL_DISKS = (
    Fault("disk of the home full", _full(lambda town: town.home)),
    Fault("disk of temporary files full", _full(lambda town: town.temporary)),
)
"""Where both are file systems of their own: another one must not be filled."""
OF_DATABASE_DISK = (Fault("disk of the database full", _lose_database_disk),)
OF_MEMORY = (Fault("worker out of memory", _out_of_memory),)
OF_BROKER = (
    Fault("relay killed", _killed("workers.relay")),
    Fault("broker emptied", _broker(lambda broker, _seconds: broker.purge())),
    Fault("broker killed", _broker(_kill_broker)),
    Fault("broker cut off", _broker(_cut_broker_off)),
)
OF_CLOCKS = (
    Fault("clock of the host wrong", _set_host_clock),
    Fault("clock of the database ahead", _set_database_clock(1)),
    Fault("clock of the database behind", _set_database_clock(-1)),
)


def possible_faults(town: Town, *, has_own_disks: bool) -> list[Fault]:
    """Return what can be made to happen here."""
    return [
        *FAULTS,
        *(FULL_DISKS if has_own_disks else ()),
        *(OF_DATABASE_DISK if town.servers.is_database_disk_small else ()),
        *(OF_MEMORY if os.access(MEMORY_GROUPS, os.W_OK) and MEMORY_GROUPS.is_mount() else ()),
        *(OF_BROKER if town.servers.broker is not None else ()),
        *(OF_CLOCKS if town.has_fake_clock else ()),
    ]
