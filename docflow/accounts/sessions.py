"""The sessions of people: what each sees of their own, and ending them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from docflow.accounts.models import SignedInSession
from docflow.core.errors import NotFound
from docflow.core.uow import UnitOfWork


def sessions_of(session: Session, person_id: UUID, *, now: datetime, idle_s: int) -> Sequence[SignedInSession]:
    """Return the sessions of somebody that still hold, the last used first."""
    return session.scalars(
        select(SignedInSession)
        .where(
            SignedInSession.person_id == person_id,
            ~SignedInSession.awaits_code,
            SignedInSession.last_seen_at >= now - timedelta(seconds=idle_s),
        )
        .order_by(SignedInSession.last_seen_at.desc(), SignedInSession.id)
    ).all()


def end_own_session(uow: UnitOfWork, session_id: UUID) -> None:
    """End one of the actor's own sessions.

    Raises:
        NotFound: ``session_unknown``, whether it is missing or somebody else's.
    """
    ended = uow.session.execute(
        delete(SignedInSession)
        .where(SignedInSession.id == session_id, SignedInSession.person_id == uow.actor.person_id)
        .returning(SignedInSession.id)
    ).all()
    if not ended:
        raise NotFound("session_unknown")
    uow.record("accounts.sessions_ended", subject_kind="person", subject_id=str(uow.actor.person_id), sessions=1)


def end_sessions(uow: UnitOfWork, person_id: UUID, *, but: UUID | None = None) -> int:
    """End the sessions of somebody, ``but`` one if any, and return how many there were.

    Raises:
        PermissionDenied: without ``people.manage``, unless they are one's own.
    """
    if person_id != uow.actor.person_id:
        uow.require("people.manage")
    count = drop_sessions(uow.session, person_id, but=but)
    if count:
        uow.record("accounts.sessions_ended", subject_kind="person", subject_id=person_id, sessions=count)
    return count


def drop_sessions(session: Session, person_id: UUID, *, but: UUID | None = None) -> int:
    """Drop the sessions of somebody as part of another act, and return how many there were."""
    statement = delete(SignedInSession).where(SignedInSession.person_id == person_id)
    if but is not None:
        statement = statement.where(SignedInSession.id != but)
    return len(session.execute(statement.returning(SignedInSession.id)).all())
