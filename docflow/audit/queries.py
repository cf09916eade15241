"""Reading the journal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from docflow.audit.models import JournalEntry, JournalHead
from docflow.audit.rules import ChainVerdict, JournalLine, verify_chain

VERIFY_CHUNK = 2000


def acts_on(session: Session, subject_kind: str, subject_id: str, *, limit: int = 200) -> Sequence[JournalEntry]:
    """Return the acts on one subject, newest first."""
    return session.scalars(
        select(JournalEntry)
        .where(JournalEntry.subject_kind == subject_kind, JournalEntry.subject_id == subject_id)
        .order_by(JournalEntry.number.desc())
        .limit(limit)
    ).all()


def verify_journal(session: Session) -> ChainVerdict:
    """Follow the whole chain and compare its end with the head."""
    head = session.get(JournalHead, 1)
    expected = None if head is None else (head.number, head.hash)
    return verify_chain(_lines(session), expected=expected)


def _lines(session: Session) -> Iterator[tuple[JournalLine, str]]:
    # In pieces by number rather than through a server's cursor, which a chain that breaks early would leave open.
    table = JournalEntry.__table__
    after = 0
    while True:
        piece = select(table).where(table.c.number > after).order_by(table.c.number).limit(VERIFY_CHUNK)
        rows = session.execute(piece).all()
        if not rows:
            return
        for row in rows:
            yield _line(row), row.hash
        after = rows[-1].number


def _line(row: Row[Any]) -> JournalLine:
    return JournalLine(
        number=row.number,
        at=row.at,
        actor_kind=row.actor_kind,
        actor_name=row.actor_name,
        person_id=None if row.person_id is None else str(row.person_id),
        verb=row.verb,
        subject_kind=row.subject_kind,
        subject_id=row.subject_id,
        values=row.values,
        previous_hash=row.previous_hash,
    )
