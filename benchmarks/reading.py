"""What reading costs and how right it is, beside a bare Tesseract on the same pages in the same run.

usage: reading.py FOLDER [--seed N] [--pages N] [--no-peer]

FOLDER holds scans, each with a JSON of the same name: pages[].text, pages[].lines (text, block, bbox), level, lang.
Prints a table for each level and each language: CERn (character error rate after folding letters, marks and digits; the
legitimate order of the head's columns that fits best counts), share of the words found, CPU seconds and seconds on the
clock a page, then the peak memory of this process and of its largest child.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import resource
import subprocess
import tempfile
import time
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean
from typing import Any

import cv2
from rapidfuzz.distance import Levenshtein

from docflow.ocr.adapters.tesseract import TesseractLineReader
from docflow.ocr.reading import read_page
from docflow.pdf.previews import make_preview, make_thumbnail
from docflow.pdf.raster import PageImage, extract_page
from docflow.pdf.searchable import PageText, TextWord, write_searchable_pdf

HEAD_BLOCKS = {"hdr_ar", "hdr_fr", "sender", "sender2"}
MARKS = re.compile("[\u064b-\u065f\u0670\u0640\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]")
FOLDS = str.maketrans("أإآٱىةؤئ،؛؟’‘٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹", "ااااي" + "هوي,;?''" + "0123456789" * 2)


@dataclass(frozen=True, slots=True)
class Outcome:
    """One page read one way."""

    cern: float
    recall: float
    cpu_s: float
    wall_s: float


def folded(text: str) -> str:
    """Return the text as errors are counted on it."""
    return " ".join(MARKS.sub("", unicodedata.normalize("NFKC", text)).translate(FOLDS).split())


def legitimate_texts(page: dict[str, Any]) -> list[str]:
    """Return the page's text in each order in which the columns of its head may be read."""
    lines = page.get("lines")
    if not lines:
        return [folded(page["text"])]
    head = [line for line in lines if line["block"] in HEAD_BLOCKS]
    body = [line for line in lines if line["block"] not in HEAD_BLOCKS]
    blocks = list(dict.fromkeys(line["block"] for line in head))

    def row(line: dict[str, Any]) -> int:
        _, top, _, bottom = line["bbox"]
        return round((top + bottom) / 2 / (0.7 * (bottom - top)))

    orders = [
        head,
        [line for block in reversed(blocks) for line in head if line["block"] == block],
        sorted(head, key=lambda line: (row(line), -line["bbox"][0])),
        sorted(head, key=lambda line: (row(line), line["bbox"][0])),
        sorted(head, key=lambda line: line["bbox"][1] + line["bbox"][3]),
    ]
    return [folded("\n".join(line["text"] for line in [*order, *body])) for order in orders]


def errors(page: dict[str, Any], text: str) -> tuple[float, float]:
    """Return the character error rate and the share of the words found."""
    read, truths = folded(text), legitimate_texts(page)
    cern = min(Levenshtein.distance(truth, read) / len(truth) for truth in truths)
    wanted, found = Counter(truths[0].split()), Counter(read.split())
    return cern, (wanted & found).total() / wanted.total()


def cpu_s() -> float:
    """Return the processor seconds of this process and of its finished children."""
    used = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(usage.ru_utime + usage.ru_stime for usage in used)


def measured(page: dict[str, Any], read: Callable[[], str]) -> Outcome:
    """Return the outcome of one way of reading a page."""
    cpu_start_s, wall_start_s = cpu_s(), time.monotonic()
    text = read()
    spent_cpu_s, spent_wall_s = cpu_s() - cpu_start_s, time.monotonic() - wall_start_s
    return Outcome(*errors(page, text), spent_cpu_s, spent_wall_s)


def recognise(path: Path, page_index: int, reader: TesseractLineReader) -> str:
    """Read as the product does, from the file to the text."""
    return read_page(extract_page(path, page_index), reader).text


def recognise_and_keep(path: Path, page_index: int, reader: TesseractLineReader, folder: Path) -> str:
    """Do all that the product does with a page: text, pictures for the screen, its part of the searchable PDF."""
    page = read_page(extract_page(path, page_index), reader)
    make_preview(page.upright)
    make_thumbnail(page.upright)
    words = tuple(TextWord(word.text, word.box, word.line_index) for word in page.words)
    text = PageText(page_index, page.width, page.height, page.rotation_deg, page.skew_deg, words)
    write_searchable_pdf([path], [text], folder / "copy.pdf")
    return page.text


def bare_tesseract(image: PageImage, folder: Path) -> str:
    """Read as a plain call of Tesseract with both languages does, given the picture for free."""
    picture = folder / "page.png"
    pixels = image.pixels if image.pixels.ndim == 2 else cv2.cvtColor(image.pixels, cv2.COLOR_RGB2BGR)
    cv2.imwrite(str(picture), pixels, [cv2.IMWRITE_PNG_COMPRESSION, 1])
    command = ["tesseract", str(picture), "-", "-l", "ara+fra", "--dpi", str(image.dpi)]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def print_table(outcomes: dict[str, dict[str, list[Outcome]]]) -> None:
    """Print a line for each group and each way of reading."""
    print(f"{'group':10} {'way':12} {'pages':>5} {'CERn %':>7} {'words %':>8} {'CPU-s':>6} {'wall s':>6}")
    for group, by_way in outcomes.items():
        for way, some in by_way.items():
            cern, recall = 100 * fmean(one.cern for one in some), 100 * fmean(one.recall for one in some)
            cpu, wall = fmean(one.cpu_s for one in some), fmean(one.wall_s for one in some)
            print(f"{group:10} {way:12} {len(some):5} {cern:7.2f} {recall:8.1f} {cpu:6.2f} {wall:6.2f}")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="cost and error of reading")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--pages", type=int, default=0, help="read a random sample of so many pages")
    parser.add_argument("--no-peer", action="store_true", help="leave the bare Tesseract out")
    options = parser.parse_args()
    os.environ["OMP_THREAD_LIMIT"] = "1"
    cv2.setNumThreads(1)
    cases = [
        (options.folder / truth["files"][0], page_index, truth)
        for truth in (json.loads(path.read_text("utf-8")) for path in sorted(options.folder.glob("*.json")))
        if len(truth["files"]) == 1
        for page_index in range(len(truth["pages"]))
    ]
    random.Random(options.seed).shuffle(cases)
    outcomes: dict[str, dict[str, list[Outcome]]] = defaultdict(lambda: defaultdict(list))
    reader = TesseractLineReader()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for path, page_index, truth in cases[: options.pages or None]:
            page = truth["pages"][page_index]
            ways = {"docflow": measured(page, lambda: recognise(path, page_index, reader))}  # noqa: B023
            ways["with copies"] = measured(page, lambda: recognise_and_keep(path, page_index, reader, folder))  # noqa: B023
            if not options.no_peer:
                image = extract_page(path, page_index)
                ways["tesseract"] = measured(page, lambda: bare_tesseract(image, folder))  # noqa: B023
            for way, outcome in ways.items():
                for group in (truth["level"], truth["lang"], "all"):
                    outcomes[group][way].append(outcome)
    print_table(dict(sorted(outcomes.items())))
    for label, who in (("this process", resource.RUSAGE_SELF), ("largest child", resource.RUSAGE_CHILDREN)):
        print(f"peak memory of {label}: {resource.getrusage(who).ru_maxrss // 1024} MiB")


if __name__ == "__main__":
    main()
