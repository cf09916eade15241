"""A stack of paper that came as one file falls into its documents, and no page of it is lost."""

from __future__ import annotations

import io
from collections import Counter
from typing import NoReturn
from uuid import UUID

import pypdf
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select, text

from docflow.accounts.visibility import Confidentiality
from docflow.bootstrap import Runtime
from docflow.core.actor import SYSTEM
from docflow.documents.editing import Metadata, edit_metadata
from docflow.documents.models import Document, Page, PageText
from docflow.documents.queries import BATCH_ORDER, earlier_duplicates
from docflow.documents.rules import AsideReason, DocumentState, PageFinding, PageState
from docflow.documents.sources import sources_of
from docflow.ingest import pipeline
from docflow.ingest.operations import open_batch, retry_document
from docflow.ingest.rules import Sheet, divide_stack, is_separator
from docflow.schema import migrate
from docflow.search.indexing import index_difference
from docflow.storage.operations import sweep_orphans
from docflow.storage.rules import BlobKind
from docflow.storage.scrubbing import check_storage
from tests.conftest import FrozenClock, actor, deposit, run_jobs
from tests.factories.sessions import signed_in_client

from .sheets import code_sheet, letter, stack_pdf
from .test_pipeline import found, loaded, views

CONTENT, SEPARATOR, BLANK = PageFinding.CONTENT, PageFinding.SEPARATOR, PageFinding.BLANK


def documents_of(runtime: Runtime, deposit_id: UUID) -> list[Document]:
    with runtime.transactions.reading() as session:
        stack = select(Document).where((Document.id == deposit_id) | (Document.deposit_id == deposit_id))
        return list(session.scalars(stack.order_by(*BATCH_ORDER)))


def pages_from(runtime: Runtime, deposit_id: UUID) -> list[Page]:
    with runtime.transactions.reading() as session:
        return list(session.scalars(select(Page).where(Page.source_id == deposit_id).order_by(Page.source_page_index)))


def two_letters() -> bytes:
    """A letter of two pages with a blank back, a separator with its blank back, another letter."""
    return stack_pdf(
        letter("un arbre tombé"), letter("un arbre tombé", 2), [], code_sheet(), [], letter("une fuite d'eau")
    )


def sheets(*findings: PageFinding) -> list[Sheet]:
    return [Sheet(UUID(int=number), finding) for number, finding in enumerate(findings)]


def numbers(part: tuple[UUID, ...]) -> list[int]:
    return [page_id.int for page_id in part]


def test_a_stack_falls_into_documents_at_its_separators_without_them_and_without_blank_pages() -> None:
    stack = divide_stack(sheets(SEPARATOR, BLANK, CONTENT, BLANK, CONTENT, SEPARATOR, SEPARATOR, CONTENT, SEPARATOR))

    assert [numbers(part) for part in stack.parts] == [[2, 4], [7]]
    assert [(out.page_id.int, out.part, out.index, out.reason) for out in stack.left_out] == [
        (0, 0, 0, AsideReason.SEPARATOR),
        (1, 0, 0, AsideReason.BLANK),
        (3, 0, 1, AsideReason.BLANK),
        (5, 1, 0, AsideReason.SEPARATOR),
        (6, 1, 0, AsideReason.SEPARATOR),
        (8, 1, 1, AsideReason.SEPARATOR),
    ]


def test_fronts_and_backs_are_put_sheet_by_sheet_before_the_stack_is_divided() -> None:
    # Fronts 0 1 2, then the backs of 2, 1 and 0; sheet 1 separates.
    stack = divide_stack(sheets(CONTENT, SEPARATOR, CONTENT, BLANK, BLANK, CONTENT), has_backs_last=True)

    assert [numbers(part) for part in stack.parts] == [[0, 5], [2]]


@given(st.lists(st.sampled_from([CONTENT, SEPARATOR, BLANK]), max_size=40), st.booleans())
def test_every_sheet_is_in_exactly_one_place_however_the_stack_falls(
    findings: list[PageFinding], has_backs_last: bool
) -> None:
    stack = divide_stack(sheets(*findings), has_backs_last=has_backs_last)

    placed = [*(page for part in stack.parts for page in part), *(out.page_id for out in stack.left_out)]
    assert Counter(placed) == Counter(sheet.page_id for sheet in sheets(*findings))
    assert all(stack.parts) or not findings
    assert all(0 <= out.part < len(stack.parts) and out.index <= len(stack.parts[out.part]) for out in stack.left_out)


