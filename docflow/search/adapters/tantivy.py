"""The embedded index, on tantivy: text is analysed here, before the engine cuts it at spaces."""

from __future__ import annotations

import ctypes
import logging
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import tantivy

from docflow.core.errors import Unavailable
from docflow.search.adapters.entries import FACETS, LAYOUT, PARTS, stored
from docflow.search.adapters.generations import Generations
from docflow.search.adapters.rebuild import GenerationRebuild
from docflow.search.adapters.tantivy_queries import EXACT_SCORE, TantivyQueries
from docflow.search.matching import field_name
from docflow.search.ports import Hit, IndexEntry, IndexRebuild, IndexStatus, SearchAnswer, SearchRequest
from docflow.search.query import has_words
from docflow.search.spelling import corrected

_log = logging.getLogger(__name__)

_WRITER_HEAP_BYTES = 48_000_000
_REBUILD_HEAP_BYTES = 80_000_000
_MOST_FACET_VALUES = 200
_MANY_HITS = 2_000
"""From so many hits on, whether a page is full of exact ones is asked first."""
_ATTEMPTS_DURING_SWAP = 3
_ARENA_MAX = -8
"""``M_ARENA_MAX`` of ``malloc.h``."""
_ARENAS = 2

T = TypeVar("T")


def _schema() -> Any:
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("id", stored=True, tokenizer_name="raw", index_option="basic")
    builder.add_unsigned_field("version", stored=True)
    for name in ("metadata_scope", "content_scope"):
        builder.add_text_field(name, tokenizer_name="raw", index_option="basic")
    for name in FACETS:
        builder.add_text_field(name, fast=True, tokenizer_name="raw", index_option="basic")
    builder.add_integer_field("moment", indexed=True, fast=True)
    for part in PARTS:
        for form in ("exact", "stem"):
            builder.add_text_field(f"{part}_{form}", tokenizer_name="whitespace", index_option="position")
    return builder.build()


def _document(entry: IndexEntry) -> Any:
    document = tantivy.Document()
    document.add_text("id", entry.document_id)
    document.add_unsigned("version", entry.version)
    for token in entry.metadata_tokens:
        document.add_text("metadata_scope", token)
    for token in entry.content_tokens:
        document.add_text("content_scope", token)
    kept = stored(entry)
    document.add_integer("moment", kept.moment)
    for name, values in kept.facets.items():
        for value in values:
            document.add_text(name, value)
    for part, texts in kept.parts.items():
        for exact, stems in texts:
            document.add_text(field_name(part, "exact"), exact)
            document.add_text(field_name(part, "stem"), stems)
    return document


@contextmanager
def _engine_failures() -> Iterator[None]:
    """Turn whatever the engine raises into one refusal; its panics are no ``Exception``."""
    try:
        yield
    except (KeyboardInterrupt, SystemExit, GeneratorExit, Unavailable):
        raise
    except BaseException as failure:
        _log.warning("search_index_failed", extra={"cause": type(failure).__name__, "detail": str(failure)[:200]})
        raise Unavailable("search_index_unusable", state="corrupt") from failure


@dataclass(slots=True)
class _Opened:
    """An open generation; ``seen`` identifies the commit its searcher shows."""

    folder: Path
    index: Any
    seen: tuple[int, int, int]


