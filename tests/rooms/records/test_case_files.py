"""Case files: numbers, who knows of one, what is filed and taken out, and that nobody sees more for it."""

from __future__ import annotations

import pytest

from docflow.accounts.visibility import Confidentiality
from docflow.core.errors import Conflict, InvalidInput, NotFound, PermissionDenied
from docflow.documents.queries import can_see_content
from docflow.records.demo import fill_demo_files
from docflow.records.forms import posted_numbers
from docflow.records.operations import (
    FileSetup,
    change_file,
    close_file,
    file_documents,
    open_file,
    remove_document,
    reopen_file,
)
from docflow.records.queries import (
    FileFilter,
    count_files,
    documents_numbered,
    entries_of_file,
    file_for,
    files_of_document,
    files_shown,
    files_suggested,
    letters_suggested,
    linked_documents,
    removed_of_file,
)
from docflow.records.rules import FileState
from docflow.registry.operations import Arrival, cancel_entry, link_entries
from docflow.registry.registers import RegisterSetup, create_register
from docflow.registry.rules import LinkKind, RegisterKind
from docflow.routing.rules import Instruction
from tests.conftest import actor, run_jobs
from tests.factories.documents import read_document, unit_id
from tests.factories.registry import registered
from tests.rooms.routing.test_routing import sent, tasks, to_person, to_unit
from tests.threads import at_once


def opened(runtime, by="agent", unit="TRV", **how):
    with runtime.transactions.writing(actor(runtime, by)) as uow:
        return open_file(uow, FileSetup(how.pop("title", "Éclairage de la rue 14"), unit_id(runtime, unit), **how))


def filed(runtime, kept, *entries, by="agent"):
    with runtime.transactions.writing(actor(runtime, by)) as uow:
        return file_documents(uow, kept.id, [entry.document_id for entry in entries])


def letter_of(runtime, unit="TRV", **how):
    """A registered letter that its unit has been sent."""
    entry = registered(runtime, unit_id=unit_id(runtime, unit), **how)
    run_jobs(runtime)
    return entry


def numbers_seen(runtime, kept, name):
    with runtime.transactions.reading() as session:
        return [one.document.register_number for one in entries_of_file(session, actor(runtime, name), kept.id)]


def knows(runtime, name, kept):
    with runtime.transactions.reading() as session:
        try:
            file_for(session, actor(runtime, name), kept.id)
        except NotFound:
            return False
    return True


def test_case_files_are_numbered_by_year_without_gaps_and_a_refused_one_takes_no_number(runtime, clock):
    first = opened(runtime)
    with pytest.raises(InvalidInput) as refusal:
        opened(runtime, title="   ")
    second = opened(runtime)
    clock.move(days=365)
    third = opened(runtime)
    assert refusal.value.code == "file_title_missing"
    assert [one.label for one in (first, second, third)] == ["DOS-2026-000001", "DOS-2026-000002", "DOS-2027-000001"]


def test_people_who_open_case_files_at_one_moment_get_numbers_one_after_the_other(runtime):
    labels = []
    tasks_done = [
        lambda: labels.append(opened(runtime).label),
        lambda: labels.append(opened(runtime, by="agent2", unit="EC").label),
    ]
    assert at_once(*tasks_done) == []
    assert sorted(labels) == ["DOS-2026-000001", "DOS-2026-000002"]


def test_no_register_gives_numbers_of_the_form_of_case_files(runtime):
    setup = RegisterSetup(
        code="files",
        kind=RegisterKind.INCOMING,
        name_ar="سجل",
        name_fr="Registre",
        number_format="DOS-{year}-{number:06}",
    )
    with pytest.raises(InvalidInput) as refusal, runtime.transactions.writing(actor(runtime, "admin")) as uow:
        create_register(uow, setup)
    assert refusal.value.code == "number_format_invalid"


@pytest.mark.parametrize(
    ("confidentiality", "known_to"),
    [
        (Confidentiality.NORMAL, {"agent", "head", "director", "president", "archivist", "auditor"}),
        (Confidentiality.RESTRICTED, {"agent", "archivist", "auditor"}),
        (Confidentiality.CONFIDENTIAL, {"agent", "head2"}),
    ],
)
def test_a_case_file_is_known_to_its_unit_and_as_its_confidentiality_says(runtime, confidentiality, known_to):
    named = (actor(runtime, "head2").person_id,) if confidentiality is Confidentiality.CONFIDENTIAL else ()
    kept = opened(runtime, confidentiality=confidentiality, named_people=named)
    everybody = ["clerk", "agent", "agent2", "head", "head2", "director", "president", "archivist", "admin", "auditor"]
    assert {name for name in everybody if knows(runtime, name, kept)} == known_to
    for name in everybody:
        with runtime.transactions.reading() as session:
            who = actor(runtime, name)
            count = int(name in known_to)
            assert count_files(session, who, FileFilter()) == count
            assert len(files_shown(session, who, FileFilter(text="eclairage"), limit=50)) == count
            assert len(files_suggested(session, who, kept.label)) == count


