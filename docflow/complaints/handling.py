"""How a complaint is handled: sorted to its unit, joined to another about the same matter, taken apart again."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from docflow.accounts.units import open_units
from docflow.complaints.answering import complaint_treated
from docflow.complaints.deps import Deps
from docflow.complaints.following import answered_instant
from docflow.complaints.models import Complaint
from docflow.complaints.queries import category_with_id, joined_to
from docflow.complaints.rules import PLACE_LIMIT, ComplaintKind, JoinKind, kind_of
from docflow.complaints.telling import tell_citizen
from docflow.core.errors import Conflict, InvalidInput
from docflow.core.uow import UnitOfWork
from docflow.documents.editing import set_unit
from docflow.documents.models import Document
from docflow.documents.queries import can_see_content
from docflow.documents.registering import close_matter, reopen_matter
from docflow.registry.models import Entry
from docflow.registry.queries import entry_with_label
from docflow.registry.terms import answer_due_of
from docflow.routing.operations import send
from docflow.routing.queries import open_of, route_of
from docflow.routing.rules import EFFECTS, AssignmentState, Instruction
from docflow.routing.steps import Dispatch, ask, end

JOINED_NOTE = "ضمت إلى – Jointe à : "
"""What the route says of it, in both languages, because it is kept for readers of either."""


@dataclass(frozen=True, slots=True)
class Sorting:
    """What somebody says who sorts a complaint; ``unit_id``: where it goes, none to leave it where it is."""

    kind: str
    category_id: UUID
    place: str
    unit_id: UUID | None = None


def sort_complaint(uow: UnitOfWork, complaint_id: UUID, sorting: Sorting) -> Complaint:
    """Say what a complaint is and pass one's own responsibility on to the unit that answers, with the term.

    Raises:
        PermissionDenied, NotFound: as ``complaint_treated``; ``complaint_category_unknown``.
        InvalidInput: ``complaint_kind_missing``, ``unit_unknown``, ``field_too_long``; those of ``routing.send``.
        Conflict: ``not_yours_to_pass``; those of ``routing.send``.
    """
    complaint = complaint_treated(uow, complaint_id)
    place = " ".join(sorting.place.split())
    if len(place) > PLACE_LIMIT:
        raise InvalidInput("field_too_long", field="place", limit=PLACE_LIMIT)
    category = category_with_id(uow.session, sorting.category_id)
    complaint.kind, complaint.category_id, complaint.place = kind_of(sorting.kind), category.id, place
    if sorting.unit_id is not None:
        _pass_on(uow, complaint, sorting.unit_id)
    uow.record(
        "complaints.sorted",
        subject_kind="document",
        subject_id=complaint.document_id,
        kind=ComplaintKind(complaint.kind).value,
    )
    return complaint


def _pass_on(uow: UnitOfWork, complaint: Complaint, unit_id: UUID) -> None:
    if unit_id not in {unit.id for unit in open_units(uow.session)}:
        raise InvalidInput("unit_unknown")
    own = [
        task
        for task in open_of(uow.session, uow.actor, complaint.document_id)
        if EFFECTS[Instruction(task.instruction)].is_responsible and task.claimed_by in {None, uow.actor.person_id}
    ]
    if not own:
        raise Conflict("not_yours_to_pass")
    document = uow.session.get_one(Document, complaint.document_id, with_for_update=True)
    if uow.actor.can("documents.edit"):
        set_unit(uow, document.id, unit_id=unit_id, expected_version=document.version)
        uow.session.flush()
    if own[0].unit_id != unit_id:
        send(uow, document.id, [Dispatch(Instruction.ATTRIBUTION, unit_id=unit_id)], passing_on=own[0].id)


def join(deps: Deps, uow: UnitOfWork, complaint_id: UUID, *, number: str, join_kind: str) -> Complaint:
    """Have a complaint answered with another one; its citizen is told, now and of everything that becomes of that one.

    Raises:
        PermissionDenied, NotFound: as ``complaint_treated``.
        InvalidInput: ``choice_unknown``; ``join_unknown`` with ``number``: none that the actor reads has it;
            ``join_to_itself``.
        Conflict: ``complaint_answered``, ``complaint_joined``.
    """
    complaint = complaint_treated(uow, complaint_id)
    try:
        kind = JoinKind(join_kind)
    except ValueError as error:
        raise InvalidInput("choice_unknown") from error
    if complaint.main_id is not None:
        raise Conflict("complaint_joined")
    main = _main(uow, number)
    if main.id == complaint.id:
        raise InvalidInput("join_to_itself")
    for one in (complaint, main):
        if answered_instant(uow.session, one) is not None:
            raise Conflict("complaint_answered")
    for one in (complaint, *joined_to(uow.session, complaint.id)):
        one.main_id = main.id
        one.join_kind = one.join_kind or kind
        tell_citizen(uow, deps, one, "joined")
    _close(uow, complaint, uow.session.get_one(Entry, main.entry_id).label)
    uow.session.flush()
    uow.record(
        "complaints.joined",
        subject_kind="document",
        subject_id=complaint.document_id,
        main=str(main.document_id),
        join_kind=kind.value,
    )
    return main


def part(uow: UnitOfWork, complaint_id: UUID) -> Complaint:
    """Take a complaint from the one that it was joined to: its unit is asked for an answer of its own again.

    Raises:
        PermissionDenied, NotFound: as ``complaint_treated``.
        Conflict: ``not_joined``; ``complaint_answered`` when the other was answered meanwhile.
    """
    complaint = complaint_treated(uow, complaint_id)
    if complaint.main_id is None:
        raise Conflict("not_joined")
    main = uow.session.get_one(Complaint, complaint.main_id)
    if answered_instant(uow.session, main) is not None:
        raise Conflict("complaint_answered")
    complaint.main_id, complaint.join_kind = None, None
    document = uow.session.get_one(Document, complaint.document_id, with_for_update=True)
    if not document.is_open:
        reopen_matter(document)
    term = answer_due_of(uow.session, complaint.entry_id)
    if document.unit_id is not None:
        dispatch = Dispatch(
            Instruction.ATTRIBUTION, unit_id=document.unit_id, due_on=None if term is None else term.due
        )
        ask(uow, document, dispatch, parent=None).is_by_law = term is not None
    uow.record("complaints.parted", subject_kind="document", subject_id=complaint.document_id)
    return complaint


def _main(uow: UnitOfWork, number: str) -> Complaint:
    """Return the complaint of a number that the actor reads; of a joined one, the one that it is joined to.

    Raises:
        InvalidInput: ``join_unknown`` with ``number``.
    """
    entry = entry_with_label(uow.session, number.strip().upper())
    found = None if entry is None else uow.session.scalar(select(Complaint).where(Complaint.entry_id == entry.id))
    if found is not None and found.main_id is not None:
        found = uow.session.get(Complaint, found.main_id)
    if found is None or not can_see_content(uow.session, uow.actor, found.document_id):
        raise InvalidInput("join_unknown", number=number.strip()[:40])
    return uow.session.get_one(Complaint, found.id, with_for_update=True, populate_existing=True)


def _close(uow: UnitOfWork, complaint: Complaint, number: str) -> None:
    """End what is asked on a complaint that is answered with another one."""
    document = uow.session.get_one(Document, complaint.document_id, with_for_update=True)
    for task in route_of(uow.session, document.id):
        if task.state == AssignmentState.OPEN and task.instruction != Instruction.SIGNATURE:
            end(uow, task, AssignmentState.DONE, answer=f"{JOINED_NOTE}{number}")
    if document.is_open:
        close_matter(document)
