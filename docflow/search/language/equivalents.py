"""Names across scripts, and titles that stand for one another (CIN ~ بطاقة التعريف), for queries only."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

from docflow.search.language.analyser import analyse

LONGEST_FORM = 3
"""The most words of one form."""


@dataclass(frozen=True, slots=True)
class Equivalent:
    """Other forms of some words, as sequences of stems; ``group`` numbers the line of the table."""

    group: int
    others: tuple[tuple[str, ...], ...]


@lru_cache(maxsize=1)
def _table() -> dict[tuple[str, ...], Equivalent]:
    text = files("docflow.search.language").joinpath("equivalents.tsv").read_text("utf-8")
    table: dict[tuple[str, ...], Equivalent] = {}
    for number, line in enumerate(text.splitlines()):
        if not line or line.startswith("#"):
            continue
        forms = tuple(dict.fromkeys(analyse(form).stems for form in line.split("\t")))
        for form in forms:
            table.setdefault(form, Equivalent(number, tuple(other for other in forms if other != form)))
    return table


def equivalent(stems: tuple[str, ...]) -> Equivalent | None:
    """Return what else is asked for beside these words, or None."""
    return _table().get(stems)
