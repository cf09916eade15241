"""An index entry as every adapter stores it: analysed parts, one moment, facet values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime

from docflow.search.language.analyser import analyse_for_index
from docflow.search.ports import IndexEntry

PARTS = ("subject", "sender", "addressee", "reference", "number", "metadata", "content")
FACETS = ("kind", "language", "unit", "year")
SECONDS_A_DAY = 86_400
LAYOUT = 1
"""Raised when fields change, in whichever adapter: an index of another layout cannot be asked."""


@dataclass(frozen=True, slots=True)
class StoredEntry:
    """``parts`` maps each of :data:`PARTS` to its values, each as exact forms and as stems; no phrase spans two."""

    parts: Mapping[str, tuple[tuple[str, str], ...]]
    moment: int
    facets: Mapping[str, tuple[str, ...]]


def moment_of_day(day: date) -> int:
    """Return the first moment of a day, on the scale on which documents are sorted and filtered."""
    return day.toordinal() * SECONDS_A_DAY


def stored(entry: IndexEntry) -> StoredEntry:
    """Analyse an entry.

    The moment of a document is its own day, or that of its arrival, with the time of its arrival: letters of one day
    stay in the order in which they came.
    """
    metadata = {
        "subject": analyse_for_index(entry.subject),
        "sender": analyse_for_index(entry.sender),
        "addressee": analyse_for_index(entry.addressee),
        "reference": analyse_for_index(entry.reference),
        "number": analyse_for_index(entry.register_number),
    }
    arrived = entry.arrived_at.astimezone(UTC)
    day = entry.document_date or arrived.date()
    parts: dict[str, tuple[tuple[str, str], ...]] = {name: (value,) for name, value in metadata.items()}
    parts["metadata"] = tuple(metadata.values())
    # A sentence goes on from a page to the next, so the pages are one text.
    parts["content"] = (analyse_for_index("\n".join(entry.pages)),)
    return StoredEntry(
        parts=parts,
        moment=moment_of_day(day) + _second_of_day(arrived),
        facets={
            "kind": (entry.kind,) if entry.kind else (),
            "language": entry.languages,
            "unit": (entry.unit,) if entry.unit else (),
            "year": (str(day.year),),
        },
    )


def _second_of_day(moment: datetime) -> int:
    return moment.hour * 3600 + moment.minute * 60 + moment.second
