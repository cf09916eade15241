"""Names in a query: words that have other forms, together or alone (CIN ~ بطاقة التعريف), and which to ask for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TypeAlias

from docflow.search import query as q
from docflow.search.language.analyser import analyse
from docflow.search.language.equivalents import LONGEST_FORM, Thesaurus, Words
from docflow.search.language.stopwords import STOPWORDS

ExactAndStems: TypeAlias = tuple[Words, Words]
"""Some words in their exact forms, and their stems."""


class Names:
    """The names that one query holds, by one thesaurus.

    One word of a document never answers two words of a query: a name of which the query holds two forms is asked for
    as typed, and so is a name whose other form would repeat a word that the query asks for beside it.
    """

    def __init__(self, tree: q.Node, thesaurus: Thesaurus) -> None:
        """Read the tree once."""
        self._thesaurus = thesaurus
        self._held = list(self._names(tree))
        groups = [found.group for words in self._held if (found := thesaurus.equivalent(*words))]
        self._repeated = frozenset(group for group in groups if groups.count(group) > 1)
        self._asked = [frozenset(stems) - STOPWORDS for _, stems in self._held]

    def others(self, words: ExactAndStems) -> tuple[Words, ...]:
        """Return the other forms, as stems, to ask for beside some words of the query."""
        found = self._thesaurus.equivalent(*words)
        if found is None or found.group in self._repeated:
            return ()
        own = frozenset(words[1]) - STOPWORDS
        beside = frozenset().union(*(stems for stems in self._asked if stems != own))
        return tuple(form for form in found.others if beside.isdisjoint(form))

    def all_others(self) -> list[Words]:
        """Return the other forms of all the names that the query holds."""
        return [form for words in self._held for form in self.others(words)]

    def runs(self, parts: Sequence[q.Node]) -> list[Sequence[q.Node]]:
        """Cut parts into runs: neighbouring words that are together one name, and single parts."""
        cut: list[Sequence[q.Node]] = []
        index = 0
        while index < len(parts):
            for length in range(LONGEST_FORM, 0, -1):
                run = parts[index : index + length]
                is_name = len(run) == length and self._thesaurus.equivalent(*run_words(run)) is not None
                if length == 1 or is_name:
                    cut.append(run)
                    index += length
                    break
        return cut

    def _names(self, node: q.Node) -> Iterator[ExactAndStems]:
        match node:
            case q.And(parts):
                for run in self.runs(required_parts(parts)):
                    if len(run) > 1:
                        yield run_words(run)
                    else:
                        yield from self._names(run[0])
            case q.Or(parts):
                for part in parts:
                    yield from self._names(part)
            case q.FieldQuery(_, part):
                yield from self._names(part)
            case q.Term(text):
                analysed = analyse(text)
                yield analysed.exact, analysed.stems


def run_words(run: Sequence[q.Node]) -> ExactAndStems:
    """Return the exact forms and the stems of neighbouring plain words; none when some part is no plain word."""
    if not all(isinstance(node, q.Term) for node in run):
        return (), ()
    analysed = [analyse(node.text) for node in run if isinstance(node, q.Term)]
    return tuple(word for one in analysed for word in one.exact), tuple(stem for one in analysed for stem in one.stems)


def required_parts(parts: Sequence[q.Node]) -> list[q.Node]:
    """Leave out common words when others remain, so that ``demande de permis`` finds ``demande du permis``."""
    kept = [node for node in parts if not _is_stopword(node)]
    return kept if any(not isinstance(node, q.Not) for node in kept) else list(parts)


def _is_stopword(node: q.Node) -> bool:
    if not isinstance(node, q.Term):
        return False
    words = analyse(node.text).exact
    return bool(words) and all(word in STOPWORDS for word in words)
