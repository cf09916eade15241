"""The handler that sends a registered letter on its way."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, time
from typing import Any, Final
from uuid import UUID

from docflow.accounts.models import Person
from docflow.core.actor import SYSTEM
from docflow.core.capability import JobContext
from docflow.core.clock import CASABLANCA
from docflow.deadlines.calendars import open_days
from docflow.documents.models import Document
from docflow.registry.queries import entries_of_document, entry_with_id
from docflow.registry.rules import EntryState
from docflow.registry.sealing import first_route_job
from docflow.registry.terms import answer_due
from docflow.routing.digests import send_digests
from docflow.routing.handing_over import leaving_soon, tell_of_leaving
from docflow.routing.operations import note_decided, recount, send_first, withdraw
from docflow.routing.ports import Deps
from docflow.routing.queries import open_by_law
from docflow.routing.reminding import due_reminders, house_of, remind
from docflow.routing.returning import tell_returned

MORNING: Final = time(7, 30)
"""From when people are told, in Casablanca, on days on which the district is open."""


def send_entry(deps: Deps, payload: Mapping[str, Any], _context: JobContext) -> None:
    """Ask the unit of a registered letter to answer it, within the term of the law where there is one."""
    with deps.transactions.writing(SYSTEM) as uow:
        found = entry_with_id(uow.session, UUID(payload["entry_id"]))
        if found is None or found[0].state != EntryState.REGISTERED or found[0].arrived_at is None:
            return
        entry, register = found
        document = uow.session.get_one(Document, entry.document_id, with_for_update=True)
        term = answer_due(uow.session, register, found[0].arrived_at, entry_id=entry.id)
        send_first(
            uow,
            document,
            due_on=None if term is None else term.due,
            sent_by=entry.registered_by,
            name=entry.registered_by_name,
        )


def withdraw_cancelled(deps: Deps, payload: Mapping[str, Any], _context: JobContext) -> None:
    """Take back what is asked on a document whose number was cancelled."""
    document_id, before = UUID(payload["document_id"]), datetime.fromisoformat(payload["before"])
    with deps.transactions.writing(SYSTEM) as uow:
        withdraw(uow, document_id, before=before)
        # Its next number may have been given before this ran, and have asked nobody because somebody was asked.
        for entry in entries_of_document(uow.session, document_id):
            if entry.state == EntryState.REGISTERED:
                uow.enqueue(first_route_job(entry))


def note_decision(deps: Deps, payload: Mapping[str, Any], _context: JobContext) -> None:
    """End what was sent for signature, once it is decided in the approval queue."""
    with deps.transactions.writing(SYSTEM) as uow:
        note_decided(uow, UUID(payload["run_id"]))


def recount_terms(deps: Deps, payload: Mapping[str, Any], _context: JobContext) -> None:
    """Count the terms of open tasks anew, after the calendar changed, or that of one document."""
    only = UUID(payload["document_id"]) if "document_id" in payload else None
    with deps.transactions.reading() as session:
        tasks = open_by_law(session, document_id=only)
    for assignment_id, document_id in tasks:
        with deps.transactions.writing(SYSTEM) as uow:
            for entry in entries_of_document(uow.session, document_id):
                found = entry_with_id(uow.session, entry.id)
                if found is None or entry.state != EntryState.REGISTERED or entry.arrived_at is None:
                    continue
                term = answer_due(uow.session, found[1], entry.arrived_at, entry_id=entry.id)
                recount(uow, assignment_id, due_on=None if term is None else term.due)


def tell_morning(deps: Deps, _payload: Mapping[str, Any], _context: JobContext) -> None:
    """On the morning of an open day, tell of the terms that run out, then send the digests."""
    here = deps.clock.now().astimezone(CASABLANCA)
    today = here.date()
    if here.time() < MORNING:
        return
    with deps.transactions.reading() as session:
        if not open_days(session, (today.year,)).is_open(today):
            return
        due = due_reminders(session, today)
        house = house_of(session, deps.clock.now()) if due else None
    for one in due:
        assert house is not None  # noqa: S101 - looked up whenever something is due
        with deps.transactions.writing(SYSTEM) as uow:
            remind(uow, one, house, sends_mail=deps.mail_server.is_set_up, staff_url=deps.settings.staff_url)
    for person_id in leaving_soon(deps.transactions, today):
        with deps.transactions.writing(SYSTEM) as uow:
            tell_of_leaving(uow, uow.session.get_one(Person, person_id))
    send_digests(deps, today)


def task_returned(deps: Deps, payload: Mapping[str, Any], _context: JobContext) -> None:
    """Tell whoever sent a task that it came back."""
    tell_returned(deps, UUID(payload["assignment_id"]))
