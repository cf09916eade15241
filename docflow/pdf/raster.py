"""One raster a page, made in a child process with limits."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from docflow.pdf.child import ask_child
from docflow.pdf.embedded_text import EmbeddedWord, TextState
from docflow.pdf.limits import DEFAULT_LIMITS, SourceLimits
from docflow.pdf.source import source_kind

Pixels: TypeAlias = NDArray[np.uint8]
"""Levels from 0 (black) to 255, of shape (height, width) for grey or (height, width, 3) for red, green, blue."""


@dataclass(frozen=True, slots=True)
class PageImage:
    """A page as it is displayed, before any correction.

    Attributes:
        pixels: the levels.
        dpi: pixels an inch.
        origin: ``embedded_image`` (the one picture of a scanned PDF page), ``rendered`` or ``picture``.
        words: the page's own text when it is born digital and sound, in logical order; boxes in these pixels.
        text_state: what its own text was worth.
    """

    pixels: Pixels
    dpi: int
    origin: str
    words: tuple[EmbeddedWord, ...]
    text_state: TextState = TextState.ABSENT

    @property
    def has_sound_text(self) -> bool:
        """Whether the page needs no recognition."""
        return bool(self.words)


def extract_page(path: Path, page_index: int, *, limits: SourceLimits = DEFAULT_LIMITS) -> PageImage:
    """Return the raster of a page (``page_index`` from 0) of a PDF or picture file.

    Raises:
        InvalidInput: ``page_too_large(width_pt, height_pt)``, ``page_damaged(page_number)``,
            ``image_too_large(limit)``, and those of ``inspect_source``.
    """
    kind = source_kind(path)
    with tempfile.TemporaryDirectory(prefix="docflow-page-") as folder:
        levels = Path(folder) / "levels"
        request = {"path": str(path), "kind": kind, "page_index": page_index, "pixels": str(levels)}
        answer = ask_child("extract", request, limits=limits)
        flat = np.fromfile(levels, dtype=np.uint8)
    height, width, channels = int(answer["height"]), int(answer["width"]), int(answer["channels"])
    shape = (height, width) if channels == 1 else (height, width, channels)
    words = tuple(
        EmbeddedWord(text=word["text"], box=tuple(word["box"]), line_index=word["line_index"])
        for word in answer["words"]
    )
    return PageImage(
        pixels=flat.reshape(shape),
        dpi=int(answer["dpi"]),
        origin=str(answer["origin"]),
        words=words,
        text_state=TextState(answer["text_state"]),
    )
