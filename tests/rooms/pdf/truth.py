"""The exact text of the scans in ``tests/golden``, as words with boxes, and what three readers find in a PDF."""

from __future__ import annotations

import json
import re
import subprocess
from itertools import groupby
from pathlib import Path
from typing import Any

import pypdf
import pypdfium2

from docflow.pdf.searchable import PageText, TextWord

SCANS = Path(__file__).parents[2] / "golden" / "scans"
NAMES = sorted(path.stem for path in SCANS.glob("*.json"))
MARKS_OF_DIRECTION = re.compile("[\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]")
ARABIC = re.compile("[\u0600-\u06ff]")
SPACE_WIDTH = 0.55
"""Of a space to a letter, about as in the typefaces of letters."""


def scan_of(name: str) -> Path:
    return next(path for path in SCANS.glob(f"{name}.*") if path.suffix != ".json")


def truth_of(name: str) -> list[dict[str, Any]]:
    pages: list[dict[str, Any]] = json.loads((SCANS / f"{name}.json").read_text(encoding="utf-8"))["pages"]
    return pages


def page_texts(name: str) -> list[PageText]:
    """Return the layer that a reader without an error would ask for."""
    return [_page_text(index, page) for index, page in enumerate(truth_of(name))]


def _page_text(page_index: int, page: dict[str, Any]) -> PageText:
    width, height, turn = page["width"], page["height"], int(page["rotation"]) % 360
    if any(line["bbox"][2] > width or line["bbox"][3] > height for line in page["lines"]):
        width, height = height, width
    words = [word for index, line in enumerate(page["lines"]) for word in words_of_line(index, line)]
    return PageText(page_index, width, height, turn, float(page["skew"]), tuple(words))


def words_of_line(line_index: int, line: dict[str, Any]) -> list[TextWord]:
    """Share the box of a line among its words as they stand on paper, Latin words in an Arabic line included."""
    words = line["text"].split()
    left, top, right, bottom = line["bbox"]
    unit = (right - left) / (sum(map(len, words)) + SPACE_WIDTH * (len(words) - 1))
    margin = round(0.22 * (bottom - top))
    placed = {}
    edge = float(left)
    is_arabic = bool(ARABIC.search(line["text"])) and line.get("lang") != "fr"
    for index in _from_left(words, is_arabic=is_arabic):
        placed[index] = (edge, edge + len(words[index]) * unit)
        edge += (len(words[index]) + SPACE_WIDTH) * unit
    return [
        TextWord(word, (round(placed[at][0]), top + margin, round(placed[at][1]), bottom - margin), line_index)
        for at, word in enumerate(words)
    ]


def _from_left(words: list[str], *, is_arabic: bool) -> list[int]:
    """Return the places of the words from the left edge of the line to the right one."""
    letters = "[A-Za-zÀ-ÿ]" if is_arabic else "[\u0600-\u06ff]"
    stretches = groupby(range(len(words)), key=lambda at: bool(re.search(letters, words[at])))
    onwards = [list(places)[::-1] if is_contrary else list(places) for is_contrary, places in stretches]
    from_start = [place for places in onwards for place in places]
    return from_start[::-1] if is_arabic else from_start


def plain(text: str) -> str:
    """Return a text without marks of direction, its white space folded."""
    return " ".join(MARKS_OF_DIRECTION.sub("", text).split())


def found_by_pypdf(path: Path) -> list[str]:
    return [plain(page.extract_text()) for page in pypdf.PdfReader(path).pages]


def found_by_pdfium(path: Path) -> list[str]:
    document = pypdfium2.PdfDocument(path)
    return [plain(page.get_textpage().get_text_range()) for page in document]


def found_by_pdftotext(path: Path) -> list[str]:
    done = subprocess.run(["pdftotext", path, "-"], capture_output=True, text=True, check=True)
    return [plain(text) for text in done.stdout.split("\f")[:-1]]


READERS = {"pypdf": found_by_pypdf, "pdfium": found_by_pdfium, "pdftotext": found_by_pdftotext}


def share_of_lines(page: dict[str, Any], found: str) -> float:
    """Return the share of a page's lines that a reader found letter for letter."""
    lines = [plain(line["text"]) for line in page["lines"]]
    return sum(line in found for line in lines) / len(lines)