def _share_memory_between_threads() -> None:
    """Ask the C library for two arenas of memory rather than eight a processor.

    Every commit has threads of its own, which end with it. Each would take a new arena that is never given back: after
    a hundred commits a process held 135 MiB where it holds 68 with two. Another C library has no such arenas.
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        mallopt(_ARENA_MAX, _ARENAS)


class TantivyIndex:
    """A :class:`~docflow.search.ports.SearchIndex` in one folder, read by any number of processes."""

    def __init__(self, root: Path) -> None:
        """Name the folder; it is opened at the first question, so that a broken index never stops a start."""
        _share_memory_between_threads()
        self._generations = Generations(root, engine="tantivy", layout=LAYOUT)
        self._schema = _schema()
        self._opened: _Opened | None = None
        self._guard = threading.Lock()

    def apply(self, upserts: Sequence[IndexEntry], deletions: Sequence[str]) -> None:
        """Write and remove documents in one commit."""
        if not upserts and not deletions:
            return
        self._generations.required()
        with self._generations.writing():
            folder = self._generations.required()
            touched = [*(entry.document_id for entry in upserts), *deletions]
            self._generations.note_touched(touched)
            with _engine_failures():
                writer = self._index_of(folder).writer(_WRITER_HEAP_BYTES, 1)
                for document_id in touched:
                    writer.delete_documents_by_term("id", document_id)
                for entry in {entry.document_id: entry for entry in upserts}.values():
                    writer.add_document(_document(entry))
                writer.commit()
                # Without this the merges end with the writer, and segments pile up.
                writer.wait_merging_threads()

    def search(self, request: SearchRequest) -> SearchAnswer:
        """Answer from the latest commit of any process."""
        return self._asked(lambda searcher: _Question(searcher, self._schema, request).answer())

    def count(self) -> int:
        """Return the number of documents."""
        return self._asked(lambda searcher: int(searcher.num_docs))

    def versions(self) -> Iterable[tuple[str, int]]:
        """Read id and version of every document."""

        def read(searcher: Any) -> list[tuple[str, int]]:
            found = searcher.search(tantivy.Query.all_query(), limit=max(1, searcher.num_docs), count=False)
            documents = (searcher.doc(address) for _, address in found.hits)
            return [(str(document["id"][0]), int(document["version"][0])) for document in documents]

        return self._asked(read)

    def start_rebuild(self) -> IndexRebuild:
        """Begin a new generation."""
        folder, lock = self._generations.begin()
        with _engine_failures():
            writer = tantivy.Index(self._schema, str(folder)).writer(_REBUILD_HEAP_BYTES, 1)
        return GenerationRebuild(self._generations, folder, lock, _GenerationWriter(writer))

    def status(self) -> IndexStatus:
        """Open the index and say how it is."""
        return self._generations.status(self.count)

    def close(self) -> None:
        """Let go of the open generation."""
        with self._guard:
            self._opened = None

    def _index_of(self, folder: Path) -> Any:
        return tantivy.Index.open(str(folder))

    def _asked(self, question: Callable[[Any], T]) -> T:
        """Ask the newest commit; a swap by another process in the middle is met by asking the new generation."""
        for _ in range(_ATTEMPTS_DURING_SWAP):
            folder = self._generations.required()
            try:
                with _engine_failures():
                    return question(self._searcher(folder))
            except Unavailable:
                self.close()
                if self._generations.current() == folder:
                    raise
        raise Unavailable("search_index_unusable", state="corrupt")

    def _searcher(self, folder: Path) -> Any:
        with self._guard:
            meta = (folder / "meta.json").stat()
            seen = (meta.st_ino, meta.st_mtime_ns, meta.st_size)
            if self._opened is None or self._opened.folder != folder:
                index = self._index_of(folder)
                index.config_reader("manual")
                index.reload()
                self._opened = _Opened(folder, index, seen)
            elif self._opened.seen != seen:
                self._opened.index.reload()
                self._opened.seen = seen
            return self._opened.index.searcher()


class _GenerationWriter:
    """Fills a new generation."""

    def __init__(self, writer: Any) -> None:
        self._writer = writer

    def write(self, entries: Sequence[IndexEntry]) -> None:
        """Add entries."""
        with _engine_failures():
            for entry in entries:
                self._writer.add_document(_document(entry))

    def commit(self) -> None:
        """Commit, with every segment in its last place."""
        with _engine_failures():
            self._writer.commit()
            self._writer.wait_merging_threads()

    def cancel(self) -> None:
        """Drop the engine's writer, which holds the folder's lock as long as it lives."""
        self._writer = None


class _Question:
    """One request put to one searcher."""

    def __init__(self, searcher: Any, schema: Any, request: SearchRequest) -> None:
        self._searcher = searcher
        self._request = request
        self._queries = TantivyQueries(schema, request, has_matches=self._has_matches, is_held=self._is_held)

    def answer(self) -> SearchAnswer:
        """Group and count, search."""
        request = self._request
        counted = self._facets() if request.with_facets else None
        total, facets = counted or (None, {})
        is_by_date = request.sort == "date" or not has_words(request.tree)
        total, hits = self._latest(total) if is_by_date else self._nearest(total)
        wants_approximate = request.approximate_limit > 0 and request.offset == 0
        return SearchAnswer(
            total=total,
            hits=hits if request.limit else (),
            facets=facets,
            approximate=self._approximate(is_answered=total > 0) if wants_approximate else (),
            did_you_mean=None if total or not request.with_correction else self._corrected(),
        )

    def _nearest(self, total: int | None) -> tuple[int, tuple[Hit, ...]]:
        """Return hits with their number; where they are many, exact ones that fill the page are looked at alone."""
        if total is not None and total >= _MANY_HITS:
            exact = self._found(self._queries.ranked_exact(), total)
            if len(exact.hits) >= self._request.limit:
                return total, self._hits(exact)
        found = self._found(self._queries.ranked(), total)
        return (int(found.count) if total is None else total), self._hits(found)

    def _hits(self, found: Any) -> tuple[Hit, ...]:
        return tuple(
            Hit(self._id_at(address), score, "exact" if score >= EXACT_SCORE else "stemmed")
            for score, address in found.hits
        )

    def _latest(self, total: int | None) -> tuple[int, tuple[Hit, ...]]:
        queries = self._queries
        found = self._found(queries.filtered(queries.stemmed), total, order_by_field="moment")
        ids = [self._id_at(address) for _, address in found.hits]
        exact = self._ids_of(queries.among(queries.exact, ids), len(ids)) if ids else frozenset()
        return (int(found.count) if total is None else total), tuple(
            Hit(document_id, float(moment), "exact" if document_id in exact else "stemmed")
            for document_id, (moment, _) in zip(ids, found.hits, strict=True)
        )

    def _found(self, query: Any, total: int | None, **order: str) -> Any:
        """Search for the page; hits are counted, too, where that was not done before."""
        # The engine takes no limit of zero, with which a question only counts.
        limit = max(1, self._request.limit)
        return self._searcher.search(query, limit=limit, offset=self._request.offset, count=total is None, **order)

    def _approximate(self, *, is_answered: bool) -> tuple[Hit, ...]:
        query = self._queries.only_approximate(is_answered=is_answered)
        if query is None:
            return ()
        found = self._searcher.search(query, limit=self._request.approximate_limit, count=False).hits
        return tuple(Hit(self._id_at(address), score, "approximate") for score, address in found)

    def _facets(self) -> tuple[int, dict[str, dict[str, int]]]:
        """Return the number of hits, each of which has one year, and how many have each value."""
        wanted = {name: {"terms": {"field": name, "size": _MOST_FACET_VALUES}} for name in FACETS}
        answer = self._searcher.aggregate(self._queries.filtered(self._queries.stemmed), wanted)
        facets = {
            name: {str(bucket["key"]): int(bucket["doc_count"]) for bucket in answer[name]["buckets"]}
            for name in FACETS
        }
        return sum(facets["year"].values()) + int(answer["year"]["sum_other_doc_count"]), facets

    def _id_at(self, address: Any) -> str:
        return str(self._searcher.doc(address)["id"][0])

    def _ids_of(self, query: Any, limit: int) -> frozenset[str]:
        return frozenset(
            self._id_at(address) for _, address in self._searcher.search(query, limit=limit, count=False).hits
        )

    def _has_matches(self, query: Any) -> bool:
        # Whether there is one is all that is asked: scores would be most of the work.
        return bool(self._searcher.search(tantivy.Query.const_score_query(query, 0.0), limit=1, count=False).hits)

    def _is_held(self, field: str, word: str) -> bool:
        return bool(self._searcher.doc_freq(field, word))

    def _corrected(self) -> str | None:
        return corrected(self._request.tree, self._queries.is_readable, self._is_any_word)

    def _is_any_word(self, word: str) -> bool:
        return any(self._searcher.doc_freq(field_name(part, "exact"), word) for part in ("metadata", "content"))
