"""Tesseract through pytesseract: all the crops of a page in one process.

Tesseract accepts a text file that lists pictures, one a line, and its TSV numbers them as pages. Starting it costs
about a tenth of a second of processor time, so a process a line would cost more than the reading.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import cv2
import pytesseract

from docflow.core.errors import Unavailable
from docflow.ocr.ports import Box, EngineState, GreyImage, Language, LineReading, ReadWord
from docflow.ocr.script import without_marks

MODELS = {Language.ARABIC: "ara", Language.FRENCH: "fra"}
RAW_LINE = 13
"""Page segmentation mode: the crop is one line, whatever it looks like.

The mode that looks for words in the line (7) finds none in one crop of seven.
"""
WORD_LEVEL = 5
MISSING_CONFIDENCE = -1


class TesseractLineReader:
    """Reads lines with the Tesseract that is installed on the machine."""

    def __init__(self, *, timeout_s: int = 60) -> None:
        """Bound one call, which reads all the crops of a page, to ``timeout_s`` seconds on the clock."""
        self._timeout_s = timeout_s

    def read_lines(self, crops: Sequence[GreyImage], *, language: Language) -> list[LineReading]:
        """Return one reading a crop.

        Raises:
            Unavailable: ``tesseract_missing``, ``tesseract_language_missing(language)``,
                ``tesseract_too_slow(limit_s)``, ``tesseract_failed(exit_code)``, ``tesseract_answer_unreadable``.
        """
        if not crops:
            return []
        with tempfile.TemporaryDirectory(prefix="docflow-lines-") as folder:
            listing = _write_crops(crops, Path(folder))
            rows = self._recognise(listing, language=language)
        return _readings(rows, crop_count=len(crops))

    def state(self) -> EngineState:
        """Return the version and the languages of the installed Tesseract."""
        try:
            version = pytesseract.get_tesseract_version()
            models = set(pytesseract.get_languages())
        except (pytesseract.TesseractNotFoundError, pytesseract.TesseractError, SystemExit, OSError):
            return EngineState(version=(), languages=frozenset())
        languages = frozenset(language for language, model in MODELS.items() if model in models)
        return EngineState(version=tuple(version.release), languages=languages)

    def _recognise(self, listing: Path, *, language: Language) -> dict[str, list[Any]]:
        # Tesseract's own threads cost five times the processor time that they save on the clock; the library starts it
        # with the environment of this process.
        os.environ["OMP_THREAD_LIMIT"] = "1"
        try:
            rows: dict[str, list[Any]] = pytesseract.image_to_data(
                str(listing),
                lang=MODELS[language],
                config=f"--oem 1 --psm {RAW_LINE}",
                output_type=pytesseract.Output.DICT,
                timeout=self._timeout_s,
            )
        except pytesseract.TesseractNotFoundError as error:
            raise Unavailable("tesseract_missing") from error
        except SystemExit as error:
            # The library leaves the interpreter when the program does not tell its version.
            raise Unavailable("tesseract_answer_unreadable") from error
        except pytesseract.TesseractError as error:
            if "loading language" in error.message or "load any languages" in error.message:
                raise Unavailable("tesseract_language_missing", language=str(language)) from error
            raise Unavailable("tesseract_failed", exit_code=error.status) from error
        except (UnicodeDecodeError, KeyError, IndexError, OSError, ValueError) as error:
            raise Unavailable("tesseract_answer_unreadable") from error
        except RuntimeError as error:
            raise Unavailable("tesseract_too_slow", limit_s=self._timeout_s) from error
        return rows


def _write_crops(crops: Sequence[GreyImage], folder: Path) -> Path:
    """Write the crops as uncompressed pictures and return the file that lists them."""
    paths = [folder / f"{index:04}.pgm" for index in range(len(crops))]
    for crop, path in zip(crops, paths, strict=True):
        cv2.imwrite(str(path), crop)
    listing = folder / "crops.txt"
    listing.write_text("".join(f"{path}\n" for path in paths), encoding="utf-8")
    return listing


def _readings(rows: dict[str, list[Any]], *, crop_count: int) -> list[LineReading]:
    """Gather the words of the TSV by crop; its rows stand in logical order, Arabic included."""
    words: list[list[ReadWord]] = [[] for _ in range(crop_count)]
    try:
        for index, level in enumerate(rows["level"]):
            text = without_marks(str(rows["text"][index])).strip()
            if level != WORD_LEVEL or not text or float(rows["conf"][index]) <= MISSING_CONFIDENCE:
                continue
            left, top = int(rows["left"][index]), int(rows["top"][index])
            box = (left, top, left + int(rows["width"][index]), top + int(rows["height"][index]))
            words[int(rows["page_num"][index]) - 1].append(ReadWord(text, box, float(rows["conf"][index])))
    except (KeyError, IndexError, ValueError) as error:
        raise Unavailable("tesseract_answer_unreadable") from error
    return [LineReading(_within_their_places(line)) for line in words]


def _within_their_places(words: list[ReadWord]) -> tuple[ReadWord, ...]:
    """Return the words of a raw line; a box stretched over other words is cut to the widest place between them.

    It happens to the last word of one line in ten.
    """
    return tuple(_cut_back(word, [other.box for other in words if other is not word]) for word in words)


def _cut_back(word: ReadWord, others: list[Box]) -> ReadWord:
    left, top, right, bottom = word.box
    covered = sorted(
        other for other in others if left <= (other[0] + other[2]) / 2 <= right and _length(other) < _length(word.box)
    )
    if not covered:
        return word
    edges = [left, *(edge for other in covered for edge in (other[0], other[2])), right]
    places = [(edges[index], edges[index + 1]) for index in range(0, len(edges), 2)]
    start, end = max(places, key=lambda place: place[1] - place[0])
    return replace(word, box=(start, top, end, bottom)) if end > start else word


def _length(box: Box) -> int:
    return box[2] - box[0]
