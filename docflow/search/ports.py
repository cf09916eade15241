"""What the search room needs from an index, whatever the engine behind it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal, Protocol, TypeAlias

from docflow.search.language.added_words import NO_ADDED_WORDS, AddedWords
from docflow.search.query import Node

Group: TypeAlias = Literal["exact", "stemmed", "approximate"]
"""How near a hit is: every word as typed, some word in another form, or some word misread by a letter."""

Sort: TypeAlias = Literal["relevance", "date"]
"""By nearness and then by score, or the latest document first."""


@dataclass(frozen=True, slots=True)
class IndexEntry:
    """One document as the index knows it.

    ``metadata_tokens`` and ``content_tokens`` are scope tokens: who holds one of the first finds the document by its
    metadata, who holds also one of the second finds it by the words of its pages. ``version`` is the document's
    version when the entry was made, in its own numbering. ``arrived_at`` is UTC.
    """

    document_id: str
    version: int
    subject: str
    sender: str
    addressee: str
    reference: str
    register_number: str
    kind: str
    languages: tuple[str, ...]
    unit: str
    document_date: date | None
    arrived_at: datetime
    pages: tuple[str, ...]
    metadata_tokens: frozenset[str]
    content_tokens: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchRequest:
    """A question of one actor, who holds ``metadata_tokens`` and ``content_tokens`` and sees nothing without them.

    Empty ``kinds``, ``languages`` or ``units`` filter nothing; several values of one mean any of them. The two dates
    are included. ``hidden_document_ids`` are left out as though they were not in the index; where
    ``among_document_ids`` are given, no other document is looked at. ``approximate_limit`` is the size of the group of
    approximate hits; 0 asks for none. Without ``with_correction`` nothing is proposed instead of a question that finds
    nothing. ``added`` are the words of the district.
    """

    tree: Node
    metadata_tokens: frozenset[str]
    content_tokens: frozenset[str]
    kinds: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    units: tuple[str, ...] = ()
    date_from: date | None = None
    date_to: date | None = None
    sort: Sort = "relevance"
    offset: int = 0
    limit: int = 20
    hidden_document_ids: frozenset[str] = frozenset()
    among_document_ids: frozenset[str] | None = None
    with_facets: bool = False
    approximate_limit: int = 10
    with_correction: bool = True
    added: AddedWords = NO_ADDED_WORDS


@dataclass(frozen=True, slots=True)
class Hit:
    """A document found; ``score`` compares the hits of one answer only."""

    document_id: str
    score: float
    group: Group


@dataclass(frozen=True, slots=True)
class SearchAnswer:
    """What was found: ``total`` counts exact and stemmed hits; approximate ones are never mixed with them.

    ``facets`` maps ``kind``, ``language``, ``unit`` and ``year`` to the number of hits of each value.
    ``did_you_mean`` is a query with the same operators whose words exist in what the actor may see.
    """

    total: int
    hits: tuple[Hit, ...]
    facets: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    approximate: tuple[Hit, ...] = ()
    did_you_mean: str | None = None


IndexState: TypeAlias = Literal["ok", "missing", "corrupt", "outdated"]
"""``outdated`` still answers, but was built by another analyser and misses words until it is rebuilt."""


@dataclass(frozen=True, slots=True)
class IndexStatus:
    """How the index is; ``is_usable`` says that it answers, ``state`` whether it needs a rebuild."""

    state: IndexState
    documents: int
    analyser_version: str | None
    size_bytes: int
    is_rebuilding: bool

    @property
    def is_usable(self) -> bool:
        """Tell whether a search would get an answer."""
        return self.state in ("ok", "outdated")

    @property
    def needs_rebuild(self) -> bool:
        """Tell whether the index is to be built again from the database."""
        return self.state != "ok"


class IndexRebuild(Protocol):
    """A new index built beside the one that answers; given up when it is closed without a swap."""

    @property
    def documents(self) -> int:
        """Return how many entries were added so far."""
        ...

    def add(self, entries: Sequence[IndexEntry]) -> None:
        """Add entries, each document once."""
        ...

    def swap(self) -> tuple[str, ...]:
        """Put the new index in the place of the old one, for every process.

        Returns the ids of the documents that were applied to the old index since the rebuild began: the caller reads
        them from the database again and applies them.

        Raises:
            Unavailable: ``search_index_busy`` when another writer keeps the lock.
        """
        ...

    def abandon(self) -> None:
        """Remove what was built; does nothing after a swap."""
        ...


class SearchIndex(Protocol):
    """The index of all documents. One writer at a time; any number of processes read."""

    def apply(self, upserts: Sequence[IndexEntry], deletions: Sequence[str]) -> None:
        """Write entries and remove documents; durable and seen by every process when it returns.

        Raises:
            Unavailable: ``search_index_unusable`` when the index is missing or corrupt, ``search_index_busy`` when
                another writer keeps the lock.
        """
        ...

    def search(self, request: SearchRequest) -> SearchAnswer:
        """Answer a question with what the actor may see, and nothing else.

        Raises:
            Unavailable: ``search_index_unusable`` when the index is missing or corrupt.
        """
        ...

    def count(self) -> int:
        """Return how many documents the index holds, seen or not.

        Raises:
            Unavailable: ``search_index_unusable`` when the index is missing or corrupt.
        """
        ...

    def versions(self) -> Iterable[tuple[str, int]]:
        """Return id and version of every document of the index, in no order.

        Raises:
            Unavailable: ``search_index_unusable`` when the index is missing or corrupt.
        """
        ...

    def start_rebuild(self) -> IndexRebuild:
        """Begin a new index beside the present one; an earlier unfinished rebuild is given up.

        A missing or corrupt index is replaced by ``start_rebuild()``, ``add(…)``, ``swap()``; so is the first one made.
        """
        ...

    def status(self) -> IndexStatus:
        """Look at the index; never raises because of its state."""
        ...

    def close(self) -> None:
        """Let go of files and memory."""
        ...
