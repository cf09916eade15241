"""What the unit does with a request: asks once for what is missing, decides with reasons, publishes its answer."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.orm import Session

from docflow.core.actor import Actor
from docflow.core.errors import Conflict, InvalidInput, PermissionDenied
from docflow.core.uow import UnitOfWork
from docflow.registry.terms import pause_term
from docflow.requests.models import ServiceRequest
from docflow.requests.news import News, ask_to_tell
from docflow.requests.queries import RequestRow, request_for, request_of_document
from docflow.requests.rules import REASON_LIMIT, AskedPaper, Ground, Outcome, ProcedureKind, check_decision
from docflow.routing.models import Assignment
from docflow.routing.operations import finish
from docflow.routing.queries import open_of
from docflow.routing.rules import EFFECTS, NOTE_LIMIT, Instruction

SAID = {
    Outcome.GRANTED: "تمت الاستجابة – Accordée",
    Outcome.PARTLY: "استجابة جزئية – Accordée en partie",
    Outcome.REFUSED: "رفض معلل – Refusée avec motifs",
    Outcome.WITHDRAWN: "تنازل صاحب الطلب – Retirée par l'usager",
}
"""What the route says of a decision, in both languages, because it is kept for readers of either."""
PAUSE_LIMIT = 300


def ask_for_missing(uow: UnitOfWork, request_id: UUID, *, positions: Sequence[int], note: str) -> ServiceRequest:
    """Ask the citizen for documents, once: the term stands still until the unit notes that they came.

    Raises:
        PermissionDenied: without ``routing.send``.
        NotFound: ``request_unknown``.
        InvalidInput: ``nothing_missing``, ``field_too_long``; ``term_missing``.
        Conflict: ``matter_closed``, ``term_over``, ``term_paused_before``.
    """
    uow.require("routing.send")
    request, row = _locked(uow, request_id)
    papers = [AskedPaper.from_row(one) for one in request.papers]
    names = [f"{papers[at].ar} / {papers[at].fr}" for at in positions if 0 <= at < len(papers)]
    said = "؛ ".join([*names, *filter(None, [" ".join(note.split())])])
    if not said:
        raise InvalidInput("nothing_missing")
    if len(said) > PAUSE_LIMIT:
        raise InvalidInput("field_too_long", field="reason", limit=PAUSE_LIMIT)
    pause_term(uow, row.request.entry_id, reason=said)
    ask_to_tell(uow, request, News.ASKED)
    uow.record("requests.missing_asked", subject_kind="document", subject_id=request.document_id, number=row.number)
    return request


def decide(
    uow: UnitOfWork, request_id: UUID, *, outcome: Outcome, reason: str, ground: Ground | None = None
) -> ServiceRequest:
    """Decide a request: the responsible task ends with it, the matter is closed, its citizen reads the reasons.

    Raises:
        PermissionDenied: ``decision_of_others``, for whoever does not hold the responsible task.
        NotFound: ``request_unknown``.
        InvalidInput: ``decision_reason_missing``, ``ground_missing``, ``field_too_long``.
        Conflict: ``request_decided``, ``task_taken``.
    """
    uow.require("tasks.read")
    request, row = _locked(uow, request_id)
    said = "\n".join(" ".join(line.split()) for line in reason.strip().splitlines())
    if len(said) > REASON_LIMIT:
        raise InvalidInput("field_too_long", field="reason", limit=REASON_LIMIT)
    if request.outcome is not None:
        raise Conflict("request_decided")
    task = responsible_task(uow.session, uow.actor, request.document_id)
    if task is None:
        raise PermissionDenied("decision_of_others")
    kind = ProcedureKind(row.procedure.kind)
    check_decision(kind, outcome, reason=said, ground=ground)
    request.outcome, request.reason = outcome, said
    is_refusal = outcome in {Outcome.REFUSED, Outcome.PARTLY}
    request.ground = ground if kind is ProcedureKind.INFORMATION and is_refusal else None
    request.decided_at, request.decided_by_name = uow.now, uow.actor.name
    finish(uow, task.id, answer=f"{SAID[outcome]}{': ' if said else ''}{said}"[:NOTE_LIMIT])
    ask_to_tell(uow, request, News.DECIDED)
    uow.record(
        "requests.decided",
        subject_kind="document",
        subject_id=request.document_id,
        number=row.number,
        outcome=outcome.value,
        ground="" if request.ground is None else request.ground.value,
    )
    return request


def publish_answer(uow: UnitOfWork, request_id: UUID, *, subject: str, answer: str) -> ServiceRequest:
    """Publish the answer to a request for information, without whoever asked.

    Raises:
        PermissionDenied: without ``terms.extend``: heads decide on it.
        NotFound: ``request_unknown``.
        InvalidInput: ``publication_incomplete``, ``field_too_long``.
        Conflict: ``not_publishable``, when it is no information that was given.
    """
    uow.require("terms.extend")
    request, row = _locked(uow, request_id)
    is_given = request.outcome in {Outcome.GRANTED, Outcome.PARTLY}
    if row.procedure.kind != ProcedureKind.INFORMATION or not is_given:
        raise Conflict("not_publishable")
    title = " ".join(subject.split())
    text = "\n".join(" ".join(line.split()) for line in answer.strip().splitlines())
    if not title or not text:
        raise InvalidInput("publication_incomplete")
    if len(title) > 300 or len(text) > 10_000:
        raise InvalidInput("field_too_long", field="answer", limit=10_000)
    request.public_subject, request.public_answer = title, text
    request.published_at = request.published_at or uow.now
    uow.record("requests.published", subject_kind="document", subject_id=request.document_id, number=row.number)
    return request


def withdraw_publication(uow: UnitOfWork, request_id: UUID) -> ServiceRequest:
    """Take a published answer from the public site.

    Raises:
        PermissionDenied: without ``terms.extend``.
        NotFound: ``request_unknown``.
        Conflict: ``not_published``.
    """
    uow.require("terms.extend")
    request, row = _locked(uow, request_id)
    if request.published_at is None:
        raise Conflict("not_published")
    request.published_at = None
    uow.record("requests.unpublished", subject_kind="document", subject_id=request.document_id, number=row.number)
    return request


def require_decision(session: Session, document_id: UUID, /, *, by_letter: bool) -> None:
    """Refuse to close a request that nobody decided, whether by its task or by a letter.

    Raises:
        Conflict: ``request_undecided``.
    """
    row = request_of_document(session, document_id)
    if row is not None and row.request.outcome is None:
        raise Conflict("request_undecided")


def responsible_task(session: Session, actor: Actor, document_id: UUID) -> Assignment | None:
    """Return the open task by which the actor answers for a document, or none."""
    own = open_of(session, actor, document_id)
    return next((one for one in own if EFFECTS[Instruction(one.instruction)].is_responsible), None)


def _locked(uow: UnitOfWork, request_id: UUID) -> tuple[ServiceRequest, RequestRow]:
    row = request_for(uow.session, uow.actor, request_id)
    request = uow.session.get_one(ServiceRequest, request_id, with_for_update=True, populate_existing=True)
    return request, row
