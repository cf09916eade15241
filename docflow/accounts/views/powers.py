"""The page on which one sees who stands in for whom, gives a power and ends one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol
from uuid import UUID

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from docflow.accounts.forms import posted_power
from docflow.accounts.giving import MANAGES, end_power, give_power
from docflow.accounts.labels import ACT_KIND_LABELS, POWER_LABELS
from docflow.accounts.models import Power
from docflow.accounts.power_rules import STANDING_ROLES
from docflow.accounts.powers import Children, PowerView, power_view, powers_about, reaches_of
from docflow.accounts.queries import all_people, memberships_by_person
from docflow.accounts.rules import Role, is_within
from docflow.accounts.units import all_units, children_of
from docflow.core.actor import Actor
from docflow.core.errors import Conflict, DocFlowError, InvalidInput
from docflow.core.uow import Transactions
from docflow.web.confirmation import ask_first, is_confirmed
from docflow.web.formats import local_date
from docflow.web.guards import requires, signed_in
from docflow.web.identity import current_actor
from docflow.web.problem import field_of
from docflow.web.shell import current_language


class Deps(Protocol):
    """The runtime as these pages see it."""

    @property
    def transactions(self) -> Transactions:
        """Opens units of work."""
        ...


@dataclass(frozen=True, slots=True)
class ShownPower:
    """A power as the page shows it; ``state``: ``now``, ``later``, ``over``, or ``idle`` when nothing is behind it."""

    view: PowerView
    state: str
    last_day: datetime
    ended_by_name: str
    given_by_name: str
    may_end: bool


FIELD_OF_REFUSAL = {
    "power_days_missing": "first_day",
    "power_dates_reversed": "last_day",
    "power_in_past": "first_day",
}
"""The control that the summary of errors leads to."""


def add_powers(blueprint: Blueprint, deps: Deps) -> None:
    """Add the page of delegations and interims."""

    @blueprint.get("/delegations")
    @signed_in
    def powers() -> str:
        return _render(deps)

    @blueprint.post("/delegations")
    @requires("powers.give")
    def give() -> Response | tuple[str, int]:
        actor = current_actor()
        try:
            with deps.transactions.writing(actor) as uow:
                new = posted_power(request.form, own_id=actor.person_id, now=uow.now)
                give_power(uow, new)
        except (InvalidInput, Conflict) as refusal:
            return _render(deps, refusal=refusal), refusal.http_status
        flash(gettext("It is entered. Both people see it here and when they sign in."), "ok")
        return redirect(url_for("accounts.powers"), 303)

    @blueprint.post("/delegations/<uuid:power_id>/end")
    @requires("powers.give")
    def end(power_id: UUID) -> str | Response:
        if not is_confirmed():
            return ask_first(
                gettext("End it now?"),
                [
                    gettext("From the next page on, nothing can be decided or signed under it."),
                    gettext("What was decided under it stays valid. To resume, enter it again."),
                ],
                act=gettext("End it now"),
                back_url=url_for("accounts.powers"),
            )
        try:
            with deps.transactions.writing(current_actor()) as uow:
                end_power(uow, power_id)
        except Conflict as refusal:
            flash(_text_of(refusal), "bad")
        else:
            flash(gettext("It is ended. Nothing can be decided under it any more."), "ok")
        return redirect(url_for("accounts.powers"), 303)


def standing_notices(session: Session, person_id: UUID, now: datetime, *, locale: str) -> list[str]:
    """Return what a person is told at sign-in about the powers that they hold or gave."""
    children = children_of(all_units(session))
    told = []
    for row in powers_about(session, person_id):
        if not row.starts_at <= now < row.ends_at:
            continue
        reaches = reaches_of(session, [row.principal_id], now, children=children)
        shown = _shown(row, now, reaches=reaches, children=children, actor=None)
        if shown.state == "now":
            told.append(_notice(shown, is_holder=row.holder_id == person_id, locale=locale))
    return told


def _notice(shown: ShownPower, *, is_holder: bool, locale: str) -> str:
    view, day = shown.view, local_date(shown.last_day)
    if is_holder:
        return str(gettext("You stand in for %(name)s until %(day)s.", name=view.principal_name(locale), day=day))
    return str(gettext("%(name)s stands in for you until %(day)s.", name=view.holder_name(locale), day=day))


def _render(deps: Deps, *, refusal: DocFlowError | None = None) -> str:
    actor, now, language = current_actor(), deps.transactions.clock.now(), current_language()
    manages = actor.can(MANAGES)
    with deps.transactions.reading() as session:
        rows = list(powers_about(session, None if manages else actor.person_id))
        children = children_of(all_units(session))
        reaches = reaches_of(session, {row.principal_id for row in rows}, now, children=children)
        shown = [_shown(row, now, reaches=reaches, children=children, actor=actor) for row in rows]
        units = all_units(session)
        people = all_people(session)
        memberships = memberships_by_person(session)
        own_reach = (
            frozenset()
            if actor.person_id is None
            else reaches_of(session, [actor.person_id], now, children=children).get(actor.person_id, frozenset())
        )
        principals = reaches_of(session, [person.id for person in people], now, children=children) if manages else {}
    names = {unit.id: unit.name_ar if language == "ar" else unit.name_fr for unit in units}

    def may_stand_in(person_id: UUID) -> bool:
        return any(
            Role(membership.role) in STANDING_ROLES and is_within(now, membership.valid_from, membership.valid_until)
            for membership, _unit in memberships.get(person_id, ())
        )

    def described(person_id: UUID, name: str) -> tuple[str, str]:
        places = [names[unit.id] for _membership, unit in memberships.get(person_id, ())]
        return str(person_id), f"{name} – {places[0]}" if places else name

    return render_template(
        "accounts/powers.html",
        groups=_groups(shown, actor, manages=manages),
        manages=manages,
        may_give=actor.can("powers.give") and (manages or bool(own_reach)),
        principals=[described(one.id, one.name(language)) for one in people if one.id in principals],
        holders=[
            described(one.id, one.name(language))
            for one in people
            if one.is_active and one.id != actor.person_id and may_stand_in(one.id)
        ],
        units=[
            (str(unit.id), names[unit.id])
            for unit in units
            if unit.abolished_at is None and (manages or unit.id in own_reach)
        ],
        unit_names=names,
        kind_labels=ACT_KIND_LABELS,
        power_labels=POWER_LABELS,
        language=language,
        given=request.form if refusal is not None else None,
        refusal_text=_text_of(refusal),
        refused_field=field_of(refusal, FIELD_OF_REFUSAL, default="holder"),
        form_has_errors=refusal is not None,
    )


def _groups(shown: Sequence[ShownPower], actor: Actor, *, manages: bool) -> list[tuple[str, list[ShownPower]]]:
    """Return the powers by what they are to the reader, those that are over last."""
    alive = [one for one in shown if one.state != "over"]
    held = [one for one in alive if one.view.holder_id == actor.person_id]
    given = [one for one in alive if one.view.principal_id == actor.person_id]
    others = [one for one in alive if one not in held and one not in given] if manages else []
    over = [one for one in shown if one.state == "over"]
    return [
        (title, found)
        for title, found in (
            (gettext("You stand in for"), held),
            (gettext("Who stands in for you"), given),
            (gettext("Between others"), others),
            (gettext("Over"), over),
        )
        if found
    ]


def _shown(
    row: Power,
    now: datetime,
    *,
    reaches: Mapping[UUID, frozenset[UUID]],
    children: Children,
    actor: Actor | None,
) -> ShownPower:
    reach = reaches.get(row.principal_id, frozenset())
    view = power_view(row, reach=reach, children=children)
    is_begun, is_over = row.starts_at <= now, row.ends_at <= now
    state = "over" if is_over else "later" if not is_begun else "now" if view.covered_units else "idle"
    may_end = actor is not None and (row.principal_id == actor.person_id or actor.can(MANAGES))
    return ShownPower(
        view=view,
        state=state,
        last_day=row.ends_at if row.ended_by_name else row.ends_at - timedelta(seconds=1),
        ended_by_name=row.ended_by_name,
        given_by_name=row.given_by_name,
        may_end=may_end and not is_over and actor is not None and actor.can("powers.give"),
    )


def _text_of(refusal: DocFlowError | None) -> str:
    return "" if refusal is None else str(current_app.extensions["docflow_error_texts"].text_of(refusal))
