"""Documents that are not to be registered: set aside with a reason, out of everybody's way, and put back."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from docflow.accounts.queries import OPERATOR
from docflow.accounts.visibility import Confidentiality
from docflow.core.errors import Conflict, InvalidInput, NotFound, PermissionDenied
from docflow.core.ids import new_id
from docflow.documents.doubt import count_doubtful
from docflow.documents.models import Document
from docflow.documents.operations import restart_reading
from docflow.documents.queries import can_see_content, document_for
from docflow.registry.drafts import draft_of, keep_draft
from docflow.registry.models import SetAsideDocument
from docflow.registry.operations import Arrival
from docflow.registry.queries import (
    count_set_aside,
    count_waiting,
    counting_waiting,
    set_aside_rows,
    waiting_documents,
)
from docflow.registry.registers import RegisterSetup, create_register
from docflow.registry.rules import MOST_SET_ASIDE, RegisterKind, SetAsideReason
from docflow.registry.setting_aside import first_copy, likely_reason, put_back, set_aside, undo_setting_aside
from docflow.search.finding import Question, find
from docflow.storage.rules import BlobKind
from tests.conftest import actor, run_jobs
from tests.factories.documents import blob, doubtful_result, read_document, unit_id
from tests.factories.registry import registered
from tests.rooms.registry.test_journal import told
from tests.rooms.search.test_likeness import FIRST, RESCANNED


def aside(runtime, *ids, by="clerk", reason=SetAsideReason.UNREADABLE, note=""):
    with runtime.transactions.writing(actor(runtime, by)) as uow:
        return set_aside(uow, ids, reason=reason, note=note)


def back(runtime, document_id, *, by="clerk"):
    with runtime.transactions.writing(actor(runtime, by)) as uow:
        put_back(uow, document_id)


def waiting(runtime, by="clerk"):
    with runtime.transactions.reading() as session:
        return [document.id for document in waiting_documents(session, actor(runtime, by))]


def found(runtime, by, text):
    answer = find(runtime, actor(runtime, by), Question(text), now=runtime.clock.now())
    return [one.document.id for one in answer.results]


def test_what_is_set_aside_leaves_the_queue_and_its_counts_and_comes_back_as_it_was(runtime):
    kept, gone = read_document(runtime, "Une."), read_document(runtime, "")
    aside(runtime, gone, by="clerk2", reason=SetAsideReason.OTHER, note="  feuille   vide ")

    with runtime.transactions.reading() as session:
        clerk = actor(runtime, "clerk")
        assert waiting(runtime) == [kept]
        assert count_waiting(session, clerk) == session.scalar(counting_waiting(clerk, 10)) == 1
        (row,) = set_aside_rows(session, clerk, limit=10)
        assert (row.document.id, row.aside.reason, row.aside.note) == (gone, "other", "feuille vide")
        assert row.aside.set_aside_at == runtime.clock.now()
        assert row.aside.set_aside_by_name == actor(runtime, "clerk2").name
        assert row.document.original_sha256
        assert row.document.page_count == 1

    back(runtime, gone)

    assert waiting(runtime) == [kept, gone]
    with runtime.transactions.reading() as session:
        assert count_set_aside(session, clerk) == 0
        assert set_aside_rows(session, clerk, limit=10) == []
    assert registered(runtime, gone, arrival=Arrival(is_unread_accepted=True)).label == "A-2026-000001"


def test_a_draft_waits_with_its_document(runtime):
    document_id = read_document(runtime, "Une.")
    with runtime.transactions.writing(actor(runtime, "clerk")) as uow:
        keep_draft(uow, document_id, values={"subject": ["Éclairage"]})
    aside(runtime, document_id)
    with pytest.raises(Conflict, match="document_set_aside"), runtime.transactions.writing(OPERATOR) as uow:
        keep_draft(uow, document_id, values={"subject": ["Autre"]})
    back(runtime, document_id)
    with runtime.transactions.reading() as session:
        assert draft_of(session, document_id).values == {"subject": ["Éclairage"]}


def test_each_act_leaves_its_line_in_the_journal_that_the_auditor_reads(runtime):
    document_id = read_document(runtime, "Une.", subject="Publicité")
    aside(runtime, document_id, reason=SetAsideReason.NO_MAIL)
    ((name, details),) = told(runtime, "auditor", "registry.set_aside")
    back(runtime, document_id)
    assert (name, details) == ("Publicité", [["Not mail (advertising, internal paper)"]])
    assert told(runtime, "auditor", "registry.put_back") == [("Publicité", [])]


def test_the_second_of_two_clerks_is_told_what_the_first_did(runtime):
    one, two = (read_document(runtime, text, subject=text) for text in ("Une.", "Deux."))
    aside(runtime, one)
    with pytest.raises(Conflict, match="document_set_aside_already") as refusal:
        aside(runtime, two, one, by="clerk2")
    assert refusal.value.params == {"document": "Une."}
    assert waiting(runtime) == [two], "all of an act or nothing"
    with pytest.raises(Conflict, match="document_set_aside"):
        registered(runtime, one, by="clerk2")

    registered(runtime, two)
    with pytest.raises(Conflict, match="document_has_number") as refusal:
        aside(runtime, two, by="clerk2")
    assert refusal.value.params == {"number": "A-2026-000001"}

    back(runtime, one)
    with pytest.raises(Conflict, match="document_not_set_aside"):
        back(runtime, one, by="clerk2")


@pytest.mark.parametrize(
    ("count", "reason", "note", "code"),
    [
        (0, SetAsideReason.BLANK, "", "nothing_to_set_aside"),
        (1, SetAsideReason.OTHER, " \n", "note_missing"),
        (1, SetAsideReason.BLANK, "x" * 301, "field_too_long"),
    ],
)
def test_what_says_too_little_or_too_much_is_refused(runtime, count, reason, note, code):
    ids = [read_document(runtime, "Une.") for _ in range(count)]
    with pytest.raises(InvalidInput, match=code):
        aside(runtime, *ids, reason=reason, note=note)
    assert waiting(runtime) == ids


def test_no_more_is_set_aside_at_once_than_the_queue_shows(runtime):
    document_id = read_document(runtime, "Une.")
    with pytest.raises(InvalidInput, match="too_many_to_set_aside") as refusal:
        aside(runtime, document_id, *(new_id() for _ in range(MOST_SET_ASIDE)))
    assert refusal.value.params == {"limit": MOST_SET_ASIDE}
    aside(runtime, *[document_id] * (MOST_SET_ASIDE + 1))
    assert waiting(runtime) == []


def test_undo_puts_back_what_one_act_set_aside_and_nothing_else(runtime):
    one, two, three = (read_document(runtime, text) for text in ("Une.", "Deux.", "Trois."))
    aside(runtime, three)
    act_id = aside(runtime, one, two)[0].act_id
    back(runtime, one)

    with runtime.transactions.writing(actor(runtime, "clerk")) as uow:
        assert undo_setting_aside(uow, act_id) == [two]

    assert waiting(runtime) == [one, two]
    clerk = actor(runtime, "clerk")
    with pytest.raises(Conflict, match="document_not_set_aside"), runtime.transactions.writing(clerk) as uow:
        undo_setting_aside(uow, act_id)


def test_only_the_desk_sets_aside_puts_back_and_counts(runtime):
    with runtime.transactions.writing(OPERATOR) as uow:
        setup = RegisterSetup(
            "urbanism", RegisterKind.INCOMING, "سجل", "Urbanisme", "U/{year}/{number}", unit_id(runtime, "URB")
        )
        create_register(uow, setup)
    own, other = read_document(runtime, "Une.", unit="TRV"), read_document(runtime, "Deux.", by="clerk")
    with runtime.transactions.writing(OPERATOR) as uow:
        moved = document_for(uow.session, OPERATOR, other)
        moved.register_code, moved.named_people = "urbanism", [str(actor(runtime, "clerk").person_id)]
        uow.session.flush()
        set_aside(uow, [other], reason=SetAsideReason.MISTAKE)
    with pytest.raises(PermissionDenied, match="permission_missing"):
        aside(runtime, own, by="agent")
    with pytest.raises(PermissionDenied, match="desk_of_others"):
        back(runtime, other)
    aside(runtime, own)
    with pytest.raises(NotFound):
        back(runtime, other, by="clerk2")

    with runtime.transactions.reading() as session:
        counts = {
            name: count_set_aside(session, actor(runtime, name))
            for name in ("clerk", "clerk2", "agent", "head", "archivist", "auditor", "admin")
        }
        every = count_set_aside(session, OPERATOR)
    assert counts == {"clerk": 1, "clerk2": 1, "agent": 0, "head": 0, "archivist": 0, "auditor": 0, "admin": 0}
    assert every == 2


def test_confidential_mail_is_set_aside_by_the_clerk_whom_it_names(runtime):
    document_id = read_document(runtime, "Pli.", confidentiality=Confidentiality.CONFIDENTIAL, by="clerk")
    with pytest.raises(NotFound):
        aside(runtime, document_id, by="clerk2")
    aside(runtime, document_id)
    with runtime.transactions.reading() as session:
        assert count_set_aside(session, actor(runtime, "clerk")) == 1
        assert count_set_aside(session, actor(runtime, "clerk2")) == 0


def test_what_still_is_read_written_here_or_decided_on_does_not_wait(runtime):
    drafted, asked, unread = (read_document(runtime, text) for text in ("Une.", "Deux.", "Trois."))
    with runtime.transactions.writing(OPERATOR) as uow:
        uow.session.get_one(Document, drafted).is_drafted = True
        uow.session.get_one(Document, asked).asked_people = [str(actor(runtime, "head").person_id)]
        uow.session.get_one(Document, unread).state = "reading"
    for document_id in (drafted, asked, unread):
        with pytest.raises(Conflict, match="document_not_waiting"):
            aside(runtime, document_id)


def test_what_is_set_aside_is_found_and_read_by_its_desk_alone(runtime):
    document_id = read_document(runtime, "La fontaine de la place Sraghna.", unit="TRV", by="clerk")
    run_jobs(runtime)
    people = ("clerk", "clerk2", "agent", "head", "archivist", "auditor")
    before = {name for name in people if found(runtime, name, "fontaine") == [document_id]}
    assert before == {"clerk", "clerk2", "agent", "head"}

    aside(runtime, document_id)
    assert not {name for name in people if found(runtime, name, "fontaine")}, "until the index knows"
    run_jobs(runtime)

    assert {name for name in people if found(runtime, name, "fontaine")} == {"clerk", "clerk2"}
    with runtime.transactions.reading() as session:
        readers = {name for name in people if can_see_content(session, actor(runtime, name), document_id)}
    assert readers == {"clerk", "clerk2"}

    back(runtime, document_id)
    run_jobs(runtime)
    assert {name for name in people if found(runtime, name, "fontaine")} == before


def test_pages_of_what_is_set_aside_wait_for_no_correction_and_no_new_reading(runtime):
    document_id = read_document(runtime, doubtful_result("Une lettre."))
    clerk = actor(runtime, "clerk")
    with runtime.transactions.reading() as session:
        assert count_doubtful(session, clerk) == 1
    aside(runtime, document_id)
    with runtime.transactions.reading() as session:
        assert count_doubtful(session, clerk) == 0
    with runtime.transactions.writing(OPERATOR) as uow:
        uow.session.get_one(Document, document_id).state = "failed"
    with pytest.raises(Conflict, match="document_set_aside"), runtime.transactions.writing(clerk) as uow:
        restart_reading(uow, document_id)


def test_a_second_copy_is_recognised_by_its_bytes_or_words_and_named(runtime):
    paper = blob(BlobKind.ORIGINAL, b"the same file")
    first, second = (read_document(runtime, "Une.", original=paper) for _ in range(2))
    letter, rescanned = read_document(runtime, FIRST), read_document(runtime, RESCANNED)
    blank = read_document(runtime, " \n", "")
    run_jobs(runtime)
    clerk = actor(runtime, "clerk")

    with runtime.transactions.reading() as session:
        known = {one: session.get_one(Document, one) for one in (first, second, letter, rescanned, blank)}
        copies = {one: first_copy(session, clerk, document) for one, document in known.items()}
        reasons = [likely_reason(session, clerk, [document]) for document in known.values()]
        of_both = likely_reason(session, clerk, [known[second], known[rescanned]])
        of_all = likely_reason(session, clerk, list(known.values()))
    named = {one: copy.id for one, copy in copies.items() if copy is not None}
    assert named == {second: first, rescanned: letter}
    assert reasons == [None, "duplicate", None, "duplicate", "unreadable"]
    assert (of_both, of_all) == ("duplicate", None)

    aside(runtime, second, rescanned, reason=SetAsideReason.DUPLICATE)

    with runtime.transactions.reading() as session:
        rows = session.scalars(select(SetAsideDocument)).all()
    assert {row.document_id: row.duplicate_of for row in rows} == {second: first, rescanned: letter}


def test_of_two_copies_the_one_left_is_no_second_copy(runtime):
    paper = blob(BlobKind.ORIGINAL, b"the same file")
    first, second = (read_document(runtime, "Une.", original=paper) for _ in range(2))
    aside(runtime, first, reason=SetAsideReason.MISTAKE)
    with runtime.transactions.reading() as session:
        assert first_copy(session, actor(runtime, "clerk"), session.get_one(Document, second)) is None


def test_the_list_is_of_one_reason_and_in_pages_the_last_first(runtime, clock):
    ids = []
    for reason in (SetAsideReason.BLANK, SetAsideReason.BLANK, SetAsideReason.MISTAKE):
        clock.move(minutes=1)
        ids.append(read_document(runtime, "Une."))
        aside(runtime, ids[-1], reason=reason)
    clerk = actor(runtime, "clerk")
    with runtime.transactions.reading() as session:
        every = [row.document.id for row in set_aside_rows(session, clerk, limit=2)]
        rest = [row.document.id for row in set_aside_rows(session, clerk, offset=2, limit=2)]
        blank = [row.document.id for row in set_aside_rows(session, clerk, reason=SetAsideReason.BLANK, limit=9)]
        assert count_set_aside(session, clerk, reason=SetAsideReason.BLANK) == 2
    assert (every, rest, blank) == ([ids[2], ids[1]], [ids[0]], [ids[1], ids[0]])


@pytest.mark.parametrize("what", ["is_unread_accepted", "is_unopened"])
def test_what_nobody_could_read_gets_a_number_only_when_somebody_says_so(runtime, what):
    unread = read_document(runtime, "", "  ")
    arrival = Arrival(named_people=(actor(runtime, "clerk").person_id,), **{what: True})

    with pytest.raises(InvalidInput, match="nothing_was_read"):
        registered(runtime, unread)

    assert registered(runtime, unread, arrival=arrival, confidentiality=Confidentiality.CONFIDENTIAL).label
