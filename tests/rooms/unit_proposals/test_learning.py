"""What clerks decide is learned, and told to nobody who may not see it."""

from __future__ import annotations

import pytest
from sqlalchemy import event, select

from docflow.accounts.visibility import Confidentiality
from docflow.core.errors import Conflict, PermissionDenied
from docflow.documents.editing import LESSON_JOB, set_unit
from docflow.documents.models import Document
from docflow.documents.queries import document_for
from docflow.unit_proposals import queries
from docflow.unit_proposals.models import UnitLesson
from docflow.unit_proposals.queries import lessons_for, unit_proposal_for
from tests.conftest import actor, run_jobs
from tests.factories.documents import change, read_document, unit_id
from tests.factories.sessions import signed_in_client, token_of

LIGHT = "L'éclairage public est en panne, {} lampadaires de la rue sont éteints et un poteau est incliné."
CIVIL = "Je demande {} copies intégrales de mon acte de naissance et un extrait du livret de famille."


def decide(runtime, text, *, unit, count=4, **how):
    decided = [read_document(runtime, text.format(number), **how) for number in range(3, 3 + count)]
    for document_id in decided:
        change(runtime, document_id, unit_id=unit_id(runtime, unit))
    run_jobs(runtime)
    return decided


def taught(runtime):
    """Teach what two units do; return a document about the first that waits for its unit."""
    decide(runtime, LIGHT, unit="ECL")
    decide(runtime, CIVIL, unit="EC")
    return read_document(runtime, LIGHT.format(9))


def proposal(runtime, document_id, *, by="clerk"):
    with runtime.transactions.reading() as session:
        who = actor(runtime, by)
        return unit_proposal_for(session, who, document_for(session, who, document_id))


def test_the_unit_of_like_documents_is_proposed_with_words_of_the_document_and_their_page(runtime):
    taught(runtime)
    document_id = read_document(runtime, "Page de garde", LIGHT.format(9))

    explained = proposal(runtime, document_id)

    assert explained.proposal.unit_id == unit_id(runtime, "ECL")
    assert (explained.proposal.agreeing, explained.proposal.like) == (4, 4)
    assert {word.text for word in explained.words} <= {
        "éclairage", "public", "panne", "lampadaires", "rue", "éteints", "poteau", "incliné",
    }  # fmt: skip
    assert {word.page_number for word in explained.words} == {2}


def test_a_decision_counts_at_once_and_another_one_counts_instead(runtime):
    document_id = taught(runtime)
    with runtime.transactions.reading() as session:
        lighting = session.scalars(select(Document.id).where(Document.unit_id == unit_id(runtime, "ECL"))).all()
    for decided in lighting:
        change(runtime, decided, unit_id=unit_id(runtime, "TRV"))

    assert proposal(runtime, document_id).proposal.unit_id == unit_id(runtime, "TRV")


def test_a_decision_withdrawn_is_forgotten(runtime):
    decided = decide(runtime, LIGHT, unit="ECL")
    for document_id in decided:
        change(runtime, document_id, unit_id=None)
    run_jobs(runtime)
    with runtime.transactions.reading() as session:
        assert proposal(runtime, read_document(runtime, LIGHT.format(9))) is None
        assert len(session.scalars(select(UnitLesson)).all()) == 4
    change(runtime, read_document(runtime, "autre"), unit_id=unit_id(runtime, "EC"))
    run_jobs(runtime)

    with runtime.transactions.reading() as session:
        assert [lesson.text_stems for lesson in session.scalars(select(UnitLesson))] == ["autr"]


def test_units_named_at_the_deposit_are_learned_by_the_periodic_job(runtime):
    decide(runtime, CIVIL, unit="EC")
    for number in range(3, 7):
        read_document(runtime, LIGHT.format(number), unit="ECL")
    with runtime.transactions.writing(actor(runtime, "clerk")) as uow:
        uow.enqueue(LESSON_JOB)
    run_jobs(runtime)

    assert proposal(runtime, read_document(runtime, LIGHT.format(9))).proposal.unit_id == unit_id(runtime, "ECL")


def test_a_corrected_text_is_learned_anew(runtime):
    [document_id] = decide(runtime, "lampadère", unit="ECL", count=1)
    with runtime.transactions.reading() as session:
        before = session.get_one(UnitLesson, document_id).content_version
    change(runtime, document_id, subject="Lampadaire en panne")
    run_jobs(runtime)

    with runtime.transactions.reading() as session:
        lesson = session.get_one(UnitLesson, document_id)
        assert lesson.content_version == before + 1
        assert "lampadair" in lesson.subject_stems.split()


@pytest.mark.parametrize("confidentiality", [Confidentiality.RESTRICTED, Confidentiality.CONFIDENTIAL])
def test_a_document_that_is_not_shown_to_all_teaches_nobody_not_even_those_who_see_it(runtime, confidentiality):
    decided = decide(runtime, LIGHT, unit="ECL")
    document_id = read_document(runtime, LIGHT.format(9))
    for one in decided:
        change(runtime, one, confidentiality=confidentiality)

    assert proposal(runtime, document_id) is None
    run_jobs(runtime)
    with runtime.transactions.reading() as session:
        assert session.scalars(select(UnitLesson)).all() == []


