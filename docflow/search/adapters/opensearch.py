"""The index of several machines, on OpenSearch: text is analysed here, and the engine cuts it at spaces.

An alias names the index that answers. A rebuild fills another index and moves the alias in one act; who rebuilds, and
which documents were written meanwhile, stands in a small index beside, so that any machine knows it.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from urllib.parse import unquote, urlsplit

from opensearchpy import OpenSearch
from opensearchpy.exceptions import ConflictError, NotFoundError, OpenSearchException
from opensearchpy.helpers import BulkIndexError, bulk, scan

from docflow.core.errors import InvalidInput, Unavailable
from docflow.search.adapters.entries import FACETS, LAYOUT, PARTS, stored
from docflow.search.adapters.opensearch_queries import EXACT, Json, OpenSearchQueries
from docflow.search.language.analyser import ANALYSER_VERSION, analyse
from docflow.search.matching import field_name
from docflow.search.ports import (
    Group,
    Hit,
    IndexEntry,
    IndexRebuild,
    IndexState,
    IndexStatus,
    SearchAnswer,
    SearchRequest,
)
from docflow.search.query import has_words
from docflow.search.spelling import corrected, terms_of

_log = logging.getLogger(__name__)

_TIMEOUT_S = 30
_LARGEST_WINDOW = 20_000
_MOST_FACET_VALUES = 200
_MOST_SUGGESTED = 50
_STAMP = {"layout": LAYOUT, "analyser": ANALYSER_VERSION}
_REBUILD_ID = "rebuild"
_REBUILD_PATIENCE_S = 1800
"""A rebuild that added nothing for so long is of a machine that is gone."""

_KEYWORD = {"type": "keyword"}
_TEXT = {"type": "text", "analyzer": "words"}
_BODY: Json = {
    "settings": {
        "max_result_window": _LARGEST_WINDOW,
        "refresh_interval": -1,
        "analysis": {"analyzer": {"words": {"type": "custom", "tokenizer": "whitespace"}}},
    },
    "mappings": {
        "_meta": _STAMP,
        "dynamic": "strict",
        "properties": {
            "version": {"type": "long", "index": False},
            "moment": {"type": "long"},
            **dict.fromkeys(("metadata_scope", "content_scope", *FACETS), _KEYWORD),
            **{field_name(part, form): _TEXT for part in PARTS for form in ("exact", "stem")},
        },
        "_source": {"includes": ["version"]},
    },
}


@contextmanager
def _engine_failures() -> Iterator[None]:
    """Turn whatever the engine answers into one refusal; a missing index is one that must be built."""
    try:
        yield
    except NotFoundError as failure:
        raise Unavailable("search_index_unusable", state="missing") from failure
    except (OpenSearchException, BulkIndexError) as failure:
        _log.warning("search_index_failed", extra={"cause": type(failure).__name__})
        raise Unavailable("search_index_unusable", state="corrupt") from failure


class OpenSearchIndex:
    """A :class:`~docflow.search.ports.SearchIndex` behind an alias of a cluster."""

    def __init__(self, address: str) -> None:
        """Read ``opensearch+https://user:password@host:9200/alias``; the cluster is asked at the first question.

        Raises:
            InvalidInput: ``search_address_invalid``.
        """
        parts = urlsplit(address.removeprefix("opensearch+"))
        self._alias = parts.path.strip("/") or "docflow"
        if parts.scheme not in ("https", "http") or not parts.hostname:
            raise InvalidInput("search_address_invalid", scheme=parts.scheme)
        auth = (unquote(parts.username), unquote(parts.password or "")) if parts.username else None
        self._client = OpenSearch(
            hosts=[{"host": parts.hostname, "port": parts.port or 9200, "scheme": parts.scheme}],
            http_auth=auth,
            timeout=_TIMEOUT_S,
            max_retries=2,
            retry_on_timeout=True,
        )
        self._state = f"{self._alias}-state"

    def apply(self, upserts: Sequence[IndexEntry], deletions: Sequence[str]) -> None:
        """Write and remove documents in one request, seen when it returns."""
        if not upserts and not deletions:
            return
        kept = {entry.document_id: entry for entry in upserts}
        gone = set(deletions) - set(kept)
        with _engine_failures():
            self._client.indices.get_alias(name=self._alias)
            if self._is_rebuilding():
                # Noted before it is written: who moves the alias reads the notes after having moved it.
                notes = (
                    {"_index": self._state, "_id": f"touched:{one}", "_source": {"touched": one}}
                    for one in (*kept, *gone)
                )
                bulk(self._client, notes, refresh=True)
            actions = [*(_action(self._alias, entry) for entry in kept.values())]
            removals = [{"_op_type": "delete", "_index": self._alias, "_id": one} for one in sorted(gone)]
            bulk(self._client, [*actions, *removals], refresh=True, ignore_status=(404,))

    def search(self, request: SearchRequest) -> SearchAnswer:
        """Answer what the alias answers."""
        with _engine_failures():
            return _Question(self._ask, request).answer()

    def count(self) -> int:
        """Return the number of documents."""
        with _engine_failures():
            return int(self._client.count(index=self._alias)["count"])

    def versions(self) -> Iterable[tuple[str, int]]:
        """Read id and version of every document."""
        with _engine_failures():
            found = scan(self._client, index=self._alias, query={"query": {"match_all": {}}}, size=1000)
            return [(str(hit["_id"]), int(hit["_source"]["version"])) for hit in found]

    def start_rebuild(self) -> IndexRebuild:
        """Make an index beside the one that answers."""
        with _engine_failures():
            self._claim_rebuild()
            current = self._current()
            number = int(current.rpartition("-")[2]) + 1 if current else 1
            name = f"{self._alias}-{number:06d}"
            self._client.indices.delete(index=name, ignore_unavailable=True)
            self._client.indices.create(index=name, body=_BODY)
        return _Rebuild(self, name)

    def status(self) -> IndexStatus:
        """Ask the cluster how the index is."""
        state: IndexState = "missing"
        documents, size, stamp, is_rebuilding = 0, 0, {}, False
        try:
            with _engine_failures():
                is_rebuilding = self._is_rebuilding()
                if self._current():
                    # By the alias: a rebuild may take the index of that name away in between.
                    (described,) = self._client.indices.get_mapping(index=self._alias).values()
                    stamp = described["mappings"].get("_meta", {})
                    documents = self.count()
                    stats = self._client.indices.stats(index=self._alias, metric="store")
                    size = int(stats["_all"]["total"]["store"]["size_in_bytes"])
                    state = "ok" if stamp == _STAMP else "outdated"
        except Unavailable:
            state = "corrupt"
        analyser = stamp.get("analyser")
        return IndexStatus(state, documents, None if analyser is None else str(analyser), size, is_rebuilding)

    def close(self) -> None:
        """Let go of the connections."""
        self._client.close()

    def _ask(self, body: Json) -> Json:
        answer: Json = self._client.search(index=self._alias, body=body)
        return answer

    def _current(self) -> str | None:
        try:
            return str(next(iter(self._client.indices.get_alias(name=self._alias))))
        except NotFoundError:
            return None

    def _is_rebuilding(self) -> bool:
        try:
            return _is_alive(self._client.get(index=self._state, id=_REBUILD_ID))
        except NotFoundError:
            return False

    def _claim_rebuild(self) -> None:
        claim = {"since": time.time()}
        try:
            self._client.create(index=self._state, id=_REBUILD_ID, body=claim)
        except ConflictError:
            self._take_over_rebuild(claim)

    def _take_over_rebuild(self, claim: Json) -> None:
        """Claim the rebuild of a machine that is gone; of several that see so, one does."""
        try:
            held = self._client.get(index=self._state, id=_REBUILD_ID)
            if _is_alive(held):
                raise Unavailable("search_index_busy")
            place = {"if_seq_no": held["_seq_no"], "if_primary_term": held["_primary_term"]}
            self._client.index(index=self._state, id=_REBUILD_ID, body=claim, params=place)
        except (ConflictError, NotFoundError) as failure:
            raise Unavailable("search_index_busy") from failure

    def write(self, name: str, entries: Sequence[IndexEntry]) -> None:
        """Add entries to a new index, and say that its rebuild goes on."""
        with _engine_failures():
            bulk(self._client, (_action(name, entry) for entry in entries))
            self._client.index(index=self._state, id=_REBUILD_ID, body={"since": time.time()})

    def promote(self, name: str) -> tuple[str, ...]:
        """Move the alias to a finished index, and return the documents written meanwhile."""
        with _engine_failures():
            self._client.indices.refresh(index=name)
            old = self._current()
            moves: list[Json] = [{"add": {"index": name, "alias": self._alias}}]
            if old:
                moves.append({"remove_index": {"index": old}})
            self._client.indices.update_aliases(body={"actions": moves})
            self._client.indices.refresh(index=self._state)
            query = {"query": {"exists": {"field": "touched"}}}
            touched = [str(hit["_source"]["touched"]) for hit in scan(self._client, index=self._state, query=query)]
            self.forget_rebuild()
        return tuple(touched)

    def drop(self, name: str) -> None:
        """Remove an index that will not answer."""
        with _engine_failures():
            self._client.indices.delete(index=name, ignore_unavailable=True)
            self.forget_rebuild()

    def forget_rebuild(self) -> None:
        """Leave no note of a rebuild."""
        self._client.indices.delete(index=self._state, ignore_unavailable=True)


def _is_alive(claim: Json) -> bool:
    return bool(time.time() - float(claim["_source"]["since"]) < _REBUILD_PATIENCE_S)


class _Rebuild:
    """An :class:`~docflow.search.ports.IndexRebuild` into an index that the alias does not name yet."""

    def __init__(self, index: OpenSearchIndex, name: str) -> None:
        self._index = index
        self._name = name
        self._is_over = False
        self.documents = 0

    def add(self, entries: Sequence[IndexEntry]) -> None:
        """Write entries in one request."""
        self._index.write(self._name, entries)
        self.documents += len(entries)

    def swap(self) -> tuple[str, ...]:
        """Let the alias name the new index."""
        touched = self._index.promote(self._name)
        self._is_over = True
        return touched

    def abandon(self) -> None:
        """Remove the new index, unless it answers already."""
        if not self._is_over:
            self._is_over = True
            self._index.drop(self._name)


class _Question:
    """One request put to the cluster."""

    def __init__(self, ask: Callable[[Json], Json], request: SearchRequest) -> None:
        self._ask = ask
        self._request = request
        self._queries = OpenSearchQueries(request, has_matches=self._has_matches)

    def answer(self) -> SearchAnswer:
        """Search, count and group in one request; what is near is asked for in a second one."""
        request = self._request
        body: Json = {
            "query": self._queries.ranked(),
            "from": request.offset,
            "size": request.limit,
            "track_total_hits": True,
            "_source": False,
        }
        is_by_date = request.sort == "date" or not has_words(request.tree)
        if is_by_date:
            body["sort"] = [{"moment": "desc"}]
        if request.with_facets:
            body["aggs"] = {name: {"terms": {"field": name, "size": _MOST_FACET_VALUES}} for name in FACETS}
        found = self._ask(body)
        total = int(found["hits"]["total"]["value"])
        wants_approximate = request.approximate_limit > 0 and request.offset == 0
        return SearchAnswer(
            total=total,
            hits=tuple(_hit(hit, is_by_date=is_by_date) for hit in found["hits"]["hits"]),
            facets={
                name: {str(bucket["key"]): int(bucket["doc_count"]) for bucket in values["buckets"]}
                for name, values in found.get("aggregations", {}).items()
            },
            approximate=self._approximate(is_answered=total > 0) if wants_approximate else (),
            did_you_mean=None if total or not request.with_correction else self._corrected(),
        )

    def _approximate(self, *, is_answered: bool) -> tuple[Hit, ...]:
        query = self._queries.only_approximate(is_answered=is_answered)
        if query is None:
            return ()
        found = self._ask({"query": query, "size": self._request.approximate_limit, "_source": False})
        return tuple(Hit(str(hit["_id"]), float(hit["_score"]), "approximate") for hit in found["hits"]["hits"])

    def _has_matches(self, query: Json) -> bool:
        found = self._ask({"query": query, "size": 0, "terminate_after": 1, "track_total_hits": True})
        return bool(found["hits"]["total"]["value"])

    def _corrected(self) -> str | None:
        words = [analyse(term.text).exact for term in terms_of(self._request.tree)]
        near = self._near_words({word[0] for word in words if len(word) == 1})
        return corrected(self._request.tree, self._queries.is_readable, near.__contains__)

    def _near_words(self, words: Iterable[str]) -> frozenset[str]:
        """Return the words of the index at a distance of one letter: one request rather than one a candidate."""
        ask = {"suggest_mode": "always", "max_edits": 1, "prefix_length": 0, "size": _MOST_SUGGESTED}
        wanted = {
            f"{part}:{word}": {"text": word, "term": {"field": field_name(part, "exact"), **ask}}
            for word in words
            for part in ("metadata", "content")
        }
        if not wanted:
            return frozenset()
        answer = self._ask({"size": 0, "suggest": wanted})["suggest"]
        return frozenset(str(option["text"]) for found in answer.values() for one in found for option in one["options"])


def _hit(hit: Json, *, is_by_date: bool) -> Hit:
    group: Group = "exact" if EXACT in hit.get("matched_queries", ()) else "stemmed"
    return Hit(str(hit["_id"]), float(hit["sort"][0] if is_by_date else hit["_score"]), group)


def _action(index: str, entry: IndexEntry) -> Json:
    kept = stored(entry)
    fields: Json = {
        "version": entry.version,
        "moment": kept.moment,
        "metadata_scope": sorted(entry.metadata_tokens),
        "content_scope": sorted(entry.content_tokens),
        **{name: list(values) for name, values in kept.facets.items()},
    }
    for part, texts in kept.parts.items():
        fields[field_name(part, "exact")] = [exact for exact, _ in texts]
        fields[field_name(part, "stem")] = [stems for _, stems in texts]
    return {"_op_type": "index", "_index": index, "_id": entry.document_id, "_source": fields}
