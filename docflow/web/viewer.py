"""What the viewer macro shows: pages, zones and words, all in pixels of the upright page picture."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

Box = tuple[float, float, float, float]
"""``x0, y0, x1, y1`` in pixels from the upper corner where x and y are zero."""

ARABIC_FIRST: Final = "\u0590"
ARABIC_LAST: Final = "\u08ff"
BADGE_PX: Final = 36


@dataclass(frozen=True, slots=True)
class PageView:
    """One page as the viewer needs it; ``width`` and ``height`` are those of the picture that was read."""

    number: int
    image_url: str
    thumb_url: str
    width: int
    height: int
    url: str = ""
    """Address that shows this page without scripts."""


@dataclass(frozen=True, slots=True)
class ZoneView:
    """A rectangle on the page: what was read for a field, or a word that was searched.

    ``kind`` is ``read``, ``check`` (low confidence) or ``hit``; ``label`` is the badge; ``field_id`` names a control.
    """

    box: Box
    kind: str = "read"
    label: str = ""
    field_id: str = ""

    @property
    def badge(self) -> tuple[float, float]:
        """Return the upper corner of the badge: above the zone, or under it where the page ends."""
        x0, y0, x1, y1 = self.box
        above = y0 - BADGE_PX + 4
        return max(x1 - BADGE_PX, x0), above if above >= 0 else y1 - 4


@dataclass(frozen=True, slots=True)
class WordView:
    """A recognised word."""

    text: str
    box: Box


@dataclass(frozen=True, slots=True)
class PlacedWord:
    """A word placed in SVG: ``x`` is where it begins in its line's direction."""

    text: str
    x: float
    length: float


@dataclass(frozen=True, slots=True)
class PlacedLine:
    """A line of words in logical order."""

    direction: str
    y: float
    size: float
    words: tuple[PlacedWord, ...]


def place_lines(lines: Iterable[Sequence[WordView]]) -> list[PlacedLine]:
    """Return lines laid out for the transparent text over the picture.

    Words stay in logical order, so that what is selected and copied reads as it was written. In a line of Arabic a
    word begins at its larger x.
    """
    placed = []
    for line in lines:
        words = [word for word in line if word.text.strip() and word.box[2] > word.box[0]]
        if not words:
            continue
        is_rtl = _is_right_to_left(words)
        top = min(word.box[1] for word in words)
        bottom = max(word.box[3] for word in words)
        placed.append(
            PlacedLine(
                direction="rtl" if is_rtl else "ltr",
                y=round(bottom - (bottom - top) * 0.22, 1),
                size=round((bottom - top) * 0.8, 1),
                words=tuple(
                    PlacedWord(
                        text=word.text.strip(),
                        x=word.box[2] if is_rtl else word.box[0],
                        length=word.box[2] - word.box[0],
                    )
                    for word in words
                ),
            )
        )
    return placed


def _is_right_to_left(words: Sequence[WordView]) -> bool:
    """Return whether most letters of a line are Arabic."""
    letters = [character for word in words for character in word.text if character.isalpha()]
    arabic = sum(ARABIC_FIRST <= character <= ARABIC_LAST or "\ufb50" <= character <= "\ufeff" for character in letters)
    return arabic * 2 > len(letters)
