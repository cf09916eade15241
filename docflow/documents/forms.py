"""What a person typed about a document, from any form that holds its fields."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Final
from uuid import UUID

from docflow.accounts.visibility import Confidentiality
from docflow.core.errors import InvalidInput
from docflow.documents.editing import Metadata
from docflow.web.posted import posted_date

YEARS_AHEAD: Final = 1
"""How far in the future a letter may be dated: to the end of the year after this one."""


def posted_metadata(form: Mapping[str, str], *, now: datetime) -> Metadata:
    """Return what a form says of a document.

    Raises:
        InvalidInput: ``choice_unknown``, ``date_not_understood``, ``date_impossible``, ``date_out_of_bounds``.
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
        document_date=posted_date(form, "document_date", now=now, years_ahead=YEARS_AHEAD),
        kind=form.get("kind", ""),
        unit_id=unit_id,
        confidentiality=confidentiality,
    )


def posted_version(form: Mapping[str, str]) -> int:
    """Return the version of the document that the person saw; 0, which no document has, when the form says none."""
    try:
        return int(form.get("version", "0"))
    except ValueError:
        return 0
