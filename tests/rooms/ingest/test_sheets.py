"""What a sheet is: a separator of ours, a blank page, or a page; in doubt a page."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
import pytest

from docflow.documents.rules import PageFinding
from docflow.ingest.sheets import is_blank, what_sheet_is
from docflow.pdf.raster import PageImage, extract_page
from tests.conftest import GOLDEN

from .sheets import (
    Levels,
    badly_scanned,
    code_sheet,
    faxed,
    paper,
    show_through,
    with_disc,
    with_text,
)

DPI = 150


def image(pixels: Levels, *, dpi: int = DPI) -> PageImage:
    return PageImage(pixels=np.ascontiguousarray(pixels), dpi=dpi, origin="picture", words=())


@pytest.mark.parametrize("turn", [None, cv2.ROTATE_90_CLOCKWISE, cv2.ROTATE_180, cv2.ROTATE_90_COUNTERCLOCKWISE])
@pytest.mark.parametrize("scan", [lambda sheet: sheet, badly_scanned, faxed], ids=["clean", "bad", "fax"])
def test_a_separator_is_known_whichever_way_it_lies_and_however_badly_it_was_scanned(
    scan: Callable[[Levels], Levels], turn: int | None
) -> None:
    sheet = scan(code_sheet())

    assert what_sheet_is(image(sheet if turn is None else cv2.rotate(sheet, turn))) is PageFinding.SEPARATOR


@pytest.mark.parametrize(
    "text",
    [
        "https://example.org/v/2026-0004521/8F3K",
        "DOCFLOW:SEP:2:PLAIN",
        "XDOCFLOW:SEP:1:PLAIN",
        "DOCFLOW:SEP:1:PLAIN\nand more",
    ],
)
def test_the_code_of_somebody_else_splits_nothing(text: str) -> None:
    assert what_sheet_is(image(code_sheet(text))) is PageFinding.CONTENT


def test_our_own_code_printed_small_in_a_letter_splits_nothing() -> None:
    assert what_sheet_is(image(code_sheet(across_mm=28, dpi=300), dpi=300)) is PageFinding.CONTENT


BLANK: dict[str, Callable[[], Levels]] = {
    "new paper": paper,
    "white paper without grain": lambda: paper(level=255, noise=0),
    "grey recycled paper": lambda: paper(level=190, noise=5),
    "the print of the other side shows through": lambda: show_through(paper(), dpi=DPI, share=0.15),
    "two punched holes": lambda: with_disc(
        with_disc(paper(), at_mm=(12, 108), across_mm=6, dpi=DPI, colour=(35, 35, 35)),
        at_mm=(12, 188), across_mm=6, dpi=DPI, colour=(90, 90, 90),
    ),
    "the shadow of the lid at the edges": lambda: shadowed(paper()),
    "dust": lambda: with_disc(paper(), at_mm=(90, 120), across_mm=0.5, dpi=DPI, colour=(60, 60, 60)),
    "a fax without a word": lambda: faxed(paper()),
}  # fmt: skip

WRITTEN: dict[str, Callable[[], Levels]] = {
    "a page number alone": lambda: with_text(paper(), "2", at_mm=(104, 280), size_mm=3.5, dpi=DPI),
    "a page number at the foot of a bad scan": lambda: badly_scanned(
        with_text(paper(), "- 12 -", at_mm=(100, 275), size_mm=4, dpi=DPI), angle_deg=1
    ),
    "a round blue stamp": lambda: with_disc(
        paper(), at_mm=(150, 230), across_mm=32, dpi=DPI, colour=(120, 140, 205), ring_mm=0.8
    ),
    "a note in pencil": lambda: with_text(paper(), "vu le 3/2", at_mm=(60, 90), size_mm=7, dpi=DPI, ink=165),
    "a line over the print that shows through": lambda: with_text(
        show_through(paper(), dpi=DPI, share=0.15), "Pièce jointe", at_mm=(60, 120), size_mm=4, dpi=DPI
    ),
    "a page number on a fax": lambda: faxed(with_text(paper(), "3", at_mm=(104, 270), size_mm=4, dpi=DPI)),
    "a spot of ink in the middle": lambda: with_disc(
        paper(), at_mm=(105, 148), across_mm=6, dpi=DPI, colour=(35, 35, 35)
    ),
}  # fmt: skip


def shadowed(sheet: Levels) -> Levels:
    """The sheet with a dark bar along one edge and a shade that fades along another."""
    dark = sheet.astype(float)
    dark[:, :18] *= 0.2
    dark[-120:] *= np.linspace(1, 0.45, 120)[:, None, None]
    return dark.astype(np.uint8)


@pytest.mark.parametrize("make", BLANK.values(), ids=BLANK)
def test_a_sheet_on_which_nobody_wrote_is_blank(make: Callable[[], Levels]) -> None:
    assert is_blank(make(), dpi=DPI)


@pytest.mark.parametrize("make", WRITTEN.values(), ids=WRITTEN)
def test_a_sheet_with_a_single_mark_of_a_hand_is_not_blank(make: Callable[[], Levels]) -> None:
    assert not is_blank(make(), dpi=DPI)


@pytest.mark.parametrize(
    "name", sorted(path.name for path in (GOLDEN / "scans").iterdir() if path.suffix in {".pdf", ".tiff", ".jpg"})
)
def test_no_scanned_letter_is_taken_for_another_sheet(name: str) -> None:
    assert what_sheet_is(extract_page(GOLDEN / "scans" / name, 0)) is PageFinding.CONTENT
