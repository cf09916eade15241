"""Deciding from a request: where an approval is a signature, it is computed first, then held with the decision."""

from __future__ import annotations

from contextlib import ExitStack
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from docflow.accounts.queries import person_with_id
from docflow.approvals.models import ApprovalRun, Ask, Decision
from docflow.approvals.operations import Verdict, checked_comment, decide, needs_signature
from docflow.approvals.pins import GivenKey, forget_tries, opening
from docflow.approvals.ports import Deps
from docflow.approvals.queries import run_with
from docflow.approvals.rules import StepKind
from docflow.approvals.running import course_of, place_of
from docflow.approvals.settling import settle_due
from docflow.approvals.standing import Standing, standing_on
from docflow.core.actor import Actor
from docflow.core.errors import DocFlowError
from docflow.stamping.acts import signing_ahead
from docflow.stamping.rules import SignatureFace, SignatureKind
from docflow.stamping.rules import Standing as Capacity


def decide_and_sign(deps: Deps, actor: Actor, ask_id: UUID, verdict: Verdict, *, pin: str = "") -> Decision:
    """Decide on what one is asked, and sign where that is what an approval is.

    The signature is made outside of any transaction, on the newest state of the act, and is worth nothing until the
    decision that holds it takes effect; two who sign at once: the second is told, and nothing of theirs is kept.

    Raises:
        InvalidInput: ``pin_missing``, ``pin_wrong``, and what ``decide`` refuses.
        TooManyRequests: ``pin_locked``.
        NotFound: ``ask_unknown``, ``signature_key_missing``.
        Conflict, PermissionDenied: as ``decide``.
        Unavailable: as ``stamping.acts.signing_ahead``.
    """
    with opening(deps, actor, pin=pin) as given:
        row, ask, face = _face_for(deps, actor, ask_id, verdict)
        # Whether it is theirs to sign is known by now: a wrong PIN for nothing does not count.
        key = None if face is None else given()
        return _decided(deps, actor, row, ask, verdict, face=face, key=key)


def decide_with(deps: Deps, actor: Actor, ask_id: UUID, verdict: Verdict, *, key: GivenKey | None) -> Decision:
    """Decide with a key that is open already; see ``decide_and_sign``."""
    row, ask, face = _face_for(deps, actor, ask_id, verdict)
    return _decided(deps, actor, row, ask, verdict, face=face, key=key)


def _decided(
    deps: Deps,
    actor: Actor,
    row: ApprovalRun,
    ask: Ask,
    verdict: Verdict,
    *,
    face: SignatureFace | None,
    key: GivenKey | None,
) -> Decision:
    try:
        with ExitStack() as held:
            signed, require_sound = None, None
            if face is not None and key is not None:
                signing = signing_ahead(deps, document_id=row.document_id, field=ask.field_name, face=face, key=key)
                signed, require_sound = held.enter_context(signing)
            uow = held.enter_context(deps.transactions.writing(actor))
            if key is not None:
                forget_tries(uow)
            decision = decide(uow, ask.id, verdict, signed=signed)
            if require_sound is not None:
                require_sound()
            return decision
    except DocFlowError:
        if key is not None and key.was_right():
            # Whatever came of the decision: a store that is away must not look like wrong PINs.
            with deps.transactions.writing(actor) as uow:
                forget_tries(uow)
        raise


def _face_for(
    deps: Deps, actor: Actor, ask_id: UUID, verdict: Verdict
) -> tuple[ApprovalRun, Ask, SignatureFace | None]:
    """Return an ask that the actor may decide on now, and what their signature shows when it is one."""
    settle_due(deps.transactions, ask_id=ask_id)
    now = deps.clock.now()
    with deps.transactions.reading() as session:
        row, asks = run_with(session, ask_id)
        ask = next(one for one in asks if one.id == ask_id)
        checked_comment(verdict)
        standing = standing_on(session, actor, row, ask, at=now)
        if not needs_signature(ask, verdict):
            return row, ask, None
        course_of(row, asks).checked_held(place_of(ask), verdict.choice)
        return row, ask, _face(session, actor, ask, standing, at=now)


def _face(session: Session, actor: Actor, ask: Ask, standing: Standing, *, at: datetime) -> SignatureFace:
    """Return what the signature shows."""
    assert actor.person_id is not None  # noqa: S101 - whoever stands on an ask is a person
    person = person_with_id(session, actor.person_id)
    return SignatureFace(
        kind=SignatureKind.SIGNATURE if ask.kind == StepKind.SIGNATURE else SignatureKind.VISA,
        name_ar=person.name_ar,
        name_fr=person.name_fr,
        title_ar=standing.title_ar,
        title_fr=standing.title_fr,
        at=at,
        standing=Capacity(standing.power.value),
        for_ar=standing.stead_ar,
        for_fr=standing.stead_fr,
    )
