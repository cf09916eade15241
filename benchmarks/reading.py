"""What reading costs and how right it is, beside other readers on the same pages in the same run.

usage: reading.py FOLDER [--pages N] [--seed N] [--workers N] [--ways WAY…] [--without STEP…]

FOLDER holds scans, each with a JSON of the same name: pages[].text, pages[].lines (text, block, bbox), level, lang,
rotation. For each level, each language and each way, prints the character error rate in percent after folding letters,
marks and digits (the legitimate order of the head's columns that fits best counts) with its 95 % interval by bootstrap,
the share of the words found, CPU seconds and seconds on the clock a page. Then, for our own way, how many pages were
turned wrongly, how many are sent to correction and how many of the bad ones are among them; pages a minute, and the
memory of a worker early and late in the run.

Ways: ``docflow`` (from the file to the text), ``copies`` (also the pictures for the screen, the searchable PDF and the
index), ``tesseract`` (a bare ``tesseract -l ara+fra``), ``ocrmypdf`` (with deskew and rotation; where it is installed).
``--without`` adds our way without one step, to see what the step earns.
"""

from __future__ import annotations

import argparse
import atexit
import json
import multiprocessing
import os
import random
import re
import resource
import shutil
import subprocess
import tempfile
import time
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from statistics import fmean
from typing import Any
from unittest import mock

import cv2
import numpy as np
import psutil
from rapidfuzz.distance import Levenshtein

from docflow.core.processor_time import processor_s
from docflow.ocr import orientation, reading, recognition
from docflow.ocr.adapters.tesseract import TesseractLineReader
from docflow.ocr.drawings import PlainPage
from docflow.ocr.ink import ink_map
from docflow.ocr.reading import PageReading, read_page
from docflow.pdf.previews import make_preview, make_thumbnail
from docflow.pdf.raster import PageImage, extract_page
from docflow.pdf.searchable import PageText, TextWord, write_searchable_pdf
from docflow.search.adapters.tantivy import TantivyIndex
from docflow.search.ports import IndexEntry

HEAD_BLOCKS = {"hdr_ar", "hdr_fr", "sender", "sender2"}
MARKS = re.compile("[\u064b-\u065f\u0670\u0640\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]")
FOLDS = str.maketrans("أإآٱىةؤئ،؛؟’‘٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹", "ااااي" + "هوي,;?''" + "0123456789" * 2)
OUTER_MARKS = re.compile(r"^\W+|\W+$")
BAD_ABOVE = 0.05
RESAMPLINGS = 2000
WAYS = ("docflow", "copies", "tesseract", "ocrmypdf")

# What a step is replaced by when it is left out.
STEPS: Mapping[str, tuple[Any, str, Any]] = {
    "levelling": (reading, "levelled", lambda grey: grey),
    "wiping": (orientation, "without_drawings", lambda grey: PlainPage(grey, ink_map(grey))),
    "deskew": (orientation, "skew_of", lambda _grey: 0.0),
    "other-language": (recognition, "_doubts_language", lambda _readings, _language: False),
    "second-look": (recognition, "CLEANED_BELOW", -1),
    "numbers": (reading, "with_numbers_reread", lambda lines, _images: lines),
    "mending": (recognition, "tidied", lambda line: line),
    "pictures": (reading, "with_other_pictures", lambda lines, _images: lines),
    "dropping-noise": (recognition, "is_text", lambda reading: bool(reading.words)),
}


@dataclass(frozen=True, slots=True)
class Case:
    """A page with its truth."""

    path: Path
    page_index: int
    truth: dict[str, Any]

    @property
    def page(self) -> dict[str, Any]:
        """What is known of the page."""
        page: dict[str, Any] = self.truth["pages"][self.page_index]
        return page


@dataclass(frozen=True, slots=True)
class Outcome:
    """One page read one way; the last two are told by our own way only."""

    cern: float
    recall: float
    cpu_s: float
    wall_s: float
    is_turned_wrongly: bool = False
    is_sent: bool = False


@dataclass(slots=True)
class Outcomes:
    """All that was measured: a list for each group and way, and the memory of workers, in MiB, after each page."""

    by_group: dict[str, dict[str, list[Outcome]]] = field(
        default_factory=lambda: defaultdict(lambda: defaultdict(list))
    )
    memory_mib: list[int] = field(default_factory=list)


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
    """Return the character error rate and the share of the words found, outer marks aside, in whatever order."""
    read, truths = folded(text), legitimate_texts(page)
    cern = min(Levenshtein.distance(truth, read) / len(truth) for truth in truths)
    wanted, found = (
        Counter(filter(None, (OUTER_MARKS.sub("", word) for word in one.split()))) for one in (truths[0], read)
    )
    return cern, (wanted & found).total() / wanted.total()