@pytest.mark.parametrize(
    ("text", "ours"),
    [
        ("DOCFLOW:SEP:1:PLAIN", True),
        ("docflow:sep:1:plain", False),
        ("DOCFLOW:SEP:1:", False),
        ("DOCFLOW:REC:1:PLAIN", False),
    ],
)
def test_only_our_own_prefix_names_a_separator(text: str, ours: bool) -> None:
    assert is_separator(text) is ours


def test_a_stack_becomes_documents_that_are_found_each_by_its_own_words(runtime: Runtime) -> None:
    content = two_letters()
    deposit_id = deposit(runtime, content, name="stack.pdf").id

    run_jobs(runtime)

    first, second = documents_of(runtime, deposit_id)
    assert first.id == deposit_id
    assert [(document.state, document.page_count) for document in (first, second)] == [
        (DocumentState.READY, 2),
        (DocumentState.READY, 1),
    ]
    assert (first.subject, second.subject) == ("un arbre tombé", "une fuite d'eau")
    assert found(runtime, "arbre") == [first.id]
    assert found(runtime, "fuite") == [second.id]
    assert index_difference(runtime) == (0, 0)
    pages = pages_from(runtime, deposit_id)
    assert [(page.document_id, page.aside_of, page.aside_reason) for page in pages] == [
        (first.id, None, None),
        (first.id, None, None),
        (None, first.id, "blank"),
        (None, second.id, "separator"),
        (None, second.id, "blank"),
        (second.id, None, None),
    ]
    assert {page.needs_review for page in pages if page.document_id is None} == {False}


def test_the_bytes_of_a_stack_are_kept_once_and_each_copy_holds_its_own_pages(sqlite_runtime: Runtime) -> None:
    content = two_letters()
    deposit_id = deposit(sqlite_runtime, content, name="stack.pdf").id
    run_jobs(sqlite_runtime)
    first, second = documents_of(sqlite_runtime, deposit_id)

    with sqlite_runtime.blob_store.open(BlobKind.ORIGINAL, first.original_sha256) as stream:
        assert stream.read() == content
    assert second.original_sha256 == first.original_sha256
    originals = [item for item in sqlite_runtime.blob_store.objects() if item.kind is BlobKind.ORIGINAL]
    assert len(originals) == 1
    for document, words, other in ((first, "arbre", "fuite"), (second, "fuite", "arbre")):
        assert document.searchable_sha256 is not None
        with sqlite_runtime.blob_store.open(BlobKind.SEARCHABLE, document.searchable_sha256) as stream:
            pages = pypdf.PdfReader(io.BytesIO(stream.read())).pages
        assert len(pages) == document.page_count
        assert all(words in page.extract_text() and other not in page.extract_text() for page in pages)
    report = check_storage(sqlite_runtime.transactions, sqlite_runtime.blob_store)
    assert (report.ok, report.orphans) == (True, 0)


def test_documents_of_one_stack_are_not_duplicates_of_each_other(sqlite_runtime: Runtime) -> None:
    content = two_letters()
    one = deposit(sqlite_runtime, content, name="stack.pdf").id
    run_jobs(sqlite_runtime)
    again = deposit(sqlite_runtime, content, name="again.pdf").id
    run_jobs(sqlite_runtime)

    documents = [*documents_of(sqlite_runtime, one), *documents_of(sqlite_runtime, again)]
    with sqlite_runtime.transactions.reading() as session:
        earlier = earlier_duplicates(session, actor(sqlite_runtime, "clerk"), documents)

    assert {document_id: other.id for document_id, other in earlier.items()} == {
        document.id: one for document in documents[2:]
    }


def test_a_stack_of_nothing_but_blank_pages_stays_as_it_was_scanned(sqlite_runtime: Runtime) -> None:
    deposit_id = deposit(sqlite_runtime, stack_pdf([], [])).id

    run_jobs(sqlite_runtime)

    (document,) = documents_of(sqlite_runtime, deposit_id)
    assert (document.state, document.page_count) == (DocumentState.READY, 2)


