"""Prints a query tree in the query language."""

from __future__ import annotations

import re

from docflow.search.dates import kept_as_words
from docflow.search.query import (
    And,
    Approximate,
    Dated,
    DateRange,
    Everything,
    FieldQuery,
    Node,
    Not,
    Nothing,
    Or,
    Phrase,
    Prefix,
    Term,
)

_SPECIAL = re.compile(r"[\s()\"*~:]")
_RESERVED = frozenset({"AND", "OR", "NOT", "ET", "OU", "SAUF", "أو", "او", "إلا", "الا"})


def to_text(node: Node) -> str:
    """Print the tree in the query language, so that parsing it again asks the same."""
    match node:
        case And(parts):
            return kept_as_words(" ".join(_grouped(part) for part in parts))
        case Or(parts):
            return " OR ".join(_grouped(part) for part in parts)
        case Not(part):
            return f"NOT {_grouped(part)}"
        case FieldQuery(field, part):
            return f"{field}:{_grouped(part)}"
        case _:
            return _leaf(node)


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


def _grouped(node: Node) -> str:
    printed = to_text(node)
    return f"({printed})" if isinstance(node, And | Or) and len(node.parts) > 1 else printed
