"""A letter from its draft to its proof of sending: versions, returns, departure, and the end of the matter."""

from __future__ import annotations

import io
from dataclasses import replace

import pikepdf
import pytest
from sqlalchemy import select

from docflow.approvals.rules import Choice, Circuit, RunState, Step, StepKind
from docflow.core.errors import Conflict, InvalidInput, NotFound, PermissionDenied
from docflow.documents.models import Document
from docflow.documents.queries import can_see_content, page_texts, visible_to
from docflow.drafting.circuits import Submission, run_on, send_on_circuit, take_back
from docflow.drafting.models import Draft
from docflow.drafting.operations import drop_draft, keep_draft
from docflow.drafting.queries import run_states, sendings_of, versions_of
from docflow.drafting.rules import Channel
from docflow.drafting.sending import NewSending, add_proof, keep_proof, send_act
from docflow.routing.models import Assignment
from docflow.routing.queries import route_of
from docflow.search.finding import Question, find
from docflow.stamping.queries import sealed_revision_of
from docflow.stamping.rules import Finding
from docflow.stamping.verification import verify_bytes
from docflow.storage.rules import BlobKind
from tests.conftest import actor, run_jobs
from tests.factories.acts import decides, make_circuit, settled, short, standard
from tests.factories.drafts import WHOLE, written
from tests.factories.registry import registered
from tests.mail_server import mail_server, with_mail
from tests.rooms.stamping.letters import LETTER


def draft_now(runtime, draft_id):
    with runtime.transactions.reading() as session:
        return session.get_one(Draft, draft_id)


def sent(runtime, draft, *, by="agent", code="letters"):
    now = draft_now(runtime, draft.id)
    document = send_on_circuit(runtime, actor(runtime, by), draft.id, Submission(code), seen_version=now.version)
    run_jobs(runtime)
    # Freezing was tried while the act was being read, and is tried again.
    runtime.clock.move(minutes=5)
    run_jobs(runtime)
    return document.id


def run_now(runtime, draft_id):
    with runtime.transactions.reading() as session:
        return run_on(session, session.get_one(Draft, draft_id))


def kept(runtime, draft, content, *, by="agent"):
    now = draft_now(runtime, draft.id)
    with runtime.transactions.writing(actor(runtime, by)) as uow:
        keep_draft(uow, draft.id, content, expected_version=now.version)


def departed(runtime, **said):
    """A letter that the president signed and that has its number."""
    steps = (*short(runtime).steps, Step(StepKind.DEPARTURE))
    make_circuit(runtime, Circuit(steps))
    draft = written(runtime, **said)
    document_id = sent(runtime, draft)
    decides(runtime, "president", run_now(runtime, draft.id).id)
    settled(runtime)
    run_jobs(runtime)
    assert run_now(runtime, draft.id).state is RunState.DEPARTED
    return draft, document_id


def reads(runtime, name, document_id):
    with runtime.transactions.reading() as session:
        return can_see_content(session, actor(runtime, name), document_id)


def test_an_act_is_a_document_that_no_desk_and_no_archivist_reads_before_it_departs(runtime):
    make_circuit(runtime, standard(runtime))
    document_id = sent(runtime, written(runtime))
    readers = ("agent", "head", "director", "agent2", "clerk", "archivist", "auditor")
    assert [name for name in readers if reads(runtime, name, document_id)] == ["agent", "head", "director"]
    with runtime.transactions.reading() as session:
        seen = select(Document.id).where(Document.id == document_id, visible_to(actor(runtime, "clerk")))
        assert session.scalar(seen) is None
        document = session.get_one(Document, document_id)
        assert (document.subject, document.kind, document.page_count) == (WHOLE.subject_ar, "letter", 2)
        assert "تغيير المصابيح" in page_texts(session, [document_id])[document_id][0]
    found = find(runtime, actor(runtime, "agent"), Question("المصابيح"), now=runtime.clock.now())
    assert [result.document.id for result in found.results] == [document_id]


