"""A day played by people, with something going wrong at every turn, and what must be true afterwards."""

from __future__ import annotations

import random
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event

from sqlalchemy import literal, select

from docflow.approvals.models import ApprovalRun, Decision
from docflow.approvals.rules import RunState
from docflow.bootstrap import Runtime, bootstrap
from docflow.core.jobs import Job, JobState
from tests.faults.faults import Fault, possible_faults
from tests.faults.people import Depositor, Person, Registrar, Sender
from tests.faults.processes import pause, wait_until
from tests.faults.staff import Author, Decider, Router
from tests.faults.town import LOOK_S, Servers, Town, mount_small
from tests.faults.truth import untrue

RECOVERED_WITHIN_S = 300
SETTLED_WITHIN_S = 900
QUIET_S = 2
A_MINUTE_S = 60
LINES_OF_LOG = 60
DISK_BYTES = {"home": 1_200_000_000, "tmp": 300_000_000}


@dataclass(slots=True)
class Outcome:
    """What a day showed: seconds until all went on again by fault, what was acknowledged, what is wrong."""

    recovery_s: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    acknowledged: dict[str, int] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)


def play(
    faults: int,
    seed: int,
    *,
    longest_s: float = 5,
    only: Sequence[str] = (),
    is_long: bool = False,
    is_over: Event | None = None,
) -> Outcome:
    """Play a day with so many faults, let everything come to rest, and look at what there is.

    ``longest_s``: how long a fault lasts at most; ``only``: names of the faults that happen, all when none is said;
    ``is_long``: with a broker, with clocks that can be set and people who take more time; the first of each of those
    faults of the store that last takes a whole minute; ``is_over``: ends the day before that many faults.
    """
    outcome, draw = Outcome(), random.Random(seed)
    with _folder(is_long=is_long) as (folder, has_own_disks):
        servers = Servers(is_long=is_long)
        town = Town(folder, servers, is_long=is_long)
        kinds = [one for one in possible_faults(town, has_own_disks=has_own_disks) if not only or one.name in only]
        try:
            town.start()
            people = _people(town, seed, is_long=is_long)
            for person in people:
                person.start()
            _begin(people)
            for number, fault in enumerate(_drawn(kinds, faults, draw), start=1):
                if is_over is not None and is_over.is_set():
                    break
                pause(draw.uniform(0.1, 0.8))
                is_first = is_long and not outcome.recovery_s[fault.name]
                seconds = A_MINUTE_S if is_first and fault.is_lasting else draw.uniform(1, longest_s)
                fault.happens(town, draw, seconds)
                outcome.recovery_s[fault.name].append(_recovered(town, people))
                failed = [said for person in people for said in person.failed]
                sys.stderr.write(f"{number} {fault.name}: {outcome.recovery_s[fault.name][-1]:.1f} s {failed or ''}\n")
                sys.stderr.flush()
            for person in people:
                person.is_over.set()
            for person in people:
                person.join(300)
            outcome.acknowledged = {person.said: person.done for person in people}
            outcome.wrong = [said for person in people for said in person.failed]
            outcome.wrong += _looked_at(town, people)
        except AssertionError:
            sys.stderr.writelines(town.log.read_text(errors="replace").splitlines(keepends=True)[-LINES_OF_LOG:])
            raise
        finally:
            town.stop()
            servers.stop()
    return outcome


def _looked_at(town: Town, people: Sequence[Person]) -> list[str]:
    """Return what is wrong once all came to rest, by the time that the database tells now."""
    runtime = bootstrap(town.settings)
    try:
        return [*_settled(runtime), *untrue(runtime, people)]
    finally:
        runtime.search_index.close()
        runtime.transactions.engine.dispose()


def _people(town: Town, seed: int, *, is_long: bool) -> list[Person]:
    """Return who works in a town; in a short day the president signs alone."""
    registrar = Registrar(town, f"{seed}r")
    heads = ("head", "director") if is_long else ()
    return [
        Sender(town, f"{seed}s"),
        registrar,
        Depositor(town, f"{seed}d"),
        Router(town, f"{seed}o", registrar),
        Author(town, f"{seed}a", ("reply", "direct", "direct") if is_long else ("direct",)),
        *(Decider(town, f"{seed}{name}", name, 5 + number) for number, name in enumerate(("president", *heads))),
    ]


def _begin(people: Sequence[Person]) -> None:
    try:
        wait_until(lambda: all(person.progress or person.failed for person in people), "all work", longest_s=300)
    except AssertionError as error:
        raise AssertionError(f"not at work: {[person.said for person in people if not person.progress]}") from error


def _drawn(kinds: Sequence[Fault], count: int, draw: random.Random) -> Iterator[Fault]:
    """Yield faults, each kind equally often, in an order that the dice choose."""
    bag: list[Fault] = []
    for _ in range(count):
        if not bag:
            bag = draw.sample(kinds, len(kinds))
        yield bag.pop()


def _recovered(town: Town, people: Sequence[Person]) -> float:
    """Wait until both sites answer and everybody was acknowledged something again; return the seconds."""
    start, before = time.monotonic(), [person.progress for person in people]
    wait_until(town.is_up, "both sites answer again", longest_s=RECOVERED_WITHIN_S, every_s=LOOK_S)
    while left := [
        person.said
        for person, done in zip(people, before, strict=True)
        if person.progress <= done and not person.failed
    ]:
        if time.monotonic() - start > RECOVERED_WITHIN_S:
            raise AssertionError(f"{', '.join(left)} cannot go on")
        pause(0.05)
    return time.monotonic() - start


def _settled(runtime: Runtime) -> list[str]:
    """Wait until nothing is on its way for some seconds; return what is stuck."""
    start = last_busy = time.monotonic()
    while time.monotonic() - last_busy < QUIET_S:
        if left := _on_its_way(runtime):
            last_busy = time.monotonic()
        if time.monotonic() - start > SETTLED_WITHIN_S:
            return [f"it does not come to an end: {dict(left)}"]
        time.sleep(0.5)
    with runtime.transactions.reading() as session:
        dead = session.execute(select(Job.name, Job.error).where(Job.state == JobState.DEAD)).all()
    return [f"given up: {name} ({error})" for name, error in dead]


def _on_its_way(runtime: Runtime) -> Counter[str]:
    """Return the jobs that are due, run or are tried again, decisions that can be undone, and acts that depart.

    What a host asked for while its clock ran ahead by minutes comes within those minutes.
    """
    now = runtime.clock.now()
    is_due = (Job.run_after <= now) | (Job.attempts > 0) | (Job.created_at > now)
    jobs = select(Job.name).where((Job.state == JobState.RUNNING) | ((Job.state == JobState.READY) & is_due))
    runs = select(ApprovalRun.state).where(ApprovalRun.state.in_((RunState.PREPARING, RunState.DEPARTING)))
    held = select(literal("decision")).where(Decision.settled_at.is_(None))
    with runtime.transactions.reading() as session:
        return Counter(str(one) for question in (jobs, runs, held) for one in session.scalars(question))


@contextmanager
def _folder(*, is_long: bool) -> Iterator[tuple[Path, bool]]:
    """Give a folder whose home and temporary files have small disks of their own, where that may be made."""
    with tempfile.TemporaryDirectory(prefix="docflow-day-") as made:
        mounted: list[Path] = []
        try:
            for name, size in DISK_BYTES.items():
                if is_long and mount_small(Path(made) / name, size):
                    mounted.append(Path(made) / name)
            yield Path(made), len(mounted) == len(DISK_BYTES)
        finally:
            for path in mounted:
                subprocess.run(["umount", "--lazy", str(path)], check=False)
