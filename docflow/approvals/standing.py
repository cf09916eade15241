"""By which power somebody may decide on what is asked: their own function, or that of whom they stand in for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from docflow.accounts.models import Membership
from docflow.accounts.powers import PowerView, powers_held
from docflow.accounts.rules import is_within
from docflow.approvals.models import ApprovalRun, Ask, AskPerson
from docflow.approvals.rules import AskState, Power
from docflow.core.actor import Actor
from docflow.core.errors import Conflict, NotFound, PermissionDenied
from docflow.documents.queries import can_see_content


@dataclass(frozen=True, slots=True)
class Standing:
    """How somebody stands on an ask.

    Attributes:
        power: their own function, a delegation or an interim.
        principal_id: for whom, unless for themselves.
        title_ar: their own function in Arabic.
        title_fr: the same in French.
        stead_ar: whose function they fill, in Arabic; empty when it is theirs.
        stead_fr: the same in French.
        formula_ar: what the act says of it, in Arabic; empty when it is their own function.
        formula_fr: the same in French.
    """

    power: Power
    title_ar: str
    title_fr: str
    principal_id: UUID | None = None
    stead_ar: str = ""
    stead_fr: str = ""
    formula_ar: str = ""
    formula_fr: str = ""


def standing_on(session: Session, actor: Actor, row: ApprovalRun, ask: Ask, *, at: datetime) -> Standing:
    """Return by which power an actor decides on an ask, their own before that of another.

    Raises:
        NotFound: ``ask_unknown``, when it asks neither them nor whom they stand in for.
        PermissionDenied: ``own_draft``.
        Conflict: ``ask_ended``.
    """
    if actor.person_id is None:
        raise NotFound("ask_unknown")
    if ask.state not in {AskState.OPEN, AskState.HELD}:
        # Whoever was asked and came too late is told so, also when they see the document no more.
        if _own(session, actor.person_id, ask, at=at) or can_see_content(session, actor, row.document_id):
            raise Conflict("ask_ended")
        raise NotFound("ask_unknown")
    asked = _asked(session, ask)
    found = _own(session, actor.person_id, ask, at=at) if actor.person_id in asked else None
    if found is None:
        found = _stead(powers_held(session, actor.person_id, at), row, asked)
    if found is None:
        if row.started_by == actor.person_id and row.is_act:
            raise PermissionDenied("own_draft")
        raise NotFound("ask_unknown")
    if row.is_act and row.started_by == actor.person_id:
        raise PermissionDenied("own_draft")
    return found


def _own(session: Session, person_id: UUID, ask: Ask, *, at: datetime) -> Standing | None:
    """Return that somebody decides by a function that they hold at this very instant."""
    role, _, unit = ask.addressee.partition(":")
    if role == "person" and unit != str(person_id):
        return None
    if role != "person":
        held = session.execute(
            select(Membership.valid_from, Membership.valid_until).where(
                Membership.person_id == person_id, Membership.role == role, Membership.unit_id == UUID(unit)
            )
        )
        if not any(is_within(at, valid_from, valid_until) for valid_from, valid_until in held):
            return None
    title_ar, title_fr = ("", "") if role == "person" else (ask.title_ar, ask.title_fr)
    return Standing(Power.OWN, title_ar, title_fr)


def stead_on(session: Session, powers: Sequence[PowerView], row: ApprovalRun, ask: Ask) -> Standing | None:
    """Return in whose stead powers let their holder decide on an ask, if in anybody's."""
    return _stead(powers, row, _asked(session, ask)) if powers else None


def _asked(session: Session, ask: Ask) -> set[UUID]:
    return set(session.scalars(select(AskPerson.person_id).where(AskPerson.ask_id == ask.id)))


def _stead(powers: Sequence[PowerView], row: ApprovalRun, asked: set[UUID]) -> Standing | None:
    """Return that somebody stands in for a person who is asked, an interim before a delegation."""
    fitting = [
        power
        for power in powers
        if power.principal_id in asked and power.covers(kind=row.kind or None, unit_id=row.unit_id)
    ]
    if not fitting:
        return None
    power = min(fitting, key=lambda one: (one.kind.value != Power.INTERIM.value, one.starts_at))
    return Standing(
        power=Power(power.kind.value),
        title_ar=power.holder_title_ar,
        title_fr=power.holder_title_fr,
        principal_id=power.principal_id,
        stead_ar=power.principal_title_ar,
        stead_fr=power.principal_title_fr,
        formula_ar=power.formula_ar,
        formula_fr=power.formula_fr,
    )
