"""Queries of the Whoosh adapter: our constructions in the engine's, with the actor's scopes inside."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import Any

from whoosh.query.compound import And, AndNot, Or
from whoosh.query.positional import Phrase
from whoosh.query.qcore import Every, NullQuery
from whoosh.query.ranges import NumericRange
from whoosh.query.terms import FuzzyTerm, Prefix, Term
from whoosh.query.wrappers import ConstantScoreQuery

from docflow.search.adapters.entries import SECONDS_A_DAY, moment_of_day
from docflow.search.matching import Matcher
from docflow.search.ports import SearchRequest
from docflow.search.query import Term as WordOfQuery
from docflow.search.query import has_words

VALUE_SEPARATOR = "\x1f"
"""Between the values of one field; no scope token or facet value holds it."""


class _Builder:
    """A :class:`~docflow.search.matching.QueryBuilder` for Whoosh."""

    def __init__(self, content_tokens: Iterable[str]) -> None:
        self._content_scope = self.values("content_scope", content_tokens)

    def words(self, field: str, words: Sequence[str]) -> Any:
        return Term(field, words[0]) if len(words) == 1 else Phrase(field, list(words))

    def prefix(self, field: str, start: str) -> Any:
        return Prefix(field, start)

    def near(self, field: str, word: str) -> Any:
        return FuzzyTerm(field, word, maxdist=1)

    def one_of(self, field: str, words: frozenset[str]) -> Any:
        return self.values(field, words)

    def days(self, first: date | None, last: date | None) -> Any:
        lower = moment_of_day(first) if first else None
        upper = moment_of_day(last) + SECONDS_A_DAY - 1 if last else None
        return ConstantScoreQuery(NumericRange("moment", lower, upper), 0.0)

    def content_scope(self) -> Any:
        return self._content_scope

    def all_of(self, parts: Sequence[Any]) -> Any:
        return And(list(parts))

    def any_of(self, parts: Sequence[Any]) -> Any:
        return Or(list(parts))

    def none_of(self, part: Any) -> Any:
        return AndNot(self.everything(), part)

    def everything(self) -> Any:
        every: Any = Every  # Its constructor carries no types.
        return every()

    def nothing(self) -> Any:
        return NullQuery

    def values(self, field: str, values: Iterable[str]) -> Any:
        """Match any of the values, without weight."""
        wanted = sorted(set(values))
        return ConstantScoreQuery(Or([Term(field, value) for value in wanted]), 0.0) if wanted else self.nothing()


class WhooshQueries:
    """The queries that one request needs."""

    def __init__(self, request: SearchRequest, *, has_matches: Callable[[Any], bool]) -> None:
        """Build the filters of the request; ``has_matches`` runs a query."""
        self._request = request
        self._has_matches = has_matches
        self._builder = _Builder(request.content_tokens)
        self._visible = self._builder.values("metadata_scope", request.metadata_tokens)
        self._matcher = Matcher(self._builder, is_written=self._is_written)
        self.stemmed = self._matcher.compile(request.tree, "stemmed")
        self.exact = self._matcher.compile(request.tree, "exact")

    def filtered(self, query: Any) -> Any:
        """Keep what the actor may see and the request's filters let through."""
        request = self._request
        kept = [
            self._builder.values(field, values)
            for field, values in (("kind", request.kinds), ("language", request.languages), ("unit", request.units))
            if values
        ]
        if request.date_from or request.date_to:
            kept.append(self._builder.days(request.date_from, request.date_to))
        return self._seen([*kept, query])

    def only_stemmed(self) -> Any:
        """Return what matches in another form than the one typed."""
        return AndNot(self.stemmed, self.exact)

    def only_approximate(self) -> Any | None:
        """Return what only a misread letter hides, or None when the query has no word to misread."""
        if not has_words(self._request.tree):
            return None
        return self.filtered(AndNot(self._matcher.compile(self._request.tree, "approximate"), self.stemmed))

    def is_readable(self, word: str) -> bool:
        """Tell whether the actor may see a document with the word."""
        return self._is_written(self._matcher.compile(WordOfQuery(word), "exact"))

    def _is_written(self, query: Any) -> bool:
        return self._has_matches(self._seen([query]))

    def _seen(self, parts: Sequence[Any]) -> Any:
        seen = And([self._visible, *parts])
        if not self._request.hidden_document_ids:
            return seen
        return AndNot(seen, self._builder.values("id", self._request.hidden_document_ids))
