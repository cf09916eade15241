"""What a person can do to the pages of a batch; plain Python, every act a function from one arrangement to the next."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TypeAlias
from uuid import UUID

from docflow.core.errors import InvalidInput, NotFound
from docflow.documents.rules import AsideReason
from docflow.ingest.rules import collated, interleaved

QUARTER_DEG = 90
FULL_TURN_DEG = 360


class Verb(StrEnum):
    """An act on the pages of a batch."""

    SPLIT = "split"
    JOIN = "join"
    EARLIER = "earlier"
    LATER = "later"
    MOVE = "move"
    TURN = "turn"
    DROP = "drop"
    PUT_BACK = "put_back"
    INTERLEAVE = "interleave"
    BACKS = "backs"


@dataclass(frozen=True, slots=True)
class Sheet:
    """A page: why it is left out, or none when it is in its document; the turn a person gave it, clockwise."""

    page_id: UUID
    aside_reason: AsideReason | None = None
    turned_deg: int | None = None
    rotation_deg: int = 0

    @property
    def is_kept(self) -> bool:
        """Whether it is in its document."""
        return self.aside_reason is None


@dataclass(frozen=True, slots=True)
class Row:
    """A document with its pages in order, those left out standing where they would come back."""

    document_id: UUID
    sheets: tuple[Sheet, ...]

    @property
    def kept(self) -> list[Sheet]:
        """The pages of the document."""
        return [sheet for sheet in self.sheets if sheet.is_kept]


Rows: TypeAlias = tuple[Row, ...]
"""The documents of a batch in order; a document without any page is not among them."""


@dataclass(frozen=True, slots=True)
class Act:
    """What is asked: the pages, or the document, that it is done to, and for a move the document they go to."""

    verb: Verb
    page_ids: tuple[UUID, ...] = ()
    document_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page is, in the terms of the database, and how a person turned it."""

    document_id: UUID
    page_index: int
    aside_reason: AsideReason | None
    turned_deg: int | None


def arranged(rows: Rows, act: Act, *, new_document_id: UUID) -> Rows:
    """Return the arrangement after an act; a document that a split makes gets ``new_document_id``.

    Raises:
        NotFound: ``page_unknown``, ``document_unknown``.
        InvalidInput: ``nothing_before_page``, ``nothing_before_document``, ``page_at_edge``, ``pages_uneven``,
            ``page_left_out``, ``page_not_left_out``.
    """
    if act.verb is Verb.SPLIT:
        return _split(rows, act, new_document_id)
    return _ACTS[act.verb](rows, act)


def places(rows: Rows) -> dict[UUID, Place]:
    """Return the place of every page."""
    found: dict[UUID, Place] = {}
    for row in rows:
        index = 0
        for sheet in row.sheets:
            found[sheet.page_id] = Place(row.document_id, index, sheet.aside_reason, sheet.turned_deg)
            index += sheet.is_kept
    return found


def _split(rows: Rows, act: Act, new_document_id: UUID) -> Rows:
    at, index = _found(rows, act, is_kept=True)
    before, after = rows[at].sheets[:index], rows[at].sheets[index:]
    if not any(sheet.is_kept for sheet in before):
        raise InvalidInput("nothing_before_page")
    return (*rows[:at], replace(rows[at], sheets=before), Row(new_document_id, after), *rows[at + 1 :])


def _join(rows: Rows, act: Act) -> Rows:
    at, previous = _with_previous(rows, act)
    return _replaced(rows, {previous: rows[previous].sheets + rows[at].sheets, at: ()})


def _earlier(rows: Rows, act: Act) -> Rows:
    return _shifted(rows, act, step=-1)


def _later(rows: Rows, act: Act) -> Rows:
    return _shifted(rows, act, step=1)


def _shifted(rows: Rows, act: Act, *, step: int) -> Rows:
    """Let a page change places with the next page of its document in one direction."""
    at, index = _found(rows, act, is_kept=True)
    sheets = list(rows[at].sheets)
    other = index + step
    while 0 <= other < len(sheets) and not sheets[other].is_kept:
        other += step
    if not 0 <= other < len(sheets):
        raise InvalidInput("page_at_edge")
    sheets[index], sheets[other] = sheets[other], sheets[index]
    return _replaced(rows, {at: tuple(sheets)})


