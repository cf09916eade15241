"""From what the reading proposes to what is filled in: wrong is worse than empty."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import date
from typing import Any

from docflow.ocr.fields import sure_fields
from docflow.ocr.letter import ProposedField

LIMITS = {"subject": 500, "sender": 300, "addressee": 300, "reference": 120}
EMPTY: dict[str, Any] = {**dict.fromkeys(LIMITS, ""), "document_date": None, "kind": ""}
"""The attributes that proposals fill, as they are before."""


def filled_in(proposals: Mapping[str, ProposedField]) -> dict[str, Any]:
    """Return the attributes of a document that the sure proposals fill; a clerk sees them marked as proposed."""
    sure = sure_fields(proposals)
    values: dict[str, Any] = {
        name: " ".join(sure[name].value.split())[:limit] for name, limit in LIMITS.items() if name in sure
    }
    if "date" in sure:
        values["document_date"] = date.fromisoformat(sure["date"].value)
    if "kind" in sure:
        values["kind"] = sure["kind"].value
    return values


def as_rows(proposals: Mapping[str, ProposedField]) -> dict[str, dict[str, Any]]:
    """Return proposals as the database keeps them, each with whether it is sure enough to be filled in."""
    sure = sure_fields(proposals)
    return {name: {**asdict(proposal), "is_sure": name in sure} for name, proposal in proposals.items()}