def test_what_was_decided_about_documents_of_others_is_not_told(runtime):
    """An agent of the civil status sees none of the letters about lighting, and learns nothing from them."""
    taught(runtime)
    own = read_document(runtime, LIGHT.format(9), unit="EC")

    with runtime.transactions.reading() as session:
        units = {lesson.unit_id for lesson in lessons_for(session, actor(runtime, "agent2"))}
        assert units == {unit_id(runtime, "EC")}
    assert proposal(runtime, own, by="agent2") is None
    assert proposal(runtime, own) is not None


def test_who_may_see_that_a_document_exists_learns_from_its_subject_and_not_from_its_text(runtime):
    for number in range(4):
        document_id = read_document(runtime, LIGHT.format(number), subject=f"Objet {number}")
        change(runtime, document_id, unit_id=unit_id(runtime, "ECL"))
    run_jobs(runtime)

    with runtime.transactions.reading() as session:
        auditor = lessons_for(session, actor(runtime, "auditor"))
        clerk = lessons_for(session, actor(runtime, "clerk"))
    assert {stem for lesson in auditor for stem in lesson.stems} == {"objet"}
    assert any("lampadair" in lesson.stems for lesson in clerk)


def test_only_the_newest_decisions_are_kept(runtime, monkeypatch):
    monkeypatch.setattr(queries, "MAX_LESSONS", 2)

    decided = decide(runtime, LIGHT, unit="ECL")

    with runtime.transactions.reading() as session:
        assert set(session.scalars(select(UnitLesson.document_id))) == set(sorted(decided)[-2:])


def test_a_document_page_shows_the_unit_in_both_languages_and_accepts_it_in_one_click(sqlite_runtime):
    document_id = taught(sqlite_runtime)
    french, arabic = (signed_in_client(sqlite_runtime, name) for name in ("clerk2", "clerk"))
    shown = french.get(f"/d/{document_id}").get_data(as_text=True)
    assert "<bdi>Service de l&#39;éclairage public</bdi>" in shown
    assert "4 des 4 documents semblables" in shown
    assert "<bdi>lampadaires</bdi>" in shown
    assert "<bdi>مصلحة الإنارة العمومية</bdi>" in arabic.get(f"/d/{document_id}").get_data(as_text=True)

    said = {"unit": str(unit_id(sqlite_runtime, "ECL")), "version": "1", "csrf_token": token_of(french)}
    answer = french.post(f"/d/{document_id}/unit", data=said | {"version": version_of(sqlite_runtime, document_id)})

    assert answer.headers["Location"] == f"/d/{document_id}"
    with sqlite_runtime.transactions.reading() as session:
        assert session.get_one(Document, document_id).unit_id == unit_id(sqlite_runtime, "ECL")
    after = french.get(f"/d/{document_id}").get_data(as_text=True)
    assert "L’entité est enregistrée." in after
    assert "documents semblables" not in after


def version_of(runtime, document_id):
    with runtime.transactions.reading() as session:
        return session.get_one(Document, document_id).version


def test_an_acceptance_of_what_somebody_changed_meanwhile_changes_nothing(sqlite_runtime):
    document_id = taught(sqlite_runtime)
    version = version_of(sqlite_runtime, document_id)
    change(sqlite_runtime, document_id, unit_id=unit_id(sqlite_runtime, "TRV"))
    client = signed_in_client(sqlite_runtime, "clerk2")
    said = {"unit": str(unit_id(sqlite_runtime, "ECL")), "version": str(version), "csrf_token": token_of(client)}

    answer = client.post(f"/d/{document_id}/unit", data=said, follow_redirects=True)

    assert "a modifié ce document entre-temps" in answer.get_data(as_text=True)
    with sqlite_runtime.transactions.reading() as session:
        assert session.get_one(Document, document_id).unit_id == unit_id(sqlite_runtime, "TRV")


@pytest.mark.parametrize("unit", ["", "x", "00000000-0000-0000-0000-000000000000"])
def test_a_unit_that_does_not_exist_is_refused(sqlite_runtime, unit):
    document_id = read_document(sqlite_runtime, "x")
    client = signed_in_client(sqlite_runtime, "clerk")

    answer = client.post(f"/d/{document_id}/unit", data={"unit": unit, "version": "1", "csrf_token": token_of(client)})

    assert answer.status_code == 422


def test_a_unit_is_set_only_by_who_may_edit_and_read_the_document(runtime):
    document_id = read_document(runtime, "x", unit="EC")
    version = version_of(runtime, document_id)

    def attempt(by, version):
        with runtime.transactions.writing(actor(runtime, by)) as uow:
            set_unit(uow, document_id, unit_id=unit_id(runtime, "TRV"), expected_version=version)

    with pytest.raises(PermissionDenied):
        attempt("auditor", version)
    with pytest.raises(Conflict):
        attempt("clerk", version + 1)


def test_comparing_with_lessons_takes_two_queries_however_many_there_are(sqlite_runtime):
    document_id = taught(sqlite_runtime)
    statements = []
    engine = sqlite_runtime.transactions.engine

    def note(connection, cursor, statement, *rest):
        statements.append(statement)

    who = actor(sqlite_runtime, "clerk")
    with sqlite_runtime.transactions.reading() as session:
        document = document_for(session, who, document_id)
        event.listen(engine, "before_cursor_execute", note)
        unit_proposal_for(session, who, document)
        event.remove(engine, "before_cursor_execute", note)
    assert len([one for one in statements if one.startswith("SELECT")]) == 2
