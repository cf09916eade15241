"""Reading people, units and who they are today."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import BindParameter, ColumnElement, Row, Select, and_, bindparam, exists, or_, select
from sqlalchemy.orm import Session, aliased

from docflow.accounts.directory_rules import Door
from docflow.accounts.models import (
    Desk,
    FactorRule,
    Membership,
    OrgUnit,
    Person,
    SecondFactor,
    SecurityKey,
    SignedInSession,
)
from docflow.accounts.passwords import secret_hash
from docflow.accounts.powers import PowerView, held_among, holds_power
from docflow.accounts.rules import EVERYTHING, PERMISSIONS, Role, is_within
from docflow.accounts.units import all_units, children_of
from docflow.accounts.visibility import HEAD_ROLES, OPERATOR_TOKEN, held_tokens
from docflow.core.actor import Actor, ActorKind
from docflow.core.db import UtcDateTime
from docflow.core.errors import NotFound
from docflow.core.remembering import asked_once, each_asked_once

OPERATOR = Actor(
    kind=ActorKind.OPERATOR, name="operator", permissions=EVERYTHING, tokens=frozenset({OPERATOR_TOKEN}), locale="fr"
)
"""Whoever runs commands on the machine itself."""


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A valid session: its row's id, the actor it acts as, and what the pages need of the person."""

    session_id: UUID
    actor: Actor
    must_change_password: bool
    last_seen_at: datetime
    powers: Sequence[PowerView] = ()
    """Under which they may stand in for others at this instant."""
    must_add_factor: bool = False
    """Whether a role of theirs needs a second factor and they have none."""
    opened_by: Door = Door.PASSWORD
    """The door they came through."""


def actor_of(session: Session, person: Person, now: datetime) -> Actor:
    """Return the actor a person is at this instant: roles, permissions and scope tokens."""
    held = select(Membership.role, Membership.unit_id, Membership.valid_from, Membership.valid_until).where(
        Membership.person_id == person.id
    )
    powers = held_among(session, person.id, now, children=None)
    return _actor_with(session, person, now, memberships=session.execute(held).all(), powers=powers)


def _actor_with(
    session: Session,
    person: Person,
    now: datetime,
    *,
    memberships: Iterable[Row[*tuple[Any, ...]]],
    powers: Sequence[PowerView],
) -> Actor:
    roles = [(Role(row.role), row.unit_id) for row in memberships if is_within(now, row.valid_from, row.valid_until)]
    permissions = frozenset().union(*(PERMISSIONS[role] for role, _ in roles)) if roles else frozenset()
    held = {role for role, _ in roles}
    # Desks are kept by clerks alone, and units below are led by heads: for others it is a statement less on every page.
    desks = desk_units(session) if Role.CLERK in held else {}
    children = children_of(all_units(session)) if HEAD_ROLES & held else {}
    return Actor(
        kind=ActorKind.PERSON,
        name=kept_name(person),
        person_id=person.id,
        locale=person.locale,
        roles=frozenset(held),
        permissions=permissions,
        tokens=held_tokens(person.id, roles, children=children, desks=desks, powers=powers),
    )


def kept_name(person: Person) -> str:
    """Return what a person is called beside their acts, for good."""
    return f"{person.name_fr} ({person.username})"


def names_shown(session: Session, kept: Iterable[str], *, locale: str) -> dict[str, str]:
    """Return the names kept beside acts as a reader of a language reads them.

    A name of which the account is gone, or carries another name now, is shown as it was kept.
    """
    names = {name: name for name in kept}
    people = _people_by_kept_name(session, names)
    return names | {name: f"{person.name(locale)} ({person.username})" for name, person in people.items()}


@each_asked_once
def _people_by_kept_name(session: Session, names: Collection[str], /) -> Mapping[str, Person]:
    return {kept_name(person): person for person in people_named(session, ids=(), kept=names)}


@asked_once
def desk_units(session: Session) -> Mapping[str, UUID | None]:
    """Return the code of each register with the unit that keeps its desk; none: every clerk of the district."""
    rows = session.execute(select(Desk.register_code, Desk.unit_id))
    return {code: unit_id for code, unit_id in rows}  # noqa: C416 - rows are not pairs to dict()


