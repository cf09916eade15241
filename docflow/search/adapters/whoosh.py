"""The pure-Python index, on Whoosh, for small districts on machines for which tantivy has no wheel."""

from __future__ import annotations

import logging
import os
import threading
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, TypeVar

from whoosh import fields, index
from whoosh.analysis.tokenizers import RegexTokenizer

from docflow.core.errors import Unavailable
from docflow.search.adapters.entries import FACETS, LAYOUT, PARTS, stored
from docflow.search.adapters.generations import Generations
from docflow.search.adapters.rebuild import GenerationRebuild
from docflow.search.adapters.whoosh_queries import VALUE_SEPARATOR, WhooshQueries
from docflow.search.matching import field_name
from docflow.search.ports import Group, Hit, IndexEntry, IndexRebuild, IndexStatus, SearchAnswer, SearchRequest
from docflow.search.query import has_words
from docflow.search.spelling import corrected

_log = logging.getLogger(__name__)

_WRITER_MEMORY_MB = 64
_PART_SEPARATOR = " \u241f "
"""A token that no query holds, so that a phrase never spans two values."""

T = TypeVar("T")


def _schema() -> Any:
    values = RegexTokenizer(rf"[^{VALUE_SEPARATOR}]+")
    words = RegexTokenizer(r"[^ ]+")
    named: dict[str, Any] = {
        "id": fields.ID(stored=True, unique=True),
        "version": fields.STORED(),
        "moment": fields.NUMERIC(int, bits=64, signed=True, stored=True, sortable=True),
        "facets": fields.STORED(),
    }
    for name in ("metadata_scope", "content_scope", *FACETS):
        named[name] = fields.TEXT(analyzer=values, phrase=False)
    for part in PARTS:
        for form in ("exact", "stem"):
            named[field_name(part, form)] = fields.TEXT(analyzer=words, phrase=True)
    return fields.Schema(**named)


def _document(entry: IndexEntry) -> dict[str, Any]:
    kept = stored(entry)
    document: dict[str, Any] = {
        "id": entry.document_id,
        "version": entry.version,
        "moment": kept.moment,
        "facets": dict(kept.facets),
        "metadata_scope": VALUE_SEPARATOR.join(sorted(entry.metadata_tokens)),
        "content_scope": VALUE_SEPARATOR.join(sorted(entry.content_tokens)),
    }
    document |= {name: VALUE_SEPARATOR.join(values) for name, values in kept.facets.items()}
    for part, values in kept.parts.items():
        document[field_name(part, "exact")] = _PART_SEPARATOR.join(exact for exact, _ in values)
        document[field_name(part, "stem")] = _PART_SEPARATOR.join(stems for _, stems in values)
    return document


@contextmanager
def _engine_failures() -> Iterator[None]:
    """Turn whatever the engine raises into one refusal: a broken file may raise anything there."""
    try:
        yield
    except Unavailable:
        raise
    except Exception as failure:
        _log.warning("search_index_failed", extra={"cause": type(failure).__name__, "detail": str(failure)[:200]})
        raise Unavailable("search_index_unusable", state="corrupt") from failure


class WhooshIndex:
    """A :class:`~docflow.search.ports.SearchIndex` in one folder; threads of one process ask it in turn."""

    def __init__(self, root: Path) -> None:
        """Name the folder; it is opened at the first question."""
        self._generations = Generations(root, engine="whoosh", layout=LAYOUT)
        self._guard = threading.RLock()
        self._folder: Path | None = None
        self._searcher: Any = None

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
                writer = index.open_dir(str(folder)).writer(limitmb=_WRITER_MEMORY_MB)
                try:
                    for document_id in touched:
                        writer.delete_by_term("id", document_id)
                    for entry in {entry.document_id: entry for entry in upserts}.values():
                        writer.add_document(**_document(entry))
                except BaseException:
                    writer.cancel()
                    raise
                writer.commit()
                _sync(folder)

    def search(self, request: SearchRequest) -> SearchAnswer:
        """Answer from the latest commit of any process."""
        return self._asked(lambda searcher: _Question(searcher, request).answer())

    def count(self) -> int:
        """Return the number of documents."""
        return self._asked(lambda searcher: int(searcher.doc_count()))

    def versions(self) -> Iterable[tuple[str, int]]:
        """Read id and version of every document."""
        return self._asked(
            lambda searcher: [(str(kept["id"]), int(kept["version"])) for kept in searcher.documents()],
        )

    def start_rebuild(self) -> IndexRebuild:
        """Begin a new generation."""
        folder, lock = self._generations.begin()
        with _engine_failures():
            writer = index.create_in(str(folder), _schema()).writer(limitmb=_WRITER_MEMORY_MB)
        return GenerationRebuild(self._generations, folder, lock, _GenerationWriter(folder, writer))

    def status(self) -> IndexStatus:
        """Open the index and say how it is."""
        return self._generations.status(self.count)

    def close(self) -> None:
        """Let go of the open generation."""
        with self._guard:
            if self._searcher is not None:
                # A broken index may refuse to be closed as well.
                with suppress(Exception):
                    self._searcher.close()
            self._searcher = self._folder = None

    def _asked(self, question: Callable[[Any], T]) -> T:
        with self._guard:
            for is_last in (False, True):
                folder = self._generations.required()
                try:
                    with _engine_failures():
                        return question(self._fresh_searcher(folder))
                except Unavailable:
                    self.close()
                    # A swap by another process removes the folder in the middle of a question.
                    if is_last or self._generations.current() == folder:
                        raise
        raise Unavailable("search_index_unusable", state="corrupt")

    def _fresh_searcher(self, folder: Path) -> Any:
        # Opened anew rather than refreshed: Whoosh cannot refresh the reader of an index without documents.
        if self._searcher is None or self._folder != folder or not self._searcher.up_to_date():
            self.close()
            self._searcher, self._folder = index.open_dir(str(folder)).searcher(), folder
        return self._searcher


