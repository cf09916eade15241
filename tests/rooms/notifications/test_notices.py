"""What somebody was told: once, shown while they may know of it, read when they saw it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from docflow.accounts.giving import NewPower, give_power
from docflow.accounts.models import Person
from docflow.accounts.power_rules import PowerKind
from docflow.bootstrap import CAPABILITIES
from docflow.complaints.speaking import REOPENED, SAID
from docflow.core.actor import SYSTEM
from docflow.notifications.queries import counting_unread, notices_for
from docflow.notifications.telling import (
    FACTOR_CHANGED,
    FACTOR_TAKEN_AWAY,
    POWER_GIVEN,
    READ_KEPT_FOR,
    Told,
    forget_notices,
    read_notices,
    tell,
)
from docflow.publications.asking import CONTENT_ASKED
from docflow.routing.handing_over import HANDED_OVER, LEFT
from docflow.routing.reminding import ESCALATED, REMINDED
from docflow.routing.returning import RETURNED
from tests.conftest import actor, run_jobs
from tests.factories.registry import registered
from tests.factories.sessions import signed_in_client, token_of
from tests.mail_server import mail_server, with_mail

NAMES = {"name_ar": "زينب", "name_fr": "Zineb"}


def is_told(runtime, name, key="one", **how):
    with runtime.transactions.writing(SYSTEM) as uow:
        person = uow.session.get_one(Person, actor(runtime, name).person_id)
        return tell(uow, person, Told(RETURNED, key, values=NAMES, **how))


def unread(runtime, name):
    with runtime.transactions.reading() as session:
        return session.scalar(counting_unread(actor(runtime, name), 100))


def test_the_same_is_told_once(runtime):
    assert [is_told(runtime, "agent"), is_told(runtime, "agent"), is_told(runtime, "agent", "two")] == [
        True,
        False,
        True,
    ]
    assert (unread(runtime, "agent"), unread(runtime, "agent2")) == (2, 0)


def test_what_is_about_a_document_is_shown_to_those_who_may_see_it(runtime):
    entry = registered(runtime)
    for name in ("agent", "agent2"):
        is_told(runtime, name, document_id=entry.document_id)
    assert (unread(runtime, "agent"), unread(runtime, "agent2")) == (1, 0)
    assert "Zineb" not in signed_in_client(runtime, "agent2").get("/notifications").get_data(as_text=True)


def test_opening_the_document_is_reading_what_was_told_of_it(runtime):
    entry = registered(runtime)
    is_told(runtime, "agent", document_id=entry.document_id)
    client = signed_in_client(runtime, "agent")
    assert 'class="count" aria-hidden="true">1<' in client.get("/notifications").get_data(as_text=True)
    client.get(f"/d/{entry.document_id}")
    assert unread(runtime, "agent") == 0


def test_one_is_marked_as_read_or_all_are_and_never_anothers(runtime):
    for key in ("one", "two", "three"):
        is_told(runtime, "agent", key)
    is_told(runtime, "agent2")
    with runtime.transactions.reading() as session:
        notices = [view.notice.id for view in notices_for(session, actor(runtime, "agent"), limit=9)]
    client, other = signed_in_client(runtime, "agent"), signed_in_client(runtime, "agent2")
    other.post("/notifications/read", data={"csrf_token": token_of(other), "notice": notices[0]})
    assert unread(runtime, "agent") == 3
    client.post("/notifications/read", data={"csrf_token": token_of(client), "notice": notices[0]})
    assert unread(runtime, "agent") == 2
    client.post("/notifications/read", data={"csrf_token": token_of(client)})
    assert (unread(runtime, "agent"), unread(runtime, "agent2")) == (0, 1)


def test_a_long_list_is_shown_by_pages(runtime):
    for number in range(51):
        is_told(runtime, "agent", str(number))
    client = signed_in_client(runtime, "agent")
    first, second, beyond = (
        client.get(f"/notifications?page={page}").get_data(as_text=True) for page in (1, 2, 999_999_999_999)
    )
    assert [page.count('class="result notice') for page in (first, second, beyond)] == [50, 1, 1]


def test_both_people_hear_of_a_power_and_whoever_stands_in_by_mail_at_once(runtime):
    with mail_server() as box:
        mailing = with_mail(runtime, f"smtp://127.0.0.1:{box.port}")
        day = mailing.clock.now().date()
        with mailing.transactions.writing(actor(mailing, "head2")) as uow:
            people = [actor(mailing, name).person_id for name in ("head2", "agent2")]
            give_power(uow, NewPower(PowerKind.INTERIM, *people, day, day + timedelta(days=3)))
        run_jobs(mailing)
        run_jobs(mailing)
        ((recipients, message),) = box.taken
    assert recipients == ["n.cherkaoui@hay-hassani.example"]
    assert "Fatima-Zahra Alaoui" in message.get_body().get_content()
    for name, words in (
        ("agent2", "Vous agissez pour Fatima-Zahra Alaoui"),
        ("head2", "Nadia Cherkaoui agit pour vous"),
    ):
        assert words in signed_in_client(mailing, name).get("/notifications").get_data(as_text=True)
    with mailing.transactions.reading() as session:
        assert [view.notice.kind for view in notices_for(session, actor(mailing, "agent2"), limit=9)] == [POWER_GIVEN]


def test_what_was_read_long_ago_is_forgotten(runtime):
    for key in ("read", "unread"):
        is_told(runtime, "agent", key)
    with runtime.transactions.reading() as session:
        first = notices_for(session, actor(runtime, "agent"), limit=1)[0].notice.id
    with runtime.transactions.writing(actor(runtime, "agent")) as uow:
        read_notices(uow, notice_id=first)
    runtime.clock.move(seconds=READ_KEPT_FOR.total_seconds() + 1)
    assert forget_notices(runtime) == 1
    assert unread(runtime, "agent") == 1


def test_every_kind_of_notice_has_its_sentence():
    of_accounts = {POWER_GIVEN, FACTOR_TAKEN_AWAY, FACTOR_CHANGED}
    told = of_accounts | {RETURNED, REMINDED, ESCALATED, HANDED_OVER, LEFT, SAID, REOPENED, CONTENT_ASKED}
    assert {kind for room in CAPABILITIES for kind in room.notices} == told


@pytest.mark.parametrize("locale", ["ar", "fr"])
def test_the_page_is_there_for_everybody_in_both_languages(runtime, locale):
    for name in ("agent", "admin", "auditor"):
        client = signed_in_client(runtime, name)
        is_told(runtime, name)
        client.post("/lang", data={"locale": locale, "csrf_token": client_token(client)})
        page = client.get("/notifications").get_data(as_text=True)
        assert f'lang="{locale}"' in page
        assert NAMES[f"name_{locale}"] in page


def client_token(client):
    page = client.get("/account").get_data(as_text=True)
    return page.split('name="csrf-token" content="')[1].split('"')[0]
