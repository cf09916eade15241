"""The journal, measured on both databases: ``python -m benchmarks.journal [LINES]``, 100,000 when none are said.

Writes that many lines as the product does, anchors them in nights, verifies them, then alters, deletes, inserts and
swaps a line at seeded places, cuts lines off with the head, and computes the chain anew: each must be found. Every
attempt is rolled back.
"""

from __future__ import annotations

import json
import random
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, delete, insert, select, text, update
from sqlalchemy.orm import Session

from docflow.audit.anchors import anchor_journal, verify_anchored
from docflow.audit.models import JournalAnchor, JournalEntry, JournalHead
from docflow.audit.queries import lines_after, statement_of, verify_journal
from docflow.audit.rules import ChainVerdict, PlacedAnchor, line_hash
from docflow.bootstrap import Runtime, bootstrap
from docflow.core.actor import Actor, ActorKind
from docflow.core.ids import new_id
from docflow.schema import migrate
from docflow.settings import Settings
from tests.servers import PrivateServers

ACTS_AT_ONCE = 200
NIGHTS = 20
PLACES = 5
SEED = 4


class MovingClock:
    """A clock that the measure moves by itself."""

    def __init__(self) -> None:
        """Begin on a Monday morning."""
        self.instant = datetime(2026, 1, 5, 8, 0, tzinfo=UTC)

    def now(self) -> datetime:
        """Return the instant it stands at."""
        return self.instant


