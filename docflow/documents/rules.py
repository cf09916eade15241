"""States, kinds and values of documents; plain Python."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from docflow.storage.rules import BlobRef


class DocumentState(StrEnum):
    """Where a document's reading stands."""

    QUEUED = "queued"
    READING = "reading"
    READY = "ready"
    FAILED = "failed"
    EMPTIED = "emptied"
    """All of its pages are in other documents or left out; it is in no list until a page comes back."""


class PageFinding(StrEnum):
    """What a sheet turned out to be."""

    CONTENT = "content"
    SEPARATOR = "separator"
    BLANK = "blank"


class AsideReason(StrEnum):
    """Why a page is left out of every document."""

    SEPARATOR = "separator"
    BLANK = "blank"
    DROPPED = "dropped"


class PageState(StrEnum):
    """Where a page's reading stands."""

    WAITING = "waiting"
    READ = "read"
    FAILED = "failed"


class TextSource(StrEnum):
    """Where a page's text comes from: ``repaired`` is the file's own, ``reread`` the picture's in spite of one."""

    OCR = "ocr"
    EMBEDDED = "embedded"
    REPAIRED = "repaired"
    REREAD = "reread"
    CORRECTED = "corrected"


OWN_SOURCES = frozenset({TextSource.EMBEDDED, TextSource.REPAIRED})
"""Those of a text that the file brought."""


class ReviewOutcome(StrEnum):
    """What a person said of a page whose reading was in doubt."""

    CORRECTED = "corrected"
    CONFIRMED = "confirmed"
    UNREADABLE = "unreadable"


class DocumentKind(StrEnum):
    """What a document is."""

    LETTER = "letter"
    COMPLAINT = "complaint"
    REQUEST = "request"
    GRIEVANCE = "grievance"
    INVITATION = "invitation"
    NOTICE = "notice"
    NOTE = "note"
    CIRCULAR = "circular"
    MINUTES = "minutes"
    SUMMONS = "summons"
    INVOICE = "invoice"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Word:
    """A word as read: its text, its box in pixels of the upright page image, its confidence (0 to 100), its line."""

    text: str
    box: tuple[int, int, int, int]
    confidence: float
    line_index: int


@dataclass(frozen=True, slots=True)
class StoredCopy:
    """A searchable copy in the store: its bytes, ``PDF/A-2u`` or nothing, and the codes of what stands against it."""

    ref: BlobRef
    conformance: str = ""
    obstacles: tuple[str, ...] = ()


def is_sure(proposal: Mapping[str, Any] | None) -> bool:
    """Tell whether a proposal of ``Document.proposals`` may be taken for what the document says."""
    # Rows of an earlier version hold sure proposals only, and do not say so.
    return proposal is not None and bool(proposal.get("is_sure", True))


FILE_NAME_LIMIT = 200


def display_file_name(name: str) -> str:
    """Return a file name that is safe to show and to offer: no folders, no control or bidi characters."""
    base = re.split(r"[/\\]", name)[-1]
    kept = "".join(
        character
        for character in unicodedata.normalize("NFC", base)
        if unicodedata.category(character) not in {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
    ).strip(" .")
    if len(kept) > FILE_NAME_LIMIT:
        stem, dot, ending = kept.rpartition(".")
        is_ending = bool(dot) and len(ending) <= 10
        kept = f"{stem[: FILE_NAME_LIMIT - 11]}.{ending}" if is_ending else kept[:FILE_NAME_LIMIT]
    return kept or "document"


def pack_words(words: Sequence[Word]) -> list[list[str | int | float]]:
    """Return words as rows for the database."""
    return [[word.text, *word.box, round(word.confidence, 1), word.line_index] for word in words]


def unpack_words(rows: Sequence[Sequence[str | int | float]]) -> tuple[Word, ...]:
    """Return the words of database rows."""
    return tuple(
        Word(str(row[0]), (int(row[1]), int(row[2]), int(row[3]), int(row[4])), float(row[5]), int(row[6]))
        for row in rows
    )
