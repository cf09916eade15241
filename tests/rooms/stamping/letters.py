"""Letters that were deposited and read, without any reading."""

from __future__ import annotations

import io

import pikepdf

from docflow.bootstrap import Runtime
from docflow.core.actor import SYSTEM
from docflow.documents.models import Document
from docflow.documents.operations import finish_reading, keep_page, start_reading
from tests.conftest import deposit
from tests.factories.documents import page_result


def page_of(content: bytes) -> bytes:
    """A PDF of one A4 page with some operators."""
    made = pikepdf.new()
    made.add_blank_page(page_size=(595, 842))
    made.pages[0].Contents = made.make_stream(content)
    out = io.BytesIO()
    made.save(out, static_id=True)
    return out.getvalue()


LETTER = page_of(b"0 0 0 rg 60 300 400 300 re f")


def letter(runtime: Runtime, content: bytes = LETTER) -> Document:
    """Deposit a PDF and keep a reading of it."""
    document = deposit(runtime, content)
    with pikepdf.open(io.BytesIO(content)) as opened:
        count = len(opened.pages)
    with runtime.transactions.writing(SYSTEM) as uow:
        start_reading(
            uow, document.id, source_kind="pdf", media_type="application/pdf", page_count=count, is_signed=False
        )
        uow.session.flush()
        for page_index in range(count):
            keep_page(uow, document.id, page_index, result=page_result(f"page {page_index}"))
        finish_reading(uow, document.id, searchable=None, proposals={}, values={})
    return document
