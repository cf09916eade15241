"""The searchable copy of a file: the scan unchanged, upright, under an invisible text layer of our own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from docflow.pdf.child import ask_child
from docflow.pdf.limits import DEFAULT_LIMITS, SourceLimits
from docflow.pdf.source import source_kind

SECONDS_PER_PAGE = 2
ARCHIVAL = "PDF/A-2u"
"""ISO 19005-2, level U: kept for good, and every character of it has its Unicode value."""


@dataclass(frozen=True, slots=True)
class TextWord:
    """A word in logical order; ``box`` is x0, y0, x1, y1 in pixels of the upright page."""

    text: str
    box: tuple[int, int, int, int]
    line_index: int


@dataclass(frozen=True, slots=True)
class PageText:
    """What the layer of one page says.

    Attributes:
        page_index: place in its source, from 0.
        width: pixels across the upright page.
        height: pixels down it.
        rotation_deg: clockwise turn that set the displayed page upright.
        skew_deg: further counter-clockwise turn about its centre that makes its lines level.
        words: in reading order.
        is_embedded: whether the page's own text is sound, so that it gets no second layer.
        source_index: which of the sources holds the page, from 0.
    """

    page_index: int
    width: int
    height: int
    rotation_deg: int
    skew_deg: float
    words: tuple[TextWord, ...]
    is_embedded: bool = False
    source_index: int = 0


@dataclass(frozen=True, slots=True)
class SearchableCopy:
    """What became of a searchable copy.

    Attributes:
        conformance: ``PDF/A-2u``, or empty when the copy is a plain PDF.
        obstacles: codes of what kept it from being PDF/A: ``font_not_embedded``, ``text_without_unicode``, ``font``,
            ``cmyk``, ``jpeg2000``, ``attachment``, ``layers``, ``annotation``, ``page_size``, ``construct``,
            ``too_large_to_check``.
    """

    conformance: str
    obstacles: tuple[str, ...] = ()


def write_searchable_pdf(
    sources: Sequence[Path], pages: Sequence[PageText], out: Path, *, limits: SourceLimits = DEFAULT_LIMITS
) -> SearchableCopy:
    """Write a searchable copy to ``out``: the given pages of the sources, in the given order, and no other page.

    The sources are never touched: a signed PDF keeps its signatures, and its copy is another file. What hangs on a
    whole file (outlines, attachments) stays in the copy of a whole file only: it could show pages that were left out.
    The copy is PDF/A-2u unless something in the sources stands against it, which is said.

    Raises:
        InvalidInput: ``page_not_found(page_number)``, ``file_damaged``, ``file_encrypted``, and those of
            ``ask_child``.
    """
    # The limits are those of one page; a file may use them for each of its pages, within an hour.
    scaled = SourceLimits(
        max_page_pixels=limits.max_page_pixels,
        cpu_s=min(3600, limits.cpu_s + SECONDS_PER_PAGE * len(pages)),
        wall_s=min(3600, limits.wall_s + 2 * SECONDS_PER_PAGE * len(pages)),
        address_space_bytes=limits.address_space_bytes,
    )
    request = {
        "sources": [{"path": str(source), "kind": source_kind(source)} for source in sources],
        "out": str(out),
        "pages": [asdict(page) for page in pages],
    }
    against = tuple(ask_child("write_searchable", request, limits=scaled)["obstacles"])
    return SearchableCopy(conformance="" if against else ARCHIVAL, obstacles=against)
