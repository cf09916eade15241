"""What was asked, as a tree of our own: no engine and no parser shows through it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TypeAlias

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
