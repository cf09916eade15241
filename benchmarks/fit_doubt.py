"""What the signs of doubt of a line weigh: a fit to the errors of lines whose text is known.

usage: python -m benchmarks.fit_doubt FOLDER… [--pages N]

Each FOLDER holds scans with their truth, as for ``benchmarks/reading.py``. Prints the weights for
``docflow/ocr/doubt.py``, and what is sent and held at several limits of the share of a page's letters that is expected
wrong, every level and language weighing alike: with the weights of the product, and with those fitted to nine tenths of
the pages for each other tenth.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Sequence
from dataclasses import astuple, dataclass
from pathlib import Path
from typing import Any
from unittest import mock

import cv2
import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import Levenshtein

from benchmarks.reading import BAD_ABOVE, Case, cases_of, errors, folded, recognise
from docflow.ocr import reading
from docflow.ocr.doubt import WEIGHTS, needs_review, signs_by_line
from docflow.ocr.ports import Box
from docflow.ocr.recognition import RecognisedLine

FOLDS = 10
LIMITS = (0.03, 0.035, 0.04, 0.045, 0.05, 0.055, 0.06)
ONE_ROW, ONE_COLUMN = 0.45, 0.3
"""How much of the lower, and of the narrower, of two boxes must be shared by what is read and what was printed."""


@dataclass(frozen=True, slots=True)
class Page:
    """A page read: the signs and the wrong letters of its lines, its letters, its error, and whether it is sent.

    ``is_sent_anyway`` tells of the rules that do not depend on weights.
    """

    kind: tuple[str, str]
    signs: NDArray[np.float64]
    wrong: NDArray[np.float64]
    letters: int
    error: float
    is_sent_anyway: bool


def page_of(case: Case) -> Page | None:
    """Read a page and return it; nothing if no word was read."""
    seen: list[tuple[Sequence[RecognisedLine], Sequence[RecognisedLine]]] = []

    def look(read: Sequence[RecognisedLine], *, dropped: Sequence[RecognisedLine]) -> bool:
        seen.append((read, dropped))
        return False

    with mock.patch.object(reading, "needs_review", look):
        text = recognise(case).text
    kind = str(case.truth["level"]), str(case.truth["lang"])
    return measured(*seen[0], kind=kind, truth=case.page, text=text) if seen[0][0] else None


def measured(
    read: Sequence[RecognisedLine],
    dropped: Sequence[RecognisedLine],
    *,
    kind: tuple[str, str],
    truth: dict[str, Any],
    text: str,
) -> Page:
    """Return what is known of a page that was read."""
    with mock.patch.dict(WEIGHTS, dict.fromkeys(WEIGHTS, 0.0)):
        is_sent_anyway = needs_review(read, dropped=dropped)
    return Page(
        kind,
        np.array([astuple(signs) for signs in signs_by_line(read, dropped=dropped)]),
        wrong_letters(read, dropped, truth["lines"]),
        sum(len(word.text) for line in read for word in line.reading.words),
        errors(truth, text)[0],
        is_sent_anyway,
    )


def wrong_letters(
    read: Sequence[RecognisedLine], dropped: Sequence[RecognisedLine], printed: Sequence[dict[str, Any]]
) -> NDArray[np.float64]:
    """Return how many letters of each line are wrong or lost, those of lines that belong together by their widths."""
    lines = [*read, *dropped]
    group = np.arange(len(lines) + len(printed))
    for place, truth in enumerate(printed, len(lines)):
        for index, line in enumerate(lines):
            if _are_one(line.line.box, tuple(truth["bbox"])):
                group[group == group[index]] = group[place]
    wrong = np.zeros(len(lines))
    for number in np.unique(group[: len(lines)]):
        members = np.flatnonzero(group == number)
        own = [index for index in members if index < len(lines)]
        truths = [printed[index - len(lines)] for index in members if index >= len(lines)]
        answer = folded("\n".join(lines[index].reading.text for index in own if index < len(read)))
        widths = np.array([lines[index].line.box[2] - lines[index].line.box[0] for index in own], float)
        wrong[own] = _least_distance(truths, answer) * widths / widths.sum()
    return wrong


def _are_one(box: Box, other: Box) -> bool:
    wide, high = (min(box[axis + 2], other[axis + 2]) - max(box[axis], other[axis]) for axis in (0, 1))
    narrower, lower = (min(one[axis + 2] - one[axis] for one in (box, other)) for axis in (0, 1))
    return wide >= ONE_COLUMN * narrower and high >= ONE_ROW * lower and wide > 0 and high > 0


def _least_distance(truths: Sequence[dict[str, Any]], answer: str) -> int:
    """Return the distance from what was printed in the order, of four, that fits best."""
    orders = (
        truths,
        sorted(truths, key=lambda truth: truth["bbox"][1] + truth["bbox"][3]),
        sorted(truths, key=lambda truth: truth["bbox"][0]),
        sorted(truths, key=lambda truth: -truth["bbox"][0]),
    )
    return min(Levenshtein.distance(folded("\n".join(truth["text"] for truth in order)), answer) for order in orders)


def fitted(pages: Sequence[Page]) -> NDArray[np.float64]:
    """Return the weights of the signs, none of them below zero: those that would be are left out one by one."""
    signs, wrong = np.vstack([page.signs for page in pages]), np.concatenate([page.wrong for page in pages])
    kept = list(range(signs.shape[1]))
    while True:
        some, *_ = np.linalg.lstsq(signs[:, kept], wrong, rcond=None)
        if not len(some) or some.min() >= 0:
            break
        kept.pop(int(np.argmin(some)))
    weights = np.zeros(signs.shape[1])
    weights[kept] = some
    return weights


def print_curve(name: str, pages: Sequence[Page], expected: NDArray[np.float64]) -> None:
    """Print how many pages are sent, in bad pages, and how many bad ones they hold, at each limit."""
    counts = Counter(page.kind for page in pages)
    weight = np.array([1 / counts[page.kind] for page in pages])
    is_bad = np.array([page.error > BAD_ABOVE for page in pages])
    anyway = np.array([page.is_sent_anyway for page in pages])
    print(f"{name}: {is_bad.sum()} of {len(pages)} pages are bad")
    for limit in LIMITS:
        is_sent = anyway | (expected > limit)
        sent, held = ((weight * which).sum() / (weight * is_bad).sum() for which in (is_sent, is_sent & is_bad))
        plain = f"{is_sent.sum()} hold {(is_sent & is_bad).sum()}"
        print(f"  above {100 * limit:.1f} %: {sent:.2f} times as many sent, {100 * held:.0f} % held; unweighed {plain}")


def expected_of(pages: Sequence[Page], weights: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the share of each page's letters that is expected wrong."""
    return np.array([float((page.signs @ weights).sum()) / page.letters for page in pages])


def report(pages: Sequence[Page]) -> None:
    """Fit and print."""
    weights = fitted(pages)
    print({name: round(float(weight), 3) for name, weight in zip(WEIGHTS, weights, strict=True)})
    print_curve("weights of the product", pages, expected_of(pages, np.array(list(WEIGHTS.values()))))
    apart = np.zeros(len(pages))
    for fold in range(FOLDS):
        others = [page for index, page in enumerate(pages) if index % FOLDS != fold]
        apart[fold::FOLDS] = expected_of(pages[fold::FOLDS], fitted(others))
    print_curve("kept apart", pages, apart)


def main() -> None:
    """Read, fit and print."""
    parser = argparse.ArgumentParser(description="weights of the signs of doubt")
    parser.add_argument("folders", type=Path, nargs="+")
    parser.add_argument("--pages", type=int, default=0, help="read a random sample of so many pages of each folder")
    options = parser.parse_args()
    cv2.setNumThreads(1)
    cases = [case for folder in options.folders for case in cases_of(folder, seed=1, pages=options.pages)]
    report([page for case in cases if (page := page_of(case))])


if __name__ == "__main__":
    main()
