"""Acts on their circuits: from the draft to the departure, back again, and whatever people do on the way."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from docflow.accounts.models import Membership, Person
from docflow.accounts.operations import revoke_role, set_active
from docflow.accounts.queries import OPERATOR
from docflow.approvals.circuits import CircuitSetup, change_circuit
from docflow.approvals.jobs import prepare_act, tend
from docflow.approvals.models import CircuitRow, Decision
from docflow.approvals.operations import Verdict, decide, resume_run, start_run, undo, withdraw
from docflow.approvals.queries import decisions_of
from docflow.approvals.rules import AskState, Choice, Circuit, Facts, Mode, Power, RunState, Step, StepKind
from docflow.approvals.settling import settle, settle_due
from docflow.approvals.signing import decide_and_sign
from docflow.audit.operations import accept_clock
from docflow.audit.queries import acts_on
from docflow.core.actor import SYSTEM
from docflow.core.capability import JobContext
from docflow.core.errors import Conflict, InvalidInput, NotFound, PermissionDenied, TooManyRequests, Unavailable
from docflow.core.ids import new_id
from docflow.documents.models import Document
from docflow.documents.queries import can_see_content
from docflow.registry.models import Entry
from docflow.stamping.queries import sealed_revision_of
from docflow.stamping.rules import Finding
from docflow.stamping.verification import verify_bytes
from docflow.storage.rules import BlobKind
from tests.conftest import actor, run_jobs
from tests.factories.acts import (
    CHIEF,
    PIN,
    decides,
    drafted,
    make_circuit,
    open_asks,
    parallel,
    role,
    settled,
    short,
    standard,
    started,
    view_of,
    with_key,
)
from tests.factories.documents import unit_id


def newest(runtime, document_id):
    with runtime.transactions.reading() as session:
        return sealed_revision_of(session, document_id)


def content_of(runtime, document_id) -> bytes:
    with runtime.blob_store.open(BlobKind.SEALED, newest(runtime, document_id).blob.sha256) as stream:
        return stream.read()


def reads(runtime, username, document_id):
    with runtime.transactions.reading() as session:
        return can_see_content(session, actor(runtime, username), document_id)


def document_of(runtime, run_id):
    return view_of(runtime, run_id).row.document_id


def does(runtime, username, act, *args, **how):
    with runtime.transactions.writing(actor(runtime, username)) as uow:
        return act(uow, *args, **how)


def refusal_of(error, work, *args, **how):
    with pytest.raises(error) as refused:
        work(*args, **how)
    return refused.value


def test_an_act_goes_from_its_draft_to_its_departure(runtime):
    make_circuit(runtime, standard(runtime))
    run_id = started(runtime)
    document_id = document_of(runtime, run_id)
    for username in ("head", "director", "president"):
        assert reads(runtime, username, document_id)
        decides(runtime, username, run_id)
        settled(runtime)

    view = view_of(runtime, run_id)
    assert view.state is RunState.DEPARTED
    assert [one.decision.person_name for one in view.asks] == [
        actor(runtime, name).name for name in ("head", "director", "president")
    ]
    verdict = verify_bytes(runtime, content_of(runtime, document_id))
    assert (verdict.finding, verdict.register_number) == (Finding.AUTHENTIC, "D-2026-000001")
    assert [item.kind for item in verdict.seals] == ["seal", "signature", "signature", "signature", "seal"]
    with runtime.transactions.reading() as session:
        document = session.get_one(Document, document_id)
        entry = session.get_one(Entry, view.entry_id)
        verbs = [act.verb for act in acts_on(session, "document", str(document_id))]
    assert (document.register_number, document.is_open, entry.seal_state) == ("D-2026-000001", False, "sealed")
    assert verbs.count("approvals.decided") == verbs.count("approvals.took_effect") == 3


def test_a_decision_waits_ten_seconds_and_nothing_is_kept_until_then(sqlite_runtime):
    make_circuit(sqlite_runtime, short(sqlite_runtime))
    run_id = started(sqlite_runtime)
    document_id = document_of(sqlite_runtime, run_id)
    before = newest(sqlite_runtime, document_id)

    decision = decides(sqlite_runtime, "president", run_id)
    assert newest(sqlite_runtime, document_id) == before
    sqlite_runtime.clock.move(seconds=9)
    assert settle_due(sqlite_runtime.transactions) == 0
    does(sqlite_runtime, "president", undo, decision.id)

    assert newest(sqlite_runtime, document_id) == before
    assert [ask.state for ask in open_asks(sqlite_runtime, run_id)] == [AskState.OPEN]
    settled(sqlite_runtime)
    assert newest(sqlite_runtime, document_id) == before
    decides(sqlite_runtime, "president", run_id)
    settled(sqlite_runtime)
    assert view_of(sqlite_runtime, run_id).state is RunState.APPROVED
    assert newest(sqlite_runtime, document_id).revision == before.revision + 1


def test_a_decision_made_under_a_clock_that_ran_ahead_takes_effect_once_it_is_right(sqlite_runtime):
    make_circuit(sqlite_runtime, short(sqlite_runtime))
    run_id = started(sqlite_runtime)
    sqlite_runtime.clock.move(hours=5)
    decides(sqlite_runtime, "president", run_id)
    sqlite_runtime.clock.move(hours=-5)

    assert settle_due(sqlite_runtime.transactions) == 1

    assert view_of(sqlite_runtime, run_id).state is RunState.APPROVED


def test_an_act_frozen_under_a_clock_that_ran_ahead_is_signed_and_departs_once_it_is_right(runtime):
    make_circuit(runtime, standard(runtime))
    runtime.clock.move(hours=5)
    run_id = started(runtime)
    runtime.clock.move(hours=-5)
    with runtime.transactions.writing(OPERATOR) as uow:
        accept_clock(uow, reason="it ran ahead")

    for username in ("head", "director", "president"):
        decides(runtime, username, run_id)
        settled(runtime)

    assert view_of(runtime, run_id).state is RunState.DEPARTED
    assert newest(runtime, document_of(runtime, run_id)).revision == 5


def test_a_new_version_is_frozen_anew_whatever_the_clock_showed_before(sqlite_runtime):
    make_circuit(sqlite_runtime, short(sqlite_runtime))
    sqlite_runtime.clock.move(hours=5)
    run_id = started(sqlite_runtime)
    sqlite_runtime.clock.move(hours=-5)
    decides(sqlite_runtime, "president", run_id, Choice.RETURN, back_to=0)
    settled(sqlite_runtime)

    does(sqlite_runtime, "agent", resume_run, run_id)
    run_jobs(sqlite_runtime)

    assert view_of(sqlite_runtime, run_id).state is RunState.RUNNING
    assert newest(sqlite_runtime, document_of(sqlite_runtime, run_id)).revision == 2


def test_what_took_effect_cannot_be_undone_and_nobody_undoes_for_another(sqlite_runtime):
    make_circuit(sqlite_runtime, short(sqlite_runtime))
    run_id = started(sqlite_runtime)
    decision = decides(sqlite_runtime, "president", run_id)

    assert refusal_of(NotFound, does, sqlite_runtime, "director", undo, decision.id).code == "decision_unknown"
    sqlite_runtime.clock.move(seconds=10)
    assert refusal_of(Conflict, does, sqlite_runtime, "president", undo, decision.id).code == "decision_settled"


def test_a_decision_takes_effect_once_whoever_comes_first(runtime):
    make_circuit(runtime, short(runtime))
    run_id = started(runtime)
    decision = decides(runtime, "president", run_id)
    runtime.clock.move(seconds=11)

    with runtime.transactions.writing(SYSTEM) as uow:
        assert settle(uow, decision.id)
    with runtime.transactions.writing(SYSTEM) as uow:
        assert not settle(uow, decision.id)
    run_jobs(runtime)

    assert newest(runtime, document_of(runtime, run_id)).revision == 2


def test_a_process_that_ends_while_a_decision_takes_effect_loses_and_doubles_nothing(runtime):
    make_circuit(runtime, short(runtime))
    run_id = started(runtime)
    document_id = document_of(runtime, run_id)
    decision = decides(runtime, "president", run_id)
    runtime.clock.move(seconds=11)
    before = newest(runtime, document_id)

    class Killed(BaseException):
        pass

    with pytest.raises(Killed), runtime.transactions.writing(SYSTEM) as uow:
        assert settle(uow, decision.id)
        raise Killed

    assert newest(runtime, document_id) == before
    run_jobs(runtime)
    assert newest(runtime, document_id).revision == before.revision + 1
    assert view_of(runtime, run_id).state is RunState.APPROVED


def test_a_process_that_ends_between_number_and_seal_goes_on_with_the_same_number(runtime, monkeypatch):
    make_circuit(runtime, Circuit((*short(runtime).steps, Step(StepKind.DEPARTURE))))
    run_id = started(runtime)
    decides(runtime, "president", run_id)

    class Killed(BaseException):
        pass

    def killed(*_args, **_how):
        raise Killed

    runtime.clock.move(seconds=11)
    settle_due(runtime.transactions)
    with monkeypatch.context() as patched:
        patched.setattr("docflow.approvals.departing.seal_departure", killed)
        with pytest.raises(Killed):
            run_jobs(runtime)
    assert view_of(runtime, run_id).state is RunState.DEPARTING
    runtime.clock.move(hours=1)
    run_jobs(runtime)

    assert view_of(runtime, run_id).state is RunState.DEPARTED
    with runtime.transactions.reading() as session:
        assert [entry.label for entry in session.scalars(select(Entry))] == ["D-2026-000001"]


def test_a_departure_that_stopped_is_tried_again_under_the_same_number(sqlite_runtime, monkeypatch):
    make_circuit(sqlite_runtime, Circuit((*short(sqlite_runtime).steps, Step(StepKind.DEPARTURE))))
    run_id = started(sqlite_runtime)
    decides(sqlite_runtime, "president", run_id)

    def refused(*_args, **_how):
        raise InvalidInput("seal_impossible", reason="disk")

    with monkeypatch.context() as patched:
        patched.setattr("docflow.approvals.departing.seal_departure", refused)
        settled(sqlite_runtime)
    stopped = view_of(sqlite_runtime, run_id)
    assert (stopped.state, stopped.row.error_code) == (RunState.DEPARTING, "seal_impossible")
    tend(sqlite_runtime, {}, JobContext(new_id(), 1, is_last_attempt=False))
    run_jobs(sqlite_runtime)

    view = view_of(sqlite_runtime, run_id)
    assert (view.state, view.row.error_code, view.entry_id) == (RunState.DEPARTED, None, stopped.entry_id)


def test_a_version_that_a_long_outage_kept_from_its_circuit_goes_on_once_it_is_over(sqlite_runtime, monkeypatch):
    make_circuit(sqlite_runtime, short(sqlite_runtime))

    def away(*_args, **_how):
        raise Unavailable("storage_unavailable", reason="away")

    with monkeypatch.context() as patched:
        patched.setattr("docflow.approvals.departing.freeze_act", away)
        run_id = started(sqlite_runtime)
        prepare_act(sqlite_runtime, {"run_id": str(run_id)}, JobContext(new_id(), 12, is_last_attempt=True))
    stopped = view_of(sqlite_runtime, run_id)
    assert (stopped.state, stopped.row.error_code) == (RunState.PREPARING, "storage_unavailable")
    tend(sqlite_runtime, {}, JobContext(new_id(), 1, is_last_attempt=False))
    sqlite_runtime.clock.move(seconds=60)
    run_jobs(sqlite_runtime)

    assert view_of(sqlite_runtime, run_id).state is RunState.RUNNING


def test_the_right_pin_is_no_wrong_one_while_the_store_is_away(sqlite_runtime, monkeypatch):
    make_circuit(sqlite_runtime, short(sqlite_runtime))
    run_id = started(sqlite_runtime)

    def away(*_args, **_how):
        raise Unavailable("storage_unavailable", reason="away")

    with monkeypatch.context() as patched:
        patched.setattr("docflow.approvals.signing.signing_ahead", away)
        for _ in range(6):
            assert refusal_of(Unavailable, decides, sqlite_runtime, "president", run_id).code == "storage_unavailable"
        for left in (4, 3):
            refusal = refusal_of(Unavailable, decides, sqlite_runtime, "president", run_id, pin="wrong-pin")
            assert refusal.code == "storage_unavailable", left

    assert refusal_of(InvalidInput, decides, sqlite_runtime, "president", run_id, pin="wrong-pin").params == {"left": 2}
    assert decides(sqlite_runtime, "president", run_id).choice == Choice.APPROVE


def test_nobody_approves_their_own_draft(sqlite_runtime):
    make_circuit(sqlite_runtime, standard(sqlite_runtime))
    run_id = started(sqlite_runtime, by="head", unit="DTE")

    assert [ask.title_fr for ask in open_asks(sqlite_runtime, run_id)] == ["Directeur de l'arrondissement Hay Hassani"]
    refused = refusal_of(PermissionDenied, decides, sqlite_runtime, "head", run_id)
    assert refused.code == "own_draft"
    decides(sqlite_runtime, "director", run_id)


def test_a_step_of_which_nobody_may_answer_is_said_before_anything_begins(sqlite_runtime):
    make_circuit(sqlite_runtime, Circuit((Step(StepKind.SIGNATURE, (role(sqlite_runtime, "head", "URB"),)),)))
    document_id = drafted(sqlite_runtime)

    refused = refusal_of(Conflict, started, sqlite_runtime, document_id)

    assert (refused.code, refused.params) == (
        "nobody_for_step",
        {"step": 1, "function": "رئيس مصلحة التعمير / Chef du service de l'urbanisme"},
    )


@pytest.mark.parametrize("username", ["agent2", "clerk", "head2", "archivist", "admin", "auditor"])
def test_others_neither_see_nor_decide(sqlite_runtime, username):
    make_circuit(sqlite_runtime, standard(sqlite_runtime))
    run_id = started(sqlite_runtime)
    ask = open_asks(sqlite_runtime, run_id)[0]
    person = actor(sqlite_runtime, username)

    error = NotFound if person.can("approvals.decide") else (NotFound, PermissionDenied)
    refused = refusal_of(error, decide_and_sign, sqlite_runtime, person, ask.id, Verdict(Choice.APPROVE), pin=PIN)

    assert refused.code in {"ask_unknown", "permission_missing"}
    assert not reads(sqlite_runtime, username, document_of(sqlite_runtime, run_id))
    assert refusal_of((NotFound, PermissionDenied), does, sqlite_runtime, username, withdraw, run_id).code in {
        "document_unknown",
        "permission_missing",
    }


def test_the_turn_of_a_later_step_is_not_yet(sqlite_runtime):
    make_circuit(sqlite_runtime, standard(sqlite_runtime))
    run_id = started(sqlite_runtime)

    assert refusal_of(NotFound, decides, sqlite_runtime, "president", run_id).code == "ask_unknown"


def test_two_who_decide_one_thing(runtime):
    make_circuit(runtime, parallel(runtime, Mode.ANY))
    run_id = started(runtime)
    asks = open_asks(runtime, run_id)
    with_key(runtime, "head2")
    decides(runtime, "head", run_id)

    late = refusal_of(
        Conflict, decide_and_sign, runtime, actor(runtime, "head2"), asks[1].id, Verdict(Choice.APPROVE), pin=PIN
    )
    assert late.code == "decision_pending"
    settled(runtime)
    late = refusal_of(
        Conflict, decide_and_sign, runtime, actor(runtime, "head2"), asks[1].id, Verdict(Choice.APPROVE), pin=PIN
    )
    assert late.code == "ask_ended"


def test_visas_beside_each_other_come_one_after_the_other_into_the_file(sqlite_runtime):
    make_circuit(sqlite_runtime, parallel(sqlite_runtime))
    run_id = started(sqlite_runtime)
    decides(sqlite_runtime, "head2", run_id, seat=1)
    sqlite_runtime.clock.move(seconds=11)
    decides(sqlite_runtime, "head", run_id, seat=0)
    settled(sqlite_runtime)
    decides(sqlite_runtime, "president", run_id)
    settled(sqlite_runtime)

    seals = verify_bytes(sqlite_runtime, content_of(sqlite_runtime, document_of(sqlite_runtime, run_id))).seals
    assert [item.field for item in seals] == ["Cachet", "Visa2", "Visa1", "Signature1"]
    assert all(item.intact and item.trusted for item in seals)


def test_a_signature_made_on_an_older_state_falls_and_is_asked_again(sqlite_runtime):
    make_circuit(sqlite_runtime, short(sqlite_runtime))
    run_id = started(sqlite_runtime)
    decision = decides(sqlite_runtime, "president", run_id)
    with sqlite_runtime.transactions.writing(SYSTEM) as uow:
        kept = uow.session.get_one(Decision, decision.id)
        kept.signed = {**kept.signed, "before_sha256": "0" * 64}
    settled(sqlite_runtime)

    with sqlite_runtime.transactions.reading() as session:
        assert [one.fell_because for one in decisions_of(session, run_id)] == ["act_changed_meanwhile"]
    assert len(open_asks(sqlite_runtime, run_id)) == 1


def test_a_return_makes_a_new_version_in_the_next_round_and_keeps_what_was(sqlite_runtime):
    make_circuit(sqlite_runtime, standard(sqlite_runtime))
    run_id = started(sqlite_runtime)
    document_id = document_of(sqlite_runtime, run_id)
    decides(sqlite_runtime, "head", run_id)
    settled(sqlite_runtime)
    decides(sqlite_runtime, "director", run_id, Choice.RETURN, comment="Revoir l'objet", back_to=0)
    settled(sqlite_runtime)

    view = view_of(sqlite_runtime, run_id)
    assert (view.state, view.last_return.comment, view.last_return.back_to) == (RunState.RETURNED, "Revoir l'objet", 0)
    does(sqlite_runtime, "agent", resume_run, run_id)
    run_jobs(sqlite_runtime)
    for username in ("head", "director", "president"):
        decides(sqlite_runtime, username, run_id)
        settled(sqlite_runtime)

    view = view_of(sqlite_runtime, run_id)
    assert (view.state, view.round_number) == (RunState.DEPARTED, 2)
    assert [(one.ask.round_number, one.decision.choice) for one in view.asks][:2] == [
        (1, Choice.APPROVE),
        (1, Choice.RETURN),
    ]
    verdict = verify_bytes(sqlite_runtime, content_of(sqlite_runtime, document_id))
    assert (verdict.finding, len(verdict.seals)) == (Finding.AUTHENTIC, 5)


def test_a_rejection_ends_it_and_says_why(sqlite_runtime):
    make_circuit(sqlite_runtime, standard(sqlite_runtime))
    run_id = started(sqlite_runtime)

    assert refusal_of(InvalidInput, decide_bare, sqlite_runtime, "head", run_id, Verdict(Choice.REJECT)).code == (
        "comment_missing"
    )
    decides(sqlite_runtime, "head", run_id, Choice.REJECT, comment="Hors compétence")
    settled(sqlite_runtime)

    assert view_of(sqlite_runtime, run_id).state is RunState.REJECTED
    started(sqlite_runtime, document_of(sqlite_runtime, run_id))


def decide_bare(runtime, username, run_id, verdict):
    with runtime.transactions.writing(actor(runtime, username)) as uow:
        return decide(uow, open_asks(runtime, run_id)[0].id, verdict)


def test_an_approval_in_the_file_is_a_signature_and_needs_the_pin(sqlite_runtime):
    make_circuit(sqlite_runtime, standard(sqlite_runtime))
    run_id = started(sqlite_runtime)

    assert (
        refusal_of(InvalidInput, decide_bare, sqlite_runtime, "head", run_id, Verdict(Choice.APPROVE)).code
        == "pin_missing"
    )
    assert refusal_of(InvalidInput, decides, sqlite_runtime, "head", run_id, pin="").code == "pin_missing"
    wrong = [
        refusal_of(InvalidInput, decides, sqlite_runtime, "head", run_id, pin="wrong!").params["left"] for _ in range(5)
    ]
    assert wrong == [4, 3, 2, 1, 0]
    assert refusal_of(TooManyRequests, decides, sqlite_runtime, "head", run_id).code == "pin_locked"
    sqlite_runtime.clock.move(minutes=16)
    decides(sqlite_runtime, "head", run_id)


def test_its_drafter_takes_it_back_and_a_decision_that_waited_falls(sqlite_runtime):
    make_circuit(sqlite_runtime, standard(sqlite_runtime))
    run_id = started(sqlite_runtime)
    decision = decides(sqlite_runtime, "head", run_id)
    before = newest(sqlite_runtime, document_of(sqlite_runtime, run_id))

    does(sqlite_runtime, "agent", withdraw, run_id)
    settled(sqlite_runtime)

    assert view_of(sqlite_runtime, run_id).state is RunState.WITHDRAWN
    assert newest(sqlite_runtime, document_of(sqlite_runtime, run_id)) == before
    assert refusal_of(Conflict, does, sqlite_runtime, "head", undo, decision.id).code == "decision_settled"
    assert refusal_of(Conflict, does, sqlite_runtime, "agent", withdraw, run_id).code == "run_ended"


def test_only_one_circuit_at_a_time(sqlite_runtime):
    make_circuit(sqlite_runtime, standard(sqlite_runtime))
    document_id = drafted(sqlite_runtime)
    started(sqlite_runtime, document_id)

    assert refusal_of(Conflict, started, sqlite_runtime, document_id).code == "run_exists"


def test_an_act_on_its_way_keeps_the_version_it_began_with(sqlite_runtime):
    circuit_id = make_circuit(sqlite_runtime, standard(sqlite_runtime))
    first = started(sqlite_runtime)
    with sqlite_runtime.transactions.writing(actor(sqlite_runtime, "admin")) as uow:
        row = uow.session.get_one(CircuitRow, circuit_id)
        setup = CircuitSetup("letters", "مراسلات", "Courriers", "outgoing", short(sqlite_runtime))
        change_circuit(uow, circuit_id, setup, expected_version=row.version)
    second = started(sqlite_runtime)

    assert [len(view_of(sqlite_runtime, run_id).steps) for run_id in (first, second)] == [4, 1]
    assert [view_of(sqlite_runtime, run_id).row.circuit_number for run_id in (first, second)] == [1, 2]
    decides(sqlite_runtime, "head", first)
    settled(sqlite_runtime)
    assert [ask.kind for ask in open_asks(sqlite_runtime, first)] == [StepKind.VISA]


def test_whoever_takes_the_function_is_asked_and_whoever_lost_it_is_not(runtime):
    make_circuit(runtime, standard(runtime))
    run_id = started(runtime)
    document_id = document_of(runtime, run_id)
    with runtime.transactions.writing(actor(runtime, "admin")) as uow:
        head = uow.session.scalar(select(Person.id).where(Person.username == "head"))
        membership = uow.session.scalar(select(Membership).where(Membership.person_id == head))
        revoke_role(uow, membership.id)
    runtime.clock.move(seconds=1)

    assert refusal_of((NotFound, PermissionDenied), decides, runtime, "head", run_id).code in {
        "ask_unknown",
        "permission_missing",
    }
    run_jobs(runtime)
    assert [ask.title_fr for ask in open_asks(runtime, run_id)] == ["Directeur de l'arrondissement Hay Hassani"]
    assert reads(runtime, "director", document_id)
    decides(runtime, "director", run_id)


def test_what_somebody_decided_is_read_when_their_account_is_gone(sqlite_runtime):
    make_circuit(sqlite_runtime, standard(sqlite_runtime))
    run_id = started(sqlite_runtime)
    decides(sqlite_runtime, "head", run_id)
    settled(sqlite_runtime)
    does(sqlite_runtime, "admin", set_active, actor(sqlite_runtime, "head").person_id, is_active=False)

    decision = view_of(sqlite_runtime, run_id).asks[0].decision
    assert (decision.name_ar, decision.name_fr, decision.power) == ("كريم التازي", "Karim Tazi", Power.OWN)


def test_people_of_a_step_see_the_letter_that_the_act_answers(sqlite_runtime):
    make_circuit(sqlite_runtime, standard(sqlite_runtime))
    letter = drafted(sqlite_runtime, subject="La lettre")
    run_id = started(sqlite_runtime, answers=letter)

    assert reads(sqlite_runtime, "head", letter)
    assert not reads(sqlite_runtime, "head2", letter)
    assert run_id


@pytest.mark.parametrize("code", ["other", ""])
def test_an_unknown_circuit_is_refused(sqlite_runtime, code):
    document_id = drafted(sqlite_runtime)
    facts = Facts(kind="letter", unit_id=unit_id(sqlite_runtime, "TRV"))

    refused = refusal_of(
        NotFound, does, sqlite_runtime, "agent", start_run, document_id=document_id, circuit_code=code, facts=facts
    )
    assert refused.code == "circuit_unknown"


def test_nobody_sends_what_they_do_not_see(sqlite_runtime):
    make_circuit(sqlite_runtime, standard(sqlite_runtime))
    document_id = drafted(sqlite_runtime)

    assert refusal_of(NotFound, started, sqlite_runtime, document_id, by="agent2").code == "document_unknown"
    assert refusal_of(NotFound, does, sqlite_runtime, "agent", withdraw, new_id()).code == "run_unknown"


def test_a_file_that_cannot_be_frozen_is_told_on_the_run(sqlite_runtime):
    make_circuit(sqlite_runtime, standard(sqlite_runtime))
    document_id = drafted(sqlite_runtime)
    with sqlite_runtime.transactions.writing(SYSTEM) as uow:
        uow.session.get_one(Document, document_id).source_kind = "jpeg"
    run_id = started(sqlite_runtime, document_id)

    view = view_of(sqlite_runtime, run_id)
    assert (view.state, view.row.error_code) == (RunState.PREPARING, "act_not_pdf")
    does(sqlite_runtime, "agent", withdraw, run_id)


def test_a_group_of_any_needs_one(sqlite_runtime):
    make_circuit(sqlite_runtime, parallel(sqlite_runtime, Mode.ANY))
    run_id = started(sqlite_runtime)
    assert reads(sqlite_runtime, "head2", document_of(sqlite_runtime, run_id))
    decides(sqlite_runtime, "head", run_id, seat=0)
    settled(sqlite_runtime)

    assert [ask.kind for ask in open_asks(sqlite_runtime, run_id)] == [StepKind.SIGNATURE]
    assert not reads(sqlite_runtime, "head2", document_of(sqlite_runtime, run_id))


def test_an_opinion_and_the_agreement_to_the_seal_sign_nothing(sqlite_runtime):
    steps = (
        Step(StepKind.OPINION, (CHIEF,)),
        Step(StepKind.SIGNATURE, (role(sqlite_runtime, "president"),)),
        Step(StepKind.SEAL, (role(sqlite_runtime, "clerk", "BO"),)),
        Step(StepKind.DEPARTURE),
    )
    make_circuit(sqlite_runtime, Circuit(steps))
    run_id = started(sqlite_runtime)
    decide_bare(sqlite_runtime, "head", run_id, Verdict(Choice.APPROVE))
    settled(sqlite_runtime)
    decides(sqlite_runtime, "president", run_id)
    settled(sqlite_runtime)
    decide_bare(sqlite_runtime, "clerk2", run_id, Verdict(Choice.APPROVE))
    settled(sqlite_runtime)

    assert view_of(sqlite_runtime, run_id).state is RunState.DEPARTED
    seals = verify_bytes(sqlite_runtime, content_of(sqlite_runtime, document_of(sqlite_runtime, run_id))).seals
    assert [item.kind for item in seals] == ["seal", "signature", "seal"]