def main() -> None:
    """Print one JSON object."""
    lines = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    servers = PrivateServers()
    try:
        answer: dict[str, Any] = {"lines": lines}
        with tempfile.TemporaryDirectory() as home:
            answer["sqlite"] = measure(Path(home), f"sqlite:///{home}/docflow.sqlite", lines)
        with tempfile.TemporaryDirectory() as home:
            answer["postgresql"] = measure(Path(home), PrivateServers.database_url("postgres"), lines)
    finally:
        servers.stop()
    answer["peak_rss_bytes"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    print(json.dumps(answer, indent=2))
    everything = [answer[name]["tampering"] for name in ("sqlite", "postgresql")]
    sys.exit(0 if all(found["found"] == found["tried"] for found in everything) else 1)


def measure(home: Path, url: str, lines: int) -> dict[str, Any]:
    """Fill one database and measure it."""
    clock = MovingClock()
    runtime = bootstrap(Settings(home=home, database_url=url), clock=clock)
    migrate(runtime.transactions.engine)
    writing = timed(lambda: fill(runtime, clock, lines))
    verdicts: list[ChainVerdict] = []
    verifying = timed(lambda: verdicts.append(verify_anchored(runtime).verdict))
    if not verdicts[0].ok:
        raise SystemExit("the untouched journal does not verify")
    answer = {
        "entries": verdicts[0].entries,
        "write": writing,
        "verify": verifying,
        "tampering": tampering(runtime, verdicts[0].entries),
    }
    runtime.transactions.engine.dispose()
    return answer


def timed(work: Callable[[], object]) -> dict[str, float]:
    """Return the seconds of some work, by the wall and of CPU."""
    wall, cpu = time.perf_counter(), time.process_time()
    work()
    return {
        "wall_s": round(time.perf_counter() - wall, 2),
        "cpu_s": round(time.process_time() - cpu, 2),
    }


def fill(runtime: Runtime, clock: MovingClock, lines: int) -> None:
    """Write lines like those of a desk, with an anchor a night."""
    draw = random.Random(SEED)
    people = [Actor(ActorKind.PERSON, f"موظف {number} (clerk{number})", new_id()) for number in range(12)]
    night = max(ACTS_AT_ONCE, lines // NIGHTS)
    for written in range(0, lines, ACTS_AT_ONCE):
        with runtime.transactions.writing(draw.choice(people)) as uow:
            for _ in range(min(ACTS_AT_ONCE, lines - written)):
                uow.record(
                    "documents.edited",
                    subject_kind="document",
                    subject_id=new_id(),
                    fields=draw.sample(["subject", "sender", "reference", "kind"], 2),
                    note="الموضوع",
                )
        clock.instant += timedelta(minutes=3)
        if (written + ACTS_AT_ONCE) % night < ACTS_AT_ONCE:
            anchor_journal(runtime)


def tampering(runtime: Runtime, entries: int) -> dict[str, Any]:
    """Try every way at seeded places, each in a transaction that is rolled back."""
    draw = random.Random(SEED)
    with runtime.transactions.reading() as session:
        anchors = [PlacedAnchor(statement_of(row), "file") for row in session.scalars(select(JournalAnchor))]
    tried, missed = 0, []
    covered = max(placed.anchor.last_number for placed in anchors)
    for way, (tamper, is_anchored) in WAYS.items():
        for number in (1, covered - 1, *draw.sample(range(2, covered - 1), PLACES)):
            with runtime.transactions.engine.connect() as connection:
                unlock(connection)
                tamper(connection, number, entries)
                verdict = verify_journal(Session(connection), anchors if is_anchored else ())
                connection.rollback()
            tried += 1
            is_named = verdict.first_bad_entry == number if not is_anchored else verdict.first_bad_entry is not None
            if verdict.ok or not is_named:
                missed.append([way, number, verdict.first_bad_entry])
    return {"tried": tried, "found": tried - len(missed), "missed": missed}


def unlock(connection: Connection) -> None:
    """Take the triggers away, as somebody with the database's password can."""
    if connection.dialect.name == "sqlite":
        for action in ("update", "delete"):
            connection.execute(text(f"DROP TRIGGER journal_entries_no_{action}"))
    else:
        connection.execute(text("ALTER TABLE journal_entries DISABLE TRIGGER ALL"))


def alter(connection: Connection, number: int, _entries: int) -> None:
    """Give a line another subject."""
    connection.execute(update(JournalEntry).where(JournalEntry.number == number).values(subject_id="other"))


def remove(connection: Connection, number: int, _entries: int) -> None:
    """Delete a line."""
    connection.execute(delete(JournalEntry).where(JournalEntry.number == number))


def put_in(connection: Connection, number: int, entries: int) -> None:
    """Move every later line by one and put a copy of a line between."""
    table = JournalEntry.__table__
    row = dict(connection.execute(select(table).where(table.c.number == number)).mappings().one())
    far = 10 * entries
    connection.execute(update(table).where(table.c.number >= number).values(number=table.c.number + far))
    connection.execute(update(table).where(table.c.number >= far).values(number=table.c.number - far + 1))
    connection.execute(insert(table).values(row | {"subject_id": "other"}))


def swap(connection: Connection, number: int, entries: int) -> None:
    """Give a line and the next one each other's number."""
    table = JournalEntry.__table__
    for before, after in ((number, 10 * entries), (number + 1, number), (10 * entries, number + 1)):
        connection.execute(update(table).where(table.c.number == before).values(number=after))


def cut(connection: Connection, number: int, _entries: int) -> None:
    """Delete a line and all after it, and set the head accordingly."""
    connection.execute(delete(JournalEntry).where(JournalEntry.number >= number))
    kept = connection.execute(select(JournalEntry.hash).where(JournalEntry.number == number - 1)).scalar()
    connection.execute(update(JournalHead).values(number=number - 1, hash=kept or "0" * 64))


def compute_anew(connection: Connection, number: int, entries: int) -> None:
    """Alter a line, then hash it and all after it anew, the head too."""
    alter(connection, number, entries)
    table, previous, changes = JournalEntry.__table__, None, []
    for line, kept in lines_after(Session(connection), number - 1):
        fresh = line if previous is None else replace(line, previous_hash=previous)
        previous = line_hash(fresh)
        changes.append({"n": line.number, "p": fresh.previous_hash, "h": previous})
        if previous == kept:
            raise SystemExit("nothing was altered")
    statement = text(f"UPDATE {table.name} SET previous_hash = :p, hash = :h WHERE number = :n")
    connection.execute(statement, changes)
    connection.execute(update(JournalHead).values(number=entries, hash=previous))


WAYS: dict[str, tuple[Callable[[Connection, int, int], None], bool]] = {
    "altered": (alter, False),
    "deleted": (remove, False),
    "inserted": (put_in, False),
    "swapped": (swap, False),
    "cut with the head": (cut, True),
    "computed anew": (compute_anew, True),
}


if __name__ == "__main__":
    main()
