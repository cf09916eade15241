"""A text in both languages, for what is read outside the pages: papers, mail."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Words:
    """A text in Arabic and in French."""

    ar: str
    fr: str

    def said(self, locale: str) -> str:
        """Return the text in one of the languages."""
        return self.ar if locale == "ar" else self.fr