def _move(rows: Rows, act: Act) -> Rows:
    """Bring pages to the end of a document, in the order in which they stand."""
    target = _row_index(rows, act.document_id)
    moved = set(act.page_ids)
    coming = tuple(sheet for row in rows for sheet in row.sheets if sheet.page_id in moved)
    if len(coming) != len(moved) or not coming:
        raise NotFound("page_unknown")
    if not all(sheet.is_kept for sheet in coming):
        raise InvalidInput("page_left_out")
    staying = {at: tuple(sheet for sheet in row.sheets if sheet.page_id not in moved) for at, row in enumerate(rows)}
    return _replaced(rows, {**staying, target: staying[target] + coming})


def _turn(rows: Rows, act: Act) -> Rows:
    at, index = _found(rows, act, is_kept=True)
    sheet = rows[at].sheets[index]
    lies_deg = sheet.rotation_deg if sheet.turned_deg is None else sheet.turned_deg
    return _with_sheet(rows, at, index, replace(sheet, turned_deg=(lies_deg + QUARTER_DEG) % FULL_TURN_DEG))


def _drop(rows: Rows, act: Act) -> Rows:
    at, index = _found(rows, act, is_kept=True)
    return _with_sheet(rows, at, index, replace(rows[at].sheets[index], aside_reason=AsideReason.DROPPED))


def _put_back(rows: Rows, act: Act) -> Rows:
    at, index = _found(rows, act, is_kept=False)
    return _with_sheet(rows, at, index, replace(rows[at].sheets[index], aside_reason=None))


def _interleave(rows: Rows, act: Act) -> Rows:
    at = _row_index(rows, act.document_id)
    sheets, dropped = _of_paper(rows[at])
    if len(sheets) % 2 or not sheets:
        raise InvalidInput("pages_uneven")
    return _replaced(rows, {at: (*interleaved(sheets), *dropped)})


def _backs(rows: Rows, act: Act) -> Rows:
    at, previous = _with_previous(rows, act)
    (fronts, dropped), (backs, dropped_backs) = _of_paper(rows[previous]), _of_paper(rows[at])
    if len(fronts) != len(backs) or not fronts:
        raise InvalidInput("pages_uneven")
    return _replaced(rows, {previous: (*collated(fronts, backs), *dropped, *dropped_backs), at: ()})


def _of_paper(row: Row) -> tuple[list[Sheet], list[Sheet]]:
    """Return the pages as they lay in the scanner, blank ones and separators too, and those left out by hand."""
    is_dropped = {sheet: sheet.aside_reason is AsideReason.DROPPED for sheet in row.sheets}
    return [sheet for sheet in row.sheets if not is_dropped[sheet]], [s for s in row.sheets if is_dropped[s]]


_ACTS: dict[Verb, Callable[[Rows, Act], Rows]] = {
    Verb.JOIN: _join,
    Verb.EARLIER: _earlier,
    Verb.LATER: _later,
    Verb.MOVE: _move,
    Verb.TURN: _turn,
    Verb.DROP: _drop,
    Verb.PUT_BACK: _put_back,
    Verb.INTERLEAVE: _interleave,
    Verb.BACKS: _backs,
}


def _found(rows: Rows, act: Act, *, is_kept: bool) -> tuple[int, int]:
    """Return the row and the index of a page."""
    for at, row in enumerate(rows):
        for index, sheet in enumerate(row.sheets):
            if sheet.page_id in act.page_ids[:1]:
                if sheet.is_kept != is_kept:
                    raise InvalidInput("page_left_out" if is_kept else "page_not_left_out")
                return at, index
    raise NotFound("page_unknown")


def _row_index(rows: Rows, document_id: UUID | None) -> int:
    for at, row in enumerate(rows):
        if row.document_id == document_id:
            return at
    raise NotFound("document_unknown")


def _with_previous(rows: Rows, act: Act) -> tuple[int, int]:
    at = _row_index(rows, act.document_id)
    if at == 0:
        raise InvalidInput("nothing_before_document")
    return at, at - 1


def _with_sheet(rows: Rows, at: int, index: int, sheet: Sheet) -> Rows:
    sheets = rows[at].sheets
    return _replaced(rows, {at: (*sheets[:index], sheet, *sheets[index + 1 :])})


def _replaced(rows: Rows, sheets: dict[int, tuple[Sheet, ...]]) -> Rows:
    """Return the rows with other sheets at some places; a row without any sheet is gone."""
    changed = (replace(row, sheets=sheets.get(at, row.sheets)) for at, row in enumerate(rows))
    return tuple(row for row in changed if row.sheets)
