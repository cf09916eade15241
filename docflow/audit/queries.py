"""Reading the journal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from docflow.audit.models import JournalAnchor, JournalEntry, JournalHead, Opening
from docflow.audit.rules import (
    FIRST_PREVIOUS_HASH,
    Anchor,
    ChainVerdict,
    JournalLine,
    PlacedAnchor,
    verify_chain,
)

VERIFY_CHUNK = 2000
OPENINGS_READ = 60
"""Of one person, to find the documents that they opened last: each of its pages is an opening."""


def acts_on(session: Session, subject_kind: str, subject_id: str, *, limit: int = 200) -> Sequence[JournalEntry]:
    """Return the acts on one subject, newest first."""
    return session.scalars(
        select(JournalEntry)
        .where(JournalEntry.subject_kind == subject_kind, JournalEntry.subject_id == subject_id)
        .order_by(JournalEntry.number.desc())
        .limit(limit)
    ).all()


def last_opened(session: Session, person_id: UUID, *, most: int) -> Sequence[UUID]:
    """Return the documents that somebody opened last, the last one first; the caller asks which may still be seen."""
    latest = session.scalars(
        select(Opening.document_id)
        .where(Opening.person_id == person_id)
        .order_by(Opening.at.desc())
        .limit(OPENINGS_READ)
    )
    return list(dict.fromkeys(latest))[:most]


def last_instant(session: Session) -> datetime | None:
    """Return the instant of the last line; none when there is no line."""
    return session.scalar(select(JournalHead.at).where(JournalHead.id == 1))


def head_of(session: Session) -> tuple[int, str]:
    """Return the number and the hash of the last line, as the journal's head remembers them."""
    head = session.get(JournalHead, 1)
    return (0, FIRST_PREVIOUS_HASH) if head is None else (head.number, head.hash)


def begin_snapshot(session: Session) -> None:
    """See the database as it is at this moment until the session ends; call it before anything else is read.

    On SQLite every reading is one already. Without it PostgreSQL would show lines written after the head was read.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.connection(execution_options={"isolation_level": "REPEATABLE READ"})


def kept_anchors(session: Session) -> Sequence[JournalAnchor]:
    """Return the anchors that the database keeps, in order."""
    return session.scalars(select(JournalAnchor).order_by(JournalAnchor.last_number)).all()


def last_anchor(session: Session) -> JournalAnchor | None:
    """Return the newest anchor."""
    return session.scalar(select(JournalAnchor).order_by(JournalAnchor.last_number.desc()).limit(1))


def anchor_over(session: Session, number: int) -> JournalAnchor | None:
    """Return the anchor that covers a line; none when it is newer than the last anchor."""
    return session.scalar(
        select(JournalAnchor).where(JournalAnchor.last_number >= number).order_by(JournalAnchor.last_number).limit(1)
    )


def statement_of(row: JournalAnchor) -> Anchor:
    """Return what an anchor of the database states."""
    return Anchor(row.first_number, row.last_number, row.root, row.head_hash, row.previous, row.made_at)


def verify_journal(session: Session, anchors: Sequence[PlacedAnchor] = ()) -> ChainVerdict:
    """Follow the whole chain, compare its end with the head, and its lines with anchors."""
    return verify_chain(lines_after(session, 0), expected=head_of(session), anchors=anchors)


def lines_after(session: Session, number: int, *, until: int | None = None) -> Iterator[tuple[JournalLine, str]]:
    """Return the lines after a number, each with the hash kept for it, in order."""
    # In pieces by number rather than through a server's cursor, which a chain that breaks early would leave open.
    table = JournalEntry.__table__
    after = number
    while True:
        piece = select(table).where(table.c.number > after).order_by(table.c.number).limit(VERIFY_CHUNK)
        if until is not None:
            piece = piece.where(table.c.number <= until)
        rows = session.execute(piece).all()
        if not rows:
            return
        for row in rows:
            yield _line(row), row.hash
        after = rows[-1].number


def _line(row: Row[Any]) -> JournalLine:
    # By place in the table rather than by name: this runs for every line of the journal.
    number, at, kind, name, person_id, verb, subject_kind, subject_id, values, previous_hash, _hash = tuple(row)
    person = None if person_id is None else str(person_id)
    return JournalLine(number, at, kind, name, person, verb, subject_kind, subject_id, values, previous_hash)
