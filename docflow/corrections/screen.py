"""What the correction screen shows of a page: its lines, the words to check, and their zones on the picture."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from docflow.core.directions import text_direction
from docflow.corrections.rules import Line, is_doubtful, lines_of
from docflow.documents.rules import Word
from docflow.web.viewer import WordView, ZoneView


@dataclass(frozen=True, slots=True)
class ProofWord:
    """A word of a line; ``value`` is what its field holds, ``field_id`` is empty when it has none."""

    text: str
    value: str
    share: float
    field_id: str


@dataclass(frozen=True, slots=True)
class ProofLine:
    """A line: its words, the field that holds it whole, whether that was changed already, and how it runs.

    One without words stands after the last: what was missed there, or all of a page on which nothing was read.
    """

    number: int
    words: tuple[ProofWord, ...]
    value: str
    field_id: str
    is_open: bool
    direction: Literal["rtl", "ltr"] = "ltr"

    @property
    def doubtful(self) -> tuple[ProofWord, ...]:
        """The words that have a field of their own."""
        return tuple(word for word in self.words if word.field_id)


@dataclass(frozen=True, slots=True)
class Proof:
    """A page to be compared with its picture."""

    lines: tuple[ProofLine, ...]
    zones: tuple[ZoneView, ...]
    words: tuple[tuple[WordView, ...], ...]

    @property
    def direction(self) -> str:
        """The direction of most of what is written on the page."""
        return text_direction(" ".join(word.text for line in self.words for word in line))

    @property
    def doubtful_count(self) -> int:
        """How many words have a field of their own."""
        return sum(len(line.doubtful) for line in self.lines)


def proof_of(words: Sequence[Word], *, given: Mapping[str, str] | None) -> Proof:
    """Return the lines of a page with their fields; ``given`` is what was typed already and refused."""
    typed = given or {}
    lines = lines_of(words)
    shown = tuple(_line(line, at, typed) for at, line in enumerate(lines))
    zones = [_line_zone(line, at) for at, line in enumerate(lines)]
    zones += [
        ZoneView(word.box, kind="check", field_id=f"word-{place}")
        for place, word in enumerate(words)
        if is_doubtful(word)
    ]
    missed = typed.get(f"line-{len(lines)}", "")
    more = ProofLine(len(lines) + 1, (), missed, f"line-{len(lines)}", is_open=bool(missed) or not lines)
    views = tuple(tuple(WordView(word.text, word.box) for word in line.words) for line in lines)
    return Proof((*shown, more), tuple(zones), views)


def _line(line: Line, at: int, typed: Mapping[str, str]) -> ProofLine:
    words = tuple(
        ProofWord(
            word.text,
            typed.get(f"word-{place}", word.text),
            word.confidence / 100,
            f"word-{place}" if is_doubtful(word) else "",
        )
        for place, word in enumerate(line.words, start=line.first)
    )
    value = typed.get(f"line-{at}", line.text)
    return ProofLine(
        at + 1,
        words,
        value,
        f"line-{at}",
        is_open=value != line.text,
        direction="rtl" if line.is_rtl else "ltr",
    )


def _line_zone(line: Line, at: int) -> ZoneView:
    x0s, y0s, x1s, y1s = zip(*(word.box for word in line.words), strict=True)
    return ZoneView((min(x0s), min(y0s), max(x1s), max(y1s)), kind="line", field_id=f"line-{at}")
