"""The product's model for Arabic, which spells what Debian's does not: Arabic-Indic digits and commas."""

from __future__ import annotations

import json
from pathlib import Path

import cv2
import numpy as np
import pytest

from docflow.ocr.adapters.tesseract import TesseractLineReader
from docflow.ocr.crops import cropped
from docflow.ocr.mixed import put_together
from docflow.ocr.ports import Language

LINES = Path(__file__).parents[2] / "golden" / "number_lines"
PRINTED = {line["name"]: line["printed"] for line in json.loads((LINES / "lines.json").read_text("utf-8"))}
PRINT_LEVEL = 150
MM_PX = 200 / 25.4


@pytest.mark.parametrize(
    "name", ["long_date_sahel", "long_date_amiri", "date_before_alef", "reference_tehreer", "western_date_dejavu"]
)
def test_a_line_with_a_number_is_read_as_it_is_printed(name: str) -> None:
    grey = np.asarray(cv2.imread(str(LINES / f"{name}.png"), cv2.IMREAD_GRAYSCALE), np.uint8)
    height = grey.shape[0]
    columns = np.flatnonzero((grey[round(0.15 * height) : round(0.9 * height)] < PRINT_LEVEL).any(axis=0))
    box = int(columns[0]), round(0.2 * height), int(columns[-1]) + 1, round(0.85 * height)

    (reading,) = TesseractLineReader().read_lines([cropped(grey, box, mm_px=MM_PX).pixels], language=Language.ARABIC)

    assert put_together({Language.ARABIC: reading}).text == PRINTED[name]
