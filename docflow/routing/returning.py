"""Telling whoever sent a task that it came back to them."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from docflow.accounts.models import Person
from docflow.core.actor import SYSTEM
from docflow.core.jobs import JobRequest
from docflow.core.uow import UnitOfWork
from docflow.documents.models import Document
from docflow.notifications.telling import Told, tell
from docflow.routing.mailing import returned_text
from docflow.routing.models import Assignment
from docflow.routing.ports import Deps
from docflow.routing.rules import AssignmentState

RETURNED: Final = "routing.returned"


def ask_to_tell(uow: UnitOfWork, assignment: Assignment) -> None:
    """Have the person whom a returned task went back to be told of it after the commit."""
    assignment_id = str(assignment.id)
    uow.enqueue(
        JobRequest(
            name="routing.task_returned",
            payload={"assignment_id": assignment_id},
            unique_key=f"routing.task_returned:{assignment_id}",
        )
    )


def tell_returned(deps: Deps, assignment_id: UUID) -> None:
    """Tell the person who has a returned task again, in the interface and at once by mail; once."""
    with deps.transactions.writing(SYSTEM) as uow:
        back = uow.session.get(Assignment, assignment_id)
        if back is None or back.state != AssignmentState.OPEN or back.person_id is None:
            return
        person = uow.session.get_one(Person, back.person_id)
        document = uow.session.get_one(Document, back.document_id)
        sender = None if back.sent_by is None else uow.session.get(Person, back.sent_by)
        names = {
            f"name_{locale}": back.sent_by_name if sender is None else sender.name(locale) for locale in ("ar", "fr")
        }
        mail = returned_text(
            document, names[f"name_{person.locale}"], locale=person.locale, address=deps.settings.staff_url
        )
        told = Told(RETURNED, f"returned:{back.id}", document_id=document.id, values=names)
        tell(uow, person, told, mail=mail if deps.mail_server.is_set_up else None)
