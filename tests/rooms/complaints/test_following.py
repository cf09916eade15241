"""With number and secret a citizen sees how far the complaint is, says something, rates the answer, opens it again."""

from __future__ import annotations

import io
import json
import re

import pytest
from sqlalchemy import select

from docflow.allowances.rules import MOST_IN_WINDOW, Purpose
from docflow.complaints.answering import ask_citizen, note_answers, propose_outcome, say_to_citizen
from docflow.complaints.models import Complaint, ComplaintMessage, ComplaintOutcome, ComplaintPhoto
from docflow.core.actor import SYSTEM
from docflow.core.errors import Conflict
from docflow.documents.models import Document
from docflow.drafting.models import Sending
from docflow.drafting.rules import Channel
from docflow.notifications.adapters.text_outbox import TextOutbox
from docflow.notifications.models import Notice, OutgoingMail, OutgoingText
from docflow.registry.models import Entry, TermPause
from docflow.registry.operations import Arrival
from docflow.routing.operations import finish
from docflow.routing.queries import route_of
from tests.conftest import actor, run_jobs
from tests.factories.complaints import citizen, deposited, open_deposit, photo, post, public_token
from tests.factories.drafts import begun
from tests.factories.registry import registered
from tests.mail_server import with_mail


@pytest.fixture
def house(sqlite_runtime):
    open_deposit(sqlite_runtime)
    return sqlite_runtime


@pytest.fixture
def case(house):
    """A complaint to the works service that was sent there, its entry, and a citizen who gave number and secret."""
    complaint = deposited(house, category="Voirie et trottoirs", email="nadia@example.ma", phone="+212612345678")
    run_jobs(house)
    entry = entry_of(house, complaint)
    client = citizen(house, "fr")
    assert follow(client, entry.label, entry.tracking_secret).headers["Location"].endswith("/complaints/followed")
    return house, complaint, entry, client


def entry_of(runtime, complaint):
    with runtime.transactions.reading() as session:
        return session.get_one(Entry, complaint.entry_id)


def follow(client, number, secret):
    return post(client, "/track", number=number, secret=secret)


def page(client):
    return client.get("/complaints/followed").get_data(as_text=True)


def answered(runtime, complaint, *, outcome="resolved"):
    """Note an outcome and let an answer go out, as it does once it departed from its circuit."""
    agent = actor(runtime, "agent")
    with runtime.transactions.writing(agent) as uow:
        propose_outcome(uow, complaint.id, outcome=outcome, reason="Le trou est bouché.", elsewhere="")
    draft = begun(runtime, "agent", answers_id=complaint.document_id, unit="TRV")
    runtime.clock.move(hours=1)
    with runtime.transactions.writing(SYSTEM) as uow:
        uow.session.add(
            Sending(draft_id=draft.id, channel=Channel.POST, recipient="Nadia Benali", sent_at=uow.now, sent_by_name="")
        )
    with runtime.transactions.writing(agent) as uow:
        task = next(one for one in route_of(uow.session, complaint.document_id) if one.state == "open")
        finish(uow, task.id, answer="Fait.")
    return note_answers(runtime)


def one(runtime, table):
    with runtime.transactions.reading() as session:
        return session.scalars(select(table)).one()


def test_stages_days_and_calculation_are_shown_and_no_name_of_the_staff(case):
    runtime, _, entry, client = case
    shown = page(client)
    assert [text in shown for text in (entry.label, "02/03/2026", "04/05/2026", "Transmise au service")] == [True] * 4
    assert [name in shown for name in ("Bennani", "clerk", "Service des travaux", entry.tracking_secret)] == [False] * 4
    runtime.clock.move(days=70)
    client = citizen(runtime, "fr")
    follow(client, entry.label, entry.tracking_secret)
    assert ("Le délai est dépassé" in page(client), "mediateur.ma" in page(client)) == (True, True)


def test_the_page_opens_to_nobody_else_and_no_more_after_leaving(case):
    runtime, _, _, client = case
    other = citizen(runtime)
    assert other.get("/complaints/followed").status_code == 302
    other.set_cookie("docflow_followed", "forged", path="/complaints/followed")
    assert other.get("/complaints/followed").status_code == 302
    assert post(other, "/complaints/followed/say", text="Bonjour à vous").status_code == 303
    post(client, "/complaints/followed/leave")
    assert client.get("/complaints/followed").status_code == 302
    with runtime.transactions.reading() as session:
        assert session.scalars(select(ComplaintMessage)).all() == []


