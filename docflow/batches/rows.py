"""The rows of the preview as its template shows them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from docflow.batches.queries import Preview
from docflow.batches.rules import FULL_TURN_DEG, Row, Sheet
from docflow.documents.models import Document, Page
from docflow.documents.rules import PageState
from docflow.documents.sources import Source


@dataclass(frozen=True, slots=True)
class SheetShown:
    """A page of the preview.

    Attributes:
        page: the page.
        number: its place in its document, from 1; none when it is left out.
        source_number: its place in the file it came in.
        is_first: whether it begins its document, so that nothing can be split before it.
        is_last: whether it ends its document.
        turn_deg: how its picture must be turned until it has been read as it was turned.
        is_waiting: whether it is being read again.
    """

    page: Page
    number: int | None
    source_number: int
    is_first: bool
    is_last: bool
    turn_deg: int
    is_waiting: bool


@dataclass(frozen=True, slots=True)
class RowShown:
    """A document of the preview.

    Attributes:
        document: the document.
        sheets: its pages, and those left out where they would come back.
        page_count: pages that are in it.
        sources: the files it comes from, where they may be shown.
        has_previous: whether a document stands before it.
        is_even: whether its pages can be fronts and backs.
        is_open: whether its pages may be arranged.
    """

    document: Document
    sheets: Sequence[SheetShown]
    page_count: int
    sources: Sequence[Source]
    has_previous: bool
    is_even: bool
    is_open: bool


def rows_shown(preview: Preview) -> list[RowShown]:
    """Return the rows of a preview."""
    return [_row(preview, row, has_previous=at > 0) for at, row in enumerate(preview.rows)]


def _row(preview: Preview, row: Row, *, has_previous: bool) -> RowShown:
    kept = row.kept
    document = preview.documents[row.document_id]
    return RowShown(
        document=document,
        sheets=[_sheet(preview.pages[sheet.page_id], sheet, kept) for sheet in row.sheets],
        page_count=len(kept),
        sources=[source for source in preview.sources[row.document_id] if not source.is_whole and source.page_numbers],
        has_previous=has_previous,
        is_even=len(kept) > 1,
        is_open=not (document.is_registered or document.is_set_aside),
    )


def _sheet(page: Page, sheet: Sheet, kept: Sequence[Sheet]) -> SheetShown:
    number = kept.index(sheet) + 1 if sheet.is_kept else None
    lies_deg = page.rotation_deg if page.turned_deg is None else page.turned_deg
    is_waiting = page.state == PageState.WAITING
    return SheetShown(
        page=page,
        number=number,
        source_number=page.source_page_index + 1,
        is_first=number == 1,
        is_last=number == len(kept),
        turn_deg=(lies_deg - page.rotation_deg) % FULL_TURN_DEG if is_waiting else 0,
        is_waiting=is_waiting,
    )
