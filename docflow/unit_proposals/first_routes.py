"""Rules of first routing: which unit a letter goes to by its register, its kind and its sender; plain Python."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from docflow.search.language.folding import fold

SENDER_LIMIT: Final = 200


@dataclass(frozen=True, slots=True)
class LetterFacts:
    """What rules ask of a letter; ``sender`` folded by ``folded_words``."""

    register_code: str
    kind: str
    sender: str


@dataclass(frozen=True, slots=True)
class RouteRule:
    """A rule: every condition that is not empty must hold.

    Attributes:
        id: which one.
        unit_id: where such letters go.
        register_code, kind: of the letter.
        sender: words, folded, that stand together in the sender's name.
        said: those words as they were typed.
        is_automatic: whether a letter for which nobody named a unit goes there without being asked about.
    """

    id: UUID
    unit_id: UUID
    register_code: str = ""
    kind: str = ""
    sender: str = ""
    is_automatic: bool = False
    said: str = ""


def folded_words(text: str) -> str:
    """Return a text folded, its words in their order: case, accents, hamza and vowel signs do not count."""
    words = (fold(word) for word in text.split())
    return " ".join(word for word in words if word)


def is_met(rule: RouteRule, facts: LetterFacts) -> bool:
    """Return whether a letter meets every condition of a rule; a rule without any is met by none."""
    if not (rule.register_code or rule.kind or rule.sender):
        return False
    return (
        rule.register_code in {"", facts.register_code}
        and rule.kind in {"", facts.kind}
        and f" {rule.sender} " in (f" {facts.sender} " if rule.sender else "  ")
    )


def first_met(rules: Iterable[RouteRule], facts: LetterFacts) -> RouteRule | None:
    """Return the first rule, in their order, that a letter meets."""
    return next((rule for rule in rules if is_met(rule, facts)), None)
