"""What a clerk typed on the registration form and on the pages of registers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from werkzeug.datastructures import MultiDict

from docflow.core.errors import InvalidInput
from docflow.registry.operations import Arrival
from docflow.registry.queries import RegisterFilter
from docflow.registry.registers import RegisterSetup
from docflow.registry.rules import EntryState, PaperPlace, RegisterKind, SetAsideReason
from docflow.web.posted import posted_id, posted_instant

DRAFTED = (
    "register", "reserved", "subject", "sender", "addressee", "cin", "phone", "document_date", "reference", "unit",
    "kind", "confidentiality", "arrived_at", "arrived_at_time", "enclosure_count", "enclosures", "is_unopened",
    "is_unread_accepted", "is_old_accepted", "paper_place", "paper_note", "named", "linked",
)  # fmt: skip
"""Fields of the registration form that a draft keeps."""


def posted_arrival(form: MultiDict[str, str], *, now: datetime) -> Arrival:
    """Return what the form says of the mail itself.

    Raises:
        InvalidInput: ``choice_unknown``, ``count_not_understood``, those of ``posted_instant``.
    """
    try:
        place = PaperPlace(form.get("paper_place", PaperPlace.KEPT.value))
        named = tuple(UUID(value) for value in form.getlist("named") if value)
        linked = tuple(UUID(value) for value in form.getlist("linked") if value)
    except ValueError as error:
        raise InvalidInput("choice_unknown") from error
    return Arrival(
        arrived_at=posted_instant(form, "arrived_at", now=now),
        sender_cin=western(form.get("cin", "")),
        sender_phone=western(form.get("phone", "")),
        enclosure_count=posted_count(form.get("enclosure_count", "")),
        enclosures=form.get("enclosures", ""),
        is_unopened="is_unopened" in form,
        is_unread_accepted="is_unread_accepted" in form,
        is_old_accepted="is_old_accepted" in form,
        paper_place=place,
        paper_note=form.get("paper_note", ""),
        named_people=named,
        linked=linked,
    )


def posted_count(text: str) -> int:
    """Return a whole number typed in any digits; nothing is 0.

    Raises:
        InvalidInput: ``count_not_understood``.
    """
    said = western(text).strip() or "0"
    if not said.isascii() or not said.isdigit() or len(said) > 6:
        raise InvalidInput("count_not_understood")
    return int(said)


def wanted_lines(given: Mapping[str, str], this_year: int) -> RegisterFilter:
    """Return which lines of a register are asked for; what cannot be meant is left out."""
    known = {one.value for one in EntryState}
    state = given.get("state", "")
    return RegisterFilter(
        year=wanted_year(given, this_year),
        state=EntryState(state) if state in known else None,
        text=given.get("q", "")[:200],
    )


def wanted_year(given: Mapping[str, str], this_year: int) -> int:
    """Return the year asked for, this one when it cannot be meant."""
    said = western(given.get("year", "")).strip()
    year = int(said) if said.isascii() and said.isdigit() and len(said) == 4 else this_year
    return year if 1900 < year < 3000 else this_year


def posted_documents(given: MultiDict[str, str]) -> list[UUID]:
    """Return the documents that were chosen.

    Raises:
        InvalidInput: ``choice_unknown``.
    """
    return [posted_id(value) for value in given.getlist("document")]


def posted_aside_reason(form: Mapping[str, str]) -> SetAsideReason:
    """Return why documents are set aside.

    Raises:
        InvalidInput: ``aside_reason_missing``.
    """
    try:
        return SetAsideReason(form.get("reason", ""))
    except ValueError as error:
        raise InvalidInput("aside_reason_missing") from error


def posted_register(form: Mapping[str, str]) -> RegisterSetup:
    """Return what an administrator says of a register.

    Raises:
        InvalidInput: ``choice_unknown``.
    """
    unit = form.get("unit", "")
    try:
        kind, unit_id = RegisterKind(form.get("kind", "")), UUID(unit) if unit else None
    except ValueError as error:
        raise InvalidInput("choice_unknown") from error
    return RegisterSetup(
        code=form.get("code", "").strip().lower(),
        kind=kind,
        name_ar=form.get("name_ar", ""),
        name_fr=form.get("name_fr", ""),
        number_format=form.get("number_format", "").strip(),
        unit_id=unit_id,
        is_active="is_active" in form,
        term=form.get("term", ""),
        next_number=posted_count(form["next_number"]) if form.get("next_number", "").strip() else None,
    )


def drafted(form: MultiDict[str, str]) -> dict[str, Sequence[str]]:
    """Return what a draft keeps of the form."""
    return {name: form.getlist(name) for name in DRAFTED if name in form}


def western(text: str) -> str:
    """Return a text with every digit in the Western form."""
    return "".join(
        str(int(character)) if character.isdigit() and not character.isascii() and character.isdecimal() else character
        for character in text
    )
