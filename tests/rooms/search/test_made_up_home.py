from __future__ import annotations

from sqlalchemy import func, select

from docflow.cli.made_up_home import made_up_home
from docflow.documents.models import Document, Page
from docflow.search.measuring import Corpus


def test_a_home_for_measures_holds_read_documents_with_their_pages() -> None:
    with made_up_home(Corpus(3, seed=1)) as runtime, runtime.transactions.reading() as session:
        assert session.scalar(select(func.count()).select_from(Document)) == 3
        pages = session.scalars(select(Page)).all()

    assert len(pages) >= 3
    assert all(page.source_id == page.document_id for page in pages)
