"""Relevance cases: queries with the texts they must and must not find, tried on a throw-away index."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from docflow.search.parse import parse
from docflow.search.ports import IndexEntry, SearchIndex, SearchRequest

_SCOPE = frozenset({"everyone"})
_MISREAD_CLASS = "ocr"
"""Cases of this class are also satisfied by approximate hits."""

_DAY = date(1800, 1, 1)
"""Texts of cases have no day of their own: they are of one that no query means."""

_MOMENT = datetime(1800, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Case:
    """A query of one ``kind`` with the texts it must and must not find."""

    kind: str
    query: str
    must: tuple[str, ...]
    must_not: tuple[str, ...]

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> Case:
        """Read a case as written in a file of cases: ``class``, ``query``, ``must``, ``must_not``."""
        return cls(value["class"], value["query"], tuple(value["must"]), tuple(value["must_not"]))


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a case found: texts ``missing`` of those it must find, and ``unwanted`` of those it must not."""

    case: Case
    missing: tuple[str, ...]
    unwanted: tuple[str, ...]

    @property
    def is_passed(self) -> bool:
        """Tell whether everything wanted was found and nothing else."""
        return not self.missing and not self.unwanted


def run_cases(cases: Sequence[Case], index: SearchIndex) -> tuple[Outcome, ...]:
    """Fill an empty index with all the texts of the cases, one document each, and try every query on it."""
    texts = list(dict.fromkeys(text for case in cases for text in (*case.must, *case.must_not)))
    rebuild = index.start_rebuild()
    rebuild.add([_entry(str(number), text) for number, text in enumerate(texts)])
    rebuild.swap()
    return tuple(_outcome(case, texts, index) for case in cases)


def _outcome(case: Case, texts: Sequence[str], index: SearchIndex) -> Outcome:
    answer = index.search(
        SearchRequest(
            tree=parse(case.query, today=_DAY).tree,
            metadata_tokens=_SCOPE,
            content_tokens=_SCOPE,
            limit=len(texts),
            approximate_limit=len(texts),
        )
    )
    found = _texts(texts, (hit.document_id for hit in answer.hits))
    if case.kind == _MISREAD_CLASS:
        found |= _texts(texts, (hit.document_id for hit in answer.approximate))
    return Outcome(
        case,
        missing=tuple(text for text in case.must if text not in found),
        unwanted=tuple(text for text in case.must_not if text in found),
    )


def _texts(texts: Sequence[str], document_ids: Iterable[str]) -> set[str]:
    return {texts[int(document_id)] for document_id in document_ids}


def _entry(document_id: str, text: str) -> IndexEntry:
    return IndexEntry(
        document_id=document_id,
        version=1,
        subject="",
        sender="",
        addressee="",
        reference="",
        register_number="",
        kind="",
        languages=(),
        unit="",
        document_date=_DAY,
        arrived_at=_MOMENT,
        pages=(text,),
        metadata_tokens=_SCOPE,
        content_tokens=_SCOPE,
    )
