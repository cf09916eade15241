"""How the signs of doubt of a page weigh: a linear fit to the errors of pages whose text is known.

usage: python -m benchmarks.fit_doubt FOLDER…

Each FOLDER holds scans with their truth, as for ``benchmarks/reading.py``. Prints the weights for
``docflow/ocr/doubt.py`` and the limit above which twice as many pages are sent as are bad, with what the pages sent
hold: of the fit, and of pages kept apart, ten times a tenth.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import astuple
from pathlib import Path
from unittest import mock

import cv2
import numpy as np
from numpy.typing import NDArray

from benchmarks.reading import BAD_ABOVE, Case, cases_of, errors, recognise
from docflow.ocr import reading
from docflow.ocr.doubt import WEIGHTS, PageSigns, signs_of
from docflow.ocr.recognition import RecognisedLine

MOST_ERROR = 0.12
"""Pages that are worse weigh like this: what matters is which side of 5 % a page is on."""
SENT_TO_BAD = 2
FOLDS = 10


def signs_and_error(case: Case) -> tuple[PageSigns, float] | None:
    """Return the signs of a page and its error; nothing if no word was read."""
    seen: list[PageSigns] = []

    def look(read: Sequence[RecognisedLine], *, dropped: Sequence[RecognisedLine]) -> bool:
        if read:
            seen.append(signs_of(read, dropped=dropped))
        return False

    with mock.patch.object(reading, "needs_review", look):
        text = recognise(case).text
    return (seen[0], errors(case.page, text)[0]) if seen else None


def fitted(signs: NDArray[np.float64], error: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the weights of the signs, the constant last."""
    with_constant = np.column_stack([signs, np.ones(len(signs))])
    weights, *_ = np.linalg.lstsq(with_constant, np.minimum(error, MOST_ERROR), rcond=None)
    return np.asarray(weights)


def held(expected: NDArray[np.float64], error: NDArray[np.float64]) -> str:
    """Return how many of the bad pages are among the worst expected, and the limit above which those are."""
    bad = error > BAD_ABOVE
    sent = np.argsort(-expected)[: SENT_TO_BAD * int(bad.sum())]
    return f"{len(sent)} sent above {expected[sent].min():.4f}, holding {bad[sent].sum()} of {bad.sum()}"


def main() -> None:
    """Fit and print."""
    parser = argparse.ArgumentParser(description="weights of the signs of doubt")
    parser.add_argument("folders", type=Path, nargs="+")
    options = parser.parse_args()
    cv2.setNumThreads(1)
    pages = [
        page
        for folder in options.folders
        for case in cases_of(folder, seed=1, pages=0)
        if (page := signs_and_error(case))
    ]
    signs, error = (
        np.array([astuple(page) for page, _ in pages]),
        np.array([one for _, one in pages]),
    )
    weights = fitted(signs, error)
    print(
        {name: round(float(weight), 3) for name, weight in zip(WEIGHTS, weights, strict=False)},
        weights[-1].round(4),
    )
    print("fit:", held(signs @ weights[:-1] + weights[-1], error))
    apart = np.zeros(len(error))
    for fold in range(FOLDS):
        is_apart = np.arange(len(error)) % FOLDS == fold
        weights = fitted(signs[~is_apart], error[~is_apart])
        apart[is_apart] = signs[is_apart] @ weights[:-1] + weights[-1]
    print("kept apart:", held(apart, error))


if __name__ == "__main__":
    main()
