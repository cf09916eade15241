"""Giving the tasks of somebody who leaves to others: who holds what, a review, what became of each."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from flask import Blueprint, current_app, render_template, request
from sqlalchemy.orm import Session

from docflow.accounts.models import Person
from docflow.accounts.queries import all_people, all_units, is_usable, memberships_by_person, person_with_id
from docflow.accounts.rules import PERMISSIONS, Role, is_within
from docflow.core.clock import CASABLANCA
from docflow.core.errors import DocFlowError, InvalidInput, NotFound
from docflow.routing.forms import PERSON, UNIT
from docflow.routing.handing_over import Target, hand_over_each
from docflow.routing.holding import held_by, holders_for
from docflow.routing.labels import INSTRUCTION_LABELS
from docflow.routing.ports import Deps
from docflow.routing.queries import Task
from docflow.web.guards import requires
from docflow.web.identity import current_actor
from docflow.web.shell import current_language

BASKET = "basket"


@dataclass(frozen=True, slots=True)
class Holder:
    """Somebody who holds tasks that the reader may give to another."""

    person: Person
    count: int
    is_there: bool
    last_day: date | None


def add_handovers(blueprint: Blueprint, deps: Deps) -> None:
    """Add the pages on which the tasks of somebody are given to others."""

    @blueprint.get("/handovers")
    @requires("routing.send")
    def handovers() -> str:
        now = deps.transactions.clock.now()
        with deps.transactions.reading() as session:
            counts = holders_for(session, current_actor())
            people = [person for person in all_people(session) if person.id in counts]
        found = [
            Holder(
                person,
                counts[person.id],
                is_usable(person, now),
                None if person.valid_until is None else person.valid_until.astimezone(CASABLANCA).date(),
            )
            for person in people
        ]
        found.sort(key=lambda one: (one.is_there, one.last_day or date.max, one.person.name(current_language())))
        return render_template("routing/handovers.html", holders=found, language=current_language())

    @blueprint.route("/handovers/<uuid:person_id>", methods=["GET", "POST"])
    @requires("routing.send")
    def handover(person_id: UUID) -> str | tuple[str, int]:
        if request.method == "GET":
            return _render(deps, person_id)
        try:
            chosen, target = _chosen(deps, person_id), _target()
        except InvalidInput as refusal:
            return _render(deps, person_id, refusal=refusal), refusal.http_status
        if request.form.get("action") != "give":
            return _render_review(deps, person_id, chosen)
        outcomes = hand_over_each(deps.transactions, current_actor(), chosen, target)
        return render_template(
            "routing/handed_over.html",
            person_id=person_id,
            outcomes=[(one.task, _text_of(one.refusal)) for one in outcomes],
            is_all=all(one.refusal is None for one in outcomes),
            target=_target_text(deps, request.form["target"]),
        )


def _render(deps: Deps, person_id: UUID, *, refusal: DocFlowError | None = None) -> str:
    now = deps.transactions.clock.now()
    with deps.transactions.reading() as session:
        tasks = held_by(session, current_actor(), person_id)
        person = _known(session, person_id, tasks)
        units, people = _targets(session, person_id, now)
    given = request.form if refusal is not None else None
    return render_template(
        "routing/handover.html",
        person=person,
        language=current_language(),
        is_there=is_usable(person, now),
        tasks=tasks,
        chosen=set(given.getlist("task")) if given is not None else {str(task.assignment.id) for task in tasks},
        target=given.get("target", "") if given is not None else "",
        units=units,
        people=people,
        unit_names=dict(units),
        has_basket=any(task.assignment.unit_id is not None for task in tasks),
        instruction_labels=INSTRUCTION_LABELS,
        today=now.astimezone(CASABLANCA).date(),
        refusal_text=_text_of(refusal),
        form_has_errors=refusal is not None,
    )


def _render_review(deps: Deps, person_id: UUID, chosen: Sequence[Task]) -> str:
    now = deps.transactions.clock.now()
    with deps.transactions.reading() as session:
        person = person_with_id(session, person_id)
    return render_template(
        "routing/handover_review.html",
        person=person,
        language=current_language(),
        tasks=chosen,
        target=request.form["target"],
        target_text=_target_text(deps, request.form["target"]),
        instruction_labels=INSTRUCTION_LABELS,
        today=now.astimezone(CASABLANCA).date(),
    )


def _known(session: Session, person_id: UUID, tasks: Sequence[Task]) -> Person:
    """Return the person, to whoever may give something of theirs to another; to others the page does not exist.

    Raises:
        NotFound: ``assignment_unknown``.
    """
    if not tasks:
        raise NotFound("assignment_unknown")
    return person_with_id(session, person_id)


def _chosen(deps: Deps, person_id: UUID) -> Sequence[Task]:
    """Return the tasks that were ticked, among those that the reader may give.

    Raises:
        InvalidInput: ``tasks_missing``.
        NotFound: ``assignment_unknown``.
    """
    wanted = set(request.form.getlist("task"))
    with deps.transactions.reading() as session:
        tasks = held_by(session, current_actor(), person_id)
        _known(session, person_id, tasks)
    chosen = [task for task in tasks if str(task.assignment.id) in wanted]
    if not chosen:
        raise InvalidInput("tasks_missing")
    return chosen


def _target() -> Target:
    """Return who is given the tasks.

    Raises:
        InvalidInput: ``addressee_missing``, ``choice_unknown``.
    """
    value = request.form.get("target", "")
    if not value:
        raise InvalidInput("addressee_missing")
    try:
        if value.startswith(UNIT):
            return Target(unit_id=UUID(value.removeprefix(UNIT)))
        if value.startswith(PERSON):
            return Target(person_id=UUID(value.removeprefix(PERSON)))
    except ValueError as error:
        raise InvalidInput("choice_unknown") from error
    if value != BASKET:
        raise InvalidInput("choice_unknown")
    return Target()


def _targets(session: Session, person_id: UUID, now: Any) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """Return the units and the people to whom tasks may be given, colleagues of the same units first."""
    language = current_language()
    held = memberships_by_person(session)
    own = {unit.id for _membership, unit in held.get(person_id, ())}
    named = {unit.id: unit.name_ar if language == "ar" else unit.name_fr for unit in all_units(session)}
    colleagues: list[tuple[str, str]] = []
    others: list[tuple[str, str]] = []
    for person in all_people(session):
        places = [
            unit.id
            for membership, unit in held.get(person.id, ())
            if is_within(now, membership.valid_from, membership.valid_until)
            and "tasks.read" in PERMISSIONS[Role(membership.role)]
        ]
        if person.id == person_id or not places or not is_usable(person, now):
            continue
        said = (f"{PERSON}{person.id}", f"{person.name(language)} – {named[places[0]]}")
        (colleagues if own.intersection(places) else others).append(said)
    return [(f"{UNIT}{unit_id}", name) for unit_id, name in named.items()], colleagues + others


def _target_text(deps: Deps, value: str) -> str:
    """Return what a target is called; nothing for the basket, which the page names itself."""
    language = current_language()
    with deps.transactions.reading() as session:
        names: dict[str, str] = {
            f"{UNIT}{unit.id}": unit.name_ar if language == "ar" else unit.name_fr for unit in all_units(session)
        }
        names |= {f"{PERSON}{person.id}": person.name(language) for person in all_people(session)}
    return names.get(value, "")


def _text_of(refusal: DocFlowError | None) -> str:
    text_of: Callable[[DocFlowError], object] = current_app.extensions["docflow_error_texts"].text_of
    return "" if refusal is None else str(text_of(refusal))
