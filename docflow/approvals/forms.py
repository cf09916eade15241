"""What a person typed about a decision."""

from __future__ import annotations

from uuid import UUID

from werkzeug.datastructures import MultiDict

from docflow.approvals.operations import Verdict
from docflow.approvals.rules import Choice
from docflow.core.errors import InvalidInput

MOST_AT_ONCE = 50


def posted_verdict(form: MultiDict[str, str]) -> Verdict:
    """Return what is decided.

    Raises:
        InvalidInput: ``choice_unknown``, ``return_step_unknown``.
    """
    try:
        choice = Choice(form.get("choice", ""))
    except ValueError as error:
        raise InvalidInput("choice_unknown") from error
    back_to = form.get("back_to", "").strip()
    if choice is Choice.RETURN and not back_to.isdecimal():
        raise InvalidInput("return_step_unknown")
    return Verdict(choice, form.get("comment", ""), int(back_to) if choice is Choice.RETURN else None)


def chosen_asks(values: MultiDict[str, str]) -> list[UUID]:
    """Return the items that were selected, each once.

    Raises:
        InvalidInput: ``choice_unknown``, ``too_many_selected`` with ``limit``.
    """
    try:
        chosen = list(dict.fromkeys(UUID(value) for value in values.getlist("ask")))
    except ValueError as error:
        raise InvalidInput("choice_unknown") from error
    if len(chosen) > MOST_AT_ONCE:
        raise InvalidInput("too_many_selected", limit=MOST_AT_ONCE)
    return chosen


def identifier(text: str) -> UUID | None:
    """Return an identifier, or none when it is not one."""
    try:
        return UUID(text) if text else None
    except ValueError:
        return None
