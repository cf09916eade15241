"""Accounts: who is here, their roles, what is done with one account."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext, ngettext
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from docflow.accounts.directory import directory_account_of
from docflow.accounts.factors import has_factor, need_factor, people_with_factor, roles_with_factor, take_factor_away
from docflow.accounts.labels import ROLE_LABELS
from docflow.accounts.operations import (
    NewPerson,
    create_person,
    grant_role,
    revoke_role,
    set_active,
    set_address,
    set_last_day,
    set_password,
)
from docflow.accounts.queries import all_people, memberships_by_person, person_with_id
from docflow.accounts.rules import Role
from docflow.accounts.sessions import end_sessions
from docflow.accounts.units import open_units
from docflow.admin.views.deps import Deps
from docflow.admin.views.directory import doors_of
from docflow.audit.queries import acts_on
from docflow.audit.telling import Teller
from docflow.core.clock import CASABLANCA
from docflow.core.errors import Conflict, DocFlowError, InvalidInput, NotFound
from docflow.core.uow import UnitOfWork
from docflow.routing.handing_over import close_account
from docflow.routing.holding import held_in_units
from docflow.routing.reminding import house_of
from docflow.web.confirmation import ask_first, is_confirmed
from docflow.web.formats import isolated
from docflow.web.guards import requires
from docflow.web.identity import current_actor
from docflow.web.posted import posted_date, posted_id
from docflow.web.problem import field_of, text_of
from docflow.web.shell import current_language

DAY_OF_REFUSAL = {"last_day_over": "last_day", "power_dates_reversed": "last_day"}
"""The control of a day that came too early, by the code of its refusal."""
ASKED_FIRST = frozenset({"close", "revoke", "factor"})
"""Acts on an account that end what somebody can do."""


def add_people(blueprint: Blueprint, deps: Deps) -> None:
    """Add the list of accounts and the page of each."""

    @blueprint.get("/users")
    @requires("people.manage")
    def people() -> str:
        return _people_page(deps)

    @blueprint.post("/users")
    @requires("people.manage")
    def add_person() -> Response | tuple[str, int]:
        try:
            with deps.transactions.writing(current_actor()) as uow:
                create_person(uow, _posted_person(now=uow.now))
        except DocFlowError as error:
            return _people_page(deps, refusal=error), error.http_status
        flash(gettext("The account is made. Its password must be changed at the first sign-in."), "ok")
        return redirect(url_for("admin.people"))

    @blueprint.route("/users/<uuid:person_id>", methods=["GET", "POST"])
    @requires("people.manage")
    def person(person_id: UUID) -> str | Response | tuple[str, int]:
        if request.method == "GET":
            return _person_page(deps, person_id)
        action = request.form.get("action", "")
        if action in ASKED_FIRST and not is_confirmed():
            return _ask_about_person(deps, person_id, action)
        try:
            with deps.transactions.writing(current_actor()) as uow:
                _change_person(uow, person_id)
        except (InvalidInput, Conflict) as error:
            return _person_page(deps, person_id, refusal=error), error.http_status
        flash(gettext("The account is changed."), "ok")
        return redirect(url_for("admin.person", person_id=person_id))

    @blueprint.route("/second-factor", methods=["GET", "POST"])
    @requires("people.manage")
    def sign_in_rules() -> str | Response:
        if request.method == "POST":
            chosen = set(request.form.getlist("role"))
            with deps.transactions.writing(current_actor()) as uow:
                need_factor(uow, {role: role.value in chosen for role in Role})
            flash(gettext("The rules are kept. They hold from the next page that anybody opens."), "ok")
            return redirect(url_for("admin.sign_in_rules"), 303)
        with deps.transactions.reading() as session:
            needing = roles_with_factor(session)
        return render_template("admin/sign_in.html", role_labels=ROLE_LABELS, needing=needing)


def _people_page(deps: Deps, *, refusal: DocFlowError | None = None) -> str:
    with deps.transactions.reading() as session:
        people, units, roles = all_people(session), open_units(session), memberships_by_person(session)
        with_factor = people_with_factor(session)
    is_arabic = current_language() == "ar"
    return render_template(
        "admin/people.html",
        people=people,
        with_factor=with_factor,
        roles=roles,
        now=deps.transactions.clock.now(),
        is_arabic=is_arabic,
        units=[(str(unit.id), unit.name_ar if is_arabic else unit.name_fr) for unit in units],
        role_labels=ROLE_LABELS,
        given=request.form if refusal else {},
        refusal_text="" if refusal is None else text_of(refusal),
        refused_field=field_of(refusal, DAY_OF_REFUSAL, default="username"),
        form_has_errors=refusal is not None,
    )


def _person_page(deps: Deps, person_id: UUID, *, refusal: DocFlowError | None = None) -> str:
    with deps.transactions.reading() as session:
        person = person_with_id(session, person_id)
        units, roles = open_units(session), memberships_by_person(session).get(person_id, ())
        kept = acts_on(session, "person", str(person_id), limit=20)
        acts = Teller(deps.capabilities).tell_acts(session, current_actor(), kept, locale=current_language())
        held = _held(session, person_id, deps.transactions.clock.now())
        is_factor_set = has_factor(session, person_id)
        directory = directory_account_of(session, person_id)
    is_arabic = current_language() == "ar"
    return render_template(
        "admin/person.html",
        person=person,
        has_factor=is_factor_set,
        directory=directory,
        doors=doors_of(deps),
        roles=roles,
        acts=acts,
        held=held,
        now=deps.transactions.clock.now(),
        is_arabic=is_arabic,
        units=[(str(unit.id), unit.name_ar if is_arabic else unit.name_fr) for unit in units],
        role_labels=ROLE_LABELS,
        given=request.form if refusal else {},
        refusal_text="" if refusal is None else text_of(refusal),
        refused_field=field_of(refusal, DAY_OF_REFUSAL),
        form_has_errors=refusal is not None,
    )


def _ask_about_person(deps: Deps, person_id: UUID, action: str) -> str:
    """Return the question before an act on an account that cannot be taken back, or that ends somebody's work."""
    with deps.transactions.reading() as session:
        person = person_with_id(session, person_id)
        held = _held(session, person_id, deps.transactions.clock.now())
        roles = memberships_by_person(session).get(person_id, ())
    language = current_language()
    name = isolated(person.name(language))
    back = url_for("admin.person", person_id=person_id)
    if action == "revoke":
        chosen = next((one for one in roles if str(one[0].id) == request.form.get("membership")), None)
        if chosen is None:
            raise NotFound("role_unknown")
        membership, unit = chosen
        role, place = ROLE_LABELS[membership.role], isolated(unit.name_ar if language == "ar" else unit.name_fr)
        return ask_first(
            gettext("End the role %(role)s of %(name)s?", role=role, name=name),
            [gettext("From the next page on, %(name)s no longer acts as %(role)s for %(unit)s.",
                     name=name, role=role, unit=place)],
            act=gettext("End this role"),
            back_url=back,
        )  # fmt: skip
    if action == "factor":
        return ask_first(
            gettext("Take the second factor of %(name)s away?", name=name),
            [gettext("The telephone and the security keys are forgotten, and the recovery codes are void."),
             gettext("Until a new factor is set up, the password alone is sufficient. The person is notified.")],
            act=gettext("Take the second factor away"),
            back_url=back,
        )  # fmt: skip
    return ask_first(
        gettext("Close the account of %(name)s?", name=name),
        [gettext("The person can no longer sign in, and is signed out everywhere."), *_told_of_tasks(held)],
        act=gettext("Close the account"),
        back_url=back,
    )