def test_a_confidential_case_file_names_somebody(runtime):
    with pytest.raises(InvalidInput) as refusal:
        opened(runtime, confidentiality=Confidentiality.CONFIDENTIAL)
    assert refusal.value.code == "file_people_missing"


def test_a_letter_that_the_reader_may_not_know_of_is_not_in_the_file_for_them(runtime):
    kept = opened(runtime, by="director", unit="TRV")
    own, other = letter_of(runtime), letter_of(runtime, unit="EC")
    president = actor(runtime, "president").person_id
    secret = registered(
        runtime,
        confidentiality=Confidentiality.CONFIDENTIAL,
        arrival=Arrival(named_people=(president, actor(runtime, "director").person_id)),
    )
    filed(runtime, kept, own, other, secret, by="director")
    assert numbers_seen(runtime, kept, "director") == [own.label, other.label, secret.label]
    assert numbers_seen(runtime, kept, "agent") == [own.label]
    with runtime.transactions.reading() as session:
        assert files_shown(session, actor(runtime, "agent"), FileFilter(), limit=50)[0][1] == 1
        # Being in the file opens nothing.
        assert not can_see_content(session, actor(runtime, "agent"), other.document_id)
        # Whoever sees the letter but not the file learns of no file.
        assert files_of_document(session, actor(runtime, "agent2"), other.document_id) == []


def test_what_one_may_not_know_of_is_neither_filed_nor_taken_out_nor_changed(runtime):
    kept, hidden = opened(runtime), letter_of(runtime, unit="EC")
    own = letter_of(runtime)
    filed(runtime, kept, own)
    with pytest.raises(NotFound) as letter:
        filed(runtime, kept, hidden)
    with pytest.raises(NotFound) as outsider:
        filed(runtime, kept, hidden, by="agent2")
    with pytest.raises(NotFound), runtime.transactions.writing(actor(runtime, "agent2")) as uow:
        remove_document(uow, kept.id, own.document_id, reason="Non")
    with pytest.raises(PermissionDenied), runtime.transactions.writing(actor(runtime, "auditor")) as uow:
        close_file(uow, kept.id, reason="Non")
    assert (letter.value.code, outsider.value.code) == ("document_unknown", "case_file_unknown")


def test_two_people_who_file_the_same_letter_at_one_moment_file_it_once(runtime):
    kept, entry = opened(runtime), letter_of(runtime)
    counts = []
    raised = at_once(
        lambda: counts.append(filed(runtime, kept, entry)),
        lambda: counts.append(filed(runtime, kept, entry, by="head")),
    )
    assert raised == []
    assert sorted(counts) == [0, 1]
    assert numbers_seen(runtime, kept, "agent") == [entry.label]


def test_a_letter_is_in_several_case_files_and_leaves_one_with_a_reason(runtime):
    first, second, entry = opened(runtime), opened(runtime, title="Autre"), letter_of(runtime)
    filed(runtime, first, entry)
    filed(runtime, second, entry)
    with pytest.raises(InvalidInput), runtime.transactions.writing(actor(runtime, "agent")) as uow:
        remove_document(uow, first.id, entry.document_id, reason=" ")
    with runtime.transactions.writing(actor(runtime, "agent")) as uow:
        remove_document(uow, first.id, entry.document_id, reason="Classé par erreur")
    with runtime.transactions.reading() as session:
        who = actor(runtime, "agent")
        assert [one.label for one in files_of_document(session, who, entry.document_id)] == [second.label]
        assert [row.reason for row, _ in removed_of_file(session, who, first.id)] == ["Classé par erreur"]
    with pytest.raises(NotFound) as again, runtime.transactions.writing(actor(runtime, "agent")) as uow:
        remove_document(uow, first.id, entry.document_id, reason="Encore")
    assert again.value.code == "letter_not_in_file"
    assert filed(runtime, first, entry) == 1


def test_only_a_registered_letter_is_filed(runtime):
    kept = opened(runtime, by="clerk", unit="BO")
    document_id = read_document(runtime, "Une lettre.", by="clerk")
    with pytest.raises(Conflict) as refusal, runtime.transactions.writing(actor(runtime, "clerk")) as uow:
        file_documents(uow, kept.id, [document_id])
    assert refusal.value.code == "letter_not_registered"


def test_a_letter_whose_number_was_cancelled_stays_in_the_file_without_it(runtime):
    kept, entry = opened(runtime, by="clerk", unit="TRV"), letter_of(runtime)
    filed(runtime, kept, entry, by="clerk")
    with runtime.transactions.writing(actor(runtime, "clerk")) as uow:
        cancel_entry(uow, entry.id, reason="Doublon")
    with runtime.transactions.reading() as session:
        found = entries_of_file(session, actor(runtime, "clerk"), kept.id)
    assert [(one.document.id, one.entry) for one in found] == [(entry.document_id, None)]


