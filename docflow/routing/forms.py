"""What a person typed about the route of a document."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from werkzeug.datastructures import MultiDict

from docflow.core.errors import InvalidInput
from docflow.routing.rules import Instruction
from docflow.routing.steps import Dispatch
from docflow.web.posted import posted_date

UNIT, PERSON = "unit:", "person:"


def posted_dispatches(form: MultiDict[str, str], *, now: datetime) -> list[Dispatch]:
    """Return what is asked of the addressees chosen: the first by the instruction, the copies for information.

    Raises:
        InvalidInput: ``choice_unknown``, ``addressee_missing``, those of ``posted_date``.
    """
    try:
        instruction = Instruction(form.get("instruction", ""))
        chosen = [_addressee(value) for value in form.getlist("to") if value]
        copies = [_addressee(value) for value in form.getlist("copy") if value]
    except ValueError as error:
        raise InvalidInput("choice_unknown") from error
    if not chosen:
        raise InvalidInput("addressee_missing")
    due_on, note = posted_date(form, "due_on", now=now), form.get("note", "")
    asked = [Dispatch(instruction, unit_id=unit, person_id=person, note=note, due_on=due_on) for unit, person in chosen]
    return asked + [
        Dispatch(Instruction.INFORMATION, unit_id=unit, person_id=person, note=note)
        for unit, person in copies
        if (unit, person) not in chosen
    ]


def _addressee(value: str) -> tuple[UUID | None, UUID | None]:
    if value.startswith(UNIT):
        return UUID(value.removeprefix(UNIT)), None
    return None, UUID(value.removeprefix(PERSON))
