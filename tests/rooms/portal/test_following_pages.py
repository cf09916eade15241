"""Following a matter with the number and the secret of its receipt, and with nothing less."""

from __future__ import annotations

import re

import pytest

from docflow.accounts.queries import OPERATOR
from docflow.allowances.rules import MOST_IN_WINDOW, Purpose
from docflow.app import create_public_app
from docflow.documents.models import Document
from docflow.documents.registering import close_matter
from docflow.registry.operations import cancel_entry
from docflow.registry.receipts import tracking_address
from tests.conftest import actor
from tests.factories.registry import registered
from tests.factories.sessions import token_of


@pytest.fixture
def matter(sqlite_runtime):
    entry = registered(sqlite_runtime, register="complaints", subject="Un sujet secret", sender="Monsieur Untel")
    return sqlite_runtime, entry, create_public_app(sqlite_runtime).test_client()


def asked(client, number, secret):
    return client.post("/track", data={"csrf_token": token_of(client), "number": number, "secret": secret})


def test_the_address_on_the_receipt_asks_for_the_secret(matter):
    _, entry, client = matter
    page = client.get(tracking_address("", entry)).get_data(as_text=True)
    assert f'value="{entry.label}"' in page
    assert entry.tracking_secret not in page


def test_number_and_secret_show_the_stages_and_by_when_and_nothing_of_the_letter(matter):
    _, entry, client = matter
    secret = f" {entry.tracking_secret[:5].lower()} {entry.tracking_secret[5:]} "
    answer = asked(client, entry.label.lower(), secret)
    text = answer.get_data(as_text=True)
    assert answer.status_code == 200
    assert ("02/03/2026" in text, "04/05/2026" in text) == (True, True)
    assert [word in text for word in ("Un sujet secret", "Untel", "Bennani", "Service des travaux")] == [False] * 4
    assert answer.headers["Cache-Control"] == "private, no-store"


def test_a_closed_matter_says_so(matter):
    runtime, entry, client = matter
    with runtime.transactions.writing(OPERATOR) as uow:
        close_matter(uow.session.get_one(Document, entry.document_id))
    assert "chip--ok" in asked(client, entry.label, entry.tracking_secret).get_data(as_text=True)


def test_a_wrong_number_and_a_wrong_secret_get_one_answer_and_only_so_many_of_them(matter):
    runtime, entry, client = matter
    wrong = [asked(client, entry.label, "0" * 10), asked(client, "R-2026-999999", entry.tracking_secret)]
    told = [re.search("data-error-summary.*?</div></div>", one.get_data(as_text=True), re.S)[0] for one in wrong]
    assert [one.status_code for one in wrong] == [404, 404]
    assert told[0] == told[1]
    for _ in range(MOST_IN_WINDOW[Purpose.SECRET] - 2):
        asked(client, entry.label, "0" * 10)
    assert asked(client, entry.label, entry.tracking_secret).status_code == 429
    runtime.clock.move(minutes=16)
    assert asked(client, entry.label, entry.tracking_secret).status_code == 200


def test_a_cancelled_number_is_followed_no_more(matter):
    runtime, entry, client = matter
    with runtime.transactions.writing(actor(runtime, "clerk")) as uow:
        cancel_entry(uow, entry.id, reason="Erreur")
    assert asked(client, entry.label, entry.tracking_secret).status_code == 404


@pytest.mark.parametrize("locale", ["ar", "fr"])
def test_the_pages_speak_both_languages(matter, locale):
    _, entry, client = matter
    client.set_cookie("lang", locale)
    assert f'lang="{locale}"' in client.get("/track").get_data(as_text=True)
    assert f'lang="{locale}"' in asked(client, entry.label, entry.tracking_secret).get_data(as_text=True)