def measured(case: Case, read: Callable[[], PageReading | str]) -> Outcome:
    """Return the outcome of one way of reading a page."""
    cpu_start_s, wall_start_s = processor_s(), time.monotonic()
    answer = read()
    spent_cpu_s, spent_wall_s = processor_s() - cpu_start_s, time.monotonic() - wall_start_s
    if isinstance(answer, str):
        return Outcome(*errors(case.page, answer), spent_cpu_s, spent_wall_s)
    return Outcome(
        *errors(case.page, answer.text),
        spent_cpu_s,
        spent_wall_s,
        is_turned_wrongly=(answer.rotation_deg - case.page.get("rotation", 0)) % 360 != 0,
        is_sent=answer.needs_review,
    )


@cache
def line_reader() -> TesseractLineReader:
    """Return the one reader of this process, as a worker has."""
    return TesseractLineReader()


@cache
def index() -> TantivyIndex:
    """Return the one index of this process, which goes with it."""
    folder = tempfile.TemporaryDirectory(prefix="docflow-index-")
    atexit.register(folder.cleanup)
    made = TantivyIndex(Path(folder.name) / "index")
    made.start_rebuild().swap()
    return made


def recognise(case: Case) -> PageReading:
    """Read as the product does, from the file to the text."""
    return read_page(extract_page(case.path, case.page_index), line_reader())


def recognise_and_keep(case: Case, folder: Path) -> PageReading:
    """Do all that the product does with a page: text, pictures for the screen, searchable PDF, entry in the index."""
    page = recognise(case)
    make_preview(page.upright)
    make_thumbnail(page.upright)
    words = tuple(TextWord(word.text, word.box, word.line_index) for word in page.words)
    text = PageText(case.page_index, page.width, page.height, page.rotation_deg, page.skew_deg, words)
    write_searchable_pdf([case.path], [text], folder / "copy.pdf")
    index().apply([_entry(case, page)], [])
    return page


def _entry(case: Case, page: PageReading) -> IndexEntry:
    everybody = frozenset({"everybody"})
    return IndexEntry(
        document_id=f"{case.path.name}-{case.page_index}",
        version=1,
        subject="",
        sender="",
        addressee="",
        reference="",
        register_number="",
        kind="letter",
        languages=page.languages,
        unit="",
        document_date=None,
        arrived_at=datetime.now(UTC),
        pages=(page.text,),
        metadata_tokens=everybody,
        content_tokens=everybody,
    )


def bare_tesseract(image: PageImage, folder: Path) -> str:
    """Read as a plain call of Tesseract with both languages does, given the picture for free."""
    picture = _picture(image, folder)
    command = ["tesseract", str(picture), "-", "-l", "ara+fra", "--dpi", str(image.dpi)]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def ocrmypdf(image: PageImage, folder: Path) -> str:
    """Read as ocrmypdf does with deskew and rotation, given the picture for free; its own text file is what counts."""
    picture, text = _picture(image, folder), folder / "page.txt"
    options = ["--deskew", "--rotate-pages", "-l", "ara+fra", "--image-dpi", str(image.dpi), "--jobs", "1", "-q"]
    subprocess.run(["ocrmypdf", *options, "--sidecar", str(text), str(picture), str(folder / "page.pdf")], check=True)
    return text.read_text("utf-8")


def _picture(image: PageImage, folder: Path) -> Path:
    picture = folder / "page.png"
    pixels = image.pixels if image.pixels.ndim == 2 else cv2.cvtColor(image.pixels, cv2.COLOR_RGB2BGR)
    cv2.imwrite(str(picture), pixels, [cv2.IMWRITE_PNG_COMPRESSION, 1])
    return picture


@contextmanager
def left_out(step: str) -> Iterator[None]:
    """Read without a step."""
    owner, name, replacement = STEPS[step]
    with mock.patch.object(owner, name, replacement):
        yield


def outcomes_of(case: Case, ways: Sequence[str], without: Sequence[str]) -> tuple[dict[str, Outcome], int]:
    """Read one page in every way; also return the memory in MiB of this process and of those that still run for it."""
    outcomes: dict[str, Outcome] = {}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if "docflow" in ways:
            outcomes["docflow"] = measured(case, lambda: recognise(case))
        if "copies" in ways:
            outcomes["copies"] = measured(case, lambda: recognise_and_keep(case, folder))
        for step in without:
            with left_out(step):
                outcomes[f"without {step}"] = measured(case, lambda: recognise(case))
        for way, reader in (("tesseract", bare_tesseract), ("ocrmypdf", ocrmypdf)):
            if way in ways:
                image = extract_page(case.path, case.page_index)
                outcomes[way] = measured(case, lambda: reader(image, folder))  # noqa: B023
    process = psutil.Process()
    return outcomes, sum(one.memory_info().rss for one in (process, *process.children())) // 2**20


