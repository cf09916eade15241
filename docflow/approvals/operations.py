"""Writes of runs: sent on a circuit, sent anew after a return, decided, undone, withdrawn."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select, update

from docflow.accounts.queries import person_with_id
from docflow.approvals.course import Run
from docflow.approvals.models import ApprovalRun, Ask, CircuitRow, CircuitVersion, Decision
from docflow.approvals.people import Organisation, organisation
from docflow.approvals.rows import steps_as_row, steps_from_row
from docflow.approvals.rules import (
    COMMENT_LIMIT,
    ENDED,
    UNDO_S,
    Choice,
    Circuit,
    Facts,
    Function,
    FunctionKind,
    RunState,
    Seat,
    Step,
    StepKind,
)
from docflow.approvals.running import Running, locked, locked_of, move, place_of, prepare_job
from docflow.approvals.standing import Standing, standing_on
from docflow.core.errors import Conflict, InvalidInput, NotFound, PermissionDenied
from docflow.core.jobs import JobRequest
from docflow.core.uow import UnitOfWork
from docflow.documents.models import Document
from docflow.documents.operations import get_visible
from docflow.documents.queries import can_see_content
from docflow.registry.departures import outgoing_register
from docflow.registry.models import Register
from docflow.registry.rules import RegisterKind
from docflow.stamping.acts import SignedAhead
from docflow.stamping.queries import sealed_revision_of
from docflow.storage.operations import name_blob


@dataclass(frozen=True, slots=True)
class Verdict:
    """What somebody decides; ``back_to`` is the step, from 0, with which the next round begins after a return."""

    choice: Choice
    comment: str = ""
    back_to: int | None = None


def start_run(uow: UnitOfWork, *, document_id: UUID, circuit_code: str, facts: Facts) -> ApprovalRun:
    """Send an act on a circuit; its present version is frozen by a job, then the first step is asked.

    Raises:
        PermissionDenied: without ``approvals.start``, or ``content_hidden``.
        NotFound: ``document_unknown``, ``circuit_unknown``, ``register_unknown``.
        Conflict: ``run_exists``, ``document_has_number`` with ``number``, ``document_set_aside``, ``nobody_for_step``
            with ``step`` and ``function``.
        InvalidInput: ``circuit_without_signature``.
    """
    uow.require("approvals.start")
    document = _readable(uow, document_id)
    if facts.answers is not None:
        _readable(uow, facts.answers)
    if document.is_registered:
        raise Conflict("document_has_number", number=document.register_number)
    if document.is_set_aside:
        raise Conflict("document_set_aside")
    is_live = select(ApprovalRun.id).where(
        ApprovalRun.document_id == document_id, ApprovalRun.is_act, ApprovalRun.state.not_in(ENDED)
    )
    if uow.session.scalar(is_live.limit(1)) is not None:
        raise Conflict("run_exists")
    circuit = uow.session.scalar(select(CircuitRow).where(CircuitRow.code == circuit_code, CircuitRow.is_active))
    if circuit is None:
        raise NotFound("circuit_unknown", circuit=circuit_code)
    register = outgoing_register(uow, circuit.register_code)
    kept = uow.session.get_one(CircuitVersion, (circuit.id, circuit.newest))
    asked = organisation(uow.session, uow.now)
    steps = Circuit(steps_from_row(kept.steps)).steps_for(facts, frozenset(asked.units_above(facts.unit_id)))
    require_people(asked, steps, unit_id=facts.unit_id, not_person=uow.actor.person_id)
    row = ApprovalRun(
        document_id=document_id,
        is_act=True,
        circuit_id=circuit.id,
        circuit_number=circuit.newest,
        steps=_titled(steps, asked, unit_id=facts.unit_id, not_person=uow.actor.person_id),
        register_code=register.code,
        shelf=RegisterKind.OUTGOING.value,
        kind=facts.kind,
        unit_id=facts.unit_id,
        amount_dh=facts.amount_dh,
        answers=facts.answers,
        is_urgent=facts.is_urgent,
        started_by=uow.actor.person_id,
        started_by_name=uow.actor.name,
        started_at=uow.now,
        version_at=uow.now,
        state=RunState.PREPARING,
    )
    uow.session.add(row)
    uow.session.flush()
    uow.enqueue(prepare_job(row))
    _record(uow, "approvals.started", row, circuit=circuit.code, circuit_number=circuit.newest)
    return row


def resume_run(uow: UnitOfWork, run_id: UUID) -> ApprovalRun:
    """Send the new version of a returned act; it begins again with the step to which it was returned.

    Raises:
        PermissionDenied: without ``approvals.start``, or ``run_of_another``.
        NotFound: ``run_unknown``.
        Conflict: ``run_not_returned``, ``nobody_for_step`` with ``step`` and ``function``.
    """
    uow.require("approvals.start")
    running = locked(uow, run_id)
    _require_drafter(uow, running)
    after = running.run.resumed()
    asked = organisation(uow.session, uow.now)
    coming = after.steps[after.first_step :]
    require_people(
        asked, coming, unit_id=running.row.unit_id, not_person=running.row.started_by, first=after.first_step
    )
    frozen = sealed_revision_of(uow.session, running.row.document_id)
    # Whatever the clock shows now or showed then: the version is later than what was frozen before it.
    before = uow.now if frozen is None else frozen.sealed_at + timedelta(microseconds=1)
    running.row.version_at = max(uow.now, before)
    running.row.error_code, running.row.error_params = None, {}
    move(uow, running, after)
    uow.enqueue(prepare_job(running.row))
    _record(uow, "approvals.resumed", running.row, round=after.round_number)
    return running.row


def withdraw(uow: UnitOfWork, run_id: UUID) -> ApprovalRun:
    """Take back an act from its circuit, until its last signature took effect; a decision that waits falls.

    Raises:
        PermissionDenied: without ``approvals.start``, or ``run_of_another``.
        NotFound: ``run_unknown``.
        Conflict: ``run_ended``.
    """
    uow.require("approvals.start")
    running = locked(uow, run_id)
    _require_drafter(uow, running)
    take_back(uow, running)
    return running.row


def take_back(uow: UnitOfWork, running: Running) -> None:
    """End a run without a decision; the caller has checked the right to."""
    after = running.run.withdrawn()
    uow.session.execute(
        update(Decision)
        .where(Decision.run_id == running.row.id, Decision.settled_at.is_(None))
        .values(settled_at=uow.now, fell_because="run_ended", version=Decision.version + 1)
    )
    move(uow, running, after)
    _record(uow, "approvals.withdrawn", running.row)


def ask_signature(
    uow: UnitOfWork, document: Document, *, unit_id: UUID | None = None, person_id: UUID | None = None, note: str = ""
) -> ApprovalRun:
    """Ask for a decision about a letter that came in, of a person or of the head of a unit; nothing is signed in it.

    The caller has checked that the letter may be sent, and locked it.

    Raises:
        Conflict: ``nobody_for_step`` with ``step`` and ``function``.
    """
    function = Function(FunctionKind.PERSON, person_id=person_id)
    substitutes: tuple[Function, ...] = ()
    if person_id is None:
        function, substitutes = Function(FunctionKind.UNIT_HEAD), (Function(FunctionKind.HEAD_ABOVE),)
    steps = (Step(StepKind.SIGNATURE, (Seat(function, substitutes),)),)
    asked = organisation(uow.session, uow.now)
    require_people(asked, steps, unit_id=unit_id, not_person=None)
    shelf = uow.session.scalar(select(Register.kind).where(Register.code == document.register_code))
    row = ApprovalRun(
        document_id=document.id,
        is_act=False,
        steps=_titled(steps, asked, unit_id=unit_id, not_person=None),
        register_code=document.register_code,
        shelf=RegisterKind(shelf or RegisterKind.INCOMING).value,
        kind=document.kind,
        unit_id=unit_id or document.unit_id,
        note=note,
        started_by_name=uow.actor.name,
        started_at=uow.now,
        version_at=uow.now,
        state=RunState.PREPARING,
        round_number=1,
        step_index=0,
        first_step=0,
    )
    uow.session.add(row)
    uow.session.flush()
    running = Running(document, row, {}, Run(steps))
    move(uow, running, running.run.started())
    _record(uow, "approvals.asked", row)
    return row


def recall_signature(uow: UnitOfWork, run_id: UUID) -> None:
    """Take back a letter from whoever was asked to sign it, unless that is decided; the caller has the right to."""
    running = locked(uow, run_id)
    if running.run.state not in ENDED and running.run.state is not RunState.RETURNED:
        take_back(uow, running)


def decide(uow: UnitOfWork, ask_id: UUID, verdict: Verdict, *, signed: SignedAhead | None = None) -> Decision:
    """Decide on what one is asked; it can be undone for a few seconds, then it takes effect by itself.

    ``signed``: the signed state of the act, where its approval is a signature.

    Raises:
        PermissionDenied: without ``approvals.decide``, or ``own_draft``.
        NotFound: ``ask_unknown``, whether it is missing or not theirs.
        Conflict: ``ask_ended``, ``decision_pending``, ``act_changed_meanwhile``.
        InvalidInput: ``comment_missing``, ``field_too_long``, ``return_step_unknown``, ``pin_missing``.
    """
    uow.require("approvals.decide")
    running, ask, standing = _asked(uow, ask_id)
    said = checked_comment(verdict)
    back_to = verdict.back_to if verdict.choice is Choice.RETURN else None
    after = running.run.checked_held(place_of(ask), verdict.choice, back_to=back_to)
    if needs_signature(ask, verdict) and signed is None:
        raise InvalidInput("pin_missing")
    if signed is not None:
        name_blob(uow, signed.blob, media_type="application/pdf")
    assert uow.actor.person_id is not None  # noqa: S101 - whoever stands on an ask is a person
    person = person_with_id(uow.session, uow.actor.person_id)
    decision = Decision(
        run_id=running.row.id,
        ask_id=ask.id,
        choice=verdict.choice,
        comment=said,
        back_to=back_to,
        person_id=uow.actor.person_id,
        person_name=uow.actor.name,
        name_ar=person.name_ar,
        name_fr=person.name_fr,
        power=standing.power,
        formula_ar=standing.formula_ar,
        formula_fr=standing.formula_fr,
        decided_at=uow.now,
        undo_until=uow.now + timedelta(seconds=UNDO_S),
        signed=None if signed is None else signed.as_row(),
    )
    uow.session.add(decision)
    uow.session.flush()
    move(uow, running, after)
    uow.enqueue(settle_job(decision))
    _record(
        uow,
        "approvals.decided",
        running.row,
        choice=verdict.choice.value,
        power=standing.power.value,
        step=ask.step_index + 1,
        round=ask.round_number,
        **({} if standing.principal_id is None else {"for_person": str(standing.principal_id)}),
    )
    return decision


def undo(uow: UnitOfWork, decision_id: UUID) -> Decision:
    """Take back a decision of one's own while it can be undone.

    Raises:
        PermissionDenied: without ``approvals.decide``.
        NotFound: ``decision_unknown``, whether it is missing or another's.
        Conflict: ``decision_settled``.
    """
    uow.require("approvals.decide")
    person_id = uow.actor.person_id
    # The row itself is first read under the lock of its run: it may take effect at this very moment.
    own = select(Decision.run_id).where(Decision.id == decision_id, Decision.person_id == person_id)
    run_id = None if person_id is None else uow.session.scalar(own)
    if run_id is None:
        raise NotFound("decision_unknown")
    running = locked(uow, run_id)
    decision = uow.session.get_one(Decision, decision_id, with_for_update=True)
    ask = uow.session.get_one(Ask, decision.ask_id)
    if decision.settled_at is not None or decision.undo_until <= uow.now:
        raise Conflict("decision_settled")
    decision.settled_at = uow.now
    move(uow, running, running.run.undone(place_of(ask)))
    _record(uow, "approvals.undone", running.row, choice=Choice(decision.choice).value, step=ask.step_index + 1)
    return decision


def settle_job(decision: Decision) -> JobRequest:
    """Return the job by which a decision takes effect at its time."""
    return JobRequest(
        name="approvals.settle",
        payload={"decision_id": str(decision.id)},
        unique_key=f"approvals.settle:{decision.id}",
        priority=18,
        delay_s=UNDO_S,
        max_attempts=20,
    )


def needs_signature(ask: Ask, verdict: Verdict) -> bool:
    """Return whether a decision signs in a field of the act."""
    return verdict.choice is Choice.APPROVE and bool(ask.field_name)


def checked_comment(verdict: Verdict) -> str:
    """Return what is written beside a decision.

    Raises:
        InvalidInput: ``comment_missing``, ``field_too_long`` with ``field`` and ``limit``.
    """
    said = "\n".join(" ".join(line.split()) for line in verdict.comment.strip().splitlines())
    if not said and verdict.choice is not Choice.APPROVE:
        raise InvalidInput("comment_missing")
    if len(said) > COMMENT_LIMIT:
        raise InvalidInput("field_too_long", field="comment", limit=COMMENT_LIMIT)
    return said


def require_people(
    asked: Organisation, steps: tuple[Step, ...], *, unit_id: UUID | None, not_person: UUID | None, first: int = 0
) -> None:
    """Refuse steps of which a seat asks nobody, not even by its substitutes.

    Raises:
        Conflict: ``nobody_for_step`` with ``step`` (from 1) and ``function``.
    """
    for number, step in enumerate(steps, start=first + 1):
        for seat in step.seats:
            seated = asked.seated(seat, unit_id=unit_id, not_person=not_person)
            if not seated.holders:
                named = " / ".join(filter(None, (seated.title_ar, seated.title_fr)))
                raise Conflict("nobody_for_step", step=number, function=named or "?")


def _titled(
    steps: tuple[Step, ...], asked: Organisation, *, unit_id: UUID | None, not_person: UUID | None
) -> list[dict[str, Any]]:
    """Return steps as a run keeps them, with what the functions are called that each will ask."""
    rows = steps_as_row(steps)
    for row, step in zip(rows, steps, strict=True):
        seated = [asked.seated(seat, unit_id=unit_id, not_person=not_person) for seat in step.seats]
        row["titles"] = [{"ar": one.title_ar, "fr": one.title_fr} for one in seated]
    return rows


def _asked(uow: UnitOfWork, ask_id: UUID) -> tuple[Running, Ask, Standing]:
    """Return an ask with its run, locked, and how the actor stands on it."""
    found = uow.session.execute(
        select(ApprovalRun.id, ApprovalRun.document_id).join(Ask, Ask.run_id == ApprovalRun.id).where(Ask.id == ask_id)
    ).one_or_none()
    if found is None:
        raise NotFound("ask_unknown")
    running = locked_of(uow, found.document_id, found.id)
    ask = next(one for one in running.asks.values() if one.id == ask_id)
    standing = standing_on(uow.session, uow.actor, running.row, ask, at=uow.now)
    return running, ask, standing


def _readable(uow: UnitOfWork, document_id: UUID) -> Document:
    document = get_visible(uow, document_id)
    if not can_see_content(uow.session, uow.actor, document_id):
        raise PermissionDenied("content_hidden")
    return document


def _require_drafter(uow: UnitOfWork, running: Running) -> None:
    if not running.row.is_act or uow.actor.person_id is None or running.row.started_by != uow.actor.person_id:
        # Whoever does not even see the document is not told that it is on its way.
        get_visible(uow, running.row.document_id)
        raise PermissionDenied("run_of_another")


def _record(uow: UnitOfWork, verb: str, row: ApprovalRun, **values: str | int) -> None:
    uow.record(verb, subject_kind="document", subject_id=row.document_id, run=str(row.id), **values)
