"""Corrections are kept as versions, refuse to overwrite each other, and reach search, fields and journal."""

from __future__ import annotations

import pytest
from sqlalchemy import delete, select

from docflow.accounts.visibility import Confidentiality
from docflow.audit.models import JournalEntry
from docflow.core.errors import Conflict, InvalidInput, NotFound, PermissionDenied
from docflow.core.jobs import Job
from docflow.corrections.operations import Seen, confirm_page, correct_page, give_up_page, restore_text
from docflow.corrections.rules import Edit
from docflow.documents.arranging import Place, place_pages, split_off
from docflow.documents.doubt import count_doubtful, doubtful_after, doubtful_before, doubtful_pages, page_of_queue
from docflow.documents.models import Document, PageText
from docflow.documents.operations import fail_reading
from docflow.documents.queries import document_for, page_views, pages_of
from docflow.documents.rules import AsideReason, DocumentState, PageState, ReviewOutcome, TextSource
from docflow.documents.texts import text_versions
from docflow.search.finding import Question, find
from tests.conftest import actor, run_jobs
from tests.factories.documents import change, doubtful_result, page_id, read_document
from tests.factories.registry import registered

FIRST = Seen(base=1, newest=1)
UNREAD = Seen(base=0, newest=0)
LETTER = "Objet : Réparasion trottoir\nMonsieur le Président"


def doubtful(runtime, text=LETTER, *, doubts=("Réparasion",), **how):
    return read_document(runtime, doubtful_result(text, doubts=doubts), **how)


def correct(runtime, document_id, *, by="clerk", page_index=0, seen=FIRST, **edit):
    with runtime.transactions.writing(actor(runtime, by)) as uow:
        return correct_page(uow, page_id(runtime, document_id, page_index), edit=Edit(**edit), seen=seen)


def view(runtime, document_id, page_index=0):
    with runtime.transactions.reading() as session:
        return page_views(session, document_id, page_index=page_index)[0]


def versions(runtime, document_id):
    with runtime.transactions.reading() as session:
        (page,) = pages_of(session, document_id)
        return text_versions(session, page.id)


def queue(runtime, *, by="clerk", **how):
    with runtime.transactions.reading() as session:
        found = doubtful_pages(session, actor(runtime, by), **how)
        assert len(found) == min(50, count_doubtful(session, actor(runtime, by), language=how.get("language", "")))
        return [(place.document.id, place.page_number) for place in found]


def acts(runtime, document_id):
    with runtime.transactions.reading() as session:
        lines = session.scalars(
            select(JournalEntry).where(JournalEntry.subject_id == str(document_id)).order_by(JournalEntry.number)
        )
        return [(line.verb, line.values) for line in lines if line.verb.startswith("corrections.")]


def found(runtime, text, *, by="clerk"):
    answer = find(runtime, actor(runtime, by), Question(text), now=runtime.clock.now())
    return [result.document.id for result in answer.results]


def test_a_correction_is_the_newest_text_and_the_first_reading_stays(runtime):
    document_id = doubtful(runtime)
    run_jobs(runtime)

    version = correct(runtime, document_id, words={2: "Réparation"})

    now = view(runtime, document_id)
    assert (version, now.text_version, now.source) == (2, 2, TextSource.CORRECTED)
    assert now.text == "Objet : Réparation trottoir\nMonsieur le Président"
    assert (now.page.needs_review, now.page.review_outcome) == (False, ReviewOutcome.CORRECTED)
    corrected, first = versions(runtime, document_id)
    assert (first.text, first.source, first.author_name) == (LETTER, TextSource.OCR, "")
    assert corrected.author_id == actor(runtime, "clerk").person_id
    assert corrected.author_name == now.page.reviewed_by_name == actor(runtime, "clerk").name
    assert corrected.created_at == runtime.clock.now()
    assert queue(runtime) == []
    assert acts(runtime, document_id) == [("corrections.corrected", {"page_number": 1, "text_version": 2})]


def test_what_was_corrected_is_found_at_once(runtime):
    document_id = doubtful(runtime)
    run_jobs(runtime)
    assert found(runtime, '"Réparation trottoir"') == []

    correct(runtime, document_id, words={2: "Réparation"})
    run_jobs(runtime)

    assert found(runtime, '"Réparation trottoir"') == [document_id]