def interval(values: Sequence[float]) -> tuple[float, float]:
    """Return the 95 % interval of the mean by bootstrap, the same for the same values."""
    drawn = np.random.default_rng(1).choice(np.array(values), (RESAMPLINGS, len(values)))
    low, high = np.quantile(drawn.mean(axis=1), (0.025, 0.975))
    return float(low), float(high)


def print_table(outcomes: Outcomes) -> None:
    """Print a line for each group and each way of reading."""
    print(f"{'group':10} {'way':24} {'pages':>5} {'CERn % (95 %)':>20} {'words %':>8} {'CPU-s':>6} {'wall s':>6}")
    for group, by_way in sorted(outcomes.by_group.items()):
        for way, some in by_way.items():
            low, high = interval([one.cern for one in some])
            cern, recall = fmean(one.cern for one in some), fmean(one.recall for one in some)
            cpu, wall = fmean(one.cpu_s for one in some), fmean(one.wall_s for one in some)
            rate = f"{100 * cern:5.2f} ({100 * low:5.2f}–{100 * high:5.2f})"
            print(f"{group:10} {way:24} {len(some):5} {rate:>20} {100 * recall:8.1f} {cpu:6.2f} {wall:6.2f}")


def print_own(own: Sequence[Outcome]) -> None:
    """Print what is told of our own way only."""
    bad = [one for one in own if one.cern > BAD_ABOVE]
    sent = [one for one in own if one.is_sent]
    print(f"turned wrongly: {sum(one.is_turned_wrongly for one in own)} of {len(own)} pages")
    print(f"sent to correction: {len(sent)}")
    print(f"over {BAD_ABOVE:.0%} wrong: {len(bad)}, of them sent to correction: {sum(one.is_sent for one in bad)}")


def cases_of(folder: Path, *, seed: int, pages: int) -> list[Case]:
    """Return the pages of a folder in a seeded order, so many of them if ``pages`` is not 0."""
    truths = [json.loads(path.read_text("utf-8")) for path in sorted(folder.glob("*.json"))]
    cases = [
        Case(folder / truth["files"][0], page_index, truth)
        for truth in truths
        if len(truth["files"]) == 1
        for page_index in range(len(truth["pages"]))
    ]
    random.Random(seed).shuffle(cases)
    return cases[: pages or None]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="cost and error of reading")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--pages", type=int, default=0, help="read a random sample of so many pages")
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--ways", nargs="*", choices=WAYS, default=["docflow", "copies", "tesseract"])
    parser.add_argument("--without", nargs="*", choices=[*STEPS], default=[])
    options = parser.parse_args()
    if "ocrmypdf" in options.ways and shutil.which("ocrmypdf") is None:
        parser.error("ocrmypdf is not on the PATH")
    os.environ["OMP_THREAD_LIMIT"] = "1"
    cv2.setNumThreads(1)
    cases = cases_of(options.folder, seed=options.seed, pages=options.pages)
    outcomes, start_s = Outcomes(), time.monotonic()
    # A forked child of a process that has used OpenCV's threads may hang.
    with ProcessPoolExecutor(options.workers, mp_context=multiprocessing.get_context("spawn")) as workers:
        some = [workers.submit(outcomes_of, case, options.ways, options.without) for case in cases]
        for case, future in zip(cases, some, strict=True):
            by_way, memory_mib = future.result()
            outcomes.memory_mib.append(memory_mib)
            for way, outcome in by_way.items():
                for group in (case.truth["level"], case.truth["lang"], "all"):
                    outcomes.by_group[group][way].append(outcome)
    print_table(outcomes)
    if "docflow" in options.ways:
        print_own(outcomes.by_group["all"]["docflow"])
    tenth = max(1, len(cases) // 10)
    early, late = (fmean(part) for part in (outcomes.memory_mib[tenth : 2 * tenth], outcomes.memory_mib[-tenth:]))
    print(f"pages a minute: {60 * len(cases) / (time.monotonic() - start_s):.1f} with {options.workers} workers")
    print(f"memory of a worker: {early:.0f} MiB after a tenth of the pages, {late:.0f} MiB at the end")
    print(f"peak of the largest child: {resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024} MiB")


if __name__ == "__main__":
    main()
