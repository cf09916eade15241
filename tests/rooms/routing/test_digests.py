"""The digest of a morning: once a person and day, by number and subject, nothing confidential in it."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import delete, select, update

from docflow.accounts.models import Person
from docflow.accounts.rules import Digest
from docflow.accounts.visibility import Confidentiality
from docflow.core.actor import SYSTEM
from docflow.core.jobs import Job
from docflow.deadlines.rules import Feast, OpenDays
from docflow.notifications.models import MorningDigest, OutgoingMail
from docflow.registry.operations import Arrival
from docflow.routing import digests
from docflow.routing.digests import is_digest_day, send_digests
from docflow.routing.operations import return_task
from docflow.routing.rules import Instruction
from tests.conftest import actor, run_jobs
from tests.factories.registry import registered
from tests.mail_server import mail_server, with_mail
from tests.rooms.routing.test_reminding import at, morning
from tests.rooms.routing.test_routing import does, sent, to_person, to_unit

TODAY = date(2026, 3, 9)
"""A Monday."""


@pytest.fixture
def box():
    with mail_server() as box:
        yield box


@pytest.fixture
def mailing(runtime, box):
    return with_mail(runtime, f"smtp://127.0.0.1:{box.port}")


def digest_of(box, name):
    found = [
        message
        for _to, message in box.taken
        if message["To"].startswith(f"{name}@") and message["Subject"].startswith("مهامكم")
    ]
    assert len(found) <= 1, "one digest a person and day"
    return found[0].get_body().get_content().replace("\r\n", "\n") if found else None


def asked(runtime, *dispatches, by="agent", **said):
    entry = registered(runtime, **said)
    sent(runtime, entry.document_id, *dispatches, by=by)
    return entry


def test_a_digest_tells_what_is_overdue_due_and_waited_for_with_links(mailing, box):
    late = asked(mailing, to_person(mailing, "agent2", due_on=date(2026, 3, 6)), subject="Une fuite")
    today = asked(mailing, to_unit(mailing, "EC", due_on=TODAY), subject="Un acte")
    asked(mailing, to_unit(mailing, "EC", due_on=date(2026, 4, 1)), subject="Plus tard")

    morning(mailing, TODAY)
    run_jobs(mailing)

    body = digest_of(box, "n.cherkaoui")
    overdue, due = body.index("En retard (1)"), body.index("Aujourd'hui (1)")
    assert overdue < body.index(f"- {late.label} · Une fuite · délai 06/03/2026") < due
    assert due < body.index(f"- {today.label} · Un acte")
    assert f"http://127.0.0.1:8000/d/{today.document_id}" in body
    assert "Plus tard" not in body
    # Hassan asked for all of them, and one of them waits too long; his mail is in Arabic.
    assert "في انتظار الغير (2)" in digest_of(box, "h.elidrissi")
    # Whoever has nothing waiting gets no mail.
    assert digest_of(box, "kh.bensaid") is None


def test_one_digest_a_person_and_day_whatever_is_run_again(mailing, box):
    asked(mailing, to_person(mailing, "agent2", due_on=TODAY))
    for hour in (8, 9, 15):
        morning(mailing, TODAY, hour=hour)
        run_jobs(mailing)
    assert digest_of(box, "n.cherkaoui") is not None
    # What comes after the morning waits for the next one.
    asked(mailing, to_person(mailing, "archivist", Instruction.INFORMATION, due_on=TODAY))
    morning(mailing, TODAY, hour=16)
    run_jobs(mailing)
    assert digest_of(box, "kh.bensaid") is None


def test_killed_between_two_people_the_rest_is_sent_by_the_next_run(mailing, box, monkeypatch):
    for name in ("agent2", "archivist"):
        asked(mailing, to_person(mailing, name, Instruction.INFORMATION, due_on=TODAY))
    at(mailing, TODAY)
    told, real = [], digests.tell_digest

    def dies_after_three(*given):
        if len(told) == 3:
            raise KeyboardInterrupt
        told.append(given)
        return real(*given)

    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr(digests, "tell_digest", dies_after_three)
        send_digests(mailing, TODAY)
    send_digests(mailing, TODAY)
    run_jobs(mailing)
    for name in ("n.cherkaoui", "kh.bensaid"):
        assert digest_of(box, name) is not None
    with mailing.transactions.reading() as session:
        made = session.scalars(select(MorningDigest.person_id)).all()
    assert len(made) == len(set(made)) == 9


def test_nothing_confidential_is_in_mail_and_of_the_restricted_only_the_number(mailing, box):
    named = (actor(mailing, "agent2").person_id,)
    secret = asked(
        mailing,
        to_person(mailing, "agent2", due_on=TODAY),
        by="clerk",
        subject="Affaire secrète",
        confidentiality=Confidentiality.CONFIDENTIAL,
        arrival=Arrival(named_people=named),
    )
    kept = asked(
        mailing,
        to_unit(mailing, "EC", due_on=TODAY),
        subject="Affaire réservée",
        confidentiality=Confidentiality.RESTRICTED,
    )
    morning(mailing, TODAY)
    run_jobs(mailing)
    body = digest_of(box, "n.cherkaoui")
    assert "Aujourd'hui (1)" in body
    assert kept.label in body
    for word in ("secrète", "réservée", secret.label):
        assert all(word not in message.as_string() for _to, message in box.taken)
        assert word not in body


def test_without_a_mail_server_no_mail_is_asked_for(runtime):
    asked(runtime, to_person(runtime, "agent2", due_on=TODAY))
    morning(runtime, TODAY)
    with runtime.transactions.reading() as session:
        assert session.scalars(select(OutgoingMail)).all() == []
        assert session.scalars(select(MorningDigest)).all() == []


@pytest.mark.parametrize(
    ("digest", "days"),
    [(Digest.DAILY, [9, 10, 11, 12, 13, 16]), (Digest.WEEKLY, [9, 16]), (Digest.NONE, [])],
)
def test_a_digest_goes_out_on_the_days_that_were_chosen(digest, days):
    found = [day for day in range(9, 17) if is_digest_day(digest, date(2026, 3, day), OpenDays())]
    assert found == days


def test_the_digest_of_a_week_whose_monday_is_a_feast_comes_on_tuesday():
    feast = OpenDays({TODAY: Feast("عيد", "Fête")})
    assert [is_digest_day(Digest.WEEKLY, date(2026, 3, day), feast) for day in (9, 10, 11)] == [False, True, False]


def test_who_wants_no_digest_gets_none_and_hears_of_what_comes_back_all_the_same(mailing, box):
    with mailing.transactions.engine.begin() as connection:
        connection.execute(update(Person).values(digest=Digest.NONE))
    entry = registered(mailing, subject="Une fuite")
    (task,) = sent(mailing, entry.document_id, to_person(mailing, "agent2", due_on=TODAY), by="agent")
    does(mailing, "agent2", return_task, task.id, reason="Pas de notre compétence")
    morning(mailing, TODAY)
    run_jobs(mailing)
    run_jobs(mailing)
    assert digest_of(box, "n.cherkaoui") is None
    (back,) = [message for _to, message in box.taken if "Une tâche vous est retournée" in message["Subject"]]
    assert back["To"] == "h.elidrissi@hay-hassani.example"
    assert "Pas de notre" not in back.get_body().get_content()


def test_who_has_left_or_has_no_address_gets_no_mail(mailing, box):
    asked(mailing, to_person(mailing, "agent2", due_on=TODAY))
    with mailing.transactions.engine.begin() as connection:
        connection.execute(update(Person).where(Person.username == "agent2").values(is_active=False))
        connection.execute(update(Person).where(Person.username == "agent").values(email=""))
        connection.execute(delete(Job))
    morning(mailing, TODAY)
    run_jobs(mailing)
    assert digest_of(box, "n.cherkaoui") is digest_of(box, "h.elidrissi") is None
    assert SYSTEM.person_id is None
