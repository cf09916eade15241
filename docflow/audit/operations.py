"""Writing the journal and the access log."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from docflow.audit.models import JournalEntry, JournalHead
from docflow.audit.rules import FIRST_PREVIOUS_HASH, JournalLine, line_hash
from docflow.core.actor import Actor
from docflow.core.uow import Act


def write_journal(session: Session, acts: Sequence[Act], actor: Actor, at: datetime) -> None:
    """Append acts to the chain; called last in a transaction, since it locks the journal's head."""
    head = session.scalar(select(JournalHead).where(JournalHead.id == 1).with_for_update())
    if head is None:
        head = JournalHead(id=1, number=0, hash=FIRST_PREVIOUS_HASH)
        session.add(head)
    for act in acts:
        line = JournalLine(
            number=head.number + 1,
            at=at,
            actor_kind=actor.kind.value,
            actor_name=actor.name,
            person_id=None if actor.person_id is None else str(actor.person_id),
            verb=act.verb,
            subject_kind=act.subject_kind,
            subject_id=act.subject_id,
            values=act.values,
            previous_hash=head.hash,
        )
        entry_hash = line_hash(line)
        session.add(
            JournalEntry(
                number=line.number,
                at=at,
                actor_kind=line.actor_kind,
                actor_name=line.actor_name,
                person_id=actor.person_id,
                verb=line.verb,
                subject_kind=line.subject_kind,
                subject_id=line.subject_id,
                values=line.values,
                previous_hash=line.previous_hash,
                hash=entry_hash,
            )
        )
        head.number, head.hash = line.number, entry_hash
    session.flush()
