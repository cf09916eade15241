"""All that a program finds written on a page of a PDF, seen or not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from docflow.pdf.child import ask_child
from docflow.pdf.limits import DEFAULT_LIMITS, SourceLimits


@dataclass(frozen=True, slots=True)
class PlainText:
    """The text of a page, and what of it stands within each of the boxes that were asked about."""

    text: str
    within: tuple[str, ...]


def plain_page_text(
    path: Path,
    page_index: int,
    *,
    boxes: Sequence[tuple[float, float, float, float]] = (),
    limits: SourceLimits = DEFAULT_LIMITS,
) -> PlainText:
    """Return what is written on an upright page (``page_index`` from 0), the invisible layer of a scan included.

    ``boxes`` are x0, y0, x1, y1 from the upper corner at the left, as shares of the page's width and height.

    Raises:
        InvalidInput: ``file_damaged``, ``file_encrypted``, and those of ``ask_child``.
    """
    request = {"path": str(path), "page_index": page_index, "boxes": [list(box) for box in boxes]}
    answer = ask_child("plain_text", request, limits=limits)
    return PlainText(str(answer["text"]), tuple(str(text) for text in answer["within"]))