def test_a_return_leads_to_a_new_version_and_the_old_one_stays(runtime):
    make_circuit(runtime, standard(runtime))
    draft = written(runtime)
    document_id = sent(runtime, draft)
    with pytest.raises(Conflict) as refused:
        kept(runtime, draft, replace(WHOLE, body_fr="Trop tôt"))
    assert refused.value.code == "draft_on_circuit"
    decides(runtime, "head", run_now(runtime, draft.id).id, Choice.RETURN, comment="Trop long", back_to=0)
    settled(runtime)
    assert run_now(runtime, draft.id).state is RunState.RETURNED
    with runtime.transactions.reading() as session:
        assert run_states(session, [document_id, None]) == {document_id: "returned"}
    kept(runtime, draft, replace(WHOLE, body_fr="Plus court"))
    assert sent(runtime, draft) == document_id
    assert run_now(runtime, draft.id).round_number == 2
    with runtime.transactions.reading() as session:
        first, second = versions_of(session, draft.id)
        assert first.content["body_fr"] == WHOLE.body_fr
        assert second.content["body_fr"] == "Plus court"
        assert "Plus court" in page_texts(session, [document_id])[document_id][1]
        assert session.get_one(Document, document_id).original_sha256 == second.sha256
    for version in (first, second):
        with runtime.blob_store.open(BlobKind.ORIGINAL, version.sha256) as stream, pikepdf.open(stream) as pdf:
            assert len(pdf.pages) == 2


def test_what_is_taken_back_can_be_written_and_sent_anew(sqlite_runtime):
    runtime = sqlite_runtime
    make_circuit(runtime, standard(runtime))
    draft = written(runtime)
    sent(runtime, draft)
    with pytest.raises(PermissionDenied):
        take_back(runtime, actor(runtime, "head"), draft.id)
    take_back(runtime, actor(runtime, "agent"), draft.id)
    kept(runtime, draft, replace(WHOLE, body_fr="Encore"))
    sent(runtime, draft)
    assert run_now(runtime, draft.id).state is RunState.RUNNING
    with pytest.raises(Conflict), runtime.transactions.writing(actor(runtime, "agent")) as uow:
        drop_draft(uow, draft.id)


def test_a_text_that_changed_since_it_was_looked_at_is_not_sent(runtime):
    make_circuit(runtime, short(runtime))
    draft = written(runtime)
    kept(runtime, draft, replace(WHOLE, body_fr="Autre"))
    with pytest.raises(Conflict) as refused:
        send_on_circuit(runtime, actor(runtime, "agent"), draft.id, Submission("letters"), seen_version=draft.version)
    assert refused.value.code == "draft_changed"
    assert draft_now(runtime, draft.id).document_id is None


def test_a_refused_start_leaves_no_act_behind(runtime):
    draft = written(runtime)
    for code, expected in (("nowhere", NotFound),):
        with pytest.raises(expected):
            send_on_circuit(runtime, actor(runtime, "agent"), draft.id, Submission(code), seen_version=draft.version)
    with pytest.raises(NotFound):
        send_on_circuit(runtime, actor(runtime, "agent2"), draft.id, Submission("letters"), seen_version=draft.version)
    now = draft_now(runtime, draft.id)
    assert (now.document_id, now.newest) == (None, 0)


def test_an_answer_departs_is_posted_with_its_proof_and_closes_the_matter(runtime):
    entry = registered(runtime, subject="Une fuite")
    run_jobs(runtime)
    draft, document_id = departed(runtime, answers_id=entry.document_id)
    with pytest.raises(Conflict) as refused:
        kept(runtime, draft, WHOLE)
    assert refused.value.code == "draft_departed"
    agent = actor(runtime, "agent")
    proof = keep_proof(runtime, io.BytesIO(LETTER), name="../../preuve\u202e.pdf")
    new = NewSending(Channel.POST, "M. Idrissi, Casablanca", "RR 12 MA", proof, answer="Résolue")
    sending = send_act(runtime, agent, draft.id, new)
    assert (sending.proof_name, sending.proof_media_type) == ("preuve.pdf", "application/pdf")
    with runtime.transactions.reading() as session:
        number = session.get_one(Document, document_id).register_number
        letter = session.get_one(Document, entry.document_id)
        task = route_of(session, entry.document_id)[0]
        assert not letter.is_open
        assert (task.state, task.answer) == ("done", f"{number} · Résolue")
        sealed = sealed_revision_of(session, document_id, register_number=number)
        assert sealed is not None
    assert reads(runtime, "archivist", document_id)


