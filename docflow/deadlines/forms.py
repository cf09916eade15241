"""What an administrator typed about the calendar."""

from __future__ import annotations

from collections.abc import Mapping

from docflow.core.errors import InvalidInput


def posted_shift(form: Mapping[str, str]) -> tuple[int, str, int]:
    """Return the year, the feast and by how many days it is moved.

    Raises:
        InvalidInput: ``choice_unknown``.
    """
    try:
        return int(form.get("year", "")[:4]), form.get("feast", ""), int(form.get("days", "")[:2])
    except ValueError as error:
        raise InvalidInput("choice_unknown") from error
