"""Writing the journal and the access log."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from typing import cast

import structlog
from sqlalchemy import Table, insert, select, update
from sqlalchemy.orm import Session

from docflow.audit.models import JournalEntry, JournalHead
from docflow.audit.queries import last_instant
from docflow.audit.rules import CLOCK_ACCEPTED, CLOCK_SKEW, FIRST_PREVIOUS_HASH, JournalLine, line_hash
from docflow.core.actor import Actor
from docflow.core.clock import CASABLANCA, Clock
from docflow.core.db import Writing
from docflow.core.errors import Conflict, InvalidInput
from docflow.core.uow import Act, UnitOfWork

logger = structlog.get_logger()

REASON_LENGTH = 300


HEAD = cast("Table", JournalHead.__table__)
LOCKED_HEAD = select(HEAD.c.number, HEAD.c.hash, HEAD.c.at).where(HEAD.c.id == 1).with_for_update()
NEW_LINES = insert(cast("Table", JournalEntry.__table__))
FIRST_HEAD, NEXT_HEAD = insert(HEAD), update(HEAD).where(HEAD.c.id == 1)


def write_journal(session: Session, acts: Sequence[Act], actor: Actor, clock: Clock) -> Sequence[Writing]:
    """Return what appends acts to the chain; called last in a transaction, since it locks the journal's head.

    A line carries the instant at which it is written, under that lock, so a chain never runs back in time. When the
    clock was set back, the line is dated as the one above it and says in ``clock`` what the clock showed.
    """
    head = session.execute(LOCKED_HEAD).one_or_none()
    number, previous_hash, last = (0, FIRST_PREVIOUS_HASH, None) if head is None else head
    now, rows = clock.now(), []
    for act in acts:
        at, values = _dated(act, now, last)
        line = JournalLine(
            number=number + 1,
            at=at,
            actor_kind=actor.kind.value,
            actor_name=actor.name,
            person_id=None if actor.person_id is None else str(actor.person_id),
            verb=act.verb,
            subject_kind=act.subject_kind,
            subject_id=act.subject_id,
            values=values,
            previous_hash=previous_hash,
        )
        number, previous_hash, last = line.number, line_hash(line), at
        rows.append(asdict(line) | {"person_id": actor.person_id, "hash": previous_hash})
    moved = {"number": number, "hash": previous_hash, "at": last}
    return (NEW_LINES, rows), (FIRST_HEAD, {"id": 1} | moved) if head is None else (NEXT_HEAD, moved)


def _dated(act: Act, now: datetime, last: datetime | None) -> tuple[datetime, dict[str, object]]:
    """Return the instant of an act's line and its values."""
    if last is None or now >= last or act.verb == CLOCK_ACCEPTED:
        return now, act.values
    if last - now > CLOCK_SKEW:
        logger.warning("clock_set_back", clock=now.isoformat(), last_line=last.isoformat())
    return last, act.values | {"clock": now.astimezone(UTC).isoformat(timespec="microseconds")}


def require_clock(uow: UnitOfWork) -> datetime:
    """Return the instant to give to what is numbered now; it is never before the journal's last line.

    It is asked of the clock at this moment: a transaction that waited for another would bring an older instant, and
    that is no sign of a clock set back.

    Raises:
        Conflict: ``clock_set_back`` with ``now`` and ``last``.
    """
    now, last = uow.clock.now(), last_instant(uow.session)
    if last is None or now >= last:
        return now
    if last - now <= CLOCK_SKEW:
        return last
    raise Conflict("clock_set_back", now=_shown(now), last=_shown(last))


def accept_clock(uow: UnitOfWork, *, reason: str) -> None:
    """Begin again from the present time, after a clock that ran ahead left lines in the future.

    Raises:
        PermissionDenied: without ``journal.accept_clock``.
        InvalidInput: ``reason_missing``.
        Conflict: ``clock_not_set_back``.
    """
    uow.require("journal.accept_clock")
    if not reason.strip():
        raise InvalidInput("reason_missing")
    now, last = uow.clock.now(), last_instant(uow.session)
    if last is None or now >= last:
        raise Conflict("clock_not_set_back")
    uow.record(
        CLOCK_ACCEPTED,
        subject_kind="journal",
        subject_id="clock",
        last_line=last.isoformat(timespec="microseconds"),
        reason=reason.strip()[:REASON_LENGTH],
    )


def _shown(instant: datetime) -> str:
    return instant.astimezone(CASABLANCA).strftime("%d/%m/%Y %H:%M:%S")
