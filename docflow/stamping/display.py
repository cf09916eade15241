"""From the page as it is displayed to the page's own space, whatever its turn and its boxes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

Box: TypeAlias = tuple[float, float, float, float]
"""Left, bottom, right, top in the page's own space."""
Matrix: TypeAlias = tuple[float, float, float, float, float, float]


@dataclass(frozen=True, slots=True)
class DisplayedPage:
    """How a page is displayed.

    Attributes:
        crop: the visible box, in the page's own units.
        turn: its clockwise turn when displayed: 0, 90, 180 or 270.
        unit: points of one of its units (``UserUnit``, ISO 32000-1, 14.11.2).
    """

    crop: Box
    turn: int
    unit: float = 1.0

    @property
    def size(self) -> tuple[float, float]:
        """Width and height as displayed, in points."""
        left, bottom, right, top = self.crop
        width, height = (right - left) * self.unit, (top - bottom) * self.unit
        return (height, width) if self.turn in {90, 270} else (width, height)

    def box_of(self, left: float, top: float, width: float, height: float) -> Box:
        """Return the place, in the page's own space, of a rectangle of the displayed page in points, y down."""
        x, y, w, h = left / self.unit, top / self.unit, width / self.unit, height / self.unit
        crop_left, crop_bottom, crop_right, crop_top = self.crop
        return {
            0: (crop_left + x, crop_top - y - h, crop_left + x + w, crop_top - y),
            90: (crop_left + y, crop_bottom + x, crop_left + y + h, crop_bottom + x + w),
            180: (crop_right - x - w, crop_bottom + y, crop_right - x, crop_bottom + y + h),
            270: (crop_right - y - h, crop_top - x - w, crop_right - y, crop_top - x),
        }[self.turn]

    def appearance_matrix(self) -> Matrix:
        """Return the matrix of an appearance that is upright when displayed (ISO 32000-1, 12.5.5).

        The viewer itself moves and scales what the matrix gives into the annotation's rectangle.
        """
        return {
            0: (1, 0, 0, 1, 0, 0),
            90: (0, 1, -1, 0, 0, 0),
            180: (-1, 0, 0, -1, 0, 0),
            270: (0, -1, 1, 0, 0, 0),
        }[self.turn]

    def with_strip(self, *, height: float, least_width: float) -> DisplayedPage:
        """Return the page grown at the top of what is displayed, and made at least so wide; both in points."""
        own = height / self.unit
        wanting = max(0.0, least_width - self.size[0]) / self.unit
        left, bottom, right, top = self.crop
        grown = {
            0: (left, bottom, right + wanting, top + own),
            90: (left - own, bottom, right, top + wanting),
            180: (left - wanting, bottom - own, right, top),
            270: (left, bottom - wanting, right + own, top),
        }[self.turn]
        return DisplayedPage(grown, self.turn, self.unit)