def test_right_as_it_is_clears_the_doubt_without_a_new_version(runtime):
    document_id = doubtful(runtime)

    with runtime.transactions.writing(actor(runtime, "clerk2")) as uow:
        confirm_page(uow, page_id(runtime, document_id), seen=FIRST)

    now = view(runtime, document_id)
    assert (now.text_version, now.page.needs_review, now.page.review_outcome) == (1, False, ReviewOutcome.CONFIRMED)
    assert acts(runtime, document_id) == [("corrections.confirmed", {"page_number": 1, "text_version": 1})]


def test_a_correction_that_changes_nothing_says_that_the_page_is_right(runtime):
    document_id = doubtful(runtime)

    version = correct(runtime, document_id, words={2: "Réparasion"}, lines={1: "Monsieur le Président"})

    assert version == 1
    assert view(runtime, document_id).page.review_outcome == ReviewOutcome.CONFIRMED


def test_a_page_that_cannot_be_read_leaves_the_queue_with_that_reason(runtime):
    document_id = doubtful(runtime)

    with runtime.transactions.writing(actor(runtime, "clerk")) as uow:
        give_up_page(uow, page_id(runtime, document_id), seen=FIRST)

    assert view(runtime, document_id).page.review_outcome == ReviewOutcome.UNREADABLE
    assert queue(runtime) == []
    assert acts(runtime, document_id) == [("corrections.given_up", {"page_number": 1})]


@pytest.mark.parametrize("second", ["correct", "confirm", "give up", "restore"])
def test_the_second_of_two_people_on_one_page_is_refused_and_told_who_was_first(runtime, second):
    document_id = doubtful(runtime)
    correct(runtime, document_id, words={2: "Réparation"})

    with (
        pytest.raises(Conflict, match="text_changed") as conflict,
        runtime.transactions.writing(actor(runtime, "clerk2")) as uow,
    ):
        if second == "correct":
            correct_page(uow, page_id(runtime, document_id), edit=Edit(words={2: "Réparations"}), seen=FIRST)
        elif second == "confirm":
            confirm_page(uow, page_id(runtime, document_id), seen=FIRST)
        elif second == "give up":
            give_up_page(uow, page_id(runtime, document_id), seen=FIRST)
        else:
            restore_text(uow, page_id(runtime, document_id), version=1, newest=1)

    assert conflict.value.params == {"version": 2, "by": actor(runtime, "clerk").name}
    assert [kept.version for kept in versions(runtime, document_id)] == [2, 1]


def test_who_keeps_their_own_over_anothers_makes_a_version_from_what_they_saw(runtime):
    document_id = doubtful(runtime)
    correct(runtime, document_id, words={2: "Réparation"})

    version = correct(runtime, document_id, by="clerk2", seen=Seen(base=1, newest=2), lines={1: "Madame la Présidente"})

    assert version == 3
    assert view(runtime, document_id).text == "Objet : Réparasion trottoir\nMadame la Présidente"


def test_an_earlier_version_taken_back_is_a_new_one_with_its_words(runtime):
    document_id = doubtful(runtime)
    before = view(runtime, document_id)
    correct(runtime, document_id, lines={0: "tout est faux"})

    with runtime.transactions.writing(actor(runtime, "clerk2")) as uow:
        restore_text(uow, page_id(runtime, document_id), version=1, newest=2)

    now = view(runtime, document_id)
    assert (now.text_version, now.text, now.words, now.source) == (3, LETTER, before.words, TextSource.OCR)
    newest = versions(runtime, document_id)[0]
    assert (newest.restored_from, newest.author_name) == (1, actor(runtime, "clerk2").name)
    assert acts(runtime, document_id)[-1] == (
        "corrections.restored",
        {"page_number": 1, "text_version": 3, "restored_from": 1},
    )


def test_a_version_that_never_was_cannot_be_taken_back_or_edited(runtime):
    document_id = doubtful(runtime)

    with pytest.raises(NotFound, match="text_version_unknown"):
        correct(runtime, document_id, seen=Seen(base=7, newest=1), words={0: "x"})


@pytest.mark.parametrize("by", ["agent", "head", "president", "auditor", "admin"])
def test_who_may_not_correct_is_refused(runtime, by):
    document_id = doubtful(runtime, unit="TRV")

    with pytest.raises(PermissionDenied, match="permission_missing"):
        correct(runtime, document_id, by=by, words={0: "x"})


