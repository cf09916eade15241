"""What the viewer macro shows: pages, zones and words, all in pixels of the upright page picture."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from docflow.core.directions import text_direction

Box = tuple[float, float, float, float]
"""``x0, y0, x1, y1`` in pixels from the upper corner where x and y are zero."""

BADGE_SHARE: Final = 0.029
"""Width of a badge as a share of the page's width: scans come in every resolution."""

BADGE_HEIGHT: Final = 0.9
"""Height of a badge as a share of its width."""


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


@dataclass(frozen=True, slots=True)
class WordView:
    """A recognised word."""

    text: str
    box: Box


@dataclass(frozen=True, slots=True)
class HitWay:
    """The way from hit to hit: how many are on the page shown, and where the pages with the hits around them are.

    ``starts_last``: the last hit of this page is shown first, because the reader came back to it. Addresses are empty
    where there is no such page.
    """

    count: int
    before_url: str = ""
    after_url: str = ""
    starts_last: bool = False


@dataclass(frozen=True, slots=True)
class Badge:
    """The number of a zone: its rectangle, and where its digits stand, in pixels of the page picture."""

    x: float
    y: float
    width: float
    height: float

    @property
    def text_x(self) -> float:
        """Return the middle, from which the digits are centred."""
        return round(self.x + self.width / 2, 1)

    @property
    def text_y(self) -> float:
        """Return the line on which the digits stand."""
        return round(self.y + self.height * 0.79, 1)

    @property
    def text_size(self) -> float:
        """Return the size of the digits."""
        return round(self.height * 0.76, 1)


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
        direction = text_direction(" ".join(word.text for word in words))
        top = min(word.box[1] for word in words)
        bottom = max(word.box[3] for word in words)
        placed.append(
            PlacedLine(
                direction=direction,
                y=round(bottom - (bottom - top) * 0.22, 1),
                size=round((bottom - top) * 0.8, 1),
                words=tuple(
                    PlacedWord(
                        text=word.text.strip(),
                        x=word.box[2] if direction == "rtl" else word.box[0],
                        length=word.box[2] - word.box[0],
                    )
                    for word in words
                ),
            )
        )
    return placed


def place_zones(
    zones: Iterable[ZoneView], lines: Iterable[Sequence[WordView]], page: PageView
) -> list[tuple[ZoneView, Badge | None]]:
    """Return zones with their badges, each on the side of its zone where it hides the fewest words."""
    taken = [word.box for line in lines for word in line]
    placed: list[tuple[ZoneView, Badge | None]] = []
    for zone in zones:
        if not zone.label:
            placed.append((zone, None))
            continue
        badge = min(_sides(zone.box, page), key=lambda side: _hidden(side, taken, page))
        taken.append(_box_of(badge))
        placed.append((zone, badge))
    return placed


def _sides(box: Box, page: PageView) -> list[Badge]:
    """Return where a badge may stand, the best-looking first."""
    x0, y0, x1, y1 = box
    width = round(page.width * BADGE_SHARE, 1)
    height = round(width * BADGE_HEIGHT, 1)
    middle = (y0 + y1 - height) / 2
    corners = [
        (x1, middle),
        (x0 - width, middle),
        (x1 - width, y0 - height),
        (x0, y0 - height),
        (x1 - width, y1),
        (x0, y1),
    ]
    return [Badge(round(x, 1), round(y, 1), width, height) for x, y in corners]


def _box_of(badge: Badge) -> Box:
    return badge.x, badge.y, badge.x + badge.width, badge.y + badge.height


def _hidden(badge: Badge, taken: Iterable[Box], page: PageView) -> float:
    """Return the area of words under a badge; a badge that leaves the page hides itself."""
    x0, y0, x1, y1 = _box_of(badge)
    if x0 < 0 or y0 < 0 or x1 > page.width or y1 > page.height:
        return float("inf")
    return sum(
        max(0.0, min(x1, box[2]) - max(x0, box[0])) * max(0.0, min(y1, box[3]) - max(y0, box[1])) for box in taken
    )
