"""What was asked, as a tree of our own: no engine and no parser shows through it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import TypeAlias

from docflow.search.fields import FIELD_BY_NAME, OPTIONAL_COLON

FIELDS = ("subject", "sender", "addressee", "reference", "number", "content")
"""Names a :class:`FieldQuery` may carry; ``content`` is the text of the pages, all others are metadata."""


@dataclass(frozen=True, slots=True)
class Term:
    """A plain word, matched in all its forms; several tokens (``2026/145``) must follow one another."""

    text: str


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words that must follow one another, each in any of its forms."""

    text: str


@dataclass(frozen=True, slots=True)
class Prefix:
    """The beginning of a word."""

    text: str


@dataclass(frozen=True, slots=True)
class Approximate:
    """A word, or one that differs from it by one letter."""

    text: str


@dataclass(frozen=True, slots=True)
class And:
    """All the parts match."""

    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Or:
    """At least one part matches."""

    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """The part does not match."""

    part: Node


@dataclass(frozen=True, slots=True)
class FieldQuery:
    """The part is looked for in one field only; ``field`` is one of :data:`FIELDS`."""

    field: str
    part: Node


@dataclass(frozen=True, slots=True)
class DateRange:
    """The day of the document, or of its arrival when it has none; both ends are included, None is open."""

    first: date | None
    last: date | None


@dataclass(frozen=True, slots=True)
class Dated:
    """Words that are also days (``mars 2024``): the words match, or the document is of these days."""

    text: str
    days: DateRange


@dataclass(frozen=True, slots=True)
class Everything:
    """Nothing was asked: every document matches."""


@dataclass(frozen=True, slots=True)
class Nothing:
    """What was asked holds no word that could be searched: no document matches."""


Node: TypeAlias = (
    Term | Phrase | Prefix | Approximate | And | Or | Not | FieldQuery | DateRange | Dated | Everything | Nothing
)

_SPECIAL = re.compile(r"[\s()\"*~:]")


def to_text(node: Node) -> str:
    """Print the tree in the query language, so that parsing it again asks the same."""
    match node:
        case And(parts):
            return _side_by_side([_grouped(part) for part in parts])
        case Or(parts):
            return " OR ".join(_grouped(part) for part in parts)
        case Not(part):
            return f"NOT {_grouped(part)}"
        case FieldQuery(field, part):
            return f"{field}:{_grouped(part)}"
        case _:
            return _leaf(node)


def dated_words(node: Dated) -> Node:
    """Return the words of a :class:`Dated`, all of which must match."""
    words = node.text.split()
    return And(tuple(Term(word) for word in words)) if len(words) > 1 else Term(node.text)


def has_words(node: Node) -> bool:
    """Tell whether a part of the tree asks for words, and not only for days or for everything."""
    match node:
        case And(parts) | Or(parts):
            return any(has_words(part) for part in parts)
        case FieldQuery(_, part):
            return has_words(part)
        case _:
            return isinstance(node, Term | Phrase | Prefix | Approximate | Dated)


def _leaf(node: Term | Phrase | Prefix | Approximate | DateRange | Dated | Everything | Nothing) -> str:
    match node:
        case Term(text):
            return _word(text)
        case Dated(text):
            return text
        case Phrase(text):
            return f'"{text}"'
        case Prefix(text):
            return f"{text}*"
        case Approximate(text):
            return f"{text}~"
        case DateRange(first, last):
            return f"date:{first.isoformat() if first else ''}..{last.isoformat() if last else ''}"
        case Everything():
            return ""
        case Nothing():
            return '""'


def _word(text: str) -> str:
    is_plain = _SPECIAL.search(text) is None and text not in _RESERVED and not text.startswith("-")
    return text if is_plain else f'"{text}"'


def _side_by_side(printed: list[str]) -> str:
    """Join what must all match; a word that may name days (``avant``) would take a number after it for its own."""
    following = [*printed[1:], ""]
    return " ".join(
        f'"{word}"' if FIELD_BY_NAME.get(word.lower()) in OPTIONAL_COLON and after[:1].isdecimal() else word
        for word, after in zip(printed, following, strict=True)
    )


_RESERVED = frozenset({"AND", "OR", "NOT", "ET", "OU", "SAUF", "أو", "او", "إلا", "الا"})


def _grouped(node: Node) -> str:
    printed = to_text(node)
    return f"({printed})" if isinstance(node, And | Or) and len(node.parts) > 1 else printed
