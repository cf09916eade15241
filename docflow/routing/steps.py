"""The single steps that acts on the route are made of; the operations check who may take them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import select

from docflow.approvals.operations import ask_signature, recall_signature
from docflow.core.errors import Conflict, InvalidInput, NotFound
from docflow.core.uow import UnitOfWork
from docflow.documents.models import Document
from docflow.documents.operations import get_visible
from docflow.documents.registering import note_answered, show_to
from docflow.routing.models import Assignment
from docflow.routing.queries import is_addressee, route_of
from docflow.routing.rules import EFFECTS, NOTE_LIMIT, AssignmentState, Instruction


@dataclass(frozen=True, slots=True)
class Dispatch:
    """What is asked of one unit or person."""

    instruction: Instruction
    unit_id: UUID | None = None
    person_id: UUID | None = None
    note: str = ""
    due_on: date | None = None


def ask(uow: UnitOfWork, document: Document, dispatch: Dispatch, *, parent: Assignment | None) -> Assignment:
    """Ask a unit or a person for something on a document, and let them see it.

    Raises:
        Conflict: ``responsible_exists``.
        InvalidInput: ``field_too_long``.
    """
    if EFFECTS[dispatch.instruction].is_responsible:
        held = select(Assignment.id).where(
            Assignment.document_id == document.id,
            Assignment.state == AssignmentState.OPEN,
            Assignment.instruction == Instruction.ATTRIBUTION,
        )
        if uow.session.scalar(held.limit(1)) is not None:
            raise Conflict("responsible_exists")
    assignment = Assignment(
        document_id=document.id,
        parent_id=None if parent is None else parent.id,
        unit_id=dispatch.unit_id if dispatch.person_id is None else None,
        person_id=dispatch.person_id,
        instruction=dispatch.instruction,
        note=shortened(dispatch.note),
        due_on=dispatch.due_on,
        sent_by=uow.actor.person_id,
        sent_by_name=uow.actor.name,
        sent_at=uow.now,
    )
    if dispatch.instruction is Instruction.SIGNATURE:
        assignment.run_id = ask_signature(
            uow, document, unit_id=assignment.unit_id, person_id=assignment.person_id, note=assignment.note
        ).id
    uow.session.add(assignment)
    uow.session.flush()
    show_route_to(uow, document)
    record(uow, "routing.sent", assignment, instruction=assignment.instruction.value)
    return assignment


def show_route_to(uow: UnitOfWork, document: Document) -> None:
    """Let the units and people of the route see the document; one whose only task was recalled sees it no more."""
    kept = [one for one in route_of(uow.session, document.id) if one.state != AssignmentState.RECALLED]
    show_to(
        uow,
        document,
        unit_ids=[one.unit_id for one in kept if one.unit_id is not None],
        person_ids=[one.person_id for one in kept if one.person_id is not None],
    )


def end(uow: UnitOfWork, assignment: Assignment, state: AssignmentState, *, answer: str) -> None:
    """End an assignment as it came out."""
    assignment.state, assignment.answer = state, answer
    assignment.closed_at, assignment.closed_by_name = uow.now, uow.actor.name
    if state is not AssignmentState.RECALLED:
        assignment.read_at = assignment.read_at or uow.now
    elif assignment.run_id is not None:
        recall_signature(uow, assignment.run_id)
    if state is AssignmentState.DONE and EFFECTS[Instruction(assignment.instruction)].is_responsible:
        note_answered(uow.session.get_one(Document, assignment.document_id), at=uow.now)
    record(uow, f"routing.{state.value}", assignment, instruction=Instruction(assignment.instruction).value)


def own_task(uow: UnitOfWork, assignment_id: UUID) -> Assignment:
    """Return an open assignment that asks the actor, locked.

    Raises:
        NotFound: ``assignment_unknown``, whether it is missing or somebody else's.
        Conflict: ``assignment_ended``, ``decided_in_queue``, ``task_taken``.
    """
    uow.require("tasks.read")
    assignment = locked(uow, assignment_id)
    if not is_addressee(uow.actor, assignment):
        raise NotFound("assignment_unknown")
    if assignment.state != AssignmentState.OPEN:
        raise Conflict("assignment_ended")
    if assignment.instruction == Instruction.SIGNATURE:
        raise Conflict("decided_in_queue")
    if assignment.claimed_by not in {None, uow.actor.person_id}:
        raise Conflict("task_taken")
    return assignment


def locked(uow: UnitOfWork, assignment_id: UUID) -> Assignment:
    """Return an assignment on a document that the actor may see, locked.

    Raises:
        NotFound: ``assignment_unknown``, ``document_unknown``.
    """
    assignment = uow.session.get(Assignment, assignment_id)
    if assignment is None:
        raise NotFound("assignment_unknown")
    # The document's row is locked first, as everywhere, so that two who end tasks of one document queue.
    get_visible(uow, assignment.document_id)
    return uow.session.get_one(Assignment, assignment_id, with_for_update=True, populate_existing=True)


def record(uow: UnitOfWork, verb: str, assignment: Assignment, **values: str) -> None:
    """Keep an act on the route for the journal."""
    addressee = {"unit": str(assignment.unit_id)} if assignment.unit_id else {"person": str(assignment.person_id)}
    uow.record(verb, subject_kind="document", subject_id=assignment.document_id, **addressee, **values)


def shortened(text: str) -> str:
    """Return what was typed on one line.

    Raises:
        InvalidInput: ``field_too_long``.
    """
    said = " ".join(text.split())
    if len(said) > NOTE_LIMIT:
        raise InvalidInput("field_too_long", field="note", limit=NOTE_LIMIT)
    return said
