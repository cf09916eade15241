"""Writes of the route: asking, taking, ending, returning, recalling; each with its effect on who may see what."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select, update

from docflow.accounts.queries import all_people
from docflow.accounts.units import open_units
from docflow.accounts.visibility import OPERATOR_TOKEN, Confidentiality
from docflow.approvals.queries import signature_outcome
from docflow.approvals.rules import Choice
from docflow.core.actor import Actor
from docflow.core.capability import ClosingRule
from docflow.core.clock import CASABLANCA
from docflow.core.errors import Conflict, InvalidInput, NotFound, PermissionDenied
from docflow.core.uow import UnitOfWork
from docflow.documents.models import Document
from docflow.documents.operations import get_visible
from docflow.documents.queries import can_see_content
from docflow.documents.registering import close_matter
from docflow.routing.models import Assignment
from docflow.routing.queries import is_asked, own_units, route_of
from docflow.routing.returning import ask_to_tell
from docflow.routing.rules import (
    EFFECTS,
    MOST_ADDRESSEES,
    NOTE_LIMIT,
    AssignmentState,
    Instruction,
)
from docflow.routing.steps import Dispatch, ask, end, locked, own_task, record, shortened, show_route_to

SAID = {
    Choice.APPROVE: "تمت الموافقة – Approuvé",
    Choice.RETURN: "إرجاع – Retourné",
    Choice.REJECT: "رفض – Rejeté",
}
"""What the route says of a decision, in both languages, because it is kept for readers of either."""


def send(
    uow: UnitOfWork, document_id: UUID, dispatches: list[Dispatch], *, passing_on: UUID | None = None
) -> list[Assignment]:
    """Ask units and people for things on a registered document; ``passing_on`` ends one's own task by it.

    Raises:
        PermissionDenied: without ``routing.send``, or without sight of the content or the desk of the register.
        NotFound: ``document_unknown``, ``assignment_unknown``.
        Conflict: ``document_not_registered``, ``matter_closed``, ``responsible_exists``, ``assignment_ended``.
        InvalidInput: ``addressee_missing``, ``addressee_unknown``, ``confidential_to_unit``, ``due_in_past``,
            ``field_too_long``, ``task_not_passed_on``.
    """
    uow.require("routing.send")
    document = get_visible(uow, document_id)
    _require_standing(uow, document, dispatches)
    if not document.is_registered:
        raise Conflict("document_not_registered")
    if not document.is_open:
        raise Conflict("matter_closed")
    _check(uow, document, dispatches)
    parent = None if passing_on is None else _passed_on(uow, passing_on, document, dispatches)
    if parent is not None and EFFECTS[Instruction(parent.instruction)].is_responsible:
        # The term of the law goes with the responsibility.
        dispatches = [
            replace(one, due_on=one.due_on or parent.due_on) if EFFECTS[one.instruction].is_responsible else one
            for one in dispatches
        ]
    asked = [ask(uow, document, dispatch, parent=parent) for dispatch in dispatches]
    if parent is not None and parent.is_by_law:
        for assignment in asked:
            is_heir = EFFECTS[Instruction(assignment.instruction)].is_responsible
            assignment.is_by_law = is_heir and assignment.due_on == parent.due_on
    return asked


def send_first(uow: UnitOfWork, document: Document, *, due_on: date | None, sent_by: UUID | None, name: str) -> None:
    """Ask the unit of a newly registered document to answer it, unless somebody was made responsible meanwhile.

    Nothing is asked on confidential mail.
    """
    is_confidential = document.confidentiality == Confidentiality.CONFIDENTIAL.value
    is_somebodys = any(
        EFFECTS[Instruction(one.instruction)].is_responsible and one.state != AssignmentState.RECALLED
        for one in route_of(uow.session, document.id)
    )
    if document.unit_id is None or is_confidential or not document.is_open or is_somebodys:
        return
    dispatch = Dispatch(Instruction.ATTRIBUTION, unit_id=document.unit_id, due_on=due_on)
    assignment = ask(uow, document, dispatch, parent=None)
    assignment.sent_by, assignment.sent_by_name = sent_by, name
    assignment.is_by_law = due_on is not None


def recount(uow: UnitOfWork, assignment_id: UUID, *, due_on: date | None) -> None:
    """Bring the deadline of an open task in line with the term of the law, after the calendar changed."""
    assignment = uow.session.get(Assignment, assignment_id, with_for_update=True)
    if assignment is None or assignment.state != AssignmentState.OPEN or assignment.due_on == due_on:
        return
    assignment.due_on = due_on
    record(uow, "routing.deadline_moved", assignment)


def withdraw(uow: UnitOfWork, document_id: UUID, *, before: datetime) -> None:
    """Take back everything that was asked on a document until its number was cancelled, whatever it has by now."""
    document = uow.session.get_one(Document, document_id, with_for_update=True)
    for assignment in route_of(uow.session, document_id):
        if assignment.state == AssignmentState.OPEN and assignment.sent_at <= before:
            end(uow, assignment, AssignmentState.RECALLED, answer="")
    uow.session.flush()
    show_route_to(uow, document)


def note_read(uow: UnitOfWork, document_id: UUID) -> None:
    """Note that somebody who is asked opened the document; what they are asked can no longer be recalled."""
    # Two colleagues may open one letter at once: this changes nothing that a version would guard.
    uow.session.execute(
        update(Assignment)
        .where(
            Assignment.document_id == document_id,
            Assignment.state == AssignmentState.OPEN,
            Assignment.read_at.is_(None),
            is_asked(uow.actor),
        )
        .values(read_at=uow.now)
        .execution_options(synchronize_session=False)
    )


def claim(uow: UnitOfWork, assignment_id: UUID) -> Assignment:
    """Take a task from the basket of one's unit.

    Raises:
        NotFound: ``assignment_unknown``.
        Conflict: ``assignment_ended``, ``task_taken``.
    """
    assignment = own_task(uow, assignment_id)
    assignment.claimed_by, assignment.read_at = uow.actor.person_id, assignment.read_at or uow.now
    record(uow, "routing.claimed", assignment)
    return assignment


def finish(
    uow: UnitOfWork,
    assignment_id: UUID,
    *,
    answer: str,
    rules: Sequence[ClosingRule] = (),
    by_letter: bool = False,
) -> Assignment:
    """End a task with what its instruction asks for; the end of the responsible task closes the matter.

    ``rules``: what must be done before; a room that closes its own matters gives none.

    Raises:
        NotFound: ``assignment_unknown``.
        Conflict: ``assignment_ended``; those of the rules.
        InvalidInput: ``answer_missing``, ``field_too_long``.
    """
    assignment = own_task(uow, assignment_id)
    effect = EFFECTS[Instruction(assignment.instruction)]
    said = shortened(answer)
    if effect.needs_text and not said:
        raise InvalidInput("answer_missing")
    if effect.is_responsible:
        for rule in rules:
            rule(uow.session, assignment.document_id, by_letter=by_letter)
    end(uow, assignment, AssignmentState.DONE, answer=said)
    document = uow.session.get_one(Document, assignment.document_id)
    if effect.is_responsible:
        close_matter(document)
    people = {person.id for person in all_people(uow.session)}
    if effect.comes_back and assignment.sent_by in people - {uow.actor.person_id}:
        back = Dispatch(Instruction.INFORMATION, person_id=assignment.sent_by, note=said)
        ask(uow, document, back, parent=assignment)
    return assignment


def note_decided(uow: UnitOfWork, run_id: UUID) -> None:
    """End what was sent for signature as it was decided, and tell whoever sent it; doing it twice changes nothing."""
    assignment = uow.session.scalar(select(Assignment).where(Assignment.run_id == run_id))
    outcome = signature_outcome(uow.session, run_id)
    if assignment is None or outcome is None:
        return
    document = uow.session.get_one(Document, assignment.document_id, with_for_update=True)
    assignment = uow.session.get_one(Assignment, assignment.id, with_for_update=True, populate_existing=True)
    if assignment.state != AssignmentState.OPEN:
        return
    said = f"{SAID[outcome.choice]}{': ' if outcome.comment else ''}{outcome.comment}"[:NOTE_LIMIT]
    is_return = outcome.choice == Choice.RETURN
    end(uow, assignment, AssignmentState.RETURNED if is_return else AssignmentState.DONE, answer=said)
    assignment.closed_by_name = outcome.person_name
    people = {person.id for person in all_people(uow.session) if person.is_active}
    if assignment.sent_by in people:
        back = Dispatch(
            Instruction.ACTION if is_return else Instruction.INFORMATION, person_id=assignment.sent_by, note=said
        )
        told = ask(uow, document, back, parent=assignment)
        if is_return:
            ask_to_tell(uow, told)


def return_task(uow: UnitOfWork, assignment_id: UUID, *, reason: str) -> Assignment:
    """Give a task back to whoever sent it, who has to see to it.

    Raises:
        NotFound: ``assignment_unknown``.
        Conflict: ``assignment_ended``.
        InvalidInput: ``reason_missing``, ``field_too_long``.
    """
    assignment = own_task(uow, assignment_id)
    said = shortened(reason)
    if not said:
        raise InvalidInput("reason_missing")
    sender = next((one for one in all_people(uow.session) if one.id == assignment.sent_by and one.is_active), None)
    if sender is None:
        raise Conflict("sender_gone")
    end(uow, assignment, AssignmentState.RETURNED, answer=said)
    uow.session.flush()
    document = uow.session.get_one(Document, assignment.document_id)
    # The responsibility goes back with the letter, or nobody would have it.
    again = Instruction(assignment.instruction)
    kind = again if EFFECTS[again].is_responsible else Instruction.ACTION
    back = Dispatch(kind, person_id=sender.id, note=said, due_on=assignment.due_on)
    ask_to_tell(uow, ask(uow, document, back, parent=assignment))
    return assignment


def recall(uow: UnitOfWork, assignment_id: UUID) -> Assignment:
    """Take back what one sent, while nobody opened it.

    Raises:
        PermissionDenied: ``recall_of_others``.
        NotFound: ``assignment_unknown``.
        Conflict: ``assignment_ended``, ``task_read_already``.
    """
    uow.require("routing.send")
    assignment = locked(uow, assignment_id)
    if uow.actor.person_id is None or assignment.sent_by != uow.actor.person_id:
        raise PermissionDenied("recall_of_others")
    if assignment.state != AssignmentState.OPEN:
        raise Conflict("assignment_ended")
    if assignment.read_at is not None:
        raise Conflict("task_read_already")
    end(uow, assignment, AssignmentState.RECALLED, answer="")
    uow.session.flush()
    _reopen_parent(uow, assignment)
    document = uow.session.get_one(Document, assignment.document_id)
    show_route_to(uow, document)
    return assignment


def _reopen_parent(uow: UnitOfWork, recalled: Assignment) -> None:
    """Give back a task that had been passed on by what was recalled, when nothing else of it is left."""
    parent = None if recalled.parent_id is None else uow.session.get(Assignment, recalled.parent_id)
    if parent is None or parent.state != AssignmentState.PASSED_ON or parent.instruction != recalled.instruction:
        return
    parent.state, parent.closed_at, parent.closed_by_name = AssignmentState.OPEN, None, ""
    record(uow, "routing.reopened", parent, instruction=Instruction(parent.instruction).value)


def has_standing(actor: Actor, document: Document, *, is_readable: bool) -> bool:
    """Return whether somebody may send a document on: who reads it, or keeps its desk where it is not restricted."""
    keeps_desk = bool(actor.tokens & {f"desk:{document.register_code}", OPERATOR_TOKEN})
    return is_readable or (keeps_desk and document.confidentiality == Confidentiality.NORMAL.value)


def _require_standing(uow: UnitOfWork, document: Document, dispatches: list[Dispatch]) -> None:
    """Refuse whoever neither reads the document nor keeps its desk, and a desk that would let itself read it."""
    is_readable = can_see_content(uow.session, uow.actor, document.id)
    asks_itself = any(
        dispatch.unit_id in own_units(uow.actor)
        or (dispatch.person_id is not None and dispatch.person_id == uow.actor.person_id)
        for dispatch in dispatches
    )
    if not has_standing(uow.actor, document, is_readable=is_readable) or (asks_itself and not is_readable):
        raise PermissionDenied("content_hidden")


def _passed_on(uow: UnitOfWork, assignment_id: UUID, document: Document, dispatches: list[Dispatch]) -> Assignment:
    """End one's own task on a document by passing it on; a responsibility is passed on as one.

    Raises:
        NotFound: ``assignment_unknown``.
        Conflict: ``assignment_ended``.
        InvalidInput: ``task_not_passed_on``, ``responsible_missing``.
    """
    asked = uow.session.get(Assignment, assignment_id)
    if asked is None or asked.document_id != document.id:
        raise NotFound("assignment_unknown")
    parent = own_task(uow, assignment_id)
    effect = EFFECTS[Instruction(parent.instruction)]
    if not effect.may_pass_on:
        raise InvalidInput("task_not_passed_on")
    if effect.is_responsible and not any(EFFECTS[one.instruction].is_responsible for one in dispatches):
        raise InvalidInput("responsible_missing")
    end(uow, parent, AssignmentState.PASSED_ON, answer="")
    uow.session.flush()
    return parent


def _check(uow: UnitOfWork, document: Document, dispatches: list[Dispatch]) -> None:
    if not 1 <= len(dispatches) <= MOST_ADDRESSEES:
        raise InvalidInput("addressee_missing", limit=MOST_ADDRESSEES)
    units = {unit.id for unit in open_units(uow.session)}
    people = {person.id for person in all_people(uow.session) if person.is_active}
    today = uow.now.astimezone(CASABLANCA).date()
    for dispatch in dispatches:
        is_known = dispatch.unit_id in units if dispatch.person_id is None else dispatch.person_id in people
        if not is_known:
            raise InvalidInput("addressee_unknown")
        if document.confidentiality == Confidentiality.CONFIDENTIAL.value and dispatch.unit_id is not None:
            raise InvalidInput("confidential_to_unit")
        if dispatch.due_on is not None and dispatch.due_on < today:
            raise InvalidInput("due_in_past")
        shortened(dispatch.note)
    if sum(EFFECTS[dispatch.instruction].is_responsible for dispatch in dispatches) > 1:
        raise Conflict("responsible_exists")
