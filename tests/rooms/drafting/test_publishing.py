"""An answer on the public site: for whoever holds the receipt, the sealed PDF and nothing else."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select

from docflow.app import create_public_app
from docflow.audit.models import JournalEntry
from docflow.core.errors import Conflict, InvalidInput, NotFound, PermissionDenied
from docflow.documents.models import Document
from docflow.drafting.publishing import withdraw_answer
from docflow.drafting.rules import Channel
from docflow.drafting.sending import NewSending, send_act
from docflow.registry.operations import cancel_entry
from docflow.registry.queries import entries_of_document
from docflow.stamping.rules import Finding
from docflow.stamping.verification import verify_bytes
from tests.conftest import actor, run_jobs
from tests.factories.registry import registered
from tests.factories.sessions import signed_in_client, token_of
from tests.rooms.drafting.test_circuits import departed
from tests.threads import at_once

PUBLISHED = NewSending(Channel.PUBLIC, "M. Idrissi")


@pytest.fixture
def answered(runtime):
    """A letter, the departed draft that answers it, and its act."""
    entry = registered(runtime, subject="Une fuite", sender="Monsieur Untel")
    run_jobs(runtime)
    draft, document_id = departed(runtime, answers_id=entry.document_id)
    return runtime, entry, draft, document_id


def followed(client, entry, secret=None):
    said = {"number": entry.label, "secret": secret or entry.tracking_secret}
    return client.post("/track", data={"csrf_token": token_of(client)} | said)


def taken(client, entry, answer, secret=None):
    said = {"number": entry.label, "secret": secret or entry.tracking_secret, "answer": answer}
    return client.post("/track/answer", data={"csrf_token": token_of(client)} | said)


def test_whoever_holds_the_receipt_reads_the_answer_and_nobody_else(answered):
    runtime, entry, draft, document_id = answered
    client = create_public_app(runtime).test_client()
    assert "/track/answer" not in followed(client, entry).get_data(as_text=True)
    sending = send_act(runtime, actor(runtime, "agent"), draft.id, PUBLISHED)
    page = followed(client, entry).get_data(as_text=True)
    with runtime.transactions.reading() as session:
        number = session.get_one(Document, document_id).register_number
    assert number in page
    assert [word in page for word in ("Une fuite", "Untel", "El Idrissi", str(document_id))] == [False] * 4
    answer = taken(client, entry, sending.id)
    assert (answer.status_code, answer.mimetype) == (200, "application/pdf")
    assert verify_bytes(runtime, answer.data).finding == Finding.AUTHENTIC
    assert answer.headers["Cache-Control"] == "private, no-store"
    stranger = registered(runtime)
    for other, secret in ((entry, "0" * 10), (stranger, None)):
        assert taken(client, other, sending.id, secret).status_code == 404
    assert taken(client, entry, document_id).status_code == 404
    assert taken(client, entry, "x").status_code == 404
    taken(client, entry, sending.id)
    with runtime.transactions.reading() as session:
        lines = session.scalars(select(JournalEntry.verb).where(JournalEntry.verb == "drafting.answer_taken")).all()
    assert len(lines) == 1


def test_it_is_withdrawn_with_a_reason_and_may_be_published_again(answered):
    runtime, entry, draft, _ = answered
    agent = actor(runtime, "agent")
    first = send_act(runtime, agent, draft.id, PUBLISHED)
    with pytest.raises(Conflict) as refused:
        send_act(runtime, agent, draft.id, PUBLISHED)
    assert refused.value.code == "published_already"
    with pytest.raises(InvalidInput), runtime.transactions.writing(agent) as uow:
        withdraw_answer(uow, draft.id, first.id, reason=" ")
    for name, refusal in (("agent2", NotFound), ("head", PermissionDenied)):
        with pytest.raises(refusal), runtime.transactions.writing(actor(runtime, name)) as uow:
            withdraw_answer(uow, draft.id, first.id, reason="Non")
    client = signed_in_client(runtime, "agent")
    said = {"csrf_token": token_of(client), "reason": "Une annexe manquait"}
    assert client.post(f"/drafts/{draft.id}/sendings/{first.id}/withdraw", data=said).status_code == 303
    assert "Une annexe manquait" in client.get(f"/drafts/{draft.id}").get_data(as_text=True)
    public = create_public_app(runtime).test_client()
    assert "/track/answer" not in followed(public, entry).get_data(as_text=True)
    assert taken(public, entry, first.id).status_code == 404
    with pytest.raises(Conflict) as refused, runtime.transactions.writing(agent) as uow:
        withdraw_answer(uow, draft.id, first.id, reason="Encore")
    assert refused.value.code == "not_published"
    second = send_act(runtime, agent, draft.id, PUBLISHED)
    assert taken(public, entry, second.id).status_code == 200


def test_an_answer_whose_number_was_cancelled_is_there_no_more(answered):
    runtime, entry, draft, document_id = answered
    sending = send_act(runtime, actor(runtime, "agent"), draft.id, PUBLISHED)
    with runtime.transactions.reading() as session:
        departure = entries_of_document(session, document_id)[0]
    with runtime.transactions.writing(actor(runtime, "clerk")) as uow:
        cancel_entry(uow, departure.id, reason="Erreur")
    client = create_public_app(runtime).test_client()
    assert taken(client, entry, sending.id).status_code == 404


def test_two_people_who_publish_at_one_moment_publish_once(answered):
    runtime, entry, draft, _ = answered
    agent = actor(runtime, "agent")
    raised = at_once(*[lambda: send_act(runtime, agent, draft.id, PUBLISHED)] * 2)
    assert [getattr(error, "code", error) for error in raised] == ["published_already"]
    page = followed(create_public_app(runtime).test_client(), entry).get_data(as_text=True)
    assert len(re.findall("/track/answer", page)) == 1


def test_an_act_that_answers_nobody_is_not_published(sqlite_runtime):
    draft, _ = departed(sqlite_runtime)
    with pytest.raises(Conflict) as refused:
        send_act(sqlite_runtime, actor(sqlite_runtime, "agent"), draft.id, PUBLISHED)
    assert refused.value.code == "nothing_answered"
    page = signed_in_client(sqlite_runtime, "agent").get(f"/drafts/{draft.id}").get_data(as_text=True)
    assert 'value="public"' not in page
