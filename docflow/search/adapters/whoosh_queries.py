"""Queries of the Whoosh adapter: our constructions in the engine's, with the actor's scopes inside."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import Any

from whoosh.matching.mcore import ListMatcher
from whoosh.query.compound import And, Or
from whoosh.query.positional import Phrase
from whoosh.query.qcore import Every, NullQuery, Query
from whoosh.query.ranges import NumericRange
from whoosh.query.terms import FuzzyTerm, Prefix, Term
from whoosh.query.wrappers import ConstantScoreQuery

from docflow.search.adapters.entries import SECONDS_A_DAY, moment_of_day
from docflow.search.matching import Matcher, Mode
from docflow.search.ports import SearchRequest
from docflow.search.query import Term as WordOfQuery

VALUE_SEPARATOR = "\x1f"
"""Between the values of one field; no scope token or facet value holds it."""

_NO_WEIGHT = 1e-9
"""What a filter adds to a score: the engine takes a plain zero for a missing weight, and adds 1."""


class _AllExcept(Query):
    """Match every document that another query does not match.

    The engine's own ``AndNot`` lets the first document through when what is refused begins before it, and its ``Not``
    forgets deletions; here the documents are counted as sets.
    """

    def __init__(self, refused: Any) -> None:
        """Keep the query whose documents are left out."""
        self._refused = refused

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self._refused!r})"

    def estimate_size(self, reader: Any) -> int:
        """Return how many documents it may match, at most."""
        return int(reader.doc_count())

    def matcher(self, searcher: Any, _context: Any = None) -> Any:
        """Return the documents of one segment."""
        refused = self._refused.matcher(searcher, searcher.boolean_context()).all_ids()
        kept = set(searcher.reader().all_doc_ids()).difference(refused)
        listed: Any = ListMatcher  # Its constructor carries no types.
        return listed(sorted(kept), all_weights=1.0)


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

    def held(self, _field: str, words: frozenset[str]) -> frozenset[str]:
        return words

    def days(self, first: date | None, last: date | None) -> Any:
        lower = moment_of_day(first) if first else None
        upper = moment_of_day(last) + SECONDS_A_DAY - 1 if last else None
        return ConstantScoreQuery(NumericRange("moment", lower, upper), _NO_WEIGHT)

    def content_scope(self) -> Any:
        return self._content_scope

    def all_of(self, parts: Sequence[Any]) -> Any:
        return And(list(parts))

    def any_of(self, parts: Sequence[Any]) -> Any:
        return Or(list(parts))

    def none_of(self, part: Any) -> Any:
        return _AllExcept(part)

    def everything(self) -> Any:
        every: Any = Every  # Its constructor carries no types.
        return every()

    def nothing(self) -> Any:
        return NullQuery

    def values(self, field: str, values: Iterable[str]) -> Any:
        """Match any of the values, without weight."""
        wanted = sorted(set(values))
        if not wanted:
            return self.nothing()
        return ConstantScoreQuery(Or([Term(field, value) for value in wanted]), _NO_WEIGHT)


class WhooshQueries:
    """The queries that one request needs; what the actor may see is taken from their documents as a set."""

    def __init__(self, request: SearchRequest, *, is_written: Callable[[Any], bool]) -> None:
        """Compile the request; ``is_written`` tells whether a query matches a document that the actor may see."""
        self._request = request
        self._is_written = is_written
        self._builder = _Builder(request.content_tokens)
        self._matcher = Matcher(self._builder, added=request.added, is_written=is_written)
        self.visible = self._builder.values("metadata_scope", request.metadata_tokens)
        self.hidden = self._builder.values("id", request.hidden_document_ids)

    def compiled(self, mode: Mode, *, is_answered: bool = False) -> Any:
        """Return the query in one of the three modes, without any filter; ``is_answered``: it has hits as it stands."""
        return self._matcher.compile(self._request.tree, mode, is_answered=is_answered)

    def filters(self) -> list[Any]:
        """Return what a document must all match besides the words."""
        request = self._request
        filters = [
            self._builder.values(field, values)
            for field, values in (("kind", request.kinds), ("language", request.languages), ("unit", request.units))
            if values
        ]
        if request.among_document_ids is not None:
            filters.append(self._builder.values("id", request.among_document_ids))
        if request.date_from or request.date_to:
            filters.append(self._builder.days(request.date_from, request.date_to))
        return filters

    def is_readable(self, word: str) -> bool:
        """Tell whether the actor may see a document with the word."""
        return self._is_written(self._matcher.compile(WordOfQuery(word), "exact"))
