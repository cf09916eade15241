"""Units are asked for what they have to tell, again and again; they give it, or say that there is nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from docflow.accounts.models import Membership, OrgUnit, Person
from docflow.accounts.rules import is_within
from docflow.accounts.visibility import MEMBER_ROLES
from docflow.core.actor import SYSTEM, Actor
from docflow.core.clock import CASABLANCA
from docflow.core.errors import Conflict, InvalidInput, NotFound
from docflow.core.ids import ids_among, new_id
from docflow.core.uow import UnitOfWork
from docflow.core.words import Words
from docflow.notifications.rules import MailText
from docflow.notifications.telling import Told, tell
from docflow.publications.models import ContentAsk, ContentPlan
from docflow.publications.operations import EDITING, PostSetup, start_post
from docflow.publications.rules import PostKind, PostText
from docflow.publications.subscribing import Deps

CONTRIBUTING: Final = "publications.contribute"
"""Giving content for one's unit; what becomes of it is the editors' matter."""
CONTENT_ASKED: Final = "publications.content_asked"
SOON_DAYS: Final = 2
"""So many days before the last one a unit is reminded."""
LONGEST_DAYS: Final = 366
SHOWN_ASKS: Final = 6
"""Times of one unit that the editors see."""
ASKED: Final = Words("مطلوب محتوى للموقع العمومي", "Contenu demandé pour le site public")
ASKED_BODY: Final = Words(
    "ينتظر الموقع العمومي ما لدى وحدتكم للنشر، في أجل أقصاه {day}:\n{link}",
    "Le site public attend ce que votre entité a à dire, au plus tard le {day} :\n{link}",
)


@dataclass(frozen=True, slots=True)
class PlanSetup:
    """How often a unit is asked, how long it has, and when first."""

    unit_id: UUID
    every_days: int
    days_to_give: int
    first_on: date


def keep_plan(uow: UnitOfWork, setup: PlanSetup) -> ContentPlan:
    """Have a unit asked from a day on, in the place of what was planned for it before.

    Raises:
        PermissionDenied: without ``publications.write``.
        InvalidInput: ``choice_unknown``; ``content_days_invalid`` with ``limit``.
    """
    uow.require(EDITING)
    unit = uow.session.get(OrgUnit, setup.unit_id)
    if unit is None or unit.abolished_at is not None:
        raise InvalidInput("choice_unknown")
    if not 1 <= setup.days_to_give <= setup.every_days <= LONGEST_DAYS:
        raise InvalidInput("content_days_invalid", limit=LONGEST_DAYS)
    plan = uow.session.get(ContentPlan, setup.unit_id)
    if plan is None:
        plan = ContentPlan(unit_id=setup.unit_id)
        uow.session.add(plan)
    plan.every_days, plan.days_to_give, plan.next_on = setup.every_days, setup.days_to_give, setup.first_on
    uow.record("publications.content_planned", subject_kind="unit", subject_id=setup.unit_id)
    return plan


def drop_plan(uow: UnitOfWork, unit_id: UUID) -> None:
    """Ask a unit no more; what it was asked stays.

    Raises:
        PermissionDenied: without ``publications.write``.
        NotFound: ``content_plan_unknown``.
    """
    uow.require(EDITING)
    plan = uow.session.get(ContentPlan, unit_id)
    if plan is None:
        raise NotFound("content_plan_unknown")
    uow.session.delete(plan)
    uow.record("publications.content_unplanned", subject_kind="unit", subject_id=unit_id)


def give_content(uow: UnitOfWork, ask_id: UUID, text: PostText | None) -> ContentAsk:
    """Give what a unit was asked for, as a draft for the editors, or say that there is nothing (none).

    Raises:
        PermissionDenied: without ``publications.contribute``.
        NotFound: ``content_ask_unknown``, also when the unit is not one's own.
        Conflict: ``content_given``.
        InvalidInput: ``post_untitled``, ``post_too_long``.
    """
    uow.require(CONTRIBUTING)
    ask = uow.session.get(ContentAsk, ask_id, with_for_update=True)
    if ask is None or ask.unit_id not in own_units(uow.actor):
        raise NotFound("content_ask_unknown")
    if ask.given_at is not None:
        raise Conflict("content_given")
    if text is not None:
        ask.post_id = start_post(uow, PostSetup(PostKind.NEWS, text, unit_id=ask.unit_id)).id
    ask.given_at, ask.given_by_name = uow.now, uow.actor.name
    uow.record("publications.content_given", subject_kind="unit", subject_id=ask.unit_id)
    return ask


def ask_units(deps: Deps) -> int:
    """Ask the units whose day has come, and remind those that have not given; return how many were asked.

    Each person is told once of each time and once of each reminder, whatever the number of runs.
    """
    today = deps.clock.now().astimezone(CASABLANCA).date()
    asked = 0
    with deps.transactions.writing(SYSTEM) as uow:
        due = uow.session.scalars(select(ContentPlan).where(ContentPlan.next_on <= today).with_for_update()).all()
        for plan in due:
            asked += _ask(uow, plan, today)
    with deps.transactions.writing(SYSTEM) as uow:
        for ask in uow.session.scalars(select(ContentAsk).where(ContentAsk.given_at.is_(None))):
            stage = stage_of(ask, today)
            for person in _members(uow.session, ask.unit_id, uow.now):
                _tell(uow, deps, person, ask, stage)
    return asked


def stage_of(ask: ContentAsk, today: date) -> str:
    """Return how a unit is told of what it has not given: ``asked``, ``soon`` or ``late``."""
    if today > ask.due_on:
        return "late"
    return "soon" if (ask.due_on - today).days <= SOON_DAYS < (ask.due_on - ask.asked_on).days else "asked"


def own_units(actor: Actor) -> frozenset[UUID]:
    """Return the units for which an actor may give content: those they work in or lead."""
    places = (token.partition(":") for token in actor.tokens)
    return frozenset(ids_among(unit for kind, _, unit in places if kind in {"unit", "over"}))


def asks_of(session: Session, actor: Actor) -> Sequence[ContentAsk]:
    """Return what an actor's units were asked and have not given, the most urgent first."""
    statement = select(ContentAsk).where(ContentAsk.given_at.is_(None), ContentAsk.unit_id.in_(own_units(actor)))
    return session.scalars(statement.order_by(ContentAsk.due_on, ContentAsk.id)).all()


