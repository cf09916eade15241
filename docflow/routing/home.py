"""What tasks put on the first page: one's own, those of the unit, the late ones, what was sent, and the unit's load."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from uuid import UUID

from flask import render_template, url_for
from flask_babel import lazy_gettext
from sqlalchemy import Select
from sqlalchemy.orm import Session

from docflow.accounts.queries import people_named
from docflow.accounts.units import all_units, unit_names
from docflow.core.actor import Actor
from docflow.core.capability import MOST_COUNTED, MOST_ITEMS, HomeItem, HomeLine, HomeSection
from docflow.core.clock import CASABLANCA
from docflow.routing.holding import led_units, load_of_led_units
from docflow.routing.ports import Deps
from docflow.routing.queries import (
    Task,
    asked_of_others,
    counting_basket,
    counting_late,
    counting_own,
    counting_sent,
    tasks_of,
)
from docflow.web.shell import current_language

MOST = MOST_COUNTED + 1


def show_load(deps: Deps, actor: Actor) -> str:
    """Return who holds how much in the units that the reader leads, or nothing for others."""
    if not led_units(actor):
        return ""
    with deps.transactions.reading() as session:
        load = load_of_led_units(session, actor, _today(deps))
        people = _names(session, [one.person_id for one in load])
    return render_template("routing/_load.html", load=load, people=people) if load else ""


def _today(deps: Deps) -> date:
    return deps.clock.now().astimezone(CASABLANCA).date()


def _names(session: Session, ids: Sequence[UUID | None]) -> Mapping[UUID, str]:
    locale = current_language()
    wanted = [one for one in ids if one is not None]
    return {person.id: person.name(locale) for person in people_named(session, ids=wanted, kept=())}


def _count_late(deps: Deps, actor: Actor) -> Select[int]:
    return counting_late(actor, _today(deps), MOST)


def _own(deps: Deps, actor: Actor) -> Sequence[HomeItem]:
    with deps.transactions.reading() as session:
        return _items(deps, tasks_of(session, actor, own=True, limit=MOST_ITEMS))


def _in_basket(deps: Deps, actor: Actor) -> Sequence[HomeItem]:
    with deps.transactions.reading() as session:
        return _items(deps, tasks_of(session, actor, own=False, limit=MOST_ITEMS))


def _sent(deps: Deps, actor: Actor) -> Sequence[HomeItem]:
    with deps.transactions.reading() as session:
        sent = asked_of_others(session, actor, limit=MOST_ITEMS)
        names = {
            **unit_names(all_units(session), locale=current_language()),
            **_names(
                session, [one for task in sent for one in (task.assignment.person_id, task.assignment.claimed_by)]
            ),
        }
    return _items(deps, sent, names=names)


def _items(deps: Deps, tasks: Sequence[Task], *, names: Mapping[UUID, str] | None = None) -> Sequence[HomeItem]:
    today = _today(deps)
    items = []
    for task in tasks:
        asked, document = task.assignment, task.document
        held_by = asked.claimed_by or asked.person_id or asked.unit_id
        items.append(
            HomeItem(
                address=url_for("documents.show", document_id=document.id),
                title=document.subject,
                number=document.register_number,
                where="" if names is None or held_by is None else names.get(held_by, ""),
                due_on=asked.due_on,
                is_late=asked.due_on is not None and asked.due_on < today,
            )
        )
    return items


HOME_LINES = (
    HomeLine(
        HomeSection.MINE,
        lazy_gettext("My tasks"),
        "list-checks",
        "routing.tasks",
        "tasks.read",
        count=lambda _deps, actor: counting_own(actor, MOST),
        items=_own,
    ),
    HomeLine(
        HomeSection.UNIT,
        lazy_gettext("Basket of the unit"),
        "inbox",
        "routing.tasks",
        "tasks.read",
        count=lambda _deps, actor: counting_basket(actor, MOST),
        arguments={"view": "basket"},
        items=_in_basket,
    ),
    HomeLine(
        HomeSection.LATE,
        lazy_gettext("Tasks whose deadline is over"),
        "calendar-clock",
        "routing.tasks",
        "tasks.read",
        count=_count_late,
    ),
    HomeLine(
        HomeSection.SENT,
        lazy_gettext("Waiting for others"),
        "forward",
        "routing.tasks",
        "routing.send",
        count=lambda _deps, actor: counting_sent(actor, MOST),
        arguments={"view": "others"},
        items=_sent,
    ),
)
