"""What people type in the fields of forms, in any room."""

from __future__ import annotations

from datetime import date

from docflow.core.errors import InvalidInput


def posted_date(text: str) -> date | None:
    """Return a date typed as DD/MM/YYYY in any digits; nothing for nothing.

    Raises:
        InvalidInput: ``date_not_understood`` with ``text``.
    """
    if not text.strip():
        return None
    western = "".join(str(int(char)) if char.isdecimal() else char for char in text.strip()[:40])
    try:
        day, month, year = (int(part) for part in western.replace("-", "/").replace(".", "/").split("/"))
        return date(year, month, day)
    except (ValueError, OverflowError) as error:
        raise InvalidInput("date_not_understood", text=text[:40]) from error