def _told_of_tasks(held: Sequence[tuple[str, int, str]]) -> list[str]:
    """Return, by unit, what is said of the tasks that an account holds."""
    told = []
    for unit, count, head in held:
        tasks = ngettext("%(unit)s: %(num)s task", "%(unit)s: %(num)s tasks", count, unit=isolated(unit))
        to = (
            gettext("given to others by %(name)s", name=isolated(head))
            if head
            else gettext("nobody heads this unit: name a head, who gives them to others")
        )
        told.append(f"{tasks} · {to}")
    return told


def _held(session: Session, person_id: UUID, now: datetime) -> list[tuple[str, int, str]]:
    """Return, by unit, how many tasks an account holds and the head who can give them to others; no letter."""
    held = held_in_units(session, person_id)
    if not held:
        return []
    language, house = current_language(), house_of(session, now)
    found = []
    for one in held:
        unit_id = one.unit_id or house.unit_of(person_id)
        above = (steps[0][0] for up in house.asked.units_above(unit_id) if (steps := house.heads_of(up)))
        head = next((house.people[who] for who in above if who != person_id), None)
        place = None if unit_id is None else house.asked.units.get(unit_id)
        name = "" if place is None else place.name_ar if language == "ar" else place.name_fr
        found.append((name, one.count, "" if head is None else head.name(language)))
    return found


def _change_person(uow: UnitOfWork, person_id: UUID) -> None:
    form = request.form
    action = form.get("action")
    if action == "role":
        last_day = posted_date(form, "until", now=uow.now)
        valid_until = None if last_day is None else datetime.combine(last_day, time.max, tzinfo=CASABLANCA)
        grant_role(uow, person_id, role=_role(), unit_id=_unit(), valid_until=valid_until)
    elif action == "revoke":
        revoke_role(uow, posted_id(form.get("membership", "")))
    elif action == "password":
        set_password(uow, person_id, password=form.get("password", ""), must_change=True)
    elif action == "address":
        set_address(uow, person_id, email=form.get("email", ""))
    elif action == "until":
        set_last_day(uow, person_id, day=posted_date(form, "last_day", now=uow.now))
    elif action == "factor":
        take_factor_away(uow, person_id)
    elif action == "sessions":
        end_sessions(uow, person_id)
    elif action == "open":
        set_active(uow, person_id, is_active=True)
    elif action == "close":
        close_account(uow, person_id, despite_tasks=True)
    else:
        raise InvalidInput("choice_unknown")


def _posted_person(*, now: datetime) -> NewPerson:
    form = request.form
    return NewPerson(
        username=form.get("username", ""),
        name_ar=form.get("name_ar", ""),
        name_fr=form.get("name_fr", ""),
        password=form.get("password", ""),
        role=_role(),
        unit_id=_unit(),
        email=form.get("email", ""),
        first_day=posted_date(form, "first_day", now=now),
        last_day=posted_date(form, "last_day", now=now),
    )


def _role() -> Role:
    try:
        return Role(request.form.get("role", ""))
    except ValueError as error:
        raise InvalidInput("choice_unknown") from error


def _unit() -> UUID:
    return posted_id(request.form.get("unit", ""))
