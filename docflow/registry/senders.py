"""Senders of earlier letters, found by the beginning of any word of their names."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Select, Subquery, func, select
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import InstrumentedAttribute, Session

from docflow.core.actor import Actor
from docflow.documents.models import Document
from docflow.documents.queries import visible_to
from docflow.registry.models import START_LENGTH, Entry, SenderStart
from docflow.registry.names import sender_key
from docflow.registry.rules import EntryState

LEAST_TYPED: Final = 3
"""Letters of a sender's name before others are looked for: fewer are in most names."""
MOST_SENDERS: Final = 8
MOST_LOOKED_AT: Final = 200
"""Senders among whom those with most letters are looked for; somebody whose name is common types more of it."""
MOST_LETTERS: Final = 20
"""Letters of one sender that are counted: to count asks of each whether it may be known."""
LAST: Final = "\U0010ffff"


@dataclass(frozen=True, slots=True)
class KnownSender:
    """A sender of earlier letters, as the last of them names it.

    Attributes:
        name: as the clerk typed it.
        count: how many letters there are that the actor may know of, up to ``MOST_LETTERS``.
    """

    name: str
    count: int

    @property
    def shown_count(self) -> str:
        """The count as it is read: that there may be more is said."""
        return f"{self.count}+" if self.count == MOST_LETTERS else str(self.count)


def starts_of(key: str) -> Iterable[str]:
    """Return what is left of a folded name from each of its words on, as much of it as is kept."""
    words = key.split()
    return {" ".join(words[at:])[:START_LENGTH] for at in range(len(words))}


def note_sender(session: Session, key: str) -> None:
    """Let a sender be found by the words of the name from now on; doing it twice changes nothing."""
    rows = [{"start": start, "sender_key": key} for start in sorted(starts_of(key))]
    if rows:
        insert = postgresql_insert if session.get_bind().dialect.name == "postgresql" else sqlite_insert
        session.execute(insert(SenderStart).values(rows).on_conflict_do_nothing())


def known_senders(session: Session, actor: Actor, typed: str) -> Sequence[KnownSender]:
    """Return senders in whose name a word begins with what was typed, those of most letters first."""
    begun = sender_key(typed)[:START_LENGTH]
    if len(begun) < LEAST_TYPED:
        return ()
    looked_at = (
        select(SenderStart.sender_key)
        .distinct()
        .where(SenderStart.start >= begun, SenderStart.start < begun + LAST)
        .order_by(SenderStart.sender_key)
        .limit(MOST_LOOKED_AT)
        .subquery()
    )
    some = _letters(actor, looked_at, Document.id).limit(MOST_LETTERS).subquery()
    count = select(func.count()).select_from(some).scalar_subquery()
    most = (
        select(looked_at.c.sender_key, count.label("count"))
        .order_by(count.desc(), looked_at.c.sender_key)
        .limit(MOST_SENDERS)
        .subquery()
    )
    newest = _letters(actor, most, Document.sender).order_by(Entry.registered_at.desc()).limit(1).scalar_subquery()
    statement = select(newest, most.c["count"]).where(most.c["count"] > 0)
    rows = session.execute(statement.order_by(most.c["count"].desc(), most.c.sender_key))
    return [KnownSender(name, letters) for name, letters in rows]


def _letters(actor: Actor, senders: Subquery, column: InstrumentedAttribute[Any]) -> Select[Any]:
    """Return a column of the letters of a sender that the actor may know of."""
    return (
        select(column)
        .join(Entry, Entry.document_id == Document.id)
        .where(Entry.sender_key == senders.c.sender_key, Entry.state == EntryState.REGISTERED, visible_to(actor))
        .correlate(senders)
    )
