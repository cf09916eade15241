"""Giving the tasks of somebody who leaves to others: who holds what, a review, what became of each."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TypeAlias
from uuid import UUID

from flask import Blueprint, current_app, render_template, request
from sqlalchemy.orm import Session

from docflow.accounts.models import Person
from docflow.accounts.queries import all_people, is_usable, memberships_by_person, person_with_id
from docflow.accounts.rules import PERMISSIONS, Role, is_within
from docflow.accounts.units import all_units, open_units
from docflow.core.clock import CASABLANCA
from docflow.core.errors import DocFlowError, InvalidInput, NotFound
from docflow.routing.forms import PERSON, UNIT
from docflow.routing.handing_over import Target, hand_over_each
from docflow.routing.holding import baskets_for, held_by, holders_for, in_basket_of
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


@dataclass(frozen=True, slots=True)
class Source:
    """Whose tasks are given to others: those of a person, or in the basket of a unit."""

    name: str
    tasks: Sequence[Task]
    person_id: UUID | None = None
    is_there: bool = True


FindSource: TypeAlias = Callable[[Session], Source]


def add_handovers(blueprint: Blueprint, deps: Deps) -> None:
    """Add the pages on which the tasks of somebody are given to others."""

    @blueprint.get("/handovers")
    @requires("routing.send")
    def handovers() -> str:
        return _render_list(deps)

    @blueprint.route("/handovers/<uuid:person_id>", methods=["GET", "POST"])
    @requires("routing.send")
    def handover(person_id: UUID) -> str | tuple[str, int]:
        return _answer(deps, lambda session: _of_person(session, person_id, deps.transactions.clock.now()))

    @blueprint.route("/handovers/units/<uuid:unit_id>", methods=["GET", "POST"])
    @requires("routing.send")
    def handover_of_unit(unit_id: UUID) -> str | tuple[str, int]:
        return _answer(deps, lambda session: _of_unit(session, unit_id))


def _answer(deps: Deps, find: FindSource) -> str | tuple[str, int]:
    """Show the tasks of a source, a review of those chosen, or what became of each."""
    if request.method == "GET":
        return _render(deps, find)
    try:
        with deps.transactions.reading() as session:
            source = find(session)
        chosen, target = _chosen(source), _target()
    except InvalidInput as refusal:
        return _render(deps, find, refusal=refusal), refusal.http_status
    if request.form.get("action") != "give":
        return _render_review(deps, source, chosen)
    outcomes = hand_over_each(deps.transactions, current_actor(), chosen, target)
    return render_template(
        "routing/handed_over.html",
        outcomes=[(one.task, _text_of(one.refusal)) for one in outcomes],
        is_all=all(one.refusal is None for one in outcomes),
        target=_target_text(deps, request.form["target"]),
    )


def _render_list(deps: Deps) -> str:
    now, language = deps.transactions.clock.now(), current_language()
    with deps.transactions.reading() as session:
        counts = holders_for(session, current_actor())
        baskets = baskets_for(session, current_actor())
        people = [person for person in all_people(session) if person.id in counts]
        units = [unit for unit in all_units(session) if unit.id in baskets]
    found = [
        Holder(
            person,
            counts[person.id],
            is_usable(person, now),
            None if person.valid_until is None else person.valid_until.astimezone(CASABLANCA).date(),
        )
        for person in people
    ]
    found.sort(key=lambda one: (one.is_there, one.last_day or date.max, one.person.name(language)))
    return render_template(
        "routing/handovers.html",
        holders=found,
        baskets=[(unit.id, unit.name_ar if language == "ar" else unit.name_fr, baskets[unit.id]) for unit in units],
        language=language,
    )


def _of_person(session: Session, person_id: UUID, now: datetime) -> Source:
    """Return the tasks of a person, to whoever may give one of them to another; to others there is no such page.

    Raises:
        NotFound: ``assignment_unknown``.
    """
    tasks = held_by(session, current_actor(), person_id)
    if not tasks:
        raise NotFound("assignment_unknown")
    person = person_with_id(session, person_id)
    return Source(person.name(current_language()), tasks, person_id, is_usable(person, now))


def _of_unit(session: Session, unit_id: UUID) -> Source:
    """Return what lies in the basket of a unit, to whoever leads it.

    Raises:
        NotFound: ``assignment_unknown``.
    """
    tasks = in_basket_of(session, current_actor(), unit_id)
    unit = next((unit for unit in all_units(session) if unit.id == unit_id), None)
    if not tasks or unit is None:
        raise NotFound("assignment_unknown")
    return Source(unit.name_ar if current_language() == "ar" else unit.name_fr, tasks)


def _render(deps: Deps, find: FindSource, *, refusal: DocFlowError | None = None) -> str:
    now = deps.transactions.clock.now()
    with deps.transactions.reading() as session:
        source = find(session)
        units, people = _targets(session, source, now)
        named = {unit.id: unit.name_ar if current_language() == "ar" else unit.name_fr for unit in all_units(session)}
    given = request.form if refusal is not None else None
    return render_template(
        "routing/handover.html",
        source=source,
        chosen=set(given.getlist("task"))
        if given is not None
        else {str(task.assignment.id) for task in source.tasks if source.person_id is not None},
        target=given.get("target", "") if given is not None else "",
        units=units,
        people=people,
        unit_names=named,
        has_basket=source.person_id is not None and any(task.assignment.unit_id for task in source.tasks),
        instruction_labels=INSTRUCTION_LABELS,
        today=now.astimezone(CASABLANCA).date(),
        refusal_text=_text_of(refusal),
        form_has_errors=refusal is not None,
    )


def _render_review(deps: Deps, source: Source, chosen: Sequence[Task]) -> str:
    return render_template(
        "routing/handover_review.html",
        source=source,
        tasks=chosen,
        target=request.form["target"],
        target_text=_target_text(deps, request.form["target"]),
        instruction_labels=INSTRUCTION_LABELS,
        today=deps.transactions.clock.now().astimezone(CASABLANCA).date(),
    )


def _chosen(source: Source) -> Sequence[Task]:
    """Return the tasks that were ticked, among those that the reader may give.

    Raises:
        InvalidInput: ``tasks_missing``.
    """
    wanted = set(request.form.getlist("task"))
    chosen = [task for task in source.tasks if str(task.assignment.id) in wanted]
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


def _targets(session: Session, source: Source, now: datetime) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """Return the units and the people to whom tasks may be given, colleagues of the same units first."""
    language = current_language()
    held = memberships_by_person(session)
    own = {unit.id for _membership, unit in held.get(source.person_id, ())} if source.person_id else set()
    own |= {task.assignment.unit_id for task in source.tasks if task.assignment.unit_id is not None}
    named = {unit.id: unit.name_ar if language == "ar" else unit.name_fr for unit in open_units(session)}
    colleagues: list[tuple[str, str]] = []
    others: list[tuple[str, str]] = []
    for person in all_people(session):
        places = [
            unit.id
            for membership, unit in held.get(person.id, ())
            if unit.id in named
            and is_within(now, membership.valid_from, membership.valid_until)
            and "tasks.read" in PERMISSIONS[Role(membership.role)]
        ]
        if person.id == source.person_id or not places or not is_usable(person, now):
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
