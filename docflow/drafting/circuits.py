"""Sending a draft on its circuit, and again after a return: each time its text becomes the next version of the act."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.orm import Session

from docflow.approvals.models import ApprovalRun
from docflow.approvals.operations import resume_run, start_run, withdraw
from docflow.approvals.queries import RunView, circuits, run_of
from docflow.approvals.rules import Facts, RunState
from docflow.core.actor import Actor
from docflow.core.errors import Conflict, NotFound
from docflow.documents.models import Document
from docflow.drafting.acts import make_file
from docflow.drafting.models import Draft
from docflow.drafting.operations import make_act, writable
from docflow.drafting.ports import Deps
from docflow.drafting.queries import draft_for


@dataclass(frozen=True, slots=True)
class Submission:
    """How a draft is sent: on which circuit (a returned one goes on its own again), and what its conditions ask."""

    circuit_code: str
    amount_dh: int | None = None
    is_urgent: bool = False


def send_on_circuit(deps: Deps, actor: Actor, draft_id: UUID, sent: Submission, *, seen_version: int) -> Document:
    """Make the text of a draft the next version of its act, and send it on a circuit.

    The file is made before the transaction, and belongs to no text but the one that is sent.

    Raises:
        NotFound: ``draft_unknown``, ``circuit_unknown`` with ``circuit``.
        PermissionDenied: ``draft_of_others``, ``run_of_another``.
        Conflict: ``draft_changed`` with ``name``, ``draft_on_circuit``, ``draft_departed``, ``nobody_for_step``;
            those of the rules about what it answers.
        InvalidInput: ``draft_incomplete``, ``draft_has_gaps``, ``draft_too_long``, ``act_not_archival``.
        Unavailable: ``storage_unavailable``.
    """
    with deps.transactions.reading() as session:
        draft = draft_for(session, actor, draft_id)
        register_code = register_of(session, sent.circuit_code)
        run = None if draft.document_id is None else run_of(session, draft.document_id)
    if draft.version != seen_version:
        raise Conflict("draft_changed", name=draft.kept_by_name)
    if run is None and register_code is None:
        raise NotFound("circuit_unknown", circuit=sent.circuit_code)
    made = make_file(deps, draft)
    with deps.transactions.writing(actor) as uow:
        kept = writable(uow, draft_id)
        check_answered(deps, uow.session, kept)
        document = make_act(uow, draft_id, made, settings=deps.settings, register_code=register_code or "outgoing")
        uow.session.flush()
        run = run_of(uow.session, document.id)
        if run is not None and run.state is RunState.RETURNED:
            resume_run(uow, run.id)
        else:
            facts = Facts(kept.kind, kept.unit_id, sent.amount_dh, kept.answers_id, is_urgent=sent.is_urgent)
            start_run(uow, document_id=document.id, circuit_code=sent.circuit_code, facts=facts)
    return document


def check_answered(deps: Deps, session: Session, draft: Draft) -> None:
    """Refuse a letter that answers a matter of which something must be said first.

    Raises:
        Conflict: those of the rules of the matter's room.
    """
    if draft.answers_id is not None:
        for rule in deps.closing_rules:
            rule(session, draft.answers_id, by_letter=True)


def take_back(deps: Deps, actor: Actor, draft_id: UUID) -> ApprovalRun:
    """Take a draft back from its circuit, to write it anew.

    Raises:
        NotFound: ``draft_unknown``, ``run_unknown``.
        PermissionDenied: ``run_of_another``.
        Conflict: ``run_ended``.
    """
    with deps.transactions.writing(actor) as uow:
        draft = draft_for(uow.session, actor, draft_id)
        run = None if draft.document_id is None else run_of(uow.session, draft.document_id)
        if run is None:
            raise NotFound("run_unknown")
        return withdraw(uow, run.id)


def register_of(session: Session, circuit_code: str) -> str | None:
    """Return the register in which the acts of a circuit depart, when it takes new ones."""
    found = (circuit.register_code for circuit in circuits(session, active_only=True) if circuit.code == circuit_code)
    return next(found, None)


def run_on(session: Session, draft: Draft) -> RunView | None:
    """Return the newest run of a draft's act, if any."""
    return None if draft.document_id is None else run_of(session, draft.document_id)
