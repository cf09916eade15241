"""What reading needs from an engine."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

GreyImage: TypeAlias = NDArray[np.uint8]
"""Levels of shape (height, width), 0 black."""
Box: TypeAlias = tuple[int, int, int, int]
"""x0, y0, x1, y1 in pixels, y down, the last two excluded."""


class Language(StrEnum):
    """A language the product reads, by its ISO 639-1 code."""

    ARABIC = "ar"
    FRENCH = "fr"

    @property
    def other(self) -> Language:
        """The other one of the two."""
        return Language.FRENCH if self is Language.ARABIC else Language.ARABIC


@dataclass(frozen=True, slots=True)
class ReadWord:
    """A word of a crop.

    Attributes:
        text: letters in logical order.
        box: in the crop's pixels.
        confidence: from 0 to 100.
        letters: the confidence of each of its signs, where the engine tells.
    """

    text: str
    box: Box
    confidence: float
    letters: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class LineReading:
    """What an engine read on a crop, words in logical order."""

    words: tuple[ReadWord, ...]

    @property
    def text(self) -> str:
        """The words joined by single spaces."""
        return " ".join(word.text for word in self.words)

    @property
    def confidence(self) -> float:
        """The words' mean confidence, each weighing its length; 0 without words."""
        weight = sum(len(word.text) for word in self.words)
        return sum(word.confidence * len(word.text) for word in self.words) / weight if weight else 0.0


@dataclass(frozen=True, slots=True)
class EngineState:
    """What is installed of an engine; ``version`` is empty when there is none."""

    version: tuple[int, ...]
    languages: frozenset[Language]


class LineReader(Protocol):
    """Reads crops of single lines."""

    def read_lines(self, crops: Sequence[GreyImage], *, language: Language) -> list[LineReading]:
        """Return one reading a crop, in the same order.

        Raises:
            Unavailable: the engine is missing, crashed, was too slow or answered nonsense.
        """
        ...

    def state(self) -> EngineState:
        """Return what is installed, without raising."""
        ...
