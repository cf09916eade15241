"""Names across scripts, and titles that stand for one another (CIN ~ بطاقة التعريف), for queries only."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import TypeAlias

from docflow.search.language.analyser import analyse

LONGEST_FORM = 3
"""The most words of one form."""


@dataclass(frozen=True, slots=True)
class Equivalent:
    """Other forms of some words, as sequences of stems; ``group`` numbers the line of the table."""

    group: int
    others: tuple[tuple[str, ...], ...]


Words: TypeAlias = tuple[str, ...]


@lru_cache(maxsize=1)
def _tables() -> tuple[dict[Words, Equivalent], dict[Words, Equivalent]]:
    """Return the groups by exact forms and by stems."""
    text = files("docflow.search.language").joinpath("equivalents.tsv").read_text("utf-8")
    by_exact: dict[Words, Equivalent] = {}
    by_stems: dict[Words, Equivalent] = {}
    for number, line in enumerate(text.splitlines()):
        if not line or line.startswith("#"):
            continue
        analysed = [analyse(form) for form in line.split("\t")]
        forms = tuple(dict.fromkeys(form.stems for form in analysed))
        for form in analysed:
            others = Equivalent(number, tuple(other for other in forms if other != form.stems))
            by_exact.setdefault(form.exact, others)
            by_stems.setdefault(form.stems, others)
    return by_exact, by_stems


def equivalent(exact: Words, stems: Words) -> Equivalent | None:
    """Return what else is asked for beside these words, or None.

    The words as typed come first: the stemmer takes ``Hassani`` for a form of ``Hassan``, which is another name.
    """
    by_exact, by_stems = _tables()
    return by_exact.get(exact) or by_stems.get(stems)
