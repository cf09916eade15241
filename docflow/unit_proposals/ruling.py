"""Making the rules of first routing, putting them in order, and following them."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from docflow.accounts.models import OrgUnit
from docflow.accounts.units import open_units
from docflow.core.errors import InvalidInput, NotFound
from docflow.core.uow import UnitOfWork
from docflow.documents.rules import DocumentKind
from docflow.unit_proposals.first_routes import SENDER_LIMIT, LetterFacts, RouteRule, first_met, folded_words
from docflow.unit_proposals.models import FirstRoute

MANAGES = "registers.manage"
CODE_LIMIT = 40
"""Longest code of a register, in characters."""


@dataclass(frozen=True, slots=True)
class NewRoute:
    """A rule to make."""

    unit_id: UUID
    register_code: str = ""
    kind: str = ""
    sender: str = ""
    is_automatic: bool = False


def routes_of(session: Session, *, active_only: bool = False) -> list[FirstRoute]:
    """Return the rules in their order."""
    statement = select(FirstRoute).order_by(FirstRoute.position, FirstRoute.id)
    if active_only:
        is_open = FirstRoute.unit_id.in_(select(OrgUnit.id).where(OrgUnit.abolished_at.is_(None)))
        statement = statement.where(FirstRoute.is_active, is_open)
    return list(session.scalars(statement))


def route_for(session: Session, facts: LetterFacts) -> RouteRule | None:
    """Return the rule that a letter is sent by, or none."""
    return first_met([as_rule(row) for row in routes_of(session, active_only=True)], facts)


def as_rule(row: FirstRoute) -> RouteRule:
    """Return a rule of the table as the rules of this room know it."""
    return RouteRule(
        id=row.id,
        unit_id=row.unit_id,
        register_code=row.register_code,
        kind=row.kind,
        sender=folded_words(row.sender),
        is_automatic=row.is_automatic,
        said=row.sender,
    )


def rule_of(new: NewRoute) -> RouteRule:
    """Return a rule that is not made yet, to try it.

    Raises:
        InvalidInput: ``route_without_condition``, ``field_too_long``, ``choice_unknown``.
    """
    said = " ".join(new.sender.split())
    if len(said) > SENDER_LIMIT:
        raise InvalidInput("field_too_long", field="sender", limit=SENDER_LIMIT)
    if len(new.register_code) > CODE_LIMIT:
        raise InvalidInput("choice_unknown")
    if new.kind and new.kind not in {kind.value for kind in DocumentKind}:
        raise InvalidInput("choice_unknown")
    sender = folded_words(said) if any(letter.isalnum() for letter in said) else ""
    if not (new.register_code or new.kind or sender):
        raise InvalidInput("route_without_condition")
    return RouteRule(UUID(int=0), new.unit_id, new.register_code, new.kind, sender, new.is_automatic)


def make_route(uow: UnitOfWork, new: NewRoute) -> FirstRoute:
    """Add a rule after the others.

    Raises:
        PermissionDenied: without ``registers.manage``.
        InvalidInput: ``unit_unknown``, and what ``rule_of`` refuses.
    """
    uow.require(MANAGES)
    rule_of(new)
    if new.unit_id not in {unit.id for unit in open_units(uow.session)}:
        raise InvalidInput("unit_unknown")
    last = uow.session.scalar(select(func.max(FirstRoute.position))) or 0
    route = FirstRoute(
        position=last + 1,
        register_code=new.register_code,
        kind=new.kind,
        sender=" ".join(new.sender.split()),
        unit_id=new.unit_id,
        is_automatic=new.is_automatic,
    )
    uow.session.add(route)
    uow.session.flush()
    _record(uow, "unit_proposals.route_made", route)
    return route


def switch_route(
    uow: UnitOfWork, route_id: UUID, *, is_active: bool | None = None, is_automatic: bool | None = None
) -> None:
    """Turn a rule on or off, or have it applied by itself or proposed only.

    Raises:
        PermissionDenied: without ``registers.manage``.
        NotFound: ``route_unknown``.
    """
    route = _locked(uow, route_id)
    route.is_active = route.is_active if is_active is None else is_active
    route.is_automatic = route.is_automatic if is_automatic is None else is_automatic
    _record(uow, "unit_proposals.route_changed", route)


def raise_route(uow: UnitOfWork, route_id: UUID) -> None:
    """Put a rule before the one above it; the first stays.

    Raises:
        PermissionDenied: without ``registers.manage``.
        NotFound: ``route_unknown``.
    """
    route = _locked(uow, route_id)
    order = routes_of(uow.session)
    at = next(index for index, one in enumerate(order) if one.id == route_id)
    if at:
        order[at - 1], order[at] = order[at], order[at - 1]
        for position, one in enumerate(order, 1):
            one.position = position
        _record(uow, "unit_proposals.route_changed", route)


def drop_route(uow: UnitOfWork, route_id: UUID) -> None:
    """Take a rule away.

    Raises:
        PermissionDenied: without ``registers.manage``.
        NotFound: ``route_unknown``.
    """
    route = _locked(uow, route_id)
    _record(uow, "unit_proposals.route_dropped", route)
    uow.session.delete(route)


def unit_by_rule(uow: UnitOfWork, document_id: UUID, facts: LetterFacts) -> UUID | None:
    """Return the unit to which a letter goes by itself, as a rule says, and note it; none where none says so."""
    rule = route_for(uow.session, facts)
    if rule is None or not rule.is_automatic:
        return None
    uow.record(
        "unit_proposals.route_followed",
        subject_kind="document",
        subject_id=document_id,
        unit=str(rule.unit_id),
        route=str(rule.id),
    )
    return rule.unit_id


def _locked(uow: UnitOfWork, route_id: UUID) -> FirstRoute:
    uow.require(MANAGES)
    route = uow.session.get(FirstRoute, route_id, with_for_update=True)
    if route is None:
        raise NotFound("route_unknown")
    return route


def _record(uow: UnitOfWork, verb: str, route: FirstRoute) -> None:
    uow.record(
        verb,
        subject_kind="first_route",
        subject_id=route.id,
        unit=str(route.unit_id),
        register=route.register_code,
        kind=route.kind,
        is_active=str(route.is_active).lower(),
        is_automatic=str(route.is_automatic).lower(),
    )
