"""From what the reading proposes to what is filled in: wrong is worse than empty."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from docflow.documents.rules import DocumentKind
from docflow.ocr.fields import ProposedField

LIMITS = {"subject": 500, "sender": 300, "addressee": 300, "reference": 120}
EMPTY: dict[str, Any] = {**dict.fromkeys(LIMITS, ""), "document_date": None, "kind": ""}
"""The attributes that proposals fill, as they are before."""


def filled_in(proposals: Mapping[str, ProposedField]) -> dict[str, Any]:
    """Return the attributes of a document that the proposals fill; a clerk sees them marked as proposed."""
    values: dict[str, Any] = {
        name: " ".join(proposals[name].value.split())[:limit] for name, limit in LIMITS.items() if name in proposals
    }
    if "date" in proposals:
        values["document_date"] = date.fromisoformat(proposals["date"].value)
    if "kind" in proposals and proposals["kind"].value in set(DocumentKind):
        values["kind"] = proposals["kind"].value
    return values
