"""From a text to the PDF/A of an act."""

from __future__ import annotations

import io
import tempfile
from pathlib import Path
from typing import Final

from docflow.accounts.units import all_units
from docflow.core.errors import InvalidInput
from docflow.core.words import Words
from docflow.district.queries import letterhead_of
from docflow.drafting.letter_drawing import Letter, draw_letter
from docflow.drafting.models import Draft
from docflow.drafting.operations import MadeAct
from docflow.drafting.ports import Deps
from docflow.drafting.rules import Content
from docflow.pdf.searchable import PageText, write_searchable_pdf
from docflow.storage.rules import BlobKind

MOST_PAGES: Final = 30


def make_file(deps: Deps, draft: Draft) -> MadeAct:
    """Draw the present text of a draft as PDF/A-2u and put it in the store; nothing names it yet.

    Raises:
        InvalidInput: ``draft_incomplete``, ``draft_has_gaps``, ``draft_too_long`` with ``limit``,
            ``act_not_archival`` with ``reason``.
        Unavailable: ``storage_unavailable``.
    """
    content = Content.from_row(draft.content).checked_complete()
    drawn, page_count = draw_letter(_letter(deps, draft, content, is_draft=False))
    if page_count > MOST_PAGES:
        raise InvalidInput("draft_too_long", limit=MOST_PAGES)
    archived = _archived(drawn, page_count)
    blob = deps.blob_store.put(BlobKind.ORIGINAL, io.BytesIO(archived), media_type="application/pdf")
    return MadeAct(content, blob, page_count)


def preview_file(deps: Deps, draft: Draft) -> bytes:
    """Return the present text of a draft as it would look, marked as a draft on every page.

    Raises:
        InvalidInput: ``draft_too_long`` with ``limit``.
    """
    drawn, page_count = draw_letter(_letter(deps, draft, Content.from_row(draft.content), is_draft=True))
    if page_count > MOST_PAGES:
        raise InvalidInput("draft_too_long", limit=MOST_PAGES)
    return drawn


def _letter(deps: Deps, draft: Draft, content: Content, *, is_draft: bool) -> Letter:
    with deps.transactions.reading() as session:
        letterhead = letterhead_of(session)
        unit = next(unit for unit in all_units(session) if unit.id == draft.unit_id)
    return Letter(
        letterhead=letterhead,
        unit=Words(unit.name_ar, unit.name_fr),
        content=content,
        is_draft=is_draft,
    )


def _archived(drawn: bytes, page_count: int) -> bytes:
    """Return a file as PDF/A-2u; it is checked, not believed."""
    pages = [
        PageText(page_index=index, width=1, height=1, rotation_deg=0, skew_deg=0.0, words=(), is_embedded=True)
        for index in range(page_count)
    ]
    with tempfile.TemporaryDirectory(prefix="docflow-act-") as folder:
        source, out = Path(folder) / "drawn.pdf", Path(folder) / "act.pdf"
        source.write_bytes(drawn)
        made = write_searchable_pdf([source], pages, out)
        if not made.conformance:
            raise InvalidInput("act_not_archival", reason=", ".join(made.obstacles))
        return out.read_bytes()
