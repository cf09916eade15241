"""Queries of the OpenSearch adapter: our constructions in the engine's JSON, with the actor's scopes inside."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import Any, TypeAlias

from docflow.search.adapters.entries import SECONDS_A_DAY, moment_of_day
from docflow.search.matching import Matcher, Mode
from docflow.search.ports import SearchRequest
from docflow.search.query import Term, has_words

Json: TypeAlias = dict[str, Any]

EXACT = "exact"
"""Name under which the engine says that a hit matched as typed."""

_EXACT_BOOST = 1000.0
_MOST_NEIGHBOURS = 200


class _Builder:
    """A :class:`~docflow.search.matching.QueryBuilder` for OpenSearch."""

    def __init__(self, content_tokens: Iterable[str]) -> None:
        self._content_scope = self.values("content_scope", content_tokens)

    def words(self, field: str, words: Sequence[str]) -> Json:
        if len(words) == 1:
            return {"term": {field: {"value": words[0]}}}
        return {"match_phrase": {field: {"query": " ".join(words)}}}

    def prefix(self, field: str, start: str) -> Json:
        return {"prefix": {field: {"value": start}}}

    def near(self, field: str, word: str) -> Json:
        expansion = {"fuzziness": 1, "max_expansions": _MOST_NEIGHBOURS, "transpositions": True}
        return {"fuzzy": {field: {"value": word, **expansion}}}

    def one_of(self, field: str, words: frozenset[str]) -> Json:
        return self.values(field, words)

    def held(self, _field: str, words: frozenset[str]) -> frozenset[str]:
        return words

    def days(self, first: date | None, last: date | None) -> Json:
        ends = {"gte": moment_of_day(first)} if first else {}
        ends |= {"lte": moment_of_day(last) + SECONDS_A_DAY - 1} if last else {}
        return _unscored({"range": {"moment": ends}}) if ends else self.everything()

    def content_scope(self) -> Json:
        return self._content_scope

    def all_of(self, parts: Sequence[Json]) -> Json:
        return parts[0] if len(parts) == 1 else {"bool": {"must": list(parts)}}

    def any_of(self, parts: Sequence[Json]) -> Json:
        return parts[0] if len(parts) == 1 else {"bool": {"should": list(parts), "minimum_should_match": 1}}

    def none_of(self, part: Json) -> Json:
        return {"bool": {"must_not": [part]}}

    def everything(self) -> Json:
        return _unscored({"match_all": {}})

    def nothing(self) -> Json:
        return {"match_none": {}}

    def values(self, field: str, values: Iterable[str]) -> Json:
        """Match any of the values, without weight."""
        wanted = sorted(set(values))
        return _unscored({"terms": {field: wanted}}) if wanted else self.nothing()


class OpenSearchQueries:
    """The queries that one request needs; ``has_matches`` asks the engine whether a query has a hit."""

    def __init__(self, request: SearchRequest, *, has_matches: Callable[[Json], bool]) -> None:
        """Build the filters of the request."""
        self._request = request
        self._has_matches = has_matches
        self._builder = _Builder(request.content_tokens)
        self._matcher = Matcher(self._builder, added=request.added, is_written=self._is_written)
        self._stemmed = self.compiled("stemmed")

    def compiled(self, mode: Mode, *, is_answered: bool = False) -> Json:
        """Return the query in one of the three modes, without any filter."""
        return self._matcher.compile(self._request.tree, mode, is_answered=is_answered)

    def ranked(self) -> Json:
        """Return the stemmed query with exact hits lifted over all others and named."""
        lifted = {"constant_score": {"filter": self.compiled("exact"), "boost": _EXACT_BOOST, "_name": EXACT}}
        return self._filtered([{"bool": {"must": [self._stemmed], "should": [lifted]}}])

    def only_approximate(self, *, is_answered: bool) -> Json | None:
        """Return what only a misread letter hides, or None when the query has no word to misread."""
        if not has_words(self._request.tree):
            return None
        return self._filtered([self.compiled("approximate", is_answered=is_answered)], refused=[self._stemmed])

    def is_readable(self, word: str) -> bool:
        """Tell whether the actor may see a document with the word."""
        return self._is_written(self._matcher.compile(Term(word), "exact"))

    def _is_written(self, query: Json) -> bool:
        return self._has_matches(self._seen([query], filters=[], refused=[]))

    def _filtered(self, parts: list[Json], refused: list[Json] | None = None) -> Json:
        request = self._request
        filters = [
            self._builder.values(field, values)
            for field, values in (("kind", request.kinds), ("language", request.languages), ("unit", request.units))
            if values
        ]
        if request.among_document_ids is not None:
            filters.append({"ids": {"values": sorted(request.among_document_ids)}})
        if request.date_from or request.date_to:
            filters.append(self._builder.days(request.date_from, request.date_to))
        return self._seen(parts, filters=filters, refused=refused or [])

    def _seen(self, parts: list[Json], *, filters: list[Json], refused: list[Json]) -> Json:
        visible = self._builder.values("metadata_scope", self._request.metadata_tokens)
        if hidden := self._request.hidden_document_ids:
            refused = [*refused, {"ids": {"values": sorted(hidden)}}]
        return {"bool": {"must": parts, "filter": [visible, *filters], "must_not": refused}}


def _unscored(query: Json) -> Json:
    return {"constant_score": {"filter": query, "boost": 0.0}}
