"""Queries of the tantivy adapter: our constructions in the engine's, with the actor's scopes inside."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import Any

from tantivy import FieldType, Occur, Query

from docflow.search.adapters.entries import SECONDS_A_DAY, moment_of_day
from docflow.search.matching import Matcher
from docflow.search.ports import SearchRequest
from docflow.search.query import Term, has_words

EXACT_SCORE = 1000.0
"""Added to the score of exact hits: far above any score of the engine's formula, so that they come first."""

_FEW_VALUES = 12


class _Builder:
    """A :class:`~docflow.search.matching.QueryBuilder` for tantivy."""

    def __init__(self, schema: Any, content_tokens: Iterable[str], is_held: Callable[[str, str], bool]) -> None:
        self._schema = schema
        self._is_held = is_held
        self._content_scope = self.scope("content_scope", content_tokens)

    def words(self, field: str, words: Sequence[str]) -> Any:
        if len(words) == 1:
            return Query.term_query(self._schema, field, words[0], index_option="freq")
        return Query.phrase_query(self._schema, field, list(words))

    def prefix(self, field: str, start: str) -> Any:
        return Query.fuzzy_term_query(self._schema, field, start, distance=0, prefix=True)

    def near(self, field: str, word: str) -> Any:
        return Query.fuzzy_term_query(self._schema, field, word, distance=1, transposition_cost_one=True)

    def one_of(self, field: str, words: frozenset[str]) -> Any:
        return self.values(field, words)

    def held(self, field: str, words: frozenset[str]) -> frozenset[str]:
        return frozenset(word for word in words if self._is_held(field, word))

    def days(self, first: date | None, last: date | None) -> Any:
        if first is None and last is None:
            return self.everything()
        lower = moment_of_day(first) if first else None
        upper = moment_of_day(last) + SECONDS_A_DAY - 1 if last else None
        return _unscored(Query.range_query(self._schema, "moment", FieldType.Integer, lower, upper))

    def content_scope(self) -> Any:
        return self._content_scope

    def all_of(self, parts: Sequence[Any]) -> Any:
        return parts[0] if len(parts) == 1 else Query.boolean_query([(Occur.Must, part) for part in parts])

    def any_of(self, parts: Sequence[Any]) -> Any:
        return parts[0] if len(parts) == 1 else Query.boolean_query([(Occur.Should, part) for part in parts])

    def none_of(self, part: Any) -> Any:
        return Query.boolean_query([(Occur.Must, self.everything()), (Occur.MustNot, part)])

    def everything(self) -> Any:
        return _unscored(Query.all_query())

    def nothing(self) -> Any:
        return Query.empty_query()

    def scope(self, field: str, tokens: Iterable[str]) -> Any:
        """Match what any of the tokens opens; most tokens of a person open nothing of what is indexed."""
        return self.values(field, self.held(field, frozenset(tokens)))

    def values(self, field: str, values: Iterable[str]) -> Any:
        """Match any of the values, without weight: a union for few of them, a bit set for many."""
        wanted = sorted(set(values))
        if not wanted:
            return self.nothing()
        if len(wanted) > _FEW_VALUES:
            return _unscored(Query.term_set_query(self._schema, field, wanted))
        terms = [Query.term_query(self._schema, field, value, index_option="basic") for value in wanted]
        return _unscored(self.any_of(terms))


class TantivyQueries:
    """The queries that one request needs; each is made once, when first asked for."""

    def __init__(
        self,
        schema: Any,
        request: SearchRequest,
        *,
        has_matches: Callable[[Any], bool],
        is_held: Callable[[str, str], bool],
    ) -> None:
        """Build the filters; ``has_matches`` runs a query, ``is_held`` tells whether any field of a name has a word."""
        self._builder = _Builder(schema, request.content_tokens, is_held)
        self._has_matches = has_matches
        self._request = request
        self._visible = self._builder.scope("metadata_scope", request.metadata_tokens)
        # Most were registered a moment ago and are in no index yet: there is nothing to leave out.
        self._hidden = self._builder.held("id", request.hidden_document_ids)
        self._matcher = Matcher(self._builder, added=request.added, is_written=self._is_written)
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
        if request.among_document_ids is not None:
            kept.append(self._builder.values("id", request.among_document_ids))
        if request.date_from or request.date_to:
            kept.append(self._builder.days(request.date_from, request.date_to))
        return self._seen([*kept, query])

    def ranked(self) -> Any:
        """Return the stemmed query with exact hits lifted over all others."""
        lifted = Query.boolean_query(
            [(Occur.Must, self.stemmed), (Occur.Should, Query.const_score_query(self.exact, EXACT_SCORE))]
        )
        return self.filtered(lifted)

    def ranked_exact(self) -> Any:
        """Return the exact hits alone, ranked as they are among all."""
        # What does not depend on a score is one filter: the engine goes through it in half the time.
        exact = Query.const_score_query(self.filtered(self.exact), EXACT_SCORE)
        return Query.boolean_query([(Occur.Must, exact), (Occur.Must, self.stemmed)])

    def only_approximate(self, *, is_answered: bool) -> Any | None:
        """Return what only a misread letter hides, or None when no word is misread in any document.

        ``is_answered`` says that the query as it stands has hits. Misreadings are few where a word is in every
        document: what holds one of them is looked at, and not all that holds the word.
        """
        if not has_words(self._request.tree):
            return None
        approximate = self._matcher.compile(self._request.tree, "approximate", is_answered=is_answered)
        if not self._matcher.guesses:
            return None
        guessed = _unscored(self._builder.any_of(self._matcher.guesses))
        return self.filtered(
            Query.boolean_query([(Occur.Must, guessed), (Occur.Must, approximate), (Occur.MustNot, self.stemmed)]),
        )

    def among(self, query: Any, document_ids: Sequence[str]) -> Any:
        """Keep the documents of a list."""
        return self.filtered(self._builder.all_of([query, self._builder.values("id", document_ids)]))

    def is_readable(self, word: str) -> bool:
        """Tell whether the actor may see a document with the word."""
        return self._is_written(self._matcher.compile(Term(word), "exact"))

    def _is_written(self, query: Any) -> bool:
        return self._has_matches(self._seen([query]))

    def _seen(self, parts: Sequence[Any]) -> Any:
        clauses = [(Occur.Must, self._visible), *((Occur.Must, part) for part in parts)]
        if self._hidden:
            clauses.append((Occur.MustNot, self._builder.values("id", self._hidden)))
        return Query.boolean_query(clauses)


def _unscored(query: Any) -> Any:
    return Query.const_score_query(query, 0.0)
