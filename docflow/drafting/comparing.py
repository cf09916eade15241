"""What changed between two texts of a letter; plain Python."""

from __future__ import annotations

from dataclasses import dataclass

from docflow.corrections.differences import ChangedLine, changed_lines
from docflow.drafting.rules import LANGUAGES, Content

PARTS = ("addressee", "subject", "body")


@dataclass(frozen=True, slots=True)
class ChangedPart:
    """A part of a letter in one language, with the lines that differ."""

    language: str
    name: str
    lines: tuple[ChangedLine, ...]


def changed_parts(old: Content, new: Content) -> tuple[ChangedPart, ...]:
    """Return the parts that differ, in the order of the letter; a language that is not written counts as empty."""
    found = []
    for language in LANGUAGES:
        for name in PARTS:
            texts = [
                getattr(content, f"{name}_{language}") if language in content.languages.split() else ""
                for content in (old, new)
            ]
            lines = changed_lines(*texts)
            if lines:
                found.append(ChangedPart(language, name, lines))
    return tuple(found)