def test_fronts_and_backs_of_one_file_are_read_in_the_order_of_the_sheets(sqlite_runtime: Runtime) -> None:
    pages = [letter("la voirie", number) for number in (1, 3, 4, 2)]
    deposit_id = deposit(sqlite_runtime, stack_pdf(*pages), has_backs_last=True).id

    run_jobs(sqlite_runtime)

    texts = [view.text for view in views(sqlite_runtime, deposit_id)]
    assert [f"feuillet {number}." in text for number, text in enumerate(texts, start=1)] == [True] * 4


def test_each_step_of_a_stack_may_run_twice_and_stop_anywhere_without_losing_or_doubling_a_page(
    runtime: Runtime, clock: FrozenClock
) -> None:
    deposit_id = deposit(runtime, two_letters()).id
    pipeline.inspect_document(runtime, deposit_id)
    pipeline.inspect_document(runtime, deposit_id)
    for page in pages_from(runtime, deposit_id):
        for _ in range(2):
            pipeline.read_one_page(runtime, page.id, is_last_attempt=False)

    # The transaction that divides the stack commits; the process ends before the copies are made.
    for _ in range(2):
        with runtime.transactions.writing(SYSTEM) as uow:
            assert pipeline.arrange_stack(uow, deposit_id)
    assert {document.state for document in documents_of(runtime, deposit_id)} == {DocumentState.READING}
    for document in documents_of(runtime, deposit_id) * 2:
        pipeline.finish_document(runtime, document.id, is_last_attempt=False)
    run_jobs(runtime)

    documents = documents_of(runtime, deposit_id)
    assert [(document.state, document.page_count) for document in documents] == [("ready", 2), ("ready", 1)]
    pages = pages_from(runtime, deposit_id)
    assert [page.source_page_index for page in pages] == list(range(6))
    assert {page.state for page in pages} == {PageState.READ}
    assert [view.text_version for document in documents for view in views(runtime, document.id)] == [1, 1, 1]
    assert index_difference(runtime) == (0, 0)


