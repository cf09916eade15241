"""What an administrator typed about the calendar."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from docflow.core.errors import InvalidInput
from docflow.web.posted import posted_date


def posted_day(text: str) -> date:
    """Return a day typed as DD/MM/YYYY.

    Raises:
        InvalidInput: ``date_not_understood``.
    """
    day = posted_date(text)
    if day is None:
        raise InvalidInput("date_not_understood", text="")
    return day


def posted_shift(form: Mapping[str, str]) -> tuple[int, str, int]:
    """Return the year, the feast and by how many days it is moved.

    Raises:
        InvalidInput: ``choice_unknown``.
    """
    try:
        return int(form.get("year", "")[:4]), form.get("feast", ""), int(form.get("days", "")[:2])
    except ValueError as error:
        raise InvalidInput("choice_unknown") from error
