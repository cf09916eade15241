"""What a person typed about a document, from any form that holds its fields."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from uuid import UUID

from docflow.accounts.visibility import Confidentiality
from docflow.core.errors import InvalidInput
from docflow.documents.editing import Metadata


def posted_metadata(form: Mapping[str, str]) -> Metadata:
    """Return what a form says of a document.

    Raises:
        InvalidInput: ``choice_unknown``, ``date_not_understood`` with ``text``.
    """
    unit = form.get("unit", "")
    try:
        unit_id = UUID(unit) if unit else None
        confidentiality = Confidentiality(form.get("confidentiality", "normal"))
    except ValueError as error:
        raise InvalidInput("choice_unknown") from error
    return Metadata(
        subject=form.get("subject", ""),
        sender=form.get("sender", ""),
        addressee=form.get("addressee", ""),
        reference=form.get("reference", ""),
        document_date=posted_date(form.get("document_date", "")),
        kind=form.get("kind", ""),
        unit_id=unit_id,
        confidentiality=confidentiality,
    )


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


def posted_version(form: Mapping[str, str]) -> int:
    """Return the version of the document that the person saw; 0, which no document has, when the form says none."""
    try:
        return int(form.get("version", "0"))
    except ValueError:
        return 0
