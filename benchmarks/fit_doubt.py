"""What the signs of doubt of a page weigh: a fit to the errors of pages whose text is known.

usage: python -m benchmarks.fit_doubt FOLDER… [--pages N] [--kept KEPT] [--judge]

Each FOLDER holds scans with their truth, as for ``benchmarks/reading.py``. Prints the weights for
``docflow/ocr/doubt.py``, fitted to the pages that no other rule sends, and what is sent and held at several limits of
the share of a page's letters that is expected wrong, every level and language weighing alike: with the weights of the
product, and with those fitted to nine tenths of the pages for each other tenth. Bad pages are few, so that the same is
told as if pages were bad from a smaller error on.

``--kept`` is a folder in which the reading of each page is kept, so that the next fit does not read it again; begin
with an empty one whenever reading changes. ``--judge`` fits nothing and tells of an unseen seed: what the weights and
the limit of the product send and hold, by level and language, with a 95 % interval by bootstrap.
"""

from __future__ import annotations

import argparse
import pickle
from collections import Counter
from collections.abc import Sequence
from dataclasses import astuple, dataclass
from pathlib import Path
from typing import TypeAlias
from unittest import mock

import cv2
import numpy as np
from numpy.typing import NDArray

from benchmarks.reading import BAD_ABOVE, RESAMPLINGS, Case, cases_of, errors, recognise
from docflow.ocr import reading
from docflow.ocr.doubt import REVIEW_ABOVE, WEIGHTS, letters_of, needs_review, signs_of
from docflow.ocr.ports import Box
from docflow.ocr.recognition import RecognisedLine

FOLDS = 10
LIMITS = (0.02, 0.025, 0.028, 0.03, 0.032, 0.034, 0.036, 0.038, 0.04, 0.045)
BAD_ENOUGH = (0.02, 0.025, 0.03, 0.04, BAD_ABOVE)
TWICE, MOST = 2.0, 0.9


@dataclass(frozen=True, slots=True)
class Page:
    """A page read: its signs for each letter, its error, and whether it is sent.

    ``is_sent_anyway`` tells of the rules that do not depend on weights.
    """

    kind: tuple[str, str]
    signs: NDArray[np.float64]
    error: float
    is_sent_anyway: bool


Reading: TypeAlias = tuple[Sequence[RecognisedLine], Sequence[RecognisedLine], Sequence[Box], str]
"""The lines that were kept, those that were dropped, the stamps as black as print, and the text of the page."""


def page_of(case: Case, kept: Path | None) -> Page | None:
    """Read a page, or take it as it was read before, and return it; nothing if no word was read."""
    file = kept and kept / f"{case.path.name}-{case.page_index}.pickle"
    if file and file.exists():
        read, dropped, stamps, text = pickle.loads(file.read_bytes())
    else:
        read, dropped, stamps, text = answer = reading_of(case)
        if file:
            file.write_bytes(pickle.dumps(answer))
    if not read:
        return None
    with mock.patch.dict(WEIGHTS, dict.fromkeys(WEIGHTS, 0.0)):
        is_sent_anyway = needs_review(read, dropped=dropped, stamps=stamps)
    signs = np.array(astuple(signs_of(read, dropped=dropped, stamps=stamps))) / letters_of(read)
    kind = str(case.truth["level"]), str(case.truth["lang"])
    return Page(kind, signs, errors(case.page, text)[0], is_sent_anyway)


def reading_of(case: Case) -> Reading:
    """Read a page as the product does."""
    seen: list[tuple[Sequence[RecognisedLine], Sequence[RecognisedLine], Sequence[Box]]] = []

    def look(read: Sequence[RecognisedLine], *, dropped: Sequence[RecognisedLine], stamps: Sequence[Box]) -> bool:
        seen.append((read, dropped, stamps))
        return False

    with mock.patch.object(reading, "needs_review", look):
        text = recognise(case).text
    return *seen[0], text


def fitted(pages: Sequence[Page]) -> NDArray[np.float64]:
    """Return the weights of the signs on pages that are not sent anyway.

    None of them is below zero: those that would be are left out one by one.
    """
    open_pages = [page for page in pages if not page.is_sent_anyway]
    signs, error = np.array([page.signs for page in open_pages]), np.array([page.error for page in open_pages])
    kept = list(range(signs.shape[1]))
    while True:
        some, *_ = np.linalg.lstsq(signs[:, kept], error, rcond=None)
        if not len(some) or some.min() >= 0:
            break
        kept.pop(int(np.argmin(some)))
    weights = np.zeros(signs.shape[1])
    weights[kept] = some
    return weights


