"""The route sheet: what was asked about a letter and decided, on sealed paper; the letter itself is never touched."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from sqlalchemy.orm import Session

from docflow.accounts.queries import all_people, names_shown
from docflow.accounts.units import all_units
from docflow.accounts.visibility import Confidentiality
from docflow.core.actor import Actor
from docflow.core.errors import NotFound
from docflow.core.words import Words
from docflow.district.queries import letterhead_of
from docflow.documents.models import Document
from docflow.documents.queries import document_content_for
from docflow.registry.queries import entries_of_document
from docflow.registry.rules import EntryState
from docflow.registry.sealing import verification_address
from docflow.routing.models import Assignment
from docflow.routing.ports import Deps
from docflow.routing.queries import route_of
from docflow.routing.route_sheet_drawing import PrintedRoute, PrintedStep, draw_route
from docflow.routing.rules import AssignmentState, Instruction
from docflow.stamping.papers import keep_paper, seal_paper


def print_route(deps: Deps, actor: Actor, document_id: UUID) -> tuple[str, bytes]:
    """Draw, seal and keep the route sheet of a registered document as it is now; return its number and the file.

    Raises:
        NotFound: ``document_unknown``; ``entry_unknown`` when it has no number.
        PermissionDenied: ``content_hidden``, or without ``tasks.read``.
        Unavailable, InvalidInput: as ``stamping.papers.seal_paper``.
    """
    with deps.transactions.reading() as session:
        document = document_content_for(session, actor, document_id)
        said = _said(session, deps, actor, document)
    made = seal_paper(deps, draw_route(said))
    with deps.transactions.writing(actor) as uow:
        uow.require("tasks.read")
        document_content_for(uow.session, actor, document_id)
        keep_paper(uow, made, number=said.number)
        uow.record("routing.route_printed", subject_kind="document", subject_id=document_id, sha256=made.blob.sha256)
    with deps.blob_store.open(made.blob.kind, made.blob.sha256) as stream:
        return said.number, stream.read()


def draw_bound_route(session: Session, deps: Deps, actor: Actor, document: Document) -> bytes:
    """Return the route sheet of a letter for a larger print, which carries the seal; the caller checked the right.

    Raises:
        NotFound: ``entry_unknown`` when the letter has no number.
    """
    return draw_route(replace(_said(session, deps, actor, document), is_bound=True))


def _said(session: Session, deps: Deps, actor: Actor, document: Document) -> PrintedRoute:
    entry = next((one for one in entries_of_document(session, document.id) if one.state == EntryState.REGISTERED), None)
    if entry is None or entry.arrived_at is None:
        raise NotFound("entry_unknown")
    letterhead = letterhead_of(session)
    route = route_of(session, document.id)
    kept = sorted({name for one in route for name in (one.sent_by_name, one.closed_by_name) if name} | {actor.name})
    shown = {locale: names_shown(session, kept, locale=locale) for locale in ("ar", "fr")}
    people = {name: Words(_outside(shown["ar"][name]), _outside(shown["fr"][name])) for name in kept}
    named = {unit.id: Words(unit.name_ar, unit.name_fr) for unit in all_units(session)}
    named |= {person.id: Words(person.name_ar, person.name_fr) for person in all_people(session)}
    return PrintedRoute(
        letterhead=letterhead,
        number=entry.label,
        arrived_at=entry.arrived_at,
        sender=document.sender,
        subject=document.subject,
        is_confidential=document.confidentiality == Confidentiality.CONFIDENTIAL.value,
        is_open=document.is_open,
        steps=[_step(one, named, people) for one in route],
        verification_url=verification_address(deps.settings.public_url, entry),
        printed_at=deps.clock.now(),
        printed_by=people[actor.name],
    )


def _step(one: Assignment, named: dict[UUID, Words], people: dict[str, Words]) -> PrintedStep:
    nobody = Words("", "")
    addressee = one.unit_id or one.person_id
    claimed = one.claimed_by if one.unit_id else None
    return PrintedStep(
        sent_at=one.sent_at,
        sent_by=people.get(one.sent_by_name, nobody),
        addressee=nobody if addressee is None else named.get(addressee, nobody),
        claimed_by=None if claimed is None else named.get(claimed),
        instruction=Instruction(one.instruction),
        due_on=one.due_on,
        note=one.note,
        state=AssignmentState(one.state),
        ended_at=one.closed_at,
        ended_by=people.get(one.closed_by_name, nobody),
        answer=one.answer,
    )


def _outside(name: str) -> str:
    """Return a name without the one under which somebody signs in, which is nothing for paper."""
    return name.rpartition(" (")[0] or name