def people_named(session: Session, *, ids: Collection[UUID], kept: Collection[str]) -> Sequence[Person]:
    """Return some people in one statement: by identifier, and by the names kept beside acts."""
    if not ids and not kept:
        return ()
    by_name = (Person.name_fr + " (" + Person.username + ")").in_(kept)
    return session.scalars(select(Person).where(or_(Person.id.in_(ids), by_name))).all()


def actor_named(session: Session, username: str, now: datetime) -> Actor:
    """Return the actor of a username, for ``--as USER``.

    Raises:
        NotFound: ``person_unknown`` with ``username``.
    """
    person = session.scalar(select(Person).where(Person.username == username.lower()))
    if person is None or not is_usable(person, now):
        raise NotFound("person_unknown", username=username)
    return actor_of(session, person, now)


def is_usable(person: Person, now: datetime) -> bool:
    """Return whether an account is active and inside its dates."""
    return person.is_active and is_within(now, person.valid_from, person.valid_until)


def signed_in(session: Session, secret: str, *, now: datetime, idle_s: int) -> SignedIn | None:
    """Return who a cookie's secret stands for.

    None when it is unknown, idle too long, still awaits the code of a second factor, or the account ended.
    """
    # Asked along, so that whoever holds no power and needs no second factor costs no further question.
    rows = session.execute(_signed_in(), {"token_hash": secret_hash(secret), "now": now}).all()
    if not rows:
        return None
    kept, person, has_powers, must_add_factor = rows[0][:4]
    if now - kept.last_seen_at > timedelta(seconds=idle_s) or not is_usable(person, now):
        return None
    powers = held_among(session, person.id, now, children=None) if has_powers else []
    memberships = [row for row in rows if row.role is not None]
    actor = _actor_with(session, person, now, memberships=memberships, powers=powers)
    # Whoever came through a directory proved there who they are: a first password here is none of that door's.
    door = Door(kept.opened_by)
    return SignedIn(
        kept.id,
        actor,
        person.must_change_password and door is Door.PASSWORD,
        kept.last_seen_at,
        powers,
        must_add_factor=must_add_factor,
        opened_by=door,
    )


@cache
def _signed_in() -> Select[*tuple[Any, ...]]:
    """Return the question of every page, with a row for each role: who it is, what they hold, and what they lack."""
    now, held = bindparam("now", type_=UtcDateTime()), aliased(Membership)
    return (
        select(
            SignedInSession,
            Person,
            holds_power(Person.id, now),
            _lacks_factor(now),
            held.role,
            held.unit_id,
            held.valid_from,
            held.valid_until,
        )
        .join(Person, Person.id == SignedInSession.person_id)
        .outerjoin(held, held.person_id == Person.id)
        .where(SignedInSession.token_hash == bindparam("token_hash"), ~SignedInSession.awaits_code)
    )


def _lacks_factor(now: BindParameter[datetime]) -> ColumnElement[bool]:
    """Return the condition that a role of a person needs a second factor now, and that they have none here or there."""
    is_needed = exists().where(
        Membership.person_id == Person.id,
        Membership.role == FactorRule.role,
        or_(Membership.valid_from.is_(None), Membership.valid_from <= now),
        or_(Membership.valid_until.is_(None), Membership.valid_until > now),
    )
    has_telephone = exists().where(SecondFactor.person_id == Person.id, SecondFactor.confirmed_at.is_not(None))
    has_key = exists().where(SecurityKey.person_id == Person.id)
    return and_(is_needed, ~has_telephone, ~has_key, ~SignedInSession.did_factor)


@asked_once
def all_people(session: Session) -> Sequence[Person]:
    """Return every account, by username."""
    return session.scalars(select(Person).order_by(Person.username)).all()


def person_with_id(session: Session, person_id: UUID) -> Person:
    """Return an account.

    Raises:
        NotFound: ``person_unknown``.
    """
    person = session.get(Person, person_id)
    if person is None:
        raise NotFound("person_unknown", username=str(person_id))
    return person


def memberships_by_person(session: Session) -> Mapping[UUID, Sequence[tuple[Membership, OrgUnit]]]:
    """Return each person's roles with their units."""
    found: dict[UUID, list[tuple[Membership, OrgUnit]]] = defaultdict(list)
    for membership, unit in session.execute(select(Membership, OrgUnit).join(OrgUnit)):
        found[membership.person_id].append((membership, unit))
    return found