def test_a_page_of_a_stack_that_cannot_be_read_stays_in_its_document_and_is_read_where_it_is(
    sqlite_runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    extract = pipeline.extract_page

    def without_the_last(path: object, page_index: int, **options: object) -> object:
        if page_index == 2:
            raise pipeline.InvalidInput("page_damaged", page_number=3)
        return extract(path, page_index, **options)  # type: ignore[arg-type]

    with monkeypatch.context() as patched:
        patched.setattr(pipeline, "extract_page", without_the_last)
        deposit_id = deposit(sqlite_runtime, stack_pdf(letter("un puits"), code_sheet(), letter("une haie"))).id
        run_jobs(sqlite_runtime)
    first, second = documents_of(sqlite_runtime, deposit_id)
    assert (first.state, second.state, second.error_code) == ("ready", "failed", "page_damaged")

    client = signed_in_client(sqlite_runtime, "clerk")
    page = client.get(f"/d/{second.id}").get_data(as_text=True)
    token = page.split('name="csrf-token" content="')[1].split('"')[0]
    with sqlite_runtime.transactions.writing(actor(sqlite_runtime, "clerk")) as uow:
        batch_id = open_batch(uow).id
    client.post(f"/batches/{batch_id}/retry/{second.id}", data={"csrf_token": token})
    run_jobs(sqlite_runtime)

    after = loaded(sqlite_runtime, second.id)
    assert (after.state, after.page_count, after.subject) == ("ready", 1, "une haie")
    assert loaded(sqlite_runtime, first.id).content_version == first.content_version


def test_a_stack_of_which_nothing_could_be_read_is_still_a_stack_when_it_is_read_again(
    sqlite_runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    def damaged(*_: object, **__: object) -> NoReturn:
        raise pipeline.InvalidInput("page_damaged", page_number=1)

    with monkeypatch.context() as patched:
        patched.setattr(pipeline, "extract_page", damaged)
        deposit_id = deposit(sqlite_runtime, two_letters()).id
        run_jobs(sqlite_runtime)
    assert loaded(sqlite_runtime, deposit_id).state == DocumentState.FAILED

    with sqlite_runtime.transactions.writing(actor(sqlite_runtime, "clerk")) as uow:
        retry_document(uow, deposit_id)
    run_jobs(sqlite_runtime)

    assert [document.page_count for document in documents_of(sqlite_runtime, deposit_id)] == [2, 1]


def hide_second(runtime: Runtime, deposit_id: UUID) -> None:
    """Name the second document of a stack confidential: the clerk who deposited it sees it, nobody else does."""
    second = documents_of(runtime, deposit_id)[1]
    with runtime.transactions.writing(actor(runtime, "clerk")) as uow:
        said = Metadata("x", "", "", "", None, "", None, Confidentiality.CONFIDENTIAL)
        edit_metadata(uow, second.id, metadata=said, expected_version=second.version)


def test_a_file_of_which_a_page_is_hidden_from_somebody_is_not_given_to_them_and_its_pages_are_not_counted(
    sqlite_runtime: Runtime,
) -> None:
    deposit_id = deposit(sqlite_runtime, two_letters(), name="stack.pdf").id
    run_jobs(sqlite_runtime)
    other, own = signed_in_client(sqlite_runtime, "clerk2"), signed_in_client(sqlite_runtime, "clerk")
    assert other.get(f"/d/{deposit_id}/files/original").status_code == 200
    hide_second(sqlite_runtime, deposit_id)

    refused = other.get(f"/d/{deposit_id}/files/original")
    page = other.get(f"/d/{deposit_id}").get_data(as_text=True)

    assert refused.status_code == 404
    assert "stack.pdf" not in page.split("<dl")[1].split("</dl>")[1]
    assert other.get(f"/d/{deposit_id}/files/searchable").status_code == 200
    assert own.get(f"/d/{deposit_id}/files/original").status_code == 200
    assert "1-2" in own.get(f"/d/{deposit_id}").get_data(as_text=True)


def test_where_pages_come_from_is_told_in_ranges(sqlite_runtime: Runtime) -> None:
    deposit_id = deposit(sqlite_runtime, two_letters(), name="stack.pdf").id
    run_jobs(sqlite_runtime)
    first, second = documents_of(sqlite_runtime, deposit_id)

    with sqlite_runtime.transactions.reading() as session:
        sources = sources_of(session, actor(sqlite_runtime, "clerk"), [first.id, second.id])

    assert [(s.deposit.id, s.ranges, s.page_count, s.is_whole, s.is_open) for s in sources[first.id]] == [
        (deposit_id, "1-2", 6, False, True)
    ]
    assert [(s.deposit.id, s.ranges) for s in sources[second.id]] == [(deposit_id, "6")]


def test_nothing_of_a_stack_is_swept(sqlite_runtime: Runtime, clock: FrozenClock) -> None:
    deposit_id = deposit(sqlite_runtime, two_letters()).id
    run_jobs(sqlite_runtime)
    clock.move(days=3650)

    swept = sweep_orphans(sqlite_runtime.transactions, sqlite_runtime.blob_store, grace_s=0)

    assert swept == 0
    assert all(page.thumbnail_sha256 for page in pages_from(sqlite_runtime, deposit_id))


def test_an_earlier_schema_keeps_every_page_and_text_of_a_divided_stack_and_so_does_the_way_back(
    runtime: Runtime,
) -> None:
    deposit_id = deposit(runtime, two_letters()).id
    run_jobs(runtime)
    texts = "SELECT pages.document_id, page_index, text FROM pages JOIN page_texts ON page_id = pages.id ORDER BY text"
    engine = runtime.transactions.engine
    with engine.connect() as connection:
        before = connection.execute(text(texts)).all()

    migrate(engine, revision="0006_ingest")
    with engine.connect() as connection:
        earlier = connection.execute(text(texts)).all()
    migrate(engine)

    first, second = documents_of(runtime, deposit_id)[0], loaded(runtime, UUID(str(before[-1].document_id)))
    assert [row.text for row in earlier] == [row.text for row in before]
    assert all(row.document_id is not None for row in earlier)
    with runtime.transactions.reading() as session:
        pages = session.scalars(select(Page)).all()
        assert session.scalar(select(func.count()).select_from(PageText)) == 6
    assert Counter(page.document_id for page in pages) == {first.id: 3, second.id: 3}
    assert all((page.source_id, page.source_page_index) == (page.document_id, page.page_index) for page in pages)