def test_the_oldest_document_comes_first_and_in_it_the_worst_page(runtime, clock):
    late = read_document(runtime, doubtful_result("a", confidence=10))
    clock.move(days=-1)
    early = read_document(
        runtime,
        doubtful_result("a", confidence=70),
        "sûre",
        doubtful_result("b", confidence=30),
        doubtful_result("c", confidence=30),
    )

    assert queue(runtime) == [(early, 3), (early, 4), (early, 1), (late, 1)]


def neighbours(runtime, document_id, page_number, *, by="clerk", language=""):
    with runtime.transactions.reading() as session:
        person = actor(runtime, by)
        place = page_of_queue(session, document_for(session, person, document_id), page_number - 1)
        around = (
            doubtful_before(session, person, place, language=language),
            doubtful_after(session, person, place, language=language),
        )
        return [None if one is None else (one.document.id, one.page_number) for one in around]


def test_next_and_previous_follow_the_filter_even_from_a_page_that_has_left(runtime, clock):
    arabic = read_document(runtime, doubtful_result("شكاية", languages=("ar",)))
    clock.move(minutes=1)
    french = read_document(runtime, doubtful_result("plainte"))
    clock.move(minutes=1)
    both = read_document(runtime, doubtful_result("شكاية plainte", languages=("ar", "fr")))

    assert queue(runtime, language="ar") == [(arabic, 1), (both, 1)]
    assert neighbours(runtime, french, 1) == [(arabic, 1), (both, 1)]
    assert neighbours(runtime, arabic, 1, language="ar") == [None, (both, 1)]
    correct(runtime, french, words={0: "plaintes"})
    assert neighbours(runtime, french, 1) == [(arabic, 1), (both, 1)]
    assert neighbours(runtime, both, 1) == [(arabic, 1), None]


def test_what_a_person_may_not_see_is_in_no_list_and_no_count(runtime):
    document_id = doubtful(runtime)
    read_document(runtime, doubtful_result("secret"), confidentiality=Confidentiality.CONFIDENTIAL)
    assert len(queue(runtime)) == 2

    assert queue(runtime, by="clerk2") == [(document_id, 1)]
    # The archivist reads what has a register number.
    other = doubtful(runtime)
    assert queue(runtime, by="archivist") == []
    registered(runtime, other)
    assert queue(runtime, by="archivist") == [(other, 1)]
    change(runtime, other, confidentiality=Confidentiality.RESTRICTED)
    # Before it is registered the desk reads it; a restriction keeps the heads out, not the desk.
    change(runtime, document_id, confidentiality=Confidentiality.RESTRICTED)
    assert queue(runtime, by="clerk2") == [(document_id, 1)]
    # The auditor sees that it exists, not what it says.
    assert queue(runtime, by="auditor") == []
    change(runtime, document_id, confidentiality=Confidentiality.CONFIDENTIAL)
    assert queue(runtime, by="clerk2") == queue(runtime, by="archivist") == []


def test_a_hidden_document_cannot_be_told_from_one_that_does_not_exist(runtime):
    hidden = read_document(runtime, doubtful_result("secret"), confidentiality=Confidentiality.CONFIDENTIAL)
    errors = []
    for page in (page_id(runtime, hidden), hidden):
        with pytest.raises(NotFound) as refusal, runtime.transactions.writing(actor(runtime, "clerk2")) as uow:
            correct_page(uow, page, edit=Edit(words={0: "x"}), seen=FIRST)
        errors.append((refusal.value.code, refusal.value.params))

    assert errors[0] == errors[1] == ("document_unknown", {})


def fields_of(runtime, document_id):
    with runtime.transactions.reading() as session:
        document = session.get(Document, document_id)
        return document.subject, document.proposals


def test_empty_fields_are_filled_from_the_corrected_words(runtime):
    document_id = doubtful(runtime, "0bjet : réparation du trottoir\nMonsieur le Président", doubts=("0bjet",))
    run_jobs(runtime)
    assert fields_of(runtime, document_id) == ("", {})

    correct(runtime, document_id, words={0: "Objet"})
    run_jobs(runtime)

    subject, proposals = fields_of(runtime, document_id)
    assert subject == "réparation du trottoir"
    assert proposals["subject"]["page_number"] == 1
    assert found(runtime, "objet:trottoir") == [document_id]


