"""A request is an entry of its register: numbered, routed, counted, completed once, decided with reasons."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import select, text

from docflow.core.errors import Conflict, InvalidInput, NotFound, PermissionDenied
from docflow.core.ids import new_id
from docflow.documents.models import Document
from docflow.notifications.adapters.text_outbox import TextOutbox
from docflow.notifications.models import OutgoingMail
from docflow.registry.following import followed_matter
from docflow.registry.models import Entry
from docflow.registry.terms import extend_term, resume_term
from docflow.requests.catalogue import ProcedureSetup, change_procedure
from docflow.requests.depositing import Application, Given, add_files, deposit_at_counter, deposit_online
from docflow.requests.forgetting import forget_contacts
from docflow.requests.queries import files_of, procedure_named, request_for, requests_shown
from docflow.requests.rules import AskedPaper, Ground, Outcome, PaperForm, ProcedureKind
from docflow.requests.treating import ask_for_missing, decide, publish_answer, withdraw_publication
from docflow.routing.operations import finish
from docflow.routing.queries import route_of
from docflow.schema import migrate
from tests.conftest import actor, run_jobs
from tests.factories.requests import fill_catalogue, requested
from tests.mail_server import with_mail

PNG = (
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x00\x00\x00\x00:~\x9bU"
    b"\x00\x00\x00\nIDATx\x9cc\xf8\x0f\x00\x01\x01\x01\x00\x1b\xb6\xeeV\x00\x00\x00\x00IEND\xaeB`\x82"
)


@pytest.fixture
def house(sqlite_runtime):
    fill_catalogue(sqlite_runtime)
    return sqlite_runtime


def does(runtime, who, act, *args, **said):
    with runtime.transactions.writing(actor(runtime, who)) as uow:
        return act(uow, *args, **said)


def row_of(runtime, request, who="agent2"):
    with runtime.transactions.reading() as session:
        return request_for(session, actor(runtime, who), request.id)


def test_a_request_has_its_number_its_unit_and_its_own_term_at_once(runtime):
    fill_catalogue(runtime)
    request = requested(runtime)
    run_jobs(runtime)
    with runtime.transactions.reading() as session:
        entry = session.get_one(Entry, request.entry_id)
        (task,) = route_of(session, request.document_id)
        document = session.get_one(Document, request.document_id)
        matter = followed_matter(session, entry.label, entry.tracking_secret)
    assert entry.label.startswith("T-2026-")
    assert (document.kind, document.subject, document.sender) == (
        "request",
        "Extrait d'acte de naissance",
        "Nadia Benjelloun",
    )
    # Three working days after Monday 2 March.
    assert (task.due_on, task.is_by_law, matter.term.due) == (date(2026, 3, 5), True, date(2026, 3, 5))
    assert [one.request.id for one in _shown(runtime, "agent2")] == [request.id]
    assert _shown(runtime, "agent") == []


def _shown(runtime, who):
    with runtime.transactions.reading() as session:
        return list(requests_shown(session, actor(runtime, who), is_open=True, procedure_id=None, page=1)[0])


def test_a_form_sent_twice_is_one_request_and_an_answer_that_is_missing_none(house):
    key = new_id()
    said = Application("Nadia", said=["x"] * 5, phone="06 12 34 56 78")
    first, again = (deposit_online(house, "extrait-naissance", said, key=key) for _ in range(2))
    assert first.id == again.id
    for wrong, code in (
        (replace(said, name=" "), "applicant_missing"),
        (replace(said, said=["x"]), "question_unanswered"),
        (replace(said, cin="12345"), "cin_not_understood"),
        (replace(said, phone="appelez-moi"), "phone_invalid"),
        (replace(said, email="a@b\r\nBcc: c@d.ma"), "mail_address_invalid"),
        (replace(said, files=[Given(io.BytesIO(b"<svg onload=alert(1)>"), "x.svg")]), "file_type_unknown"),
    ):
        with pytest.raises(InvalidInput, match=code):
            deposit_online(house, "extrait-naissance", wrong, key=new_id())
    with pytest.raises(NotFound, match="procedure_unknown"):
        deposit_online(house, "nowhere", said, key=new_id())


def test_the_checklist_says_what_was_given_online_by_file_and_at_the_counter_by_sight(house):
    file = Given(io.BytesIO(PNG), "../livret.png", paper_index=1)
    online = requested(house, files=[file], given=[0])
    assert [(one["fr"][:6], one["is_given"]) for one in online.papers] == [("Carte ", False), ("Livret", True)]
    with house.transactions.reading() as session:
        (kept,) = files_of(session, online.id)
    assert (kept.media_type, kept.paper_index, "/" in kept.name) == ("image/png", 1, False)
    said = Application("Nadia", said=["x"] * 5, given=[0, 1])
    for who in ("agent2", "clerk", "counter"):
        taken = deposit_at_counter(house, actor(house, who), "extrait-naissance", said, key=new_id())
        assert all(one["is_given"] for one in taken.papers)
    with pytest.raises(PermissionDenied, match="counter_of_others"):
        deposit_at_counter(house, actor(house, "agent"), "extrait-naissance", said, key=new_id())
    with pytest.raises(PermissionDenied):
        deposit_at_counter(house, actor(house, "archivist"), "extrait-naissance", said, key=new_id())


def test_what_is_missing_is_asked_for_once_and_the_term_stands_still(house):
    request = requested(house)
    run_jobs(house)
    with pytest.raises(NotFound):
        does(house, "agent", ask_for_missing, request.id, positions=[1], note="")
    with pytest.raises(InvalidInput, match="nothing_missing"):
        does(house, "agent2", ask_for_missing, request.id, positions=[], note=" ")
    does(house, "agent2", ask_for_missing, request.id, positions=[1], note="")
    row = row_of(house, request)
    assert (row.term.due, "Livret de famille" in row.pause.reason) == (None, True)
    add_files(house, request.id, [Given(io.BytesIO(PNG), "livret.png")])
    house.clock.move(days=4)
    does(house, "agent2", resume_term, request.entry_id)
    assert row_of(house, request).term.due == date(2026, 3, 10)
    with pytest.raises(Conflict, match="term_paused_before"):
        does(house, "agent2", ask_for_missing, request.id, positions=[0], note="")


def test_a_decision_ends_the_task_closes_the_matter_and_has_its_reasons(house):
    request = requested(house)
    run_jobs(house)
    with pytest.raises(PermissionDenied, match="decision_of_others"):
        does(house, "head2", decide, request.id, outcome=Outcome.GRANTED, reason="")
    with pytest.raises(InvalidInput, match="decision_reason_missing"):
        does(house, "agent2", decide, request.id, outcome=Outcome.REFUSED, reason=" ")
    does(house, "agent2", decide, request.id, outcome=Outcome.REFUSED, reason="Acte d'une autre commune.")
    row = row_of(house, request)
    assert (row.is_open, row.request.outcome, row.request.reason) == (False, "refused", "Acte d'une autre commune.")
    with house.transactions.reading() as session:
        assert "Refusée avec motifs: Acte" in route_of(session, request.document_id)[0].answer
    with pytest.raises(Conflict, match="request_decided"):
        does(house, "agent2", decide, request.id, outcome=Outcome.GRANTED, reason="")
    with pytest.raises(Conflict, match="matter_closed"):
        add_files(house, request.id, [Given(io.BytesIO(PNG), "tard.png")])


def test_silence_is_consent_for_the_procedures_that_say_so_and_for_no_other(house):
    with house.transactions.reading() as session:
        kept = procedure_named(session, "extrait-deces")
    setup = ProcedureSetup(
        kept.slug, ProcedureKind.REQUEST, kept.unit_id, ("أ", "a"), is_silence_consent=True, days=5,
        papers=[AskedPaper("ب", "b", PaperForm.COPY)],
    )  # fmt: skip
    does(house, "admin", change_procedure, kept.id, setup, expected_version=kept.version)
    silent, other = requested(house, "extrait-deces", said=[]), requested(house)
    run_jobs(house)
    due = row_of(house, silent).term.due
    assert not row_of(house, silent).is_consent(due)
    assert [row_of(house, one).is_consent(due + timedelta(days=1)) for one in (silent, other)] == [True, False]
    with pytest.raises(Conflict, match="changed_meanwhile"):
        does(house, "admin", change_procedure, kept.id, setup, expected_version=kept.version)
    with pytest.raises(PermissionDenied):
        does(house, "head2", change_procedure, kept.id, setup, expected_version=kept.version)


def test_information_has_its_clocks_one_extension_a_ground_for_refusal_and_its_answer_for_all(house):
    calm, urgent = (requested(house, "acces-information", is_urgent=one) for one in (False, True))
    run_jobs(house)
    dues = [row_of(house, one, "head2").term.due for one in (calm, urgent)]
    assert dues[1] == date(2026, 3, 5)
    assert dues[0] > date(2026, 3, 30)
    does(house, "head2", extend_term, calm.entry_id, reason="Volume")
    with pytest.raises(Conflict, match="term_extended_before"):
        does(house, "head2", extend_term, calm.entry_id, reason="Encore")
    assert row_of(house, calm, "head2").term.due > dues[0] + timedelta(days=20)
    with pytest.raises(InvalidInput, match="ground_missing"):
        does(house, "head2", decide, urgent.id, outcome=Outcome.REFUSED, reason="Non")
    does(house, "head2", decide, urgent.id, outcome=Outcome.REFUSED, reason="Non", ground=Ground.PRIVACY)
    with pytest.raises(Conflict, match="not_publishable"):
        does(house, "head2", publish_answer, urgent.id, subject="s", answer="a")
    does(house, "head2", decide, calm.id, outcome=Outcome.GRANTED, reason="Voici.")
    with pytest.raises(InvalidInput, match="publication_incomplete"):
        does(house, "head2", publish_answer, calm.id, subject=" ", answer="a")
    assert does(house, "head2", publish_answer, calm.id, subject="s", answer="a").published_at is not None
    assert does(house, "head2", withdraw_publication, calm.id).published_at is None


def test_receipt_question_and_decision_go_by_mail_and_text_without_a_word_of_the_request(house, tmp_path):
    runtime = with_mail(house, "smtp://127.0.0.1:1")
    runtime.__dict__["text_gateway"] = TextOutbox(tmp_path / "sms")
    request = requested(runtime, email="nadia@example.ma", phone="06 12 34 56 78")
    run_jobs(runtime)
    does(runtime, "agent2", ask_for_missing, request.id, positions=[1], note="")
    does(runtime, "agent2", decide, request.id, outcome=Outcome.REFUSED, reason="Un motif secret")
    run_jobs(runtime)
    with runtime.transactions.reading() as session:
        entry = session.get_one(Entry, request.entry_id)
        mails = session.scalars(select(OutgoingMail).order_by(OutgoingMail.asked_at, OutgoingMail.id)).all()
    texts = [json.loads(path.read_text()) for path in sorted((tmp_path / "sms").iterdir())]
    assert [bool(mail.attachment_sha256) for mail in mails] == [True, False, False]
    assert [(one["to"], entry.label in one["text"]) for one in texts] == [("+212612345678", True)] * 3
    everything = " ".join([*(f"{mail.subject} {mail.body}" for mail in mails), *(one["text"] for one in texts)])
    assert [word in everything for word in ("motif", "Livret", entry.tracking_secret)] == [False] * 3


def test_a_request_is_not_closed_undecided_and_how_its_citizen_is_reached_is_forgotten_afterwards(runtime):
    fill_catalogue(runtime)
    said = {"email": "nadia@example.ma", "phone": "0612345678", "cin": "BK482913"}
    request, waiting = (requested(runtime, **said) for _ in range(2))
    run_jobs(runtime)
    with runtime.transactions.reading() as session:
        (task,) = route_of(session, request.document_id)
    with pytest.raises(Conflict, match="request_undecided"):
        does(runtime, "agent2", finish, task.id, answer="Fait", rules=runtime.closing_rules)
    does(runtime, "agent2", decide, request.id, outcome=Outcome.GRANTED, reason="")
    runtime.clock.move(days=runtime.settings.contact_kept_days - 1)
    assert forget_contacts(runtime) == 0
    runtime.clock.move(days=1)
    assert (forget_contacts(runtime), forget_contacts(runtime)) == (1, 0)
    rows = [row_of(runtime, one).request for one in (request, waiting)]
    assert [(one.email, one.phone, one.cin) for one in rows] == [
        ("", "", ""),
        ("nadia@example.ma", "+212612345678", "BK482913"),
    ]
    with runtime.transactions.reading() as session:
        assert session.get_one(Entry, request.entry_id).sender_cin == ""


def test_laws_of_an_earlier_version_are_said_in_arabic_too(house):
    engine = house.transactions.engine
    migrate(engine, revision="0068_texts_about_appointments")
    with engine.begin() as connection:
        own = text("UPDATE procedures SET legal_basis = 'arrêté 12' WHERE slug = 'deces-hors-delai'")
        connection.execute(own)
    migrate(engine)
    with house.transactions.reading() as session:
        said = {
            slug: [procedure_named(session, slug).legal_basis(locale) for locale in ("ar", "fr")]
            for slug in ("extrait-naissance", "deces-hors-delai")
        }
    assert said["extrait-naissance"] == ["القانون 36-21، القانون 55-19", "loi 36-21, loi 55-19"]
    assert said["deces-hors-delai"] == ["arrêté 12", "arrêté 12"]
