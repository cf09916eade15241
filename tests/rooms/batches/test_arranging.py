"""Arranging the pages of a batch: what the database, the index and the copies hold after each act and its undoing."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace
from uuid import UUID, uuid4

import pypdf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from docflow.accounts.visibility import Confidentiality
from docflow.audit.queries import acts_on
from docflow.batches.operations import arrange, redo, undo
from docflow.batches.queries import preview_of
from docflow.batches.rules import Act, Verb, places
from docflow.bootstrap import Runtime
from docflow.core.errors import Conflict, DocFlowError, InvalidInput, NotFound, PermissionDenied
from docflow.documents.models import Document, Page, PageText
from docflow.documents.queries import batch_documents, batch_states, page_views
from docflow.documents.rules import DocumentState, PageState
from docflow.ingest import pipeline
from docflow.ingest.models import Batch
from docflow.ingest.operations import open_batch
from docflow.ingest.queries import batch_for
from docflow.registry.rules import SetAsideReason
from docflow.registry.setting_aside import set_aside
from docflow.search.indexing import index_difference
from docflow.storage.operations import sweep_orphans
from docflow.storage.rules import BlobKind
from docflow.storage.scrubbing import check_storage
from tests.conftest import FrozenClock, actor, deposit, run_jobs
from tests.factories.documents import change, read_document
from tests.rooms.ingest.sheets import code_sheet, letter, stack_pdf
from tests.rooms.ingest.test_pipeline import dead_jobs, found, loaded


def opened_batch(runtime: Runtime, *, by: str = "clerk") -> UUID:
    with runtime.transactions.writing(actor(runtime, by)) as uow:
        return open_batch(uow).id


def layout(runtime: Runtime, batch_id: UUID, *, by: str = "clerk") -> list[list[str]]:
    """The pages of the batch by document, by the numbers they have in their files; left out ones in brackets."""
    with runtime.transactions.reading() as session:
        preview = preview_of(session, actor(runtime, by), batch_id)
    return [
        [
            str(preview.pages[sheet.page_id].source_page_index + 1)
            if sheet.is_kept
            else f"({preview.pages[sheet.page_id].source_page_index + 1})"
            for sheet in row.sheets
        ]
        for row in preview.rows
    ]


def documents(runtime: Runtime, batch_id: UUID, *, by: str = "clerk") -> list[Document]:
    with runtime.transactions.reading() as session:
        return list(batch_documents(session, actor(runtime, by), batch_id))


def version(runtime: Runtime, batch_id: UUID) -> int:
    with runtime.transactions.reading() as session:
        return session.scalars(select(Batch.arrangement_version).where(Batch.id == batch_id)).one()


def page(runtime: Runtime, source_id: UUID, number: int) -> Page:
    with runtime.transactions.reading() as session:
        return session.scalars(
            select(Page).where(Page.source_id == source_id, Page.source_page_index == number - 1)
        ).one()


def do(runtime: Runtime, batch_id: UUID, act: Act, *, by: str = "clerk") -> None:
    with runtime.transactions.writing(actor(runtime, by)) as uow:
        arrange(uow, batch_id, act, expected_version=version(runtime, batch_id))


def step_back(runtime: Runtime, batch_id: UUID, *, by: str = "clerk") -> None:
    with runtime.transactions.writing(actor(runtime, by)) as uow:
        undo(uow, batch_id, expected_version=version(runtime, batch_id))


def step_forward(runtime: Runtime, batch_id: UUID, *, by: str = "clerk") -> None:
    with runtime.transactions.writing(actor(runtime, by)) as uow:
        redo(uow, batch_id, expected_version=version(runtime, batch_id))


def copied_text(runtime: Runtime, document: Document) -> list[str]:
    assert document.searchable_sha256 is not None
    with runtime.blob_store.open(BlobKind.SEARCHABLE, document.searchable_sha256) as stream:
        return [page.extract_text() for page in pypdf.PdfReader(io.BytesIO(stream.read())).pages]


def test_a_split_gives_two_documents_with_their_own_text_copy_and_proposals_and_undo_makes_them_one(
    runtime: Runtime,
) -> None:
    batch_id = opened_batch(runtime)
    source = deposit(runtime, stack_pdf(letter("un arbre"), letter("une fuite")), batch_id=batch_id).id
    run_jobs(runtime)

    do(runtime, batch_id, Act(Verb.SPLIT, (page(runtime, source, 2).id,)))
    run_jobs(runtime)

    first, second = documents(runtime, batch_id)
    assert layout(runtime, batch_id) == [["1"], ["2"]]
    assert (first.subject, second.subject) == ("un arbre", "une fuite")
    assert (found(runtime, "arbre"), found(runtime, "fuite")) == ([first.id], [second.id])
    assert ["fuite" in text for text in copied_text(runtime, second)] == [True]
    assert ["arbre" in text for text in copied_text(runtime, first)] == [True]

    step_back(runtime, batch_id)
    run_jobs(runtime)

    (only,) = documents(runtime, batch_id)
    assert layout(runtime, batch_id) == [["1", "2"]]
    assert (found(runtime, "arbre"), found(runtime, "fuite")) == ([only.id], [only.id])
    assert len(copied_text(runtime, only)) == 2
    assert loaded(runtime, second.id).state == DocumentState.EMPTIED
    assert index_difference(runtime) == (0, 0)

    step_forward(runtime, batch_id)
    run_jobs(runtime)

    assert [document.id for document in documents(runtime, batch_id)] == [first.id, second.id]
    assert found(runtime, "fuite") == [second.id]
    assert dead_jobs(runtime) == []


def test_pages_of_two_files_join_in_one_document_whose_copy_holds_both(sqlite_runtime: Runtime) -> None:
    runtime = sqlite_runtime
    batch_id = opened_batch(runtime)
    one = deposit(runtime, stack_pdf(letter("un arbre")), name="one.pdf", batch_id=batch_id).id
    two = deposit(runtime, stack_pdf(letter("une fuite")), name="two.pdf", batch_id=batch_id).id
    run_jobs(runtime)

    do(runtime, batch_id, Act(Verb.JOIN, document_id=two))
    run_jobs(runtime)

    (joined,) = documents(runtime, batch_id)
    assert joined.id == one
    assert ["arbre" in text or "fuite" in text for text in copied_text(runtime, joined)] == [True, True]
    with runtime.transactions.reading() as session:
        assert batch_states(session, actor(runtime, "clerk"), [batch_id])[batch_id] == {DocumentState.READY: 1}
    assert found(runtime, "fuite") == [one]
    report = check_storage(runtime.transactions, runtime.blob_store)
    assert report.ok


def test_a_document_that_lost_its_last_page_is_in_no_list_and_no_answer_even_before_the_index_follows(
    sqlite_runtime: Runtime,
) -> None:
    runtime = sqlite_runtime
    batch_id = opened_batch(runtime)
    one, two = (read_document(runtime, text, batch_id=batch_id, subject=text) for text in ("arbre", "fuite"))
    run_jobs(runtime)
    assert found(runtime, "fuite") == [two]

    do(runtime, batch_id, Act(Verb.JOIN, document_id=two))

    assert [document.id for document in documents(runtime, batch_id)] == [one]
    assert found(runtime, "fuite") == []
    step_back(runtime, batch_id)
    run_jobs(runtime)
    assert found(runtime, "fuite") == [two]


def test_what_a_person_wrote_of_a_document_stays_when_its_pages_change(sqlite_runtime: Runtime) -> None:
    runtime = sqlite_runtime
    batch_id = opened_batch(runtime)
    source = deposit(runtime, stack_pdf(letter("un arbre"), letter("une fuite")), batch_id=batch_id).id
    run_jobs(runtime)
    change(runtime, source, subject="Ce que la personne a écrit")

    do(runtime, batch_id, Act(Verb.SPLIT, (page(runtime, source, 2).id,)))
    run_jobs(runtime)

    first, second = documents(runtime, batch_id)
    assert (first.subject, second.subject) == ("Ce que la personne a écrit", "une fuite")


def test_a_blank_page_that_is_put_back_is_read(sqlite_runtime: Runtime, monkeypatch: pytest.MonkeyPatch) -> None:
    runtime = sqlite_runtime
    batch_id = opened_batch(runtime)
    with monkeypatch.context() as patched:
        # As though the faint writing of this page had not been seen.
        patched.setattr(
            pipeline,
            "what_sheet_is",
            lambda image: pipeline.PageFinding.BLANK if "fuite" in str(image.words) else pipeline.PageFinding.CONTENT,
        )
        source = deposit(runtime, stack_pdf(letter("un arbre"), letter("une fuite")), batch_id=batch_id).id
        run_jobs(runtime)
    assert layout(runtime, batch_id) == [["1", "(2)"]]
    assert found(runtime, "fuite") == []

    do(runtime, batch_id, Act(Verb.PUT_BACK, (page(runtime, source, 2).id,)))
    run_jobs(runtime)

    assert layout(runtime, batch_id) == [["1", "2"]]
    assert found(runtime, "fuite") == [source]
    step_back(runtime, batch_id)
    run_jobs(runtime)
    assert layout(runtime, batch_id) == [["1", "(2)"]]
    assert found(runtime, "fuite") == []


def test_a_page_that_is_turned_is_read_again_in_that_position_and_its_old_pictures_are_left_to_the_sweeper(
    sqlite_runtime: Runtime, clock: FrozenClock
) -> None:
    runtime = sqlite_runtime
    batch_id = opened_batch(runtime)
    source = deposit(runtime, stack_pdf(letter("un arbre")), batch_id=batch_id).id
    run_jobs(runtime)
    before = page(runtime, source, 1)

    do(runtime, batch_id, Act(Verb.TURN, (before.id,)))
    waiting = page(runtime, source, 1)
    run_jobs(runtime)

    after = page(runtime, source, 1)
    assert (waiting.state, waiting.turned_deg) == (PageState.WAITING, 90)
    assert (after.state, after.rotation_deg, (after.width, after.height)) == (
        PageState.READ,
        90,
        (before.height, before.width),
    )
    with runtime.transactions.reading() as session:
        (view,) = page_views(session, source)
    assert view.text_version == 2
    assert all(0 <= w.box[0] < w.box[2] <= after.width and 0 <= w.box[1] < w.box[3] <= after.height for w in view.words)
    (turned,) = pypdf.PdfReader(io.BytesIO(searchable_bytes(runtime, loaded(runtime, source)))).pages
    assert turned.rotation == 90
    assert found(runtime, "arbre") == [source]
    clock.move(days=3650)
    assert sweep_orphans(runtime.transactions, runtime.blob_store, grace_s=0) == 3
    assert check_storage(runtime.transactions, runtime.blob_store).ok
    step_back(runtime, batch_id)
    run_jobs(runtime)
    assert (page(runtime, source, 1).rotation_deg, page(runtime, source, 1).turned_deg) == (0, None)


def searchable_bytes(runtime: Runtime, document: Document) -> bytes:
    assert document.searchable_sha256 is not None
    with runtime.blob_store.open(BlobKind.SEARCHABLE, document.searchable_sha256) as stream:
        return stream.read()


def test_a_reading_that_ends_after_a_further_turn_is_set_aside(
    sqlite_runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    runtime = sqlite_runtime
    batch_id = opened_batch(runtime)
    source = deposit(runtime, stack_pdf(letter("un arbre")), batch_id=batch_id).id
    run_jobs(runtime)
    page_id = page(runtime, source, 1).id
    do(runtime, batch_id, Act(Verb.TURN, (page_id,)))
    extract = pipeline.extract_page

    def extract_and_turn(*arguments: object, **options: object) -> object:
        do(runtime, batch_id, Act(Verb.TURN, (page_id,)))
        return extract(*arguments, **options)  # type: ignore[arg-type]

    with monkeypatch.context() as patched:
        patched.setattr(pipeline, "extract_page", extract_and_turn)
        pipeline.read_one_page(runtime, page_id, is_last_attempt=False)
    assert page(runtime, source, 1).state == PageState.WAITING
    run_jobs(runtime)

    assert page(runtime, source, 1).rotation_deg == 180


def test_a_copy_made_from_pages_that_changed_meanwhile_is_set_aside(
    sqlite_runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    runtime = sqlite_runtime
    batch_id = opened_batch(runtime)
    source = deposit(
        runtime, stack_pdf(letter("un arbre"), letter("une fuite"), letter("un mur")), batch_id=batch_id
    ).id
    run_jobs(runtime)
    do(runtime, batch_id, Act(Verb.DROP, (page(runtime, source, 3).id,)))
    write = pipeline.write_searchable_pdf

    def change_and_write(*arguments: object, **options: object) -> object:
        do(runtime, batch_id, Act(Verb.DROP, (page(runtime, source, 2).id,)))
        return write(*arguments, **options)  # type: ignore[arg-type]

    with monkeypatch.context() as patched:
        patched.setattr(pipeline, "write_searchable_pdf", change_and_write)
        pipeline.remake_document(runtime, source, is_last_attempt=False)
    assert loaded(runtime, source).searchable_sha256 is None
    for _ in range(2):
        pipeline.remake_document(runtime, source, is_last_attempt=False)
    run_jobs(runtime)

    assert len(copied_text(runtime, loaded(runtime, source))) == 1
    assert found(runtime, "fuite") == []


def test_an_act_on_what_somebody_else_changed_meanwhile_is_refused_with_their_name(runtime: Runtime) -> None:
    batch_id = opened_batch(runtime)
    source = read_document(runtime, "un", "deux", "trois", batch_id=batch_id)
    seen = version(runtime, batch_id)
    do(runtime, batch_id, Act(Verb.DROP, (page(runtime, source, 3).id,)), by="clerk2")

    first = Act(Verb.DROP, (page(runtime, source, 1).id,))
    with (
        pytest.raises(Conflict, match="batch_changed") as refused,
        runtime.transactions.writing(actor(runtime, "clerk")) as uow,
    ):
        arrange(uow, batch_id, first, expected_version=seen)

    assert refused.value.params["who"] == "يوسف العمراني (clerk2)"
    assert layout(runtime, batch_id) == [["1", "2", "(3)"]]


def test_only_ones_own_last_act_is_undone_and_one_after_it_ends_what_could_be_done_again(
    sqlite_runtime: Runtime,
) -> None:
    runtime = sqlite_runtime
    batch_id = opened_batch(runtime)
    source = read_document(runtime, "un", "deux", "trois", batch_id=batch_id)
    do(runtime, batch_id, Act(Verb.DROP, (page(runtime, source, 1).id,)))
    do(runtime, batch_id, Act(Verb.DROP, (page(runtime, source, 3).id,)), by="clerk2")

    with pytest.raises(Conflict, match="act_of_other"):
        step_back(runtime, batch_id)
    step_back(runtime, batch_id, by="clerk2")
    with pytest.raises(Conflict, match="act_of_other"):
        step_forward(runtime, batch_id)
    step_back(runtime, batch_id)
    assert layout(runtime, batch_id) == [["1", "2", "3"]]
    with pytest.raises(Conflict, match="nothing_to_undo"):
        step_back(runtime, batch_id)
    do(runtime, batch_id, Act(Verb.EARLIER, (page(runtime, source, 2).id,)))
    with pytest.raises(Conflict, match="nothing_to_undo"):
        step_forward(runtime, batch_id)


def test_a_registered_document_keeps_its_pages(sqlite_runtime: Runtime) -> None:
    runtime = sqlite_runtime
    batch_id = opened_batch(runtime)
    source = read_document(runtime, "un", "deux", batch_id=batch_id)
    do(runtime, batch_id, Act(Verb.DROP, (page(runtime, source, 1).id,)))
    with runtime.transactions.writing(actor(runtime, "clerk")) as uow:
        uow.session.get_one(Document, source).is_registered = True

    for attempt in (
        lambda: do(runtime, batch_id, Act(Verb.PUT_BACK, (page(runtime, source, 1).id,))),
        lambda: step_back(runtime, batch_id),
    ):
        with pytest.raises(Conflict, match="document_registered"):
            attempt()
    assert layout(runtime, batch_id) == [["(1)", "2"]]


def test_a_document_set_aside_keeps_its_pages(sqlite_runtime: Runtime) -> None:
    runtime = sqlite_runtime
    batch_id = opened_batch(runtime)
    source = read_document(runtime, "un", "deux", batch_id=batch_id)
    do(runtime, batch_id, Act(Verb.DROP, (page(runtime, source, 1).id,)))
    with runtime.transactions.writing(actor(runtime, "clerk")) as uow:
        set_aside(uow, [source], reason=SetAsideReason.MISTAKE)

    with pytest.raises(Conflict, match="document_set_aside"):
        step_back(runtime, batch_id)
    assert layout(runtime, batch_id) == [["(1)", "2"]]


def test_a_page_never_goes_where_more_people_would_read_it(sqlite_runtime: Runtime) -> None:
    runtime = sqlite_runtime
    batch_id = opened_batch(runtime)
    read_document(runtime, "ouvert", batch_id=batch_id)
    secret = read_document(runtime, "réservé", "bis", batch_id=batch_id, confidentiality=Confidentiality.CONFIDENTIAL)

    with pytest.raises(InvalidInput, match="documents_shown_differently"):
        do(runtime, batch_id, Act(Verb.JOIN, document_id=secret))
    do(runtime, batch_id, Act(Verb.SPLIT, (page(runtime, secret, 2).id,)))

    assert len(documents(runtime, batch_id)) == 3
    assert len(documents(runtime, batch_id, by="clerk2")) == 1
    assert layout(runtime, batch_id, by="clerk2") == [["1"]]


def test_who_may_not_see_a_page_or_a_batch_is_told_that_it_does_not_exist(sqlite_runtime: Runtime) -> None:
    runtime = sqlite_runtime
    batch_id = opened_batch(runtime)
    read_document(runtime, "ouvert", batch_id=batch_id)
    secret = read_document(runtime, "réservé", "b", batch_id=batch_id, confidentiality=Confidentiality.CONFIDENTIAL)

    with pytest.raises(NotFound, match="page_unknown"):
        do(runtime, batch_id, Act(Verb.DROP, (page(runtime, secret, 1).id,)), by="clerk2")
    with pytest.raises(NotFound, match="batch_unknown"):
        do(runtime, batch_id, Act(Verb.DROP, (page(runtime, secret, 1).id,)), by="agent")
    with (
        pytest.raises(PermissionDenied),
        runtime.transactions.writing(replace(actor(runtime, "clerk"), permissions=frozenset())) as uow,
    ):
        arrange(uow, batch_id, Act(Verb.DROP, (uuid4(),)), expected_version=0)


def test_every_act_leaves_one_line_in_the_journal(sqlite_runtime: Runtime) -> None:
    runtime = sqlite_runtime
    batch_id = opened_batch(runtime)
    source = read_document(runtime, "un", "deux", batch_id=batch_id)

    do(runtime, batch_id, Act(Verb.SPLIT, (page(runtime, source, 2).id,)))
    step_back(runtime, batch_id)
    step_forward(runtime, batch_id)

    with runtime.transactions.reading() as session:
        verbs = [act.verb for act in acts_on(session, "document", str(source))]
        others = [act.verb for act in acts_on(session, "document", str(documents(runtime, batch_id)[1].id))]
    assert sorted(verbs + others) == sorted(
        ["documents.deposited", "documents.read", "batches.split", "batches.undone", "batches.redone"]
    )


STEPS = st.lists(
    st.tuples(st.sampled_from([*Verb, "undo", "redo"]), st.integers(0, 40), st.integers(0, 40)), min_size=1, max_size=12
)


def test_any_acts_and_undoings_keep_every_page_of_every_file_in_exactly_one_place(sqlite_runtime: Runtime) -> None:
    runtime = sqlite_runtime
    batch_id = opened_batch(runtime)
    sources = [read_document(runtime, *("abcd"[:count]), batch_id=batch_id) for count in (4, 2, 3)]
    clerk = actor(runtime, "clerk")

    @settings(max_examples=20, deadline=None, database=None, derandomize=True)
    @given(STEPS)
    def check(steps: list[tuple[Verb | str, int, int]]) -> None:
        for verb, page_number, row_number in steps:
            with runtime.transactions.reading() as session:
                rows = preview_of(session, clerk, batch_id).rows
            ids = [sheet.page_id for row in rows for sheet in row.sheets]
            try:
                with runtime.transactions.writing(clerk) as uow:
                    expected = batch_for(uow.session, clerk, batch_id).arrangement_version
                    if isinstance(verb, Verb):
                        act = Act(verb, (ids[page_number % len(ids)],), rows[row_number % len(rows)].document_id)
                        arrange(uow, batch_id, act, expected_version=expected)
                    else:
                        {"undo": undo, "redo": redo}[verb](uow, batch_id, expected_version=expected)
            except DocFlowError:
                continue
        assert_all_in_place(runtime, batch_id, sources, expected_pages=9)

    check()


def assert_all_in_place(runtime: Runtime, batch_id: UUID, sources: list[UUID], *, expected_pages: int) -> None:
    with runtime.transactions.reading() as session:
        pages = session.scalars(select(Page).where(Page.source_id.in_(sources))).all()
        stored = {page.id: (page.document_id or page.aside_of, page.page_index) for page in pages}
        preview = preview_of(session, actor(runtime, "clerk"), batch_id)
        every = session.scalars(select(Document).where(Document.batch_id == batch_id)).all()
        assert {document.id: document.page_count for document in every} == {
            document.id: sum(page.document_id == document.id for page in pages) for document in every
        }
        assert all((document.state == DocumentState.EMPTIED) == (document.page_count == 0) for document in every)
        assert len(session.scalars(select(PageText)).all()) == expected_pages
    assert len(pages) == expected_pages
    assert stored == {page_id: (place.document_id, place.page_index) for page_id, place in places(preview.rows).items()}


def crash_before_the_commit(runtime: Runtime, act: Callable[..., object]) -> None:
    class Killed(BaseException):
        pass

    with pytest.raises(Killed), runtime.transactions.writing(actor(runtime, "clerk")) as uow:
        act(uow)
        uow.session.flush()
        raise Killed


def test_an_act_that_stops_before_its_end_has_not_happened(runtime: Runtime) -> None:
    batch_id = opened_batch(runtime)
    source = deposit(
        runtime, stack_pdf(letter("un arbre"), code_sheet(), letter("une fuite"), []), batch_id=batch_id
    ).id
    run_jobs(runtime)
    before = layout(runtime, batch_id)
    target = documents(runtime, batch_id)[1].id

    crash_before_the_commit(
        runtime, lambda uow: arrange(uow, batch_id, Act(Verb.JOIN, document_id=target), expected_version=0)
    )

    assert layout(runtime, batch_id) == before == [["1"], ["(2)", "3", "(4)"]]
    assert version(runtime, batch_id) == 0
    run_jobs(runtime)
    assert found(runtime, "fuite") == [target]
    assert loaded(runtime, source).page_count == 1
