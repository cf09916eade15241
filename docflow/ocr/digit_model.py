"""The classifier of single marks: digits of both systems, separators, and what is neither."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final, Self, TypeAlias

import numpy as np
from numpy.typing import NDArray

from docflow.ocr.digit_shapes import Pictures

Weights: TypeAlias = NDArray[np.float32]
Probabilities: TypeAlias = NDArray[np.float32]
"""Of shape (marks, ``len(CLASSES)``); each row adds up to 1."""

ARABIC_DIGITS: Final = "٠١٢٣٤٥٦٧٨٩"
WESTERN_DIGITS: Final = "0123456789"
SEPARATORS: Final = "/-."
CLASSES: Final = (*ARABIC_DIGITS, *WESTERN_DIGITS, *SEPARATORS, "other")
OTHER: Final = len(CLASSES) - 1
"""A letter, a piece of one, a stain, or several signs that touch."""
WEIGHTS: Final = Path(__file__).parent / "data" / "digit_weights.npz"
"""Made by ``benchmarks/train_digits.py``, which says from what."""


@dataclass(frozen=True, slots=True)
class DigitModel:
    """Two layers: ``hidden`` of shape (pixels + 1, units), ``output`` of shape (units + 1, classes), biases last."""

    hidden: Weights
    output: Weights

    @classmethod
    def load(cls, path: Path) -> Self:
        """Return the model of a file that ``save`` wrote."""
        with np.load(path, allow_pickle=False) as arrays:
            return cls(arrays["hidden"].astype(np.float32), arrays["output"].astype(np.float32))

    def save(self, path: Path) -> None:
        """Write the weights in half precision, which changes no decision."""
        np.savez_compressed(path, hidden=self.hidden.astype(np.float16), output=self.output.astype(np.float16))

    def probabilities(self, pictures: Pictures) -> Probabilities:
        """Return how likely each picture is to show each of ``CLASSES``."""
        units = np.maximum(pictures @ self.hidden[:-1] + self.hidden[-1], 0)
        scores = units @ self.output[:-1] + self.output[-1]
        scores = np.exp(scores - scores.max(axis=1, keepdims=True))
        return np.asarray(scores / scores.sum(axis=1, keepdims=True), dtype=np.float32)


@cache
def digit_model() -> DigitModel:
    """Return the model that comes with the product."""
    return DigitModel.load(WEIGHTS)
