"""What is covered on the pages of a document before everybody reads it; plain Python."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from typing import Any, Final, Protocol, TypeAlias

from docflow.core.errors import InvalidInput

Box: TypeAlias = tuple[int, int, int, int]
"""``x0, y0, x1, y1`` in pixels of the upright page."""
Boxes: TypeAlias = Mapping[int, tuple[Box, ...]]
"""What is covered on each page, by its index from 0."""

MOST_BOXES: Final = 400
"""On one page."""
SMALLEST_PX: Final = 4
MARGIN_SHARE: Final = 0.12
"""By how much of its height a word is covered beyond its box: letters reach over what was read."""


class RedactionState(StrEnum):
    """Where a redacted copy stands."""

    DRAFT = "draft"
    MAKING = "making"
    MADE = "made"
    FAILED = "failed"


class PlacedWord(Protocol):
    """A word and where it stands."""

    @property
    def text(self) -> str:
        """What it says."""
        ...

    @property
    def box(self) -> Box:
        """Where."""
        ...


def box_between(first: tuple[int, int], second: tuple[int, int], *, width: int, height: int) -> Box:
    """Return the box of two corners, within a page of so many pixels.

    Raises:
        InvalidInput: ``box_too_small``.
    """
    (x0, x1), (y0, y1) = sorted((first[0], second[0])), sorted((first[1], second[1]))
    box = (max(0, x0), max(0, y0), min(width, x1), min(height, y1))
    if box[2] - box[0] < SMALLEST_PX or box[3] - box[1] < SMALLEST_PX:
        raise InvalidInput("box_too_small")
    return box


def overlaps(one: Box, other: Box) -> bool:
    """Return whether two boxes have something in common."""
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def boxes_of_words(
    words: Sequence[PlacedWord], typed: str, *, forms_of: Callable[[str], tuple[str, ...]]
) -> tuple[Box, ...]:
    """Return what covers every place of a page at which some words are written one after the other.

    ``forms_of`` returns the words of a text as they are compared, whatever their accents, case and signs.
    """
    wanted = forms_of(typed)
    if not wanted:
        return ()
    written = [forms_of(word.text) for word in words]
    found: list[Box] = []
    for start in range(len(words)):
        said: tuple[str, ...] = ()
        for end in range(start, len(words)):
            said += written[end]
            if len(said) >= len(wanted):
                break
        if said == wanted and written[start]:
            found += [around(word.box) for word in words[start : end + 1]]
    return tuple(dict.fromkeys(found))


def around(box: Box) -> Box:
    """Return a box that covers a word wholly."""
    margin = max(2, round((box[3] - box[1]) * MARGIN_SHARE))
    return (max(0, box[0] - margin), max(0, box[1] - margin), box[2] + margin, box[3] + margin)


def is_covered(box: Box, covers: Sequence[Box]) -> bool:
    """Return whether any part of a word is under what is covered: then no letter of it may stay in the text."""
    return any(overlaps(box, cover) for cover in covers)


def with_box(boxes: Boxes, page_index: int, added: Sequence[Box]) -> Boxes:
    """Return what is covered with more on a page.

    Raises:
        InvalidInput: ``boxes_too_many`` with ``limit``.
    """
    kept = tuple(dict.fromkeys((*boxes.get(page_index, ()), *added)))
    if len(kept) > MOST_BOXES:
        raise InvalidInput("boxes_too_many", limit=MOST_BOXES)
    return {**boxes, page_index: kept}


def without_box(boxes: Boxes, page_index: int, place: int) -> Boxes:
    """Return what is covered without one box of a page; one that is not there changes nothing."""
    kept = tuple(box for at, box in enumerate(boxes.get(page_index, ())) if at != place)
    return {**boxes, page_index: kept}


def boxes_from_row(row: Mapping[str, Any]) -> Boxes:
    """Return boxes as they were kept."""
    return {int(page): tuple((b[0], b[1], b[2], b[3]) for b in boxes) for page, boxes in row.items()}


def boxes_as_row(boxes: Boxes) -> dict[str, Any]:
    """Return them as they are kept."""
    return {str(page): [list(box) for box in kept] for page, kept in sorted(boxes.items()) if kept}


def scaled(box: Box, *, by: float) -> Box:
    """Return a box in a picture of another size, not smaller than what it covers."""
    return (int(box[0] * by), int(box[1] * by), -int(-box[2] * by // 1), -int(-box[3] * by // 1))
