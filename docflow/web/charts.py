"""Bars laid out for the macro of charts: places as numbers of the drawing, so that no style stands in the page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

WIDTH: Final = 480
ROW: Final = 34
LABEL: Final = 180
"""What the labels take, at the side where the line of reading begins."""
VALUE: Final = 60
"""What is kept for the number behind the longest bar."""
BAR: Final = 16
LABEL_SIGNS: Final = 27
MARK: Final = 3
"""How wide the mark of a bar is."""


@dataclass(frozen=True, slots=True)
class Bar:
    """A labelled line of a chart: one part beside the other, each with the name of its colour, and what is written."""

    label: str
    parts: Sequence[tuple[str, float]]
    text: str
    mark: float | None = None
    """Where a mark stands on the line, in the unit of the parts."""


@dataclass(frozen=True, slots=True)
class PlacedPart:
    """A rectangle of a bar."""

    colour: str
    x: float
    width: float


@dataclass(frozen=True, slots=True)
class PlacedBar:
    """A bar in its place; ``label`` is cut where it is too long, the table under the chart says it whole."""

    label: str
    label_x: float
    text: str
    text_x: float
    y: float
    parts: Sequence[PlacedPart]
    mark_x: float | None


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart of horizontal bars; the drawing is ``width`` by ``height``."""

    bars: Sequence[PlacedBar]
    width: int
    height: int
    is_rtl: bool


def bar_chart(bars: Sequence[Bar], *, is_rtl: bool) -> Chart:
    """Return bars in their places, from the right in a language that is read so."""
    room = WIDTH - LABEL - VALUE
    most = max((max(sum(size for _, size in bar.parts), bar.mark or 0) for bar in bars), default=0) or 1

    def placed(at: float, width: float = 0) -> float:
        return round(WIDTH - at - width if is_rtl else at, 2)

    rows = []
    for position, bar in enumerate(bars):
        at, parts = float(LABEL), []
        for colour, size in bar.parts:
            width = size / most * room
            if width:
                parts.append(PlacedPart(colour, placed(at, width), round(width, 2)))
            at += width
        mark = None if bar.mark is None else LABEL + bar.mark / most * room
        rows.append(
            PlacedBar(
                label=bar.label if len(bar.label) <= LABEL_SIGNS else f"{bar.label[: LABEL_SIGNS - 1].rstrip()}…",
                label_x=placed(LABEL - 8),
                text=bar.text,
                text_x=placed(max(at, mark or 0) + 8),
                y=position * ROW,
                parts=parts,
                mark_x=None if mark is None else placed(mark - MARK / 2, MARK),
            )
        )
    return Chart(rows, WIDTH, max(1, len(rows)) * ROW, is_rtl)
