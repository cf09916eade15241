"""The stamp and the seal follow the number, and never take it back."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from docflow.audit.models import JournalEntry
from docflow.core.capability import JobContext
from docflow.core.errors import Conflict, ServerAway, Unavailable
from docflow.core.ids import new_id
from docflow.core.jobs import Job, JobState
from docflow.registry.jobs import tend
from docflow.registry.models import Entry
from docflow.registry.operations import cancel_entry
from docflow.registry.rules import SealState
from docflow.registry.sealing import due_seal, seal_again
from docflow.stamping.queries import sealed_revision_of
from tests.conftest import actor, deposit, run_jobs
from tests.factories.registry import registered
from tests.factories.sessions import signed_in_client, token_of
from tests.rooms.ingest.letters import letter_about


def entry_of(runtime, entry):
    with runtime.transactions.reading() as session:
        return session.get_one(Entry, entry.id)


def test_a_registered_letter_gets_its_stamp_and_seal(runtime):
    document_id = deposit(runtime, letter_about("la voirie")).id
    run_jobs(runtime)
    entry = registered(runtime, document_id)
    assert entry.seal_state == SealState.PENDING

    run_jobs(runtime)

    assert entry_of(runtime, entry).seal_state == SealState.SEALED
    with runtime.transactions.reading() as session:
        sealed = sealed_revision_of(session, document_id, register_number=entry.label)
    client = signed_in_client(runtime, "agent")
    answer = client.get(f"/d/{document_id}/files/sealed")
    assert (answer.status_code, len(answer.data)) == (200, sealed.blob.size_bytes)
    assert f"{entry.label}.pdf" in answer.headers["Content-Disposition"]
    assert signed_in_client(runtime, "clerk2").get(f"/d/{document_id}/files/sealed").status_code == 403
    assert signed_in_client(runtime, "agent2").get(f"/d/{document_id}/files/sealed").status_code == 404


def test_the_stamp_leads_to_the_verification_page_and_tells_no_unit_of_confidential_mail(runtime):
    plain = registered(runtime)
    with runtime.transactions.reading() as session:
        due = due_seal(session, plain.id, public_url="https://docs.example.ma/")
    assert due.face.verification_url == f"https://docs.example.ma/v/A-2026-000001/{plain.verification_code}"
    assert (due.face.at, due.face.unit_fr) == (plain.arrived_at, "Service des travaux et de l'entretien")


def test_what_cannot_be_sealed_says_why_and_keeps_its_number(runtime):
    # The deposit of this letter is no PDF, and no page of it was kept.
    entry = registered(runtime)
    run_jobs(runtime)
    kept = entry_of(runtime, entry)
    assert (kept.seal_state, kept.label) == (SealState.FAILED, "A-2026-000001")
    assert kept.seal_error_code

    client = signed_in_client(runtime, "clerk")
    assert f"/entries/{entry.id}/seal" in client.get(f"/d/{entry.document_id}").get_data(as_text=True)
    answer = client.post(f"/entries/{entry.id}/seal", data={"csrf_token": token_of(client)})
    assert answer.status_code == 303
    assert entry_of(runtime, entry).seal_state == SealState.PENDING


def test_a_server_that_is_away_is_asked_again(runtime, monkeypatch):
    document_id = deposit(runtime, letter_about("la voirie")).id
    run_jobs(runtime)
    entry = registered(runtime, document_id)

    def away(request):
        raise Unavailable("time_stamp_unavailable", reason="no answer")

    monkeypatch.setattr(runtime.sealer, "seal", away)
    run_jobs(runtime)
    with runtime.transactions.reading() as session:
        job = session.scalar(select(Job).where(Job.name == "registry.seal"))
    assert (job.state, job.attempts) == (JobState.READY, 1)
    assert entry_of(runtime, entry).seal_state == SealState.PENDING


def test_a_store_that_is_away_for_days_leaves_no_letter_unsealed(runtime, clock, monkeypatch):
    document_id = deposit(runtime, letter_about("la voirie")).id
    run_jobs(runtime)
    entry = registered(runtime, document_id)

    def away(*_about):
        raise ServerAway("storage_unavailable", reason="no answer")

    monkeypatch.setattr(runtime.blob_store, "local_copy", away)
    for _ in range(8):
        run_jobs(runtime)
        clock.move(hours=8)
    assert entry_of(runtime, entry).seal_state == SealState.PENDING
    monkeypatch.undo()
    run_jobs(runtime)

    assert entry_of(runtime, entry).seal_state == SealState.SEALED


def test_what_was_given_up_in_an_outage_is_sealed_once_it_is_over_and_told_once(runtime, clock, monkeypatch):
    document_id = deposit(runtime, letter_about("la voirie")).id
    run_jobs(runtime)
    entry = registered(runtime, document_id)

    def away(_request):
        raise Unavailable("time_stamp_unavailable", reason="no answer")

    monkeypatch.setattr(runtime.sealer, "seal", away)
    for _ in range(6):
        run_jobs(runtime)
        clock.move(minutes=1)
    for _ in range(3):
        tend(runtime, {}, JobContext(new_id(), 1, is_last_attempt=False))
        run_jobs(runtime)
        assert entry_of(runtime, entry).seal_error_code == "time_stamp_unavailable"
    monkeypatch.undo()
    tend(runtime, {}, JobContext(new_id(), 1, is_last_attempt=False))
    run_jobs(runtime)

    assert entry_of(runtime, entry).seal_state == SealState.SEALED
    with runtime.transactions.reading() as session:
        told = session.scalars(select(JournalEntry.verb).where(JournalEntry.verb == "registry.not_sealed")).all()
    assert len(told) == 1


def test_a_letter_that_cannot_be_sealed_is_not_tried_again_by_itself(runtime):
    entry = registered(runtime)
    run_jobs(runtime)
    assert entry_of(runtime, entry).seal_state == SealState.FAILED

    tend(runtime, {}, JobContext(new_id(), 1, is_last_attempt=False))

    assert run_jobs(runtime) == 0


def test_a_cancelled_number_is_not_stamped_on_anything(runtime):
    document_id = deposit(runtime, letter_about("la voirie")).id
    run_jobs(runtime)
    entry = registered(runtime, document_id)
    with runtime.transactions.writing(actor(runtime, "clerk")) as uow:
        cancel_entry(uow, entry.id, reason="Erreur")
    run_jobs(runtime)
    with runtime.transactions.reading() as session:
        assert sealed_revision_of(session, document_id) is None


def test_a_seal_is_not_asked_for_twice(runtime):
    entry = registered(runtime)
    with pytest.raises(Conflict) as refusal, runtime.transactions.writing(actor(runtime, "clerk")) as uow:
        seal_again(uow, entry.id)
    assert refusal.value.code == "seal_not_failed"
