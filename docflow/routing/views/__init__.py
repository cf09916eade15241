"""The page of tasks, the route on the page of a document, and what may be done on it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

from flask import Blueprint, current_app, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from docflow.accounts.queries import all_people, kept_name, people_named
from docflow.accounts.units import all_units, open_units
from docflow.core.actor import Actor
from docflow.core.capability import MOST_COUNTED
from docflow.core.clock import CASABLANCA
from docflow.core.errors import Conflict, DocFlowError, InvalidInput
from docflow.core.uow import UnitOfWork
from docflow.documents.delivery import pdf_response
from docflow.documents.queries import can_see_content, document_for
from docflow.routing.forms import PERSON, UNIT, posted_dispatches
from docflow.routing.labels import FINISH_LABELS, INSTRUCTION_LABELS, SHARE_LABELS, STATE_LABELS, URGENCY_LABELS
from docflow.routing.models import Assignment, Reminder
from docflow.routing.operations import claim, finish, has_standing, note_read, recall, return_task, send
from docflow.routing.ports import Deps
from docflow.routing.queries import (
    Task,
    asked_of_others,
    is_addressee,
    route_of,
    task_counts,
    tasks_of,
)
from docflow.routing.reminding import last_reminders, reminders_of
from docflow.routing.route_sheet import print_route
from docflow.routing.rules import EFFECTS, AssignmentState, Instruction, urgency_of
from docflow.routing.views.handovers import add_handovers
from docflow.web.guards import requires
from docflow.web.identity import current_actor
from docflow.web.posted import posted_id_or_none
from docflow.web.problem import field_of
from docflow.web.shell import current_language

PAGE_SIZE = 50
LAST_PAGE = 10_000


def make_blueprint(deps: Deps) -> Blueprint:
    """Return the pages of this room."""
    blueprint = Blueprint("routing", __name__, template_folder="../templates")

    @blueprint.get("/tasks")
    @requires("tasks.read")
    def tasks() -> str:
        return _render_tasks(deps)

    @blueprint.post("/d/<uuid:document_id>/route/sheet")
    @requires("tasks.read")
    def sheet(document_id: UUID) -> Response:
        number, content = print_route(deps, current_actor(), document_id)
        return pdf_response(content, name=f"{number.replace('/', '-')}-route.pdf")

    @blueprint.route("/d/<uuid:document_id>/route", methods=["GET", "POST"])
    @requires("routing.send")
    def route(document_id: UUID) -> str | Response | tuple[str, int]:
        if request.method == "GET":
            return _render_send(deps, document_id)
        try:
            with deps.transactions.writing(current_actor()) as uow:
                dispatches = posted_dispatches(request.form, now=uow.now)
                send(uow, document_id, dispatches, passing_on=posted_id_or_none(request.form.get("passing_on", "")))
        except (InvalidInput, Conflict) as refusal:
            return _render_send(deps, document_id, refusal=refusal), refusal.http_status
        flash(gettext("It is sent."), "ok")
        return redirect(url_for("documents.show", document_id=document_id), 303)

    _add_acts(blueprint, deps)
    add_handovers(blueprint, deps)
    return blueprint


def _add_acts(blueprint: Blueprint, deps: Deps) -> None:
    def act(assignment_id: UUID, do: Callable[[UnitOfWork], Assignment], said: str) -> Response:
        document_id: UUID | None = None
        try:
            with deps.transactions.writing(current_actor()) as uow:
                document_id = do(uow).document_id
        except (InvalidInput, Conflict) as refusal:
            flash(_text_of(refusal), "bad")
            document_id = document_id or _document_of(deps, assignment_id)
        else:
            flash(said, "ok")
        return redirect(url_for("documents.show", document_id=document_id), 303)

    @blueprint.post("/assignments/<uuid:assignment_id>/claim")
    @requires("tasks.read")
    def take(assignment_id: UUID) -> Response:
        return act(assignment_id, lambda uow: claim(uow, assignment_id), gettext("The task is yours."))

    @blueprint.post("/assignments/<uuid:assignment_id>/finish")
    @requires("tasks.read")
    def end(assignment_id: UUID) -> Response:
        answer = request.form.get("answer", "")
        done = gettext("The task is done.")
        return act(
            assignment_id,
            lambda uow: finish(uow, assignment_id, answer=answer, rules=deps.closing_rules),
            done,
        )

    @blueprint.post("/assignments/<uuid:assignment_id>/return")
    @requires("tasks.read")
    def give_back(assignment_id: UUID) -> Response:
        reason = request.form.get("answer", "")
        return act(assignment_id, lambda uow: return_task(uow, assignment_id, reason=reason), gettext("It went back."))

    @blueprint.post("/assignments/<uuid:assignment_id>/recall")
    @requires("routing.send")
    def take_back(assignment_id: UUID) -> Response:
        return act(assignment_id, lambda uow: recall(uow, assignment_id), gettext("It is recalled."))


def show_route(deps: Deps, actor: Actor, document_id: UUID) -> str:
    """Return the way of a document, and what the reader may do on it; opening it is reading what one is asked."""
    with deps.transactions.reading() as session:
        document = document_for(session, actor, document_id)
        route = route_of(session, document_id)
        is_unread = any(_is_mine(actor, one) and one.read_at is None for one in route)
        is_readable = can_see_content(session, actor, document_id)
        reminders = reminders_of(session, document_id)
        kept = {one.sent_by_name for one in route} | {one.closed_by_name for one in route}
        kept |= {name for one in reminders for name in (*one.holders, *one.heads)}
        named, people = _names_on(session, route, kept)
        who = {name: people.get(name, name) for name in kept}
        mine = [one for one in route if _is_mine(actor, one)]
        not_yet = {one.id: _closing_refusal(deps, session, one) for one in mine}
    if is_unread:
        with deps.transactions.writing(actor) as uow:
            note_read(uow, document_id)
    if not document.is_registered:
        return ""
    return render_template(
        "routing/_route.html",
        document=document,
        is_readable=is_readable,
        route=route,
        mine=mine,
        not_yet=not_yet,
        may_recall=[
            one.id
            for one in route
            if one.state == AssignmentState.OPEN and one.read_at is None and one.sent_by == actor.person_id
        ],
        may_send=actor.can("routing.send")
        and document.is_open
        and has_standing(actor, document, is_readable=is_readable),
        may_print=is_readable and actor.can("tasks.read"),
        named=named,
        who=who,
        reminders=_by_task(reminders),
        share_labels=SHARE_LABELS,
        unit_names={str(one): name for one, name in named.items()},
        actor_id=actor.person_id,
        today=_today(deps),
        effects={instruction.value: effect for instruction, effect in EFFECTS.items()},
        instruction_labels=INSTRUCTION_LABELS,
        finish_labels=FINISH_LABELS,
        state_labels=STATE_LABELS,
    )


def _closing_refusal(deps: Deps, session: Session, task: Assignment) -> str:
    """Return what must be done before a task may be ended, empty where nothing must."""
    if not EFFECTS[Instruction(task.instruction)].is_responsible:
        return ""
    try:
        for rule in deps.closing_rules:
            rule(session, task.document_id, by_letter=False)
    except Conflict as refusal:
        return _text_of(refusal)
    return ""


def _render_tasks(deps: Deps) -> str:
    actor, today = current_actor(), _today(deps)
    view = request.args.get("view", "")
    view = view if view in {"basket", "others"} else "mine"
    page_number = min(max(1, request.args.get("page", 1, type=int)), LAST_PAGE)
    with deps.transactions.reading() as session:
        counts = task_counts(session, actor, most=MOST_COUNTED + 1)
        cut = {"limit": PAGE_SIZE + 1, "offset": PAGE_SIZE * (page_number - 1)}
        found = (
            asked_of_others(session, actor, **cut)
            if view == "others"
            else tasks_of(session, actor, own=view == "mine", **cut)
        )
        shown = found[:PAGE_SIZE]
        reminders = last_reminders(session, [task.assignment.id for task in shown])
        heads = {name for one in reminders.values() for name in one.heads}
        named, who = _names_on(session, [task.assignment for task in shown], heads)
    # The count of the top bar is asked for by the page itself, which has it already.
    g.task_counts = counts
    groups: dict[Any, list[Task]] = defaultdict(list)
    for task in shown:
        groups[urgency_of(task.assignment.due_on, today)].append(task)
    return render_template(
        "routing/tasks.html",
        view=view,
        counts=counts,
        most=MOST_COUNTED,
        page=page_number,
        has_more=len(found) > PAGE_SIZE,
        reminders=reminders,
        who=who,
        groups=[(urgency, label, groups[urgency]) for urgency, label in URGENCY_LABELS.items() if groups[urgency]],
        named=named,
        today=today,
        instruction_labels=INSTRUCTION_LABELS,
    )


def _render_send(deps: Deps, document_id: UUID, *, refusal: DocFlowError | None = None) -> str:
    actor, language = current_actor(), current_language()
    with deps.transactions.reading() as session:
        document = document_for(session, actor, document_id)
        units, people = open_units(session), all_people(session)
        passable = [
            one
            for one in route_of(session, document_id)
            if _is_mine(actor, one) and EFFECTS[Instruction(one.instruction)].may_pass_on
        ]
    return render_template(
        "routing/send.html",
        document=document,
        units=[(f"{UNIT}{unit.id}", unit.name_ar if language == "ar" else unit.name_fr) for unit in units],
        people=[(f"{PERSON}{person.id}", person.name(language)) for person in people if person.is_active],
        passable=passable,
        passable_options=[(str(one.id), _passing_text(one)) for one in passable],
        instruction_labels=INSTRUCTION_LABELS,
        given=request.form if refusal is not None else None,
        refusal_text="" if refusal is None else _text_of(refusal),
        refused_field=field_of(refusal, {"due_in_past": "due_on"}, default="to"),
        form_has_errors=refusal is not None,
    )


def _by_task(reminders: Sequence[Reminder]) -> Mapping[UUID | None, list[Reminder]]:
    """Return the reminders by the task whose term they are of; those of the legal term of the entry under none."""
    found: dict[UUID | None, list[Reminder]] = defaultdict(list)
    for one in reminders:
        found[one.assignment_id].append(one)
    return dict(found)


def _passing_text(assignment: Assignment) -> str:
    return str(gettext("is passed on: %(task)s", task=INSTRUCTION_LABELS[assignment.instruction]))


def _names_on(
    session: Session, assignments: Sequence[Assignment], kept: Collection[str]
) -> tuple[Mapping[UUID, str], Mapping[str, str]]:
    """Return what units and people on a page are called: by identifier, and by the names kept beside acts."""
    language = current_language()
    ids = {who for one in assignments for who in (one.person_id, one.claimed_by) if who is not None}
    people = people_named(session, ids=ids, kept=kept)
    named = {unit.id: unit.name_ar if language == "ar" else unit.name_fr for unit in all_units(session)}
    named |= {person.id: person.name(language) for person in people}
    return named, {kept_name(person): f"{person.name(language)} ({person.username})" for person in people}


def _is_mine(actor: Actor, assignment: Assignment) -> bool:
    return assignment.state == AssignmentState.OPEN and is_addressee(actor, assignment)


def _document_of(deps: Deps, assignment_id: UUID) -> UUID:
    with deps.transactions.reading() as session:
        assignment = session.get_one(Assignment, assignment_id)
        return document_for(session, current_actor(), assignment.document_id).id


def _today(deps: Deps) -> Any:
    return deps.transactions.clock.now().astimezone(CASABLANCA).date()


def _text_of(error: DocFlowError) -> str:
    return str(current_app.extensions["docflow_error_texts"].text_of(error))
