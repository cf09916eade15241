"""The text of letters: its few signs, the fields of templates, what a draft holds; plain Python."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from enum import StrEnum
from typing import Any, Final, Self

from docflow.core.errors import InvalidInput

LANGUAGES: Final = ("ar", "fr")
"""In the order in which a letter in both is written."""
BODY_LIMIT: Final = 20_000
LIMITS: Final[Mapping[str, int]] = {
    "subject_ar": 300, "subject_fr": 300, "addressee_ar": 600, "addressee_fr": 600, "body_ar": BODY_LIMIT,
    "body_fr": BODY_LIMIT,
}  # fmt: skip
"""Characters of each part of a letter."""
COMMENT_LIMIT: Final = 2000
UNWANTED: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
"""Controls, marks that would turn the direction of a text, and what is no character."""
BULLET: Final = re.compile(r"\s*[-•–]\s+(?P<text>\S.*)")
NUMBERED: Final = re.compile(r"\s*(?P<number>\d{1,2})\s*[.)\-–]\s+(?P<text>\S.*)")
BOLD: Final = re.compile(r"\*\*(?=\S)(.+?)(?<=\S)\*\*")
FIELD: Final = re.compile(r"\{\{\s*([^{}]*?)\s*\}\}")
UNKNOWN: Final = "…………"
"""Stands where a letter has nothing to say for a field."""

FIELDS: Final = (
    "letter_number", "letter_date", "letter_reference", "letter_document_date", "letter_subject", "letter_sender",
    "unit", "district", "drafter", "today",
)  # fmt: skip
"""What a template may name, in two braces on either side."""


class BlockKind(StrEnum):
    """What a line of a letter is."""

    LINE = "line"
    BULLET = "bullet"
    NUMBERED = "numbered"


class Channel(StrEnum):
    """How an act went out."""

    POST = "post"
    EMAIL = "email"
    HANDED = "handed"
    PUBLIC = "public"
    """On the public site, for whoever holds the receipt of the letter that is answered."""


class Outcome(StrEnum):
    """What became of the letter that is answered (decree 2-17-265)."""

    RESOLVED = "resolved"
    PARTLY = "partly"
    UNFOUNDED = "unfounded"
    ELSEWHERE = "elsewhere"
    COURTS = "courts"
    UNCLEAR = "unclear"


@dataclass(frozen=True, slots=True)
class Run:
    """Words of one weight."""

    text: str
    is_bold: bool = False


@dataclass(frozen=True, slots=True)
class Block:
    """A line of a letter; ``begins`` a paragraph when an empty line stands before it."""

    kind: BlockKind
    runs: tuple[Run, ...]
    begins: bool
    number: int = 0

    @property
    def text(self) -> str:
        """The line without its signs."""
        return "".join(run.text for run in self.runs)


@dataclass(frozen=True, slots=True)
class Part:
    """A letter in one of its languages."""

    language: str
    addressee: str
    subject: str
    body: str

    @property
    def blocks(self) -> tuple[Block, ...]:
        """The lines of the body."""
        return blocks_of(self.body)


@dataclass(frozen=True, slots=True)
class Content:
    """All that somebody writes of a letter; ``languages`` is ``ar``, ``fr`` or ``ar fr``."""

    languages: str = "ar"
    subject_ar: str = ""
    subject_fr: str = ""
    addressee_ar: str = ""
    addressee_fr: str = ""
    body_ar: str = ""
    body_fr: str = ""

    @property
    def parts(self) -> tuple[Part, ...]:
        """The letter in each of its languages."""
        return tuple(
            Part(
                language,
                getattr(self, f"addressee_{language}"),
                getattr(self, f"subject_{language}"),
                getattr(self, f"body_{language}"),
            )
            for language in LANGUAGES
            if language in self.languages.split()
        )

    @property
    def subject(self) -> str:
        """The subject in the first language."""
        return next((part.subject for part in self.parts if part.subject), "")

    @property
    def addressee(self) -> str:
        """The first line of the addressee in the first language."""
        return next((part.addressee.splitlines()[0] for part in self.parts if part.addressee), "")

    def cleaned(self) -> Self:
        """Return the letter as it is kept.

        Raises:
            InvalidInput: ``draft_languages_unknown``; ``field_too_long`` with ``field`` and ``limit``.
        """
        if self.languages not in {"ar", "fr", "ar fr"}:
            raise InvalidInput("draft_languages_unknown")
        kept = {name: cleaned_text(getattr(self, name), is_line=name.startswith("subject")) for name in LIMITS}
        for name, limit in LIMITS.items():
            if len(kept[name]) > limit:
                raise InvalidInput("field_too_long", field=name, limit=limit)
        return replace(self, **kept)

    def checked_complete(self) -> Self:
        """Return the letter when nothing is missing to send it on its way.

        Raises:
            InvalidInput: ``draft_incomplete`` with ``language``; ``draft_has_gaps``.
        """
        for part in self.parts:
            if not (part.subject and part.body and part.addressee):
                raise InvalidInput("draft_incomplete", language=part.language)
            if UNKNOWN in f"{part.subject}{part.body}{part.addressee}":
                raise InvalidInput("draft_has_gaps")
        return self

    def as_row(self) -> dict[str, str]:
        """Return the letter for the database."""
        return asdict(self)

    @classmethod
    def from_row(cls, row: Mapping[str, Any]) -> Self:
        """Return the letter of a database row."""
        return cls(**{field.name: str(row.get(field.name, field.default)) for field in fields(cls)})


def cleaned_text(text: str, *, is_line: bool = False) -> str:
    """Return a text without controls, ends of lines as line feeds and never three of them in a row."""
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " "))
    kept = "".join(char for char in text if char == "\n" or unicodedata.category(char) not in UNWANTED)
    if is_line:
        return " ".join(kept.split())
    lines = "\n".join(line.rstrip() for line in kept.split("\n"))
    return re.sub(r"\n{3,}", "\n\n", lines).strip()


def blocks_of(body: str) -> tuple[Block, ...]:
    """Return the lines of a letter: ``- `` begins an item, ``1. `` a numbered one, ``**`` stands around bold words."""
    blocks: list[Block] = []
    begins = True
    for line in body.split("\n"):
        if not line.strip():
            begins = True
            continue
        bullet, numbered = BULLET.fullmatch(line), NUMBERED.fullmatch(line)
        if bullet:
            block = Block(BlockKind.BULLET, _runs(bullet["text"]), begins)
        elif numbered:
            block = Block(BlockKind.NUMBERED, _runs(numbered["text"]), begins, int(numbered["number"]))
        else:
            block = Block(BlockKind.LINE, _runs(line.strip()), begins)
        blocks.append(block)
        begins = False
    return tuple(blocks)


def _runs(text: str) -> tuple[Run, ...]:
    runs: list[Run] = []
    at = 0
    for match in BOLD.finditer(text):
        if match.start() > at:
            runs.append(Run(text[at : match.start()]))
        runs.append(Run(match[1], is_bold=True))
        at = match.end()
    if at < len(text):
        runs.append(Run(text[at:]))
    return tuple(runs)


def check_fields(text: str) -> None:
    """Refuse a template that names a field which does not exist.

    Raises:
        InvalidInput: ``template_field_unknown`` with ``field``.
    """
    for name in FIELD.findall(text):
        if name not in FIELDS:
            raise InvalidInput("template_field_unknown", field=name[:40])


def filled(text: str, values: Mapping[str, str]) -> str:
    """Return a template with its fields filled in, once: what is filled in is not looked at again.

    A field without a value is left as dots, which nobody can overlook.
    """
    return FIELD.sub(lambda match: cleaned_text(values.get(match[1], ""), is_line=True) or UNKNOWN, text)
