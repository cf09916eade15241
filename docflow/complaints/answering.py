"""What the district says of a complaint: messages to its citizen, the outcome, that the approved answer went out."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from docflow.complaints.deps import Deps
from docflow.complaints.following import answered_instant
from docflow.complaints.models import Complaint, ComplaintMessage, ComplaintOutcome
from docflow.complaints.queries import complaint_of_document, joined_to, outcomes_of
from docflow.complaints.rules import MESSAGE_LIMIT, REASON_LIMIT, Outcome, words_of
from docflow.complaints.telling import tell_citizen
from docflow.core.actor import SYSTEM
from docflow.core.errors import Conflict, InvalidInput, NotFound
from docflow.core.uow import UnitOfWork
from docflow.documents.queries import document_content_for
from docflow.drafting.queries import letters_answered
from docflow.registry.models import TermPause
from docflow.registry.terms import pause_term

TREATS = "drafting.write"
"""Whoever writes letters also says what became of a complaint."""
LOOKED_BACK = timedelta(days=2)
"""How far the job that notes answers looks back: longer than any worker stands still unseen."""
ELSEWHERE_LIMIT = 300


def complaint_treated(uow: UnitOfWork, complaint_id: UUID) -> Complaint:
    """Return a complaint that the actor reads and may treat, locked.

    Raises:
        PermissionDenied: without ``drafting.write``; ``content_hidden``.
        NotFound: ``complaint_unknown``, ``document_unknown``.
    """
    uow.require(TREATS)
    complaint = uow.session.get(Complaint, complaint_id)
    if complaint is None:
        raise NotFound("complaint_unknown")
    document_content_for(uow.session, uow.actor, complaint.document_id)
    return uow.session.get_one(Complaint, complaint_id, with_for_update=True, populate_existing=True)


def say_to_citizen(deps: Deps, uow: UnitOfWork, complaint_id: UUID, *, text: str) -> ComplaintMessage:
    """Say something to the citizen, who is told of it where they can be reached; no name goes with it.

    Raises:
        PermissionDenied, NotFound: as ``complaint_treated``.
        InvalidInput: ``message_missing``, ``field_too_long``.
    """
    complaint = complaint_treated(uow, complaint_id)
    said = words_of(text, name="text", limit=MESSAGE_LIMIT, missing="message_missing")
    message = ComplaintMessage(
        complaint_id=complaint.id, is_from_citizen=False, text=said, said_at=uow.now, author_name=uow.actor.name
    )
    uow.session.add(message)
    uow.session.flush()
    uow.record("complaints.district_said", subject_kind="document", subject_id=complaint.document_id)
    tell_citizen(uow, deps, complaint, "said")
    return message


def ask_citizen(deps: Deps, uow: UnitOfWork, complaint_id: UUID, *, reason: str) -> TermPause:
    """Ask the citizen for what is missing, which is done once: the term stands still, and they are told.

    Raises:
        PermissionDenied, NotFound: as ``complaint_treated``; those of ``pause_term``.
        InvalidInput, Conflict: those of ``pause_term``.
    """
    complaint = complaint_treated(uow, complaint_id)
    pause = pause_term(uow, complaint.entry_id, reason=reason)
    tell_citizen(uow, deps, complaint, "asked")
    return pause


def propose_outcome(
    uow: UnitOfWork, complaint_id: UUID, *, outcome: str, reason: str, elsewhere: str = ""
) -> ComplaintOutcome:
    """Note what became of a complaint; the citizen reads it once the answer departed from its circuit and went out.

    Raises:
        PermissionDenied, NotFound: as ``complaint_treated``.
        InvalidInput: ``outcome_missing``, ``outcome_reason_missing``, ``elsewhere_missing``, ``field_too_long``.
        Conflict: ``complaint_answered``; ``complaint_joined``.
    """
    complaint = complaint_treated(uow, complaint_id)
    try:
        meant = Outcome(outcome)
    except ValueError as error:
        raise InvalidInput("outcome_missing") from error
    if complaint.main_id is not None:
        raise Conflict("complaint_joined")
    if meant is Outcome.DUPLICATE:
        # A duplicate is joined to the other complaint, so that its citizen hears what becomes of that one.
        raise InvalidInput("outcome_missing")
    if answered_instant(uow.session, complaint) is not None:
        raise Conflict("complaint_answered")
    said = words_of(reason, name="reason", limit=REASON_LIMIT, missing="outcome_reason_missing")
    whose = " ".join(elsewhere.split())
    if meant is Outcome.OUT_OF_COMPETENCE and not whose:
        raise InvalidInput("elsewhere_missing")
    if len(whose) > ELSEWHERE_LIMIT:
        raise InvalidInput("field_too_long", field="elsewhere", limit=ELSEWHERE_LIMIT)
    kept = next((one for one in outcomes_of(uow.session, complaint.id) if one.answered_at is None), None)
    if kept is None:
        kept = ComplaintOutcome(complaint_id=complaint.id)
        uow.session.add(kept)
    kept.outcome, kept.reason = meant, said
    kept.elsewhere = whose if meant is Outcome.OUT_OF_COMPETENCE else ""
    kept.proposed_at, kept.proposed_by_name = uow.now, uow.actor.name
    uow.session.flush()
    uow.record(
        "complaints.outcome_noted", subject_kind="document", subject_id=complaint.document_id, outcome=meant.value
    )
    return kept


def require_outcome(session: Session, document_id: UUID, /, *, by_letter: bool) -> None:
    """Refuse to close a complaint without its outcome, or without the approved letter by which its citizen reads it.

    Raises:
        Conflict: ``complaint_ends_by_answer``, when it is no letter that closes it; ``outcome_first``.
    """
    complaint = complaint_of_document(session, document_id)
    is_awaited = complaint is not None and complaint.main_id is None and answered_instant(session, complaint) is None
    if complaint is None or not is_awaited:
        return
    if not by_letter:
        raise Conflict("complaint_ends_by_answer")
    if all(one.answered_at is not None for one in outcomes_of(session, complaint.id)):
        raise Conflict("outcome_first")


def note_answers(deps: Deps) -> int:
    """Note which complaints were answered since, and tell their citizens; return how many.

    Doing it twice changes nothing.
    """
    with deps.transactions.reading() as session:
        letters = letters_answered(session, since=deps.clock.now() - LOOKED_BACK)
        due = session.scalars(
            select(Complaint.id).where(
                Complaint.document_id.in_(letters),
                or_(Complaint.answered_at.is_(None), Complaint.answered_at <= Complaint.reopened_at),
            )
        ).all()
    noted = 0
    for complaint_id in due:
        with deps.transactions.writing(SYSTEM) as uow:
            noted += _note_answered(deps, uow, complaint_id)
    return noted


def _note_answered(deps: Deps, uow: UnitOfWork, complaint_id: UUID) -> bool:
    complaint = uow.session.get_one(Complaint, complaint_id, with_for_update=True)
    answered_at = answered_instant(uow.session, complaint)
    if answered_at is None or answered_at == complaint.answered_at:
        return False
    complaint.answered_at = answered_at
    for outcome in outcomes_of(uow.session, complaint.id):
        if outcome.answered_at is None:
            outcome.answered_at = answered_at
    uow.record("complaints.answered", subject_kind="document", subject_id=complaint.document_id)
    for told in (complaint, *joined_to(uow.session, complaint.id)):
        tell_citizen(uow, deps, told, "answered")
    return True