def test_a_closed_case_file_takes_nothing_until_it_is_opened_again(runtime):
    kept, entry = opened(runtime), letter_of(runtime)
    filed(runtime, kept, entry)
    with runtime.transactions.writing(actor(runtime, "agent")) as uow:
        close_file(uow, kept.id, reason="Affaire terminée")
    acts = [
        lambda uow: file_documents(uow, kept.id, [entry.document_id]),
        lambda uow: remove_document(uow, kept.id, entry.document_id, reason="Non"),
        lambda uow: close_file(uow, kept.id, reason="Encore"),
        lambda uow: change_file(uow, kept.id, FileSetup("T", unit_id(runtime, "TRV")), expected_version=2),
    ]
    for act in acts:
        with pytest.raises(Conflict) as refusal, runtime.transactions.writing(actor(runtime, "agent")) as uow:
            act(uow)
        assert refusal.value.code == "case_file_closed"
    with runtime.transactions.reading() as session:
        assert files_suggested(session, actor(runtime, "agent"), kept.label) == []
        assert count_files(session, actor(runtime, "agent"), FileFilter(state=FileState.CLOSED)) == 1
    with runtime.transactions.writing(actor(runtime, "agent")) as uow:
        assert reopen_file(uow, kept.id, reason="Recours").reason == "Recours"
    with pytest.raises(Conflict) as refusal, runtime.transactions.writing(actor(runtime, "agent")) as uow:
        reopen_file(uow, kept.id, reason="Recours")
    assert refusal.value.code == "case_file_open"


def test_a_case_file_given_to_another_unit_is_known_there_and_no_more_here(runtime):
    kept = opened(runtime, by="head", unit="TRV")
    setup = FileSetup("Éclairage", unit_id(runtime, "URB"))
    with runtime.transactions.writing(actor(runtime, "head")) as uow:
        change_file(uow, kept.id, setup, expected_version=kept.version)
    assert not knows(runtime, "agent", kept)
    assert knows(runtime, "head", kept)
    with pytest.raises(Conflict) as refusal, runtime.transactions.writing(actor(runtime, "head")) as uow:
        change_file(uow, kept.id, setup, expected_version=kept.version)
    assert refusal.value.code == "changed_meanwhile"


def test_filing_ends_the_task_of_whoever_was_asked_to_file(runtime):
    kept, entry = opened(runtime), letter_of(runtime)
    sent(runtime, entry.document_id, to_unit(runtime, "TRV", Instruction.FILE), by="clerk")
    sent(runtime, entry.document_id, to_person(runtime, "agent2", Instruction.FILE), by="clerk")
    filed(runtime, kept, entry)
    left = [task.instruction for task in tasks(runtime, "agent")]
    assert left == [Instruction.ATTRIBUTION]
    assert [task.instruction for task in tasks(runtime, "agent2")] == [Instruction.FILE]


def test_letters_are_found_by_number_subject_and_sender_as_far_as_the_reader_knows_of_them(runtime):
    kept = opened(runtime)
    own, hidden = letter_of(runtime, subject="Fuite 100% rue_14"), letter_of(runtime, unit="EC", subject="Fuite")
    who = actor(runtime, "agent")
    with runtime.transactions.reading() as session:

        def found(text):
            return [one.register_number for one in letters_suggested(session, who, text, without=kept.id)]

        assert found("fuite") == found(own.label) == found("100%") == found("الإدريسي") == [own.label]
        assert found(hidden.label) == found("%%") == found("f") == []
        numbers = posted_numbers(f"{own.label}، {hidden.label.lower()}\nA-٢٠٢٦-000099")
        assert documents_numbered(session, who, numbers) == {own.label: own.document_id}
        assert numbers[2] == "A-2026-000099"
    filed(runtime, kept, own)
    with runtime.transactions.reading() as session:
        assert letters_suggested(session, who, own.label, without=kept.id) == []


def test_linked_letters_are_followed_through_those_that_the_reader_knows_of(runtime):
    first, second, third = (letter_of(runtime) for _ in range(3))
    hidden = letter_of(runtime, unit="EC")
    beyond = letter_of(runtime)
    with runtime.transactions.writing(actor(runtime, "clerk")) as uow:
        link_entries(uow, second.id, first.id, kind=LinkKind.SAME_MATTER)
        link_entries(uow, third.id, second.id, kind=LinkKind.ANSWERS)
        link_entries(uow, third.id, hidden.id, kind=LinkKind.SAME_MATTER)
        link_entries(uow, beyond.id, hidden.id, kind=LinkKind.SAME_MATTER)
    with runtime.transactions.reading() as session:
        found = linked_documents(session, actor(runtime, "agent"), first.document_id)
    assert [one.register_number for one in found] == [second.label, third.label]


def test_the_demonstration_opens_its_case_files_for_those_who_work_on_them(sqlite_runtime):
    fill_demo_files(sqlite_runtime.transactions)
    with sqlite_runtime.transactions.reading() as session:
        seen = {
            name: count_files(session, actor(sqlite_runtime, name), FileFilter())
            for name in ("agent", "agent2", "head", "director", "clerk")
        }
    assert seen == {"agent": 1, "agent2": 1, "head": 2, "director": 3, "clerk": 0}
