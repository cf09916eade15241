"""Documents: names made safe, edits that do not overwrite each other, what is hidden stays hidden."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from docflow.accounts.queries import OPERATOR
from docflow.accounts.units import all_units
from docflow.accounts.visibility import Confidentiality
from docflow.audit.models import JournalEntry
from docflow.core.errors import Conflict, InvalidInput, NotFound, PermissionDenied
from docflow.documents.editing import Metadata, edit_metadata
from docflow.documents.models import Document
from docflow.documents.queries import (
    document_content_for,
    document_for,
    documents_shown,
    earlier_duplicates,
)
from docflow.documents.rules import Word, display_file_name, pack_words, unpack_words
from docflow.schema import migrate
from tests.conftest import actor, deposit, run_jobs
from tests.factories.documents import read_document

SAID = Metadata(
    subject="شكاية بشأن الإنارة",
    sender="محمد الإدريسي",
    addressee="",
    reference="118/2026",
    document_date=None,
    kind="complaint",
    unit_id=None,
    confidentiality=Confidentiality.NORMAL,
)


def edit(runtime, document, *, by="clerk", version=1, **changes):
    with runtime.transactions.writing(actor(runtime, by)) as uow:
        return edit_metadata(uow, document.id, metadata=replace(SAID, **changes), expected_version=version)


def look(runtime, document, *, by):
    with runtime.transactions.reading() as session:
        return document_for(session, actor(runtime, by), document.id)


def unit_named(runtime, code):
    with runtime.transactions.reading() as session:
        return next(unit.id for unit in all_units(session) if unit.code == code)


@pytest.mark.parametrize(
    ("given_name", "shown"),
    [
        ("../../etc/passwd", "passwd"),
        (r"C:\scans\lettre.pdf", "lettre.pdf"),
        ("facture\u202egpj.pdf", "facturegpj.pdf"),
        ("a\x00b\nc\t.tif", "abc.tif"),
        ("رسالة رقم 12.pdf", "رسالة رقم 12.pdf"),
        ("...", "document"),
        ("", "document"),
        ("é" * 300 + ".pdf", "é" * 189 + ".pdf"),
    ],
)
def test_file_names_lose_what_could_deceive(given_name, shown):
    assert display_file_name(given_name) == shown


@given(st.text(max_size=600))
def test_no_file_name_keeps_a_control_a_folder_or_too_many_letters(name):
    shown = display_file_name(name)
    assert 0 < len(shown) <= 200
    assert not set(shown) & {"/", "\\", "\n", "\r", "\x00", "\u202e", "\u2066"}


def test_words_come_back_from_the_database_as_they_went():
    words = (Word("الموضوع", (10, 20, 90, 44), 91.25, 0), Word("n° 12", (1, 2, 3, 4), 55.5, 3))
    assert unpack_words(pack_words(words)) == (replace(words[0], confidence=91.2), words[1])


def test_an_edit_is_kept_journalled_and_asked_to_be_indexed(runtime):
    document = deposit(runtime, b"x")
    edited = edit(runtime, document)
    assert (edited.subject, edited.content_version) == (SAID.subject, 2)


def test_the_second_of_two_edits_of_one_version_is_refused_and_changes_nothing(runtime):
    document = deposit(runtime, b"x")
    edit(runtime, document)
    with pytest.raises(Conflict) as conflict:
        edit(runtime, document, by="clerk2", subject="another")
    assert conflict.value.params == {"version": 2}
    assert look(runtime, document, by="clerk").subject == SAID.subject


@pytest.mark.parametrize("by", ["archivist", "auditor", "admin", "president"])
def test_who_may_not_edit_is_refused(runtime, by):
    document = deposit(runtime, b"x")
    with pytest.raises(PermissionDenied):
        edit(runtime, document, by=by)


def test_what_is_too_long_or_of_no_known_kind_is_refused(runtime):
    document = deposit(runtime, b"x")
    with pytest.raises(InvalidInput, match="field_too_long"):
        edit(runtime, document, subject="x" * 501)
    with pytest.raises(InvalidInput, match="kind_unknown"):
        edit(runtime, document, kind="spell")


def test_a_document_of_another_unit_does_not_exist_until_it_is_given_to_ones_own(runtime):
    document = deposit(runtime, b"x")
    with pytest.raises(NotFound):
        look(runtime, document, by="agent")
    edit(runtime, document, unit_id=unit_named(runtime, "TRV"))

    assert look(runtime, document, by="agent").id == document.id
    assert look(runtime, document, by="head").id == document.id
    with pytest.raises(NotFound):
        look(runtime, document, by="agent2")
    with pytest.raises(NotFound):
        look(runtime, document, by="head2")


def test_a_document_made_confidential_vanishes_for_everyone_not_named(runtime):
    document = deposit(runtime, b"x")
    edit(runtime, document, confidentiality=Confidentiality.CONFIDENTIAL)

    assert look(runtime, document, by="clerk").id == document.id
    for username in ("clerk2", "archivist", "auditor", "president", "admin"):
        with pytest.raises(NotFound):
            look(runtime, document, by=username)
        with runtime.transactions.reading() as session:
            assert not documents_shown(session, actor(runtime, username), [document.id])


def test_the_auditor_sees_that_a_document_exists_and_not_what_it_says(runtime):
    document = deposit(runtime, b"x")
    with runtime.transactions.reading() as session, pytest.raises(PermissionDenied, match="content_hidden"):
        document_content_for(session, actor(runtime, "auditor"), document.id)


def test_an_exact_duplicate_is_named_only_to_who_may_see_the_earlier_one(runtime):
    first = deposit(runtime, b"the same bytes")
    edit(runtime, first, confidentiality=Confidentiality.CONFIDENTIAL)
    second = deposit(runtime, b"the same bytes", by="clerk2")
    assert first.original_sha256 == second.original_sha256

    with runtime.transactions.reading() as session:
        second = session.scalar(select(Document).where(Document.id == second.id))
        assert earlier_duplicates(session, actor(runtime, "clerk"), [second])[second.id].id == first.id
        assert not earlier_duplicates(session, actor(runtime, "clerk2"), [second])


@pytest.mark.parametrize(
    ("stored", "meant"),
    [(date(26, 12, 4), date(2026, 12, 4)), (date(27, 1, 3), date(2027, 1, 3)), (date(96, 2, 29), date(1996, 2, 29))],
)
def test_a_date_stored_with_a_year_of_two_digits_gets_its_century_and_a_line_in_the_journal(
    runtime, clock, stored, meant
):
    short, whole, none = (read_document(runtime, "Une.") for _ in range(3))
    with runtime.transactions.writing(OPERATOR) as uow:
        uow.session.get_one(Document, short).document_date = stored
        uow.session.get_one(Document, whole).document_date = date(2025, 5, 5)
    migrate(runtime.transactions.engine, revision="0073_archivist_reads")

    migrate(runtime.transactions.engine)
    clock.instant = datetime.now(UTC)
    run_jobs(runtime)

    with runtime.transactions.reading() as session:
        days = {one: session.get_one(Document, one).document_date for one in (short, whole, none)}
        lines = session.scalars(select(JournalEntry).where(JournalEntry.verb == "documents.year_completed")).all()
    assert days == {short: meant, whole: date(2025, 5, 5), none: None}
    assert [line.subject_id for line in lines] == [str(short)]
