"""The demonstration's letters come in, are registered in the order in which they came, and go where they belong."""

from __future__ import annotations

from sqlalchemy import select

import docflow.demo
from docflow.approvals.models import Ask
from docflow.demo import LETTERS, fill_demo, fill_demo_letters
from docflow.documents.models import Document
from docflow.records.demo import fill_demo_files
from docflow.records.models import CaseFileEntry
from docflow.registry.models import Entry


def test_letters_are_read_registered_sent_on_and_filed(sqlite_runtime, monkeypatch):
    filed = next(letter for letter in LETTERS if letter.filed_by == "agent")
    asked = next(letter for letter in LETTERS if letter.asked)
    newer = next(letter for letter in LETTERS if letter.register == asked.register and letter.days_ago == 2)
    monkeypatch.setattr(docflow.demo, "LETTERS", (filed, newer, asked, LETTERS[-1]))

    assert not fill_demo(sqlite_runtime), "only an empty district is filled"
    fill_demo_files(sqlite_runtime.transactions)
    fill_demo_letters(sqlite_runtime)

    with sqlite_runtime.transactions.reading() as session:
        documents = {document.subject: document for document in session.scalars(select(Document))}
        entries = session.scalars(select(Entry).where(Entry.label.startswith("A-")).order_by(Entry.number)).all()
        assert [entry.document_id for entry in entries] == [documents[one.subject].id for one in (asked, newer)]
        assert entries[0].arrived_at < entries[1].arrived_at
        assert session.scalars(select(CaseFileEntry.document_id)).all() == [documents[filed.subject].id]
        assert session.scalars(select(Ask.kind)).all() == ["signature"]
        assert not documents[LETTERS[-1].subject].is_registered
