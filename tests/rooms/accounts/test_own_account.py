"""Where mail reaches somebody, how often, in which language: as they choose."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from docflow.accounts.models import Person
from docflow.accounts.operations import set_address
from docflow.audit.models import JournalEntry
from docflow.core.errors import InvalidInput, PermissionDenied
from tests.conftest import actor
from tests.factories.sessions import signed_in_client, token_of
from tests.mail_server import with_mail


def person(runtime, name):
    with runtime.transactions.reading() as session:
        return session.scalars(select(Person).where(Person.username == name)).one()


def posted(client, address, **fields):
    return client.post(address, data={"csrf_token": token_of(client), **fields})


def test_ones_own_address_digest_and_language_are_kept_and_masked_in_the_journal(runtime):
    client = signed_in_client(runtime, "agent")
    answer = posted(client, "/account", email="\u200ehassan@menara.ma ", digest="weekly", locale="fr")
    assert answer.status_code == 303
    kept = person(runtime, "agent")
    assert (kept.email, kept.digest, kept.locale) == ("hassan@menara.ma", "weekly", "fr")
    with runtime.transactions.reading() as session:
        lines = session.scalars(select(JournalEntry).where(JournalEntry.verb.startswith("accounts."))).all()
    assert {"address": "h•••@menara.ma"} in [line.values for line in lines]
    assert not any("hassan@" in str(line.values) for line in lines)
    page = client.get("/account").get_data(as_text=True)
    assert 'value="hassan@menara.ma"' in page
    assert 'lang="fr"' in page


def test_an_address_may_be_taken_away(runtime):
    posted(signed_in_client(runtime, "agent"), "/account", email=" ", digest="none", locale="ar")
    assert (person(runtime, "agent").email, person(runtime, "agent").digest) == ("", "none")


@pytest.mark.parametrize(
    "wrong",
    [
        {"email": "hassan", "digest": "daily", "locale": "ar"},
        {"email": "a@b.ma\r\nBcc: x@y.ma", "digest": "daily", "locale": "ar"},
        {"email": "", "digest": "hourly", "locale": "ar"},
        {"email": "", "digest": "daily", "locale": "xx"},
    ],
)
def test_what_is_no_address_or_no_choice_is_refused_and_stays_typed(runtime, wrong):
    before = person(runtime, "agent")
    answer = posted(signed_in_client(runtime, "agent"), "/account", **wrong)
    assert answer.status_code == 422
    after = person(runtime, "agent")
    assert (after.email, after.digest, after.locale) == (before.email, before.digest, before.locale)
    if wrong["email"] == "hassan":
        assert 'value="hassan"' in answer.get_data(as_text=True)


def test_only_the_person_and_the_administrator_change_an_address(runtime):
    with pytest.raises(PermissionDenied), runtime.transactions.writing(actor(runtime, "head")) as uow:
        set_address(uow, actor(runtime, "agent").person_id, email="x@y.ma")
    with pytest.raises(InvalidInput), runtime.transactions.writing(actor(runtime, "admin")) as uow:
        set_address(uow, actor(runtime, "agent").person_id, email="x@y")
    admin = signed_in_client(runtime, "admin")
    token = admin.get("/admin/users").get_data(as_text=True).split('name="csrf-token" content="')[1].split('"')[0]
    address = f"/admin/users/{actor(runtime, 'agent').person_id}"
    assert admin.post(address, data={"csrf_token": token, "action": "address", "email": "x@y.ma"}).status_code == 302
    assert person(runtime, "agent").email == "x@y.ma"


def test_the_page_says_whether_mail_is_sent_at_all(runtime):
    words = "Aucun serveur de messagerie"
    assert words in signed_in_client(runtime, "agent2").get("/account").get_data(as_text=True)
    mailing = with_mail(runtime, "smtp://127.0.0.1:25")
    assert words not in signed_in_client(mailing, "agent2").get("/account").get_data(as_text=True)