class _GenerationWriter:
    """Fills a new generation in its folder."""

    def __init__(self, folder: Path, writer: Any) -> None:
        self._folder = folder
        self._writer = writer

    def write(self, entries: Sequence[IndexEntry]) -> None:
        """Add entries."""
        with _engine_failures():
            for entry in entries:
                self._writer.add_document(**_document(entry))

    def commit(self) -> None:
        """Commit as one segment, and bring it to the disk."""
        with _engine_failures():
            self._writer.commit(optimize=True)
            _sync(self._folder)

    def cancel(self) -> None:
        """Give up what was written."""
        with _engine_failures():
            self._writer.cancel()


def _sync(folder: Path) -> None:
    """Bring a commit to the disk: Whoosh itself never asks the system to."""
    for path in (*folder.iterdir(), folder):
        descriptor = os.open(path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


class _Question:
    """One request put to one searcher.

    Which documents answer is decided by sets of their numbers, in this file; the engine's scorers only put them in
    order. A scorer that skips too little can then neither show nor count a hidden document.
    """

    def __init__(self, searcher: Any, request: SearchRequest) -> None:
        self._searcher = searcher
        self._request = request
        self._queries = WhooshQueries(request, is_written=lambda query: not self._seen.isdisjoint(self._numbers(query)))
        self._seen = self._numbers(self._queries.visible) - self._numbers(self._queries.hidden)

    def answer(self) -> SearchAnswer:
        """Search, group, count."""
        request, queries = self._request, self._queries
        allowed = self._seen.intersection(*(self._numbers(query) for query in queries.filters()))
        if not allowed:
            return SearchAnswer(0, ())
        stemmed = queries.compiled("stemmed")
        found = allowed & self._numbers(stemmed)
        wants_approximate = request.approximate_limit > 0 and request.offset == 0 and has_words(request.tree)
        return SearchAnswer(
            total=len(found),
            hits=self._page(stemmed, found),
            facets=self._facets(found) if request.with_facets else {},
            approximate=self._approximate(allowed - found, is_answered=bool(found)) if wants_approximate else (),
            did_you_mean=None if found or not request.with_correction else self._corrected(),
        )

    def _numbers(self, query: Any) -> set[int]:
        # The columns of an index without documents cannot be read.
        return set(self._searcher.docs_for_query(query)) if self._searcher.doc_count() else set()

    def _page(self, stemmed: Any, found: set[int]) -> tuple[Hit, ...]:
        request = self._request
        if not found or not request.limit:
            return ()
        end = request.offset + request.limit
        exact = self._queries.compiled("exact")
        nearest = found & self._numbers(exact)
        if request.sort == "date" or not has_words(request.tree):
            latest = self._found(stemmed, found, end, by_date=True)[request.offset :]
            return tuple(
                Hit(hit["id"], float(hit["moment"]), "exact" if hit.docnum in nearest else "stemmed") for hit in latest
            )
        hits = self._hits(exact, nearest, end, "exact")
        if len(hits) < end:
            hits += self._hits(stemmed, found - nearest, end - len(hits), "stemmed")
        return tuple(hits[request.offset :])

    def _approximate(self, others: set[int], *, is_answered: bool) -> tuple[Hit, ...]:
        query = self._queries.compiled("approximate", is_answered=is_answered)
        near = others & self._numbers(query)
        return tuple(self._hits(query, near, self._request.approximate_limit, "approximate"))

    def _hits(self, query: Any, among: set[int], limit: int, group: Group) -> list[Hit]:
        return [Hit(hit["id"], float(hit.score or 0.0), group) for hit in self._found(query, among, limit)]

    def _found(self, query: Any, among: set[int], limit: int, *, by_date: bool = False) -> list[Any]:
        if not among:
            return []  # The engine takes an empty set of documents for no restriction.
        order = {"sortedby": "moment", "reverse": True} if by_date else {"optimize": False}
        return list(self._searcher.search(query, limit=limit, filter=among, **order))

    def _facets(self, numbers: Iterable[int]) -> dict[str, dict[str, int]]:
        counts: dict[str, Counter[str]] = {name: Counter() for name in FACETS}
        for number in numbers:
            for name, values in self._searcher.stored_fields(number)["facets"].items():
                counts[name].update(values)
        return {name: dict(counter.most_common()) for name, counter in counts.items()}

    def _corrected(self) -> str | None:
        return corrected(self._request.tree, self._queries.is_readable, self._is_any_word)

    def _is_any_word(self, word: str) -> bool:
        return any((field_name(part, "exact"), word) in self._searcher.reader() for part in ("metadata", "content"))