def plans(session: Session) -> Sequence[ContentPlan]:
    """Return how units are asked."""
    return session.scalars(select(ContentPlan)).all()


def latest_asks(session: Session) -> Sequence[ContentAsk]:
    """Return the last times of each unit, the newest first."""
    place = func.row_number().over(partition_by=ContentAsk.unit_id, order_by=ContentAsk.asked_on.desc())
    placed = select(ContentAsk.id, place.label("place")).subquery()
    newest = select(placed.c.id).where(placed.c.place <= SHOWN_ASKS)
    return session.scalars(
        select(ContentAsk).where(ContentAsk.id.in_(newest)).order_by(ContentAsk.asked_on.desc(), ContentAsk.id)
    ).all()


def _ask(uow: UnitOfWork, plan: ContentPlan, today: date) -> int:
    unit = uow.session.get_one(OrgUnit, plan.unit_id)
    while plan.next_on <= today:
        # After days without a worker a unit is asked once, not once for each time that was missed.
        plan.next_on += timedelta(days=plan.every_days)
    if unit.abolished_at is not None:
        return 0
    due_on = today + timedelta(days=plan.days_to_give)
    uow.session.add(ContentAsk(id=new_id(), unit_id=unit.id, asked_on=today, due_on=due_on))
    uow.record("publications.content_asked", subject_kind="unit", subject_id=unit.id)
    return 1


def _members(session: Session, unit_id: UUID, now: datetime) -> Sequence[Person]:
    rows = session.execute(
        select(Person, Membership)
        .join(Membership, Membership.person_id == Person.id)
        .where(Membership.unit_id == unit_id, Membership.role.in_([role.value for role in MEMBER_ROLES]))
        .order_by(Person.id)
    )
    here = [person for person, held in rows if is_within(now, held.valid_from, held.valid_until)]
    return list(dict.fromkeys(here))


def _tell(uow: UnitOfWork, deps: Deps, person: Person, ask: ContentAsk, stage: str) -> None:
    day = f"{ask.due_on:%d/%m/%Y}"
    link = f"{deps.settings.staff_url.rstrip('/')}/contributions"
    body = ASKED_BODY.said(person.locale).format(day=day, link=link)
    # The bell tells the rest; a mail is for what is late.
    mail = MailText(f"{ASKED.ar} · {ASKED.fr}", body) if stage == "late" and deps.mail_server.is_set_up else None
    told = Told(CONTENT_ASKED, f"{CONTENT_ASKED}:{ask.id}:{stage}", values={"day": day, "stage": stage})
    tell(uow, person, told, mail=mail)
