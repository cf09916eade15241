"""When a person should look at what was read."""

from __future__ import annotations

from collections.abc import Sequence

from docflow.ocr.layout import LineBox

REVIEW_BELOW = 84
"""Taken from an earlier line reader, where it caught six of seven bad pages; not yet calibrated on this one."""
FEW_WORDS = 12
MAX_UNREAD_SHARE = 0.2


def needs_review(*, confidence: float, word_count: int, is_partly_unread: bool) -> bool:
    """Tell whether a page should be checked: low confidence, suspiciously little text, or lines not read."""
    return confidence < REVIEW_BELOW or word_count < FEW_WORDS or is_partly_unread


def has_unread_ink(found: Sequence[LineBox], read: Sequence[LineBox]) -> bool:
    """Tell whether lines that were found but could not be read cover a real share of the page's lines.

    Confidence cannot see a line that gave no word: only the area can.
    """
    total = sum(map(_area, found))
    return total > 0 and total - sum(map(_area, read)) > MAX_UNREAD_SHARE * total


def _area(line: LineBox) -> int:
    x0, y0, x1, y1 = line.box
    return (x1 - x0) * (y1 - y0)
