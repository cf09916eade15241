"""Names across scripts, and titles that stand for one another (CIN ~ بطاقة التعريف), for queries only."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import TypeAlias

from docflow.search.language.analyser import analyse
from docflow.search.language.stopwords import STOPWORDS

LONGEST_FORM = 4
"""The most words of one form that are looked for in a query, common words left out."""

Words: TypeAlias = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Equivalent:
    """Other forms of some words, as sequences of stems; ``group`` numbers what stands for one another."""

    group: int
    others: tuple[Words, ...]


@dataclass(frozen=True, slots=True)
class Thesaurus:
    """Groups of words that stand for one another, found by their exact forms and by their stems."""

    by_exact: Mapping[Words, Equivalent]
    by_stems: Mapping[Words, Equivalent]

    def equivalent(self, exact: Words, stems: Words) -> Equivalent | None:
        """Return what else is asked for beside these words, or None.

        The words as typed come first: the stemmer takes ``Hassani`` for a form of ``Hassan``, which is another name.
        """
        return self.by_exact.get(_required(exact)) or self.by_stems.get(_required(stems))


@lru_cache(maxsize=1)
def shipped_groups() -> tuple[tuple[str, ...], ...]:
    """Return the reviewed groups, as written, read once from the table beside this file."""
    text = files("docflow.search.language").joinpath("equivalents.tsv").read_text("utf-8")
    return tuple(tuple(line.split("\t")) for line in text.splitlines() if line and not line.startswith("#"))


@lru_cache(maxsize=4)
def thesaurus(added: tuple[tuple[str, ...], ...] = ()) -> Thesaurus:
    """Return the reviewed groups with those of a district; groups that share a form as typed become one."""
    by_exact: dict[Words, Equivalent] = {}
    by_stems: dict[Words, Equivalent] = {}
    for number, forms in enumerate(_joined((*shipped_groups(), *added))):
        analysed = [analyse(form) for form in forms]
        stems = tuple(dict.fromkeys(form.stems for form in analysed if form.stems))
        for form in analysed:
            if form.exact:
                others = Equivalent(number, tuple(other for other in stems if other != form.stems))
                by_exact.setdefault(_required(form.exact), others)
                by_stems.setdefault(_required(form.stems), others)
    return Thesaurus(by_exact, by_stems)


def _joined(groups: Iterable[Sequence[str]]) -> list[list[str]]:
    joined: list[list[str]] = []
    at: dict[Words, int] = {}
    for group in groups:
        keys = [_required(analyse(form).exact) for form in group]
        known = sorted({at[key] for key in keys if key in at})
        place = known[0] if known else len(joined)
        if not known:
            joined.append([])
        joined[place] += [form for form in group if form not in joined[place]]
        for other in known[1:]:
            joined[place] += joined[other]
            joined[other] = []
            at |= {key: place for key, index in at.items() if index == other}
        at |= dict.fromkeys(keys, place)
    return joined


def _required(words: Words) -> Words:
    """Leave out common words, as the query does: ``permis de construire`` is asked as its two other words."""
    return tuple(word for word in words if word not in STOPWORDS) or words
