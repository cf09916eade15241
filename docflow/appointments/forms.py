"""What was typed in the forms of this room."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Final

from docflow.appointments.booking import Visitor, Wanted
from docflow.appointments.offices import OfficeSetup, Week
from docflow.appointments.rules import Opening, minute_of
from docflow.core.errors import InvalidInput
from docflow.web.posted import posted_id

SPANS: Final = 2
"""Morning and afternoon."""


def posted_setup(form: Mapping[str, str]) -> OfficeSetup:
    """Return the office that a form describes.

    Raises:
        InvalidInput: ``choice_unknown``.
    """
    return OfficeSetup(
        code=form.get("code", "").strip().lower(),
        unit_id=posted_id(form.get("unit", "")),
        name_ar=form.get("name_ar", ""),
        name_fr=form.get("name_fr", ""),
        place_ar=form.get("place_ar", ""),
        place_fr=form.get("place_fr", ""),
        letter=form.get("letter", "").strip().upper(),
        is_active=bool(form.get("is_active")),
    )


def posted_week(form: Mapping[str, str]) -> Week:
    """Return the hours that a form describes; a line without a beginning is none.

    Raises:
        InvalidInput: ``time_not_understood`` with ``text``, ``count_not_understood``.
    """
    openings = []
    for weekday in range(7):
        for span in range(SPANS):
            start, end, places = (form.get(f"{name}-{weekday}-{span}", "") for name in ("start", "end", "places"))
            if start.strip() or end.strip():
                openings.append(Opening(weekday, minute_of(start), minute_of(end), posted_count(places)))
    return Week(
        openings,
        posted_count(form.get("slot_minutes", "")),
        posted_count(form.get("horizon_days", "")),
        posted_count(form.get("desk_count", "")),
    )


def posted_visitor(form: Mapping[str, str], *, locale: str) -> Visitor:
    """Return who is expected."""
    return Visitor(form.get("name", ""), form.get("phone", ""), form.get("email", ""), locale)


def posted_slot(form: Mapping[str, str]) -> Wanted:
    """Return the slot chosen, as ``2026-03-04/540``.

    Raises:
        InvalidInput: ``slot_missing``, ``slot_unknown``.
    """
    text = form.get("slot", "")[:20]
    if not text:
        raise InvalidInput("slot_missing")
    day, _, minute = text.partition("/")
    try:
        return Wanted(date.fromisoformat(day), int(minute))
    except ValueError as error:
        raise InvalidInput("slot_unknown") from error


def posted_count(text: str) -> int:
    """Return a whole number typed in any digits.

    Raises:
        InvalidInput: ``count_not_understood``.
    """
    try:
        return int(text.strip()[:6])
    except ValueError as error:
        raise InvalidInput("count_not_understood") from error