def test_a_wrong_number_and_a_wrong_secret_get_one_answer_and_each_number_only_so_many(case):
    runtime, _, entry, _ = case
    client = citizen(runtime, "fr")
    wrong = [follow(client, entry.label, "0" * 10), follow(client, "R-2026-999999", "0" * 10)]
    told = [re.search("data-error-summary.*?</div></div>", one.get_data(as_text=True), re.S)[0] for one in wrong]
    assert [one.status_code for one in wrong] == [404, 404]
    assert told[0] == told[1]
    for number in range(MOST_IN_WINDOW[Purpose.MATTER] - 1):
        form = {"csrf_token": public_token(client), "number": entry.label, "secret": "0" * 10}
        address = {"REMOTE_ADDR": f"10.0.{number // 19}.1"}
        assert client.post("/track", data=form, environ_base=address).status_code == 404
    assert follow(citizen(runtime), entry.label, entry.tracking_secret).status_code == 429
    assert follow(citizen(runtime), "R-2026-000999", "0" * 10).status_code == 404


def test_messages_go_both_ways_without_a_name_and_whoever_treats_it_is_told(case):
    runtime, complaint, _, client = case
    assert post(client, "/complaints/followed/say", text=" ").status_code == 422
    post(client, "/complaints/followed/say", text="Le trou s'agrandit <b>")
    with runtime.transactions.writing(actor(runtime, "agent")) as uow:
        say_to_citizen(runtime, uow, complaint.id, text="Nous passons lundi.")
    shown = page(client)
    assert ("s&#39;agrandit &lt;b&gt;" in shown, "Nous passons lundi." in shown, "Idrissi" in shown) == (
        True,
        True,
        False,
    )
    with runtime.transactions.reading() as session:
        told = session.scalars(select(Notice.person_id).where(Notice.kind == "complaints.citizen_said")).all()
    assert actor(runtime, "agent").person_id in told


def test_what_the_district_asks_for_is_sent_once_and_the_term_goes_on(case):
    runtime, complaint, entry, client = case
    with runtime.transactions.writing(actor(runtime, "agent")) as uow:
        ask_citizen(runtime, uow, complaint.id, reason="Une photo du trou")
    assert "Une photo du trou" in page(client)
    with (
        pytest.raises(Conflict, match="term_paused_before"),
        runtime.transactions.writing(actor(runtime, "agent")) as uow,
    ):
        ask_citizen(runtime, uow, complaint.id, reason="Encore une photo")
    runtime.clock.move(days=10)
    client = citizen(runtime, "fr")
    follow(client, entry.label, entry.tracking_secret)
    svg = (io.BytesIO(b"<svg xmlns='http://www.w3.org/2000/svg'/>"), "x.jpg")
    assert post(client, "/complaints/followed/send", text="La voici.", files=svg).status_code == 422
    sent = post(client, "/complaints/followed/send", text="La voici.", files=(io.BytesIO(photo()), "x.jpg"))
    assert sent.status_code == 303
    assert str(one(runtime, TermPause).end_on) == "2026-03-12"
    assert one(runtime, ComplaintPhoto).complaint_id == complaint.id
    assert "11/05/2026" in page(client)
    post(client, "/complaints/followed/send", text="Encore.")
    assert one(runtime, ComplaintMessage).text == "La voici."


def test_the_outcome_is_read_only_once_the_approved_answer_went_out_and_is_rated_then(case):
    runtime, complaint, _, client = case
    with runtime.transactions.writing(actor(runtime, "agent")) as uow:
        propose_outcome(uow, complaint.id, outcome="not_founded", reason="Rien vu.")
    assert "Rien vu." not in page(client)
    assert post(client, "/complaints/followed/rate", solved="yes", rating="5").status_code == 409
    assert answered(runtime, complaint) == 1
    shown = page(client)
    assert ("Le trou est bouché." in shown, "Résolue" in shown) == (True, True)
    assert post(client, "/complaints/followed/rate", rating="5").status_code == 422
    assert post(client, "/complaints/followed/rate", solved="yes", rating="9").status_code == 422
    post(client, "/complaints/followed/rate", solved="yes", rating="4", comment="Merci")
    outcome = one(runtime, ComplaintOutcome)
    assert (outcome.is_solved, outcome.rating, outcome.rating_comment) == (True, 4, "Merci")
    assert note_answers(runtime) == 0


