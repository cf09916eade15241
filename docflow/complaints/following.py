"""How far a complaint is, for whoever holds its number and secret: stages, days, answers; no name, no internal note."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from docflow.complaints.models import (
    Complaint,
    ComplaintCategory,
    ComplaintMessage,
    ComplaintOutcome,
    ComplaintPhoto,
)
from docflow.complaints.queries import messages_of, outcomes_of, photos_of
from docflow.complaints.rules import MOST_MESSAGES, MOST_REOPENINGS, REOPEN_WITHIN
from docflow.core.clock import CASABLANCA
from docflow.deadlines.queries import deadline_from
from docflow.deadlines.rules import COMPLAINT, Deadline
from docflow.documents.models import Document
from docflow.drafting.publishing import PublishedAnswer, answers_published
from docflow.drafting.queries import answer_sent_at
from docflow.registry.models import Entry, TermPause
from docflow.registry.rules import EntryState
from docflow.registry.terms import answer_due_of, pause_of
from docflow.routing.queries import route_of


class StageCode(StrEnum):
    """A stage as it is told."""

    DEPOSITED = "deposited"
    SENT = "sent"
    EXAMINED = "examined"
    ASKED = "asked"
    ANSWERED = "answered"
    REOPENED = "reopened"


@dataclass(frozen=True, slots=True)
class Stage:
    """A stage: since when it is reached; none of one that is still ahead."""

    code: StageCode
    at: datetime | None = None
    is_now: bool = False


@dataclass(frozen=True, slots=True)
class FollowedComplaint:
    """A complaint as its citizen sees it.

    ``term`` by when it is answered; ``asked`` what the district waits for; ``outcome`` of the answer that went out.
    ``main``: the complaint with which it is answered; its letter is another citizen's and is not shown.
    """

    complaint: Complaint
    number: str
    category: ComplaintCategory | None
    subject: str
    stages: Sequence[Stage]
    term: Deadline | None
    is_late: bool
    asked: TermPause | None
    outcome: ComplaintOutcome | None
    answers: Sequence[PublishedAnswer]
    messages: Sequence[ComplaintMessage]
    photos: Sequence[ComplaintPhoto]
    answered_at: datetime | None
    can_say: bool
    can_reopen: bool


def followed_complaint(session: Session, entry_id: UUID, *, now: datetime) -> FollowedComplaint | None:
    """Return how far the complaint of an entry is, or none when it is followed no more; the secret was checked."""
    complaint = session.scalar(select(Complaint).where(Complaint.entry_id == entry_id))
    entry = session.get(Entry, entry_id)
    if complaint is None or entry is None or entry.state != EntryState.REGISTERED:
        return None
    answering = complaint if complaint.main_id is None else session.get_one(Complaint, complaint.main_id)
    outcomes = [one for one in outcomes_of(session, answering.id) if one.answered_at is not None]
    answered_at = answered_instant(session, answering)
    messages = messages_of(session, complaint.id)
    pause = pause_of(session, entry_id)
    asked = pause if pause is not None and pause.end_on is None else None
    term = term_of(session, complaint)
    is_open = answered_at is None
    today = now.astimezone(CASABLANCA).date()
    return FollowedComplaint(
        complaint=complaint,
        number=entry.label,
        category=None if complaint.category_id is None else session.get_one(ComplaintCategory, complaint.category_id),
        subject=session.get_one(Document, complaint.document_id).subject,
        stages=_stages(session, complaint, entry, outcomes, answered_at=answered_at, asked=asked),
        term=term if is_open else None,
        is_late=is_open and term is not None and term.due is not None and term.due < today,
        asked=asked if is_open else None,
        outcome=outcomes[-1] if outcomes and answered_at is not None else None,
        answers=answers_published(session, complaint.document_id),
        messages=messages,
        photos=photos_of(session, complaint.id),
        answered_at=answered_at,
        can_say=is_open and sum(one.is_from_citizen for one in messages) < MOST_MESSAGES,
        can_reopen=complaint.main_id is None
        and answered_at is not None
        and now - answered_at <= REOPEN_WITHIN
        and complaint.reopened_count < MOST_REOPENINGS,
    )


def answered_instant(session: Session, complaint: Complaint) -> datetime | None:
    """Return when the approved answer to a complaint went out, since it was last opened; none while it is awaited."""
    since = complaint.reopened_at or complaint.deposited_at
    if complaint.answered_at is not None and complaint.answered_at > since:
        return complaint.answered_at
    return answer_sent_at(session, complaint.document_id, after=since)


def term_of(session: Session, complaint: Complaint) -> Deadline | None:
    """Return by when a complaint is answered; one that was opened again is counted from that day."""
    if complaint.reopened_at is not None:
        return deadline_from(session, COMPLAINT, complaint.reopened_at)
    return answer_due_of(session, complaint.entry_id)


def _stages(
    session: Session,
    complaint: Complaint,
    entry: Entry,
    outcomes: Sequence[ComplaintOutcome],
    *,
    answered_at: datetime | None,
    asked: TermPause | None,
) -> Sequence[Stage]:
    route = route_of(session, complaint.document_id)
    sent_at = min((one.sent_at for one in route), default=None)
    examined_at = min((one.read_at for one in route if one.read_at is not None), default=None)
    stages = [
        Stage(StageCode.DEPOSITED, entry.arrived_at),
        Stage(StageCode.SENT, sent_at),
        Stage(StageCode.EXAMINED, examined_at),
    ]
    if complaint.reopened_at is not None:
        before = [one.answered_at for one in outcomes if one.answered_at and one.answered_at <= complaint.reopened_at]
        stages += [Stage(StageCode.ANSWERED, at) for at in before[-1:]]
        stages.append(Stage(StageCode.REOPENED, complaint.reopened_at))
    if asked is not None and answered_at is None:
        stages.append(Stage(StageCode.ASKED))
    stages.append(Stage(StageCode.ANSWERED, answered_at))
    present = next((at for at, stage in enumerate(stages) if stage.at is None), None)
    return [replace(stage, is_now=at == present) for at, stage in enumerate(stages)]