def test_a_field_that_was_proposed_before_is_not_changed(runtime):
    document_id = doubtful(runtime, "Objet : réparasion du trottoir", doubts=("réparasion",))
    with runtime.transactions.writing(actor(runtime, "clerk")) as uow:
        document = document_for(uow.session, uow.actor, document_id)
        document.proposals = {
            "subject": {"value": "réparasion", "confidence": 80, "page_number": 1, "box": [0, 0, 1, 1]}
        }
        document.subject = "réparasion"
    run_jobs(runtime)

    correct(runtime, document_id, words={2: "réparation"})
    run_jobs(runtime)

    assert fields_of(runtime, document_id)[0] == "réparasion"


def test_nothing_is_filled_once_a_clerk_has_said_what_the_document_is(runtime):
    document_id = doubtful(runtime, "0bjet : réparation du trottoir", doubts=("0bjet",))
    change(runtime, document_id, sender="Amina Berrada")
    run_jobs(runtime)

    correct(runtime, document_id, words={0: "Objet"})
    run_jobs(runtime)

    assert fields_of(runtime, document_id) == ("", {})


def fail(runtime, document_id, *, seen=None):
    """Make the only page of a document one that could not be read, as a crashed reader does."""
    with runtime.transactions.writing(actor(runtime, "clerk")) as uow:
        (page,) = pages_of(uow.session, document_id)
        page.state, page.image_sha256 = PageState.WAITING, None
        uow.session.execute(delete(PageText).where(PageText.page_id == page.id))
        fail_reading(uow, page, code="page_reader_crashed", params={}, seen=seen)


def test_a_page_without_a_picture_cannot_be_corrected_and_may_be_given_up(runtime):
    document_id = doubtful(runtime)
    fail(runtime, document_id)

    with pytest.raises(InvalidInput, match="page_not_read"):
        correct(runtime, document_id, seen=UNREAD, lines={0: "texte"})
    with runtime.transactions.writing(actor(runtime, "clerk")) as uow:
        give_up_page(uow, page_id(runtime, document_id), seen=UNREAD)

    assert queue(runtime) == []


def test_a_page_that_no_reader_could_read_is_typed_from_its_picture(runtime):
    blank = doubtful_result("x")
    document_id = read_document(runtime, blank)
    fail(runtime, document_id, seen=blank)

    correct(runtime, document_id, seen=UNREAD, lines={0: "Objet : voirie\nMerci"})

    now = view(runtime, document_id)
    assert (now.page.state, now.page.error_code, now.text) == (PageState.READ, None, "Objet : voirie\nMerci")


def test_jobs_carry_identifiers_only(runtime):
    document_id = doubtful(runtime)
    correct(runtime, document_id, words={2: "Réparation"})

    with runtime.transactions.reading() as session:
        payloads = session.scalars(select(Job.payload).where(Job.name == "ingest.renew")).all()
    assert payloads == [{"document_id": str(document_id)}]


def test_a_correction_follows_a_page_that_was_moved_meanwhile(runtime):
    document_id = read_document(
        runtime,
        doubtful_result("Objet : vorie", doubts=("vorie",)),
        doubtful_result("Objet : vorie", doubts=("vorie",)),
    )
    second = page_id(runtime, document_id, 1)
    with runtime.transactions.writing(actor(runtime, "clerk")) as uow:
        part = split_off(uow, document_for(uow.session, uow.actor, document_id), state=DocumentState.READY)
        place_pages(uow, {second: Place(part.id, 0)})

    with runtime.transactions.writing(actor(runtime, "clerk")) as uow:
        correct_page(uow, second, edit=Edit(words={2: "voirie"}), seen=FIRST)

    assert view(runtime, part.id).text == "Objet : voirie"
    assert view(runtime, document_id).text == "Objet : vorie"
    assert acts(runtime, part.id) == [("corrections.corrected", {"page_number": 1, "text_version": 2})]


def test_a_page_that_was_left_out_is_in_no_queue_and_cannot_be_corrected(runtime):
    document_id = read_document(runtime, doubtful_result("un"), doubtful_result("deux"))
    second = page_id(runtime, document_id, 1)
    with runtime.transactions.writing(actor(runtime, "clerk")) as uow:
        place_pages(uow, {second: Place(document_id, 1, AsideReason.BLANK)})

    assert queue(runtime) == [(document_id, 1)]
    with pytest.raises(NotFound), runtime.transactions.writing(actor(runtime, "clerk")) as uow:
        correct_page(uow, second, edit=Edit(words={0: "x"}), seen=FIRST)