def test_the_sealed_act_goes_by_mail_and_is_authentic(sqlite_runtime):
    with mail_server() as box:
        runtime = with_mail(sqlite_runtime, f"smtp://127.0.0.1:{box.port}")
        draft, document_id = departed(runtime)
        agent = actor(runtime, "agent")
        with pytest.raises(InvalidInput):
            send_act(runtime, agent, draft.id, NewSending(Channel.EMAIL, "nobody"))
        send_act(runtime, agent, draft.id, NewSending(Channel.EMAIL, "nadia@example.ma"))
        run_jobs(runtime)
        ((recipients, message),) = box.taken
    with runtime.transactions.reading() as session:
        number = session.get_one(Document, document_id).register_number
    assert recipients == ["nadia@example.ma"]
    assert number in message["Subject"]
    body = message.get_body().get_content()
    assert WHOLE.subject_fr in body
    assert "remplacer les lampes" not in body
    (paper,) = message.iter_attachments()
    assert verify_bytes(runtime, paper.get_content()).finding == Finding.AUTHENTIC


def test_the_task_of_a_colleague_is_left_to_them(sqlite_runtime):
    runtime = sqlite_runtime
    entry = registered(runtime)
    run_jobs(runtime)
    draft, _ = departed(runtime, answers_id=entry.document_id)
    with runtime.transactions.writing(actor(runtime, "clerk")) as uow:
        task = uow.session.scalars(select(Assignment).where(Assignment.document_id == entry.document_id)).one()
        task.claimed_by = actor(runtime, "head").person_id
    send_act(runtime, actor(runtime, "agent"), draft.id, NewSending(Channel.HANDED, "M. X", answer="Résolue"))
    with runtime.transactions.reading() as session:
        assert route_of(session, entry.document_id)[0].state == "open"


def test_nothing_goes_out_before_its_number_nor_by_strangers_nor_to_nobody(runtime):
    make_circuit(runtime, standard(runtime))
    draft = written(runtime)
    sent(runtime, draft)
    agent = actor(runtime, "agent")
    with pytest.raises(Conflict) as refused:
        send_act(runtime, agent, draft.id, NewSending(Channel.POST, "M. X"))
    assert refused.value.code == "act_not_departed"
    with pytest.raises(Conflict) as refused:
        send_act(runtime, agent, draft.id, NewSending(Channel.EMAIL, "x@example.ma"))
    assert refused.value.code == "mail_not_set_up"


def test_strangers_and_heads_note_no_sending_and_a_proof_is_attached_once(sqlite_runtime):
    runtime = sqlite_runtime
    draft, _ = departed(runtime)
    for name, refusal in (("agent2", NotFound), ("head", PermissionDenied)):
        with pytest.raises(refusal):
            send_act(runtime, actor(runtime, name), draft.id, NewSending(Channel.POST, "M. X"))
    with pytest.raises(InvalidInput):
        send_act(runtime, actor(runtime, "agent"), draft.id, NewSending(Channel.POST, " \u202e "))
    sending = send_act(runtime, actor(runtime, "agent"), draft.id, NewSending(Channel.POST, "M. X"))

    def attach():
        proof = keep_proof(runtime, io.BytesIO(LETTER), name="avis.pdf")
        with runtime.transactions.writing(actor(runtime, "agent")) as uow:
            add_proof(uow, draft.id, sending.id, proof)

    attach()
    with pytest.raises(Conflict) as refused:
        attach()
    assert refused.value.code == "proof_exists"
    with runtime.transactions.reading() as session:
        assert sendings_of(session, draft.id)[0].proof_name == "avis.pdf"


@pytest.mark.parametrize("hostile", [b"", b"<html><script>alert(1)</script>", b"%PDF-1.7 not really", b"PK\x03\x04zip"])
def test_a_proof_that_is_no_document_is_refused(sqlite_runtime, hostile):
    with pytest.raises(InvalidInput):
        keep_proof(sqlite_runtime, io.BytesIO(hostile), name="preuve.pdf")