def test_opened_again_it_reaches_the_head_within_a_new_term_and_can_be_answered_anew(case):
    runtime, complaint, _, client = case
    assert post(client, "/complaints/followed/reopen", reason="Encore là").status_code == 409
    answered(runtime, complaint)
    assert post(client, "/complaints/followed/reopen", reason="").status_code == 422
    assert post(client, "/complaints/followed/reopen", reason="Le trou est revenu.").status_code == 303
    with runtime.transactions.reading() as session:
        task = route_of(session, complaint.document_id)[-1]
        document = session.get_one(Document, complaint.document_id)
        told = session.scalars(select(Notice.person_id).where(Notice.kind == "complaints.reopened")).all()
    head = actor(runtime, "head")
    assert (task.instruction, task.person_id, "revenu" in task.note) == ("attribution", head.person_id, True)
    assert (document.is_open, str(task.due_on), told) == (True, "2026-05-04", [head.person_id])
    assert ("Rouverte par vous" in page(client), one(runtime, ComplaintOutcome).is_solved) == (True, False)
    with runtime.transactions.writing(head) as uow:
        propose_outcome(uow, complaint.id, outcome="resolved", reason="Réparé pour de bon.")
    assert "Réparé pour de bon." not in page(client)


def test_it_is_opened_again_twice_at_most_and_within_sixty_days(case):
    runtime, complaint, entry, client = case
    answered(runtime, complaint)
    runtime.clock.move(days=61)
    client = citizen(runtime, "fr")
    follow(client, entry.label, entry.tracking_secret)
    assert post(client, "/complaints/followed/reopen", reason="Encore là, hélas").status_code == 409
    assert one(runtime, Complaint).reopened_count == 0


def test_a_complaint_on_paper_is_the_same_case_once_the_desk_registered_it(house):
    entry = registered(house, register="complaints", subject="Un trou", arrival=Arrival(sender_phone="0612345678"))
    run_jobs(house)
    assert (one(house, Complaint).origin, one(house, Complaint).entry_id) == ("paper", entry.id)
    client = citizen(house, "fr")
    assert follow(client, entry.label, entry.tracking_secret).status_code == 303
    assert "04/05/2026" in page(client)


def test_receipt_and_news_go_by_mail_and_text_message_without_a_word_of_the_complaint(house, tmp_path):
    runtime = with_mail(house, "smtp://127.0.0.1:1")
    runtime.__dict__["text_gateway"] = TextOutbox(tmp_path / "sms")
    complaint = deposited(runtime, category="Voirie et trottoirs", email="nadia@example.ma", phone="+212612345678")
    run_jobs(runtime)
    with runtime.transactions.writing(actor(runtime, "agent")) as uow:
        say_to_citizen(runtime, uow, complaint.id, text="Nous passons lundi.\nBcc: x@y.z")
    run_jobs(runtime)
    entry = entry_of(runtime, complaint)
    with runtime.transactions.reading() as session:
        mails = session.scalars(select(OutgoingMail).order_by(OutgoingMail.asked_at, OutgoingMail.id)).all()
        texts = session.scalars(select(OutgoingText)).all()
    said = [json.loads(path.read_text()) for path in sorted((tmp_path / "sms").iterdir())]
    assert [bool(mail.attachment_sha256) for mail in mails] == [True, False]
    assert [entry.label in one["text"] and one["to"] == "+212612345678" for one in said] == [True, True]
    everything = " ".join([*(f"{mail.subject} {mail.body}" for mail in mails), *(one["text"] for one in said)])
    assert [word in everything for word in ("lundi", "Bcc", "lampadaire", entry.tracking_secret)] == [False] * 4
    assert {(text.state, text.recipient, text.text) for text in texts} == {("sent", "•••••••••••78", "")}