def print_curve(name: str, pages: Sequence[Page], expected: NDArray[np.float64]) -> None:
    """Print how many pages are sent, in bad pages, and how many bad ones they hold, at each limit.

    Then, for each error from which a page might be called bad: how many bad ones those hold of which twice as many is
    expected most, and how many times as many must be sent to hold nine tenths.
    """
    weights, anyway = weights_of(pages), np.array([page.is_sent_anyway for page in pages])
    error = np.array([page.error for page in pages])
    is_bad = error > BAD_ABOVE
    print(f"{name}: {is_bad.sum()} of {len(pages)} pages are bad")
    for limit in LIMITS:
        is_sent = anyway | (expected > limit)
        sent, held = sent_and_held(weights, is_bad, is_sent)
        plain = f"{is_sent.sum()} hold {(is_sent & is_bad).sum()}"
        print(f"  above {100 * limit:.1f} %: {sent:.2f} times as many sent, {100 * held:.0f} % held; unweighed {plain}")
    places = np.argsort(-np.where(anyway, np.inf, expected))
    for bad_above in BAD_ENOUGH:
        weighed = (weights * (error > bad_above))[places]
        if not weighed.any():
            continue
        sent, held = np.cumsum(weights[places]) / weighed.sum(), np.cumsum(weighed) / weighed.sum()
        twice, most = held[sent <= TWICE].max(initial=0.0), sent[np.argmax(held >= MOST)]
        over = f"{(error > bad_above).sum()} over {100 * bad_above:.1f} %"
        print(f"  {over}: {100 * twice:.0f} % held by twice as many, {MOST:.0%} by {most:.2f}")


def weights_of(pages: Sequence[Page]) -> NDArray[np.float64]:
    """Return what a page counts, so that every level and language counts alike."""
    counts = Counter(page.kind for page in pages)
    return np.array([1 / counts[page.kind] for page in pages])


def sent_and_held(
    weights: NDArray[np.float64], is_bad: NDArray[np.bool_], is_sent: NDArray[np.bool_]
) -> tuple[float, float]:
    """Return how many times as many as are bad are sent, and the share of the bad ones that they hold.

    Where none is bad all of them are held, and any that are sent are endlessly many times as many.
    """
    bad = float((weights * is_bad).sum())
    if not bad:
        return (np.inf if is_sent.any() else 0.0), 1.0
    return float((weights * is_sent).sum()) / bad, float((weights * (is_sent & is_bad)).sum()) / bad


def judge(pages: Sequence[Page]) -> None:
    """Print what the product sends and what that holds, by level, by language and of all, with intervals."""
    is_bad = np.array([page.error > BAD_ABOVE for page in pages])
    expected = expected_of(pages, np.array(list(WEIGHTS.values())))
    is_sent = np.array([page.is_sent_anyway for page in pages]) | (expected > REVIEW_ABOVE)
    for group in (*dict.fromkeys(part for page in pages for part in page.kind), "all"):
        some = np.array([group in (*page.kind, "all") for page in pages])
        counts = [int(which[some].sum()) for which in (is_bad, is_sent, is_sent & is_bad)]
        print(f"{group:10} {some.sum():5} pages, {counts[0]:3} bad, {counts[1]:3} sent, hold {counts[2]:3}")
    drawn = np.random.default_rng(1).integers(len(pages), size=(RESAMPLINGS, len(pages)))
    weights = weights_of(pages)
    figures = [sent_and_held(weights[some], is_bad[some], is_sent[some]) for some in drawn if is_bad[some].any()]
    if not figures:
        return
    for name, of_all, values in zip(
        ("times as many sent", "share held"),
        sent_and_held(weights, is_bad, is_sent),
        zip(*figures, strict=True),
        strict=True,
    ):
        low, high = np.quantile(values, (0.025, 0.975))
        print(f"{name}: {of_all:.2f} ({low:.2f}–{high:.2f})")
    for page, share, sent in zip(pages, expected, is_sent, strict=True):
        if page.error > BAD_ABOVE:
            answer = "sent" if sent else "missed"
            print(f"  {'/'.join(page.kind)}: {page.error:.4f} wrong, {share:.4f} expected, {answer}")


def expected_of(pages: Sequence[Page], weights: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the share of each page's letters that is expected wrong."""
    return np.array([float(page.signs @ weights) for page in pages])


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
    parser.add_argument("--kept", type=Path, help="a folder in which the readings of pages are kept")
    parser.add_argument("--judge", action="store_true", help="fit nothing: tell what the product sends and holds")
    options = parser.parse_args()
    cv2.setNumThreads(1)
    if options.kept:
        options.kept.mkdir(parents=True, exist_ok=True)
    cases = [case for folder in options.folders for case in cases_of(folder, seed=1, pages=options.pages)]
    pages = [page for case in cases if (page := page_of(case, options.kept))]
    (judge if options.judge else report)(pages)


if __name__ == "__main__":
    main()
