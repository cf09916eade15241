"""What is published, in which states, and how it is addressed; plain Python."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, fields
from enum import StrEnum
from typing import Any, Final

from docflow.core.errors import InvalidInput

SLUG_LENGTH: Final = 80
LANGUAGES: Final = ("ar", "fr")
NEWS_PAGE: Final = 12
"""How many stand on one page of a public list."""


class PostKind(StrEnum):
    """What a post is."""

    NEWS = "news"
    NOTICE = "notice"
    DECISION = "decision"
    MINUTES = "minutes"
    REPORT = "report"


class Section(StrEnum):
    """Under which address of the public site a post stands."""

    NEWS = "news"
    PUBLICATIONS = "publications"


SECTIONS: Final[Mapping[PostKind, Section]] = {
    PostKind.NEWS: Section.NEWS,
    PostKind.NOTICE: Section.NEWS,
    PostKind.DECISION: Section.PUBLICATIONS,
    PostKind.MINUTES: Section.PUBLICATIONS,
    PostKind.REPORT: Section.PUBLICATIONS,
}


class PostState(StrEnum):
    """What an editor decided about a post; whether everybody reads it now is also a matter of its dates."""

    DRAFT = "draft"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"


LIMITS: Final = {"title": 200, "summary": 400, "body": 20_000}
"""Characters of each part, in each language."""


@dataclass(frozen=True, slots=True)
class PostText:
    """What a post says in both languages."""

    title_ar: str = ""
    title_fr: str = ""
    summary_ar: str = ""
    summary_fr: str = ""
    body_ar: str = ""
    body_fr: str = ""

    @classmethod
    def from_row(cls, row: Mapping[str, Any]) -> PostText:
        """Return a text as it was kept."""
        return cls(**{part.name: str(row.get(part.name, "")) for part in fields(cls)})

    def as_row(self) -> dict[str, str]:
        """Return it as it is kept."""
        return {part.name: getattr(self, part.name) for part in fields(self)}

    def title(self, language: str) -> str:
        """Return the title in a language, or in the other while it has none."""
        return self._said("title", language)

    def summary(self, language: str) -> str:
        """Return the summary in a language."""
        return str(getattr(self, f"summary_{language}"))

    def body(self, language: str) -> str:
        """Return the text in a language."""
        return str(getattr(self, f"body_{language}"))

    def _said(self, part: str, language: str) -> str:
        other = LANGUAGES[1] if language == LANGUAGES[0] else LANGUAGES[0]
        return str(getattr(self, f"{part}_{language}") or getattr(self, f"{part}_{other}"))

    def cleaned(self) -> PostText:
        """Return the text without spaces around it, titles and summaries on one line, line ends as one sign.

        Raises:
            InvalidInput: ``post_too_long`` with ``limit``.
        """
        kept: dict[str, str] = {}
        for part in fields(self):
            name, said = part.name, getattr(self, part.name)
            is_body = name.startswith("body")
            kept[name] = said.replace("\r\n", "\n").replace("\r", "\n").strip() if is_body else " ".join(said.split())
            limit = LIMITS[name.partition("_")[0]]
            if len(kept[name]) > limit:
                raise InvalidInput("post_too_long", limit=limit)
        return PostText(**kept)

    def check_complete(self) -> None:
        """Refuse a text that lacks a language: everybody is told in both.

        Raises:
            InvalidInput: ``post_incomplete``.
        """
        if not all((self.title_ar, self.title_fr, self.body_ar, self.body_fr)):
            raise InvalidInput("post_incomplete")


def slug_of(text: str, *, otherwise: str) -> str:
    """Return a text as a part of an address, in Latin letters without accents; ``otherwise`` when none is left."""
    plain = unicodedata.normalize("NFKD", text.replace("œ", "oe").replace("Œ", "Oe")).encode("ascii", "ignore")
    slug = re.sub(r"[^a-z0-9]+", "-", plain.decode("ascii").lower()).strip("-")
    return slug[:SLUG_LENGTH].strip("-") or otherwise


def another_slug(slug: str, number: int) -> str:
    """Return a slug that differs from one that is taken."""
    return f"{slug[: SLUG_LENGTH - 5].rstrip('-')}-{number}"
