from __future__ import annotations

import cv2
import numpy as np
import pytest

from docflow.ocr.adapters.tesseract import TesseractLineReader
from docflow.ocr.crops import with_plain_contrast
from docflow.ocr.ports import GreyImage, Language


def line_with_grain(deviation: float) -> GreyImage:
    """Return the picture of a line of few strokes on much paper."""
    line = np.full((48, 420), 248, np.uint8)
    cv2.putText(line, "registre", (10, 34), cv2.FONT_HERSHEY_DUPLEX, 1.1, 60, 1, cv2.LINE_AA)
    return np.clip(line + np.random.default_rng(1).normal(0, deviation, line.shape), 0, 255).astype(np.uint8)


@pytest.mark.parametrize("deviation", [1, 2])
def test_the_grain_of_the_paper_does_not_hide_a_line(deviation: float) -> None:
    grainy = line_with_grain(deviation)

    as_it_is, plain = TesseractLineReader().read_lines([grainy, with_plain_contrast(grainy)], language=Language.FRENCH)

    assert plain.text == "registre"
    assert plain.confidence > as_it_is.confidence + 30


def test_paper_and_ink_of_the_middle_row_are_of_one_level_each() -> None:
    grainy = line_with_grain(2)

    plain = with_plain_contrast(grainy)

    middle, others = np.arange(48) == 24, np.arange(48) != 24
    assert (plain[others] == grainy[others]).all()
    assert set(plain[middle][grainy[middle] > 235].tolist()) == {255}
    assert len(set(plain[middle][grainy[middle] < 75].tolist())) == 1


def test_a_line_without_paper_stays() -> None:
    dark = np.full((48, 100), 40, np.uint8)

    assert (with_plain_contrast(dark) == dark).all()
