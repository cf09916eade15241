"""States of case files, who may know of one, which acts its timeline tells; plain Python."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import Final
from uuid import UUID

from docflow.accounts.visibility import ARCHIVE_TOKEN, AUDIT_TOKEN, OPERATOR_TOKEN, Confidentiality

TITLE_LIMIT: Final = 300
REASON_LIMIT: Final = 300
MOST_FILED: Final = 200
"""Letters gathered at once."""
MOST_ENTRIES: Final = 1000
"""Letters in one case file."""


class FileState(StrEnum):
    """Where a case file stands."""

    OPEN = "open"
    CLOSED = "closed"
    """Nothing is gathered or removed until it is opened again."""


def file_tokens(*, confidentiality: Confidentiality, unit_id: UUID, person_ids: Iterable[UUID]) -> frozenset[str]:
    """Return the tokens that open a case file: its number, its title, and what the reader may see of its letters.

    As of documents: *normal*, the unit and the heads above it; *restricted*, the unit; *confidential*, the people named
    and nobody else. Whoever opened it is among ``person_ids``.
    """
    tokens = {OPERATOR_TOKEN, *(f"person:{person_id}" for person_id in person_ids)}
    if confidentiality is Confidentiality.CONFIDENTIAL:
        return frozenset(tokens)
    tokens |= {f"unit:{unit_id}", ARCHIVE_TOKEN, AUDIT_TOKEN}
    if confidentiality is Confidentiality.NORMAL:
        tokens.add(f"over:{unit_id}")
    return frozenset(tokens)


OWN_VERBS: Final = (
    "records.opened",
    "records.changed",
    "records.closed",
    "records.reopened",
    "records.filed",
    "records.removed",
    "records.printed",
)
"""What was done to the case file itself."""

TOLD_VERBS: Final = (
    "documents.deposited",
    "registry.registered",
    "registry.cancelled",
    "registry.linked",
    "registry.paper_moved",
    "registry.term_paused",
    "registry.term_resumed",
    "registry.term_extended",
    "stamping.sealed",
    "approvals.started",
    "approvals.resumed",
    "approvals.withdrawn",
    "approvals.departed",
    "drafting.begun",
    "drafting.made",
    "drafting.dropped",
    "drafting.sent",
    "drafting.proof_added",
    "drafting.unpublished",
    "drafting.posted",
    "drafting.post_counted",
    "drafting.answer_taken",
    "notifications.mail_sent",
    "notifications.mail_failed",
)
"""What the timeline tells from the journal of letters and of the drafts that answer them.

The route and the decisions are told from themselves, with what was said. Readings, corrections, kept drafts and prints
are no part of the story of a matter.
"""
