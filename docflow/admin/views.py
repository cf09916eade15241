"""The administrator's pages."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, time
from typing import Any, Protocol
from uuid import UUID

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from docflow.accounts.directory import directory_account_of
from docflow.accounts.factors import has_factor, need_factor, people_with_factor, roles_with_factor, take_factor_away
from docflow.accounts.labels import ROLE_LABELS
from docflow.accounts.operations import (
    NewPerson,
    create_person,
    create_unit,
    grant_role,
    revoke_role,
    set_active,
    set_address,
    set_last_day,
    set_password,
)
from docflow.accounts.queries import all_people, memberships_by_person, person_with_id
from docflow.accounts.rules import Role, UnitKind
from docflow.accounts.sessions import end_sessions
from docflow.accounts.units import open_units
from docflow.admin.directory import DirectoryDeps, add_directory, doors_of
from docflow.admin.labels import CHECK_LABELS, JOB_STATE_LABELS, UNIT_KIND_LABELS
from docflow.audit.queries import acts_on
from docflow.audit.telling import Teller
from docflow.core.capability import Capability, Check
from docflow.core.clock import CASABLANCA
from docflow.core.errors import Conflict, DocFlowError, InvalidInput
from docflow.core.jobs import JobState
from docflow.core.uow import UnitOfWork
from docflow.jobs.operations import retry_all_dead, retry_dead_job
from docflow.jobs.queries import job_counts, jobs_in_state, oldest_due
from docflow.routing.abolishing import abolish
from docflow.routing.handing_over import close_account
from docflow.routing.holding import held_in_units
from docflow.routing.reminding import house_of
from docflow.web.guards import requires
from docflow.web.identity import current_actor
from docflow.web.posted import posted_date
from docflow.web.problem import field_of
from docflow.web.shell import current_language

DAY_OF_REFUSAL = {"last_day_over": "last_day", "power_dates_reversed": "last_day"}
"""The control of a day that came too early, by the code of its refusal."""


class Deps(DirectoryDeps, Protocol):
    """The runtime as this room sees it."""

    @property
    def capabilities(self) -> Sequence[Capability]:
        """The rooms, whose checks make the health page."""
        ...


def make_blueprint(deps: Deps) -> Blueprint:
    """Return the pages of this room."""
    blueprint = Blueprint("admin", __name__, template_folder="templates", url_prefix="/admin")

    add_directory(blueprint, deps)

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

    @blueprint.route("/units", methods=["GET", "POST"])
    @requires("people.manage")
    def units() -> str | Response | tuple[str, int]:
        if request.method == "GET":
            return _units_page(deps)
        form = request.form
        try:
            with deps.transactions.writing(current_actor()) as uow:
                create_unit(
                    uow,
                    code=form.get("code", ""),
                    kind=_unit_kind(),
                    name_ar=form.get("name_ar", ""),
                    name_fr=form.get("name_fr", ""),
                    parent_id=_identifier(form.get("parent", "")),
                )
        except DocFlowError as error:
            return _units_page(deps, refusal=error), error.http_status
        flash(gettext("The unit is made."), "ok")
        return redirect(url_for("admin.units"))

    @blueprint.post("/units/<uuid:unit_id>/abolish")
    @requires("people.manage")
    def end_unit(unit_id: UUID) -> Response | tuple[str, int]:
        try:
            with deps.transactions.writing(current_actor()) as uow:
                abolish(uow, unit_id)
        except Conflict as error:
            return _units_page(deps, refusal=error), error.http_status
        flash(gettext("The unit is abolished. Its name stays with what it did."), "ok")
        return redirect(url_for("admin.units"))

    @blueprint.get("/jobs")
    @requires("jobs.manage")
    def jobs() -> str:
        now = deps.transactions.clock.now()
        with deps.transactions.reading() as session:
            lists = {
                state.value: jobs_in_state(session, state)
                for state in (JobState.DEAD, JobState.RUNNING, JobState.READY)
            }
            counts, oldest = job_counts(session), oldest_due(session, now)
        return render_template(
            "admin/jobs.html",
            counts=counts,
            lists=lists,
            waits_s=None if oldest is None else int((now - oldest).total_seconds()),
            state_labels=JOB_STATE_LABELS,
        )

    @blueprint.post("/jobs/retry")
    @requires("jobs.manage")
    def retry_jobs() -> Response:
        job_id = request.form.get("job_id")
        with deps.transactions.writing(current_actor()) as uow:
            if job_id:
                retry_dead_job(uow, _identifier(job_id))
            else:
                retry_all_dead(uow)
        flash(gettext("They will be tried again."), "ok")
        return redirect(url_for("admin.jobs"))

    @blueprint.get("/health")
    @requires("health.read")
    def health() -> str:
        run: Callable[[], Sequence[Check]] = current_app.extensions["docflow_run_checks"]
        checks = run()
        facts = [fact for room in deps.capabilities for make in room.health_facts if (fact := make(deps))]
        is_well = all(check.ok or check.is_warning for check in checks)
        return render_template("admin/health.html", checks=checks, labels=CHECK_LABELS, is_well=is_well, facts=facts)

    return blueprint


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
        refusal_text=_text_of(refusal),
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
        must_confirm=refusal is not None and refusal.code == "tasks_held",
        now=deps.transactions.clock.now(),
        is_arabic=is_arabic,
        units=[(str(unit.id), unit.name_ar if is_arabic else unit.name_fr) for unit in units],
        role_labels=ROLE_LABELS,
        given=request.form if refusal else {},
        refusal_text=_text_of(refusal),
        refused_field=field_of(refusal, DAY_OF_REFUSAL),
        form_has_errors=refusal is not None,
    )


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
        revoke_role(uow, _identifier(form.get("membership", "")))
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
        close_account(uow, person_id, despite_tasks=bool(form.get("despite_tasks")))
    else:
        raise InvalidInput("choice_unknown")


def _units_page(deps: Deps, *, refusal: DocFlowError | None = None) -> str:
    with deps.transactions.reading() as session:
        units = open_units(session)
    is_arabic = current_language() == "ar"
    names = {unit.id: unit.name_ar if is_arabic else unit.name_fr for unit in units}
    return render_template(
        "admin/units.html",
        tree=_tree(units, parent_id=None),
        names=names,
        units=[(str(unit_id), name) for unit_id, name in names.items()],
        kind_labels=UNIT_KIND_LABELS,
        given=request.form if refusal else {},
        refusal_text=_text_of(refusal),
        form_has_errors=refusal is not None,
    )


def _tree(units: Sequence[Any], *, parent_id: UUID | None) -> list[tuple[Any, list[Any]]]:
    return [(unit, _tree(units, parent_id=unit.id)) for unit in units if unit.parent_id == parent_id]


def _text_of(refusal: DocFlowError | None) -> str:
    return "" if refusal is None else str(current_app.extensions["docflow_error_texts"].text_of(refusal))


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


def _unit_kind() -> UnitKind:
    try:
        return UnitKind(request.form.get("kind", ""))
    except ValueError as error:
        raise InvalidInput("choice_unknown") from error


def _unit() -> UUID:
    return _identifier(request.form.get("unit", ""))


def _identifier(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise InvalidInput("choice_unknown") from error
