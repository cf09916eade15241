"""The first page, the page of all places, and the state of the system for whoever runs it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Protocol

from flask import Blueprint, current_app, render_template, request, url_for

from docflow.core.actor import Actor
from docflow.core.capability import Capability, Check, HomeItem, HomeLine, LazyText, MenuEntry, MenuSection
from docflow.core.uow import Transactions
from docflow.home.labels import HOME_LABELS, SECTION_LABELS
from docflow.home.rules import SETTING_UP_ORDER
from docflow.web.guards import requires, signed_in
from docflow.web.identity import current_actor
from docflow.web.menu import counted, every_name


class Deps(Protocol):
    """The runtime as this package sees it."""

    @property
    def transactions(self) -> Transactions:
        """Opens transactions."""
        ...

    @property
    def capabilities(self) -> Sequence[Capability]:
        """The packages, which bring the places and what waits."""
        ...


SETTING_UP = "district.manage"


@dataclass(frozen=True, slots=True)
class ShownLine:
    """A line of the first page with how much waits and the first few of it."""

    line: HomeLine
    count: int
    address: str
    items: Sequence[HomeItem]


@dataclass(frozen=True, slots=True)
class ShownPlace:
    """A link of the page of all places."""

    label: LazyText
    icon: str
    address: str


def make_blueprint(deps: Deps) -> Blueprint:
    """Return the pages of this package."""
    blueprint = Blueprint("home", __name__, template_folder="templates")

    @blueprint.get("/")
    @signed_in
    def start() -> str:
        actor = current_actor()
        lines = _lines(deps, actor)
        return render_template(
            "home/start.html",
            sections=[
                (section.value, label, [one for one in lines if one.line.section is section])
                for section, label in HOME_LABELS.items()
            ],
            panels=[panel for room in deps.capabilities for make in room.home_panels if (panel := make(deps, actor))],
            actions=_actions(deps, actor),
            missing=_missing(deps, actor) if actor.can(SETTING_UP) else (),
            waits=bool(lines),
            shows_state=actor.can("health.read"),
        )

    @blueprint.get("/more")
    @signed_in
    def more() -> str:
        actor = current_actor()
        typed = request.args.get("q", "").strip()
        places = [
            (section.value, label, _places(deps, actor, section, typed)) for section, label in SECTION_LABELS.items()
        ]
        actions = [one for one in _actions(deps, actor) if _is_meant(one.label, typed)]
        return render_template("home/more.html", sections=places, actions=actions, typed=typed)

    @blueprint.get("/state")
    @requires("health.read")
    def state() -> str:
        """Return the part of the first page that says what is broken or not set up."""
        run: Callable[[], Sequence[Check]] = current_app.extensions["docflow_run_checks"]
        return render_template("home/_state.html", checks=[check for check in run() if not check.ok])

    return blueprint


def make_settings(deps: Deps) -> Blueprint:
    """Return the page of all settings; the bar marks a place by its blueprint, so that it has one of its own."""
    blueprint = Blueprint("settings", __name__, template_folder="templates")

    @blueprint.get("/settings")
    @requires(SETTING_UP)
    def every() -> str:
        """Return every place where something is set up, with what is still to be done there."""
        typed = request.args.get("q", "").strip()
        actor = current_actor()
        with deps.transactions.reading() as session:
            shown = [
                (place, None if entry.is_done is None else entry.is_done(session))
                for entry, place in _settings(deps, actor)
                if _is_meant(entry.label, typed)
            ]
        return render_template("home/settings.html", places=shown, typed=typed)

    return blueprint


def _lines(deps: Deps, actor: Actor) -> Sequence[ShownLine]:
    """Return what waits, counted in one statement; lines of nothing are left out."""
    lines = [line for room in deps.capabilities for line in room.home_lines if actor.can(line.permission)]
    counts = counted(actor, [partial(line.count, deps) for line in lines], deps)
    return [
        ShownLine(
            line,
            count,
            url_for(line.endpoint, **dict[str, Any](line.arguments)),
            line.items(deps, actor) if line.items else (),
        )
        for line, count in zip(lines, counts, strict=True)
        if count
    ]


def _settings(deps: Deps, actor: Actor) -> Sequence[tuple[MenuEntry, ShownPlace]]:
    """Return the places where something is set up, in the order in which a new installation needs them."""
    entries = [
        entry
        for room in deps.capabilities
        for entry in room.menu
        if entry.section is MenuSection.SETTINGS and entry.is_open_to(actor)
    ]
    at = {endpoint: number for number, endpoint in enumerate(SETTING_UP_ORDER)}
    entries.sort(key=lambda entry: at.get(entry.endpoint, len(at)))
    return [(entry, ShownPlace(entry.label, entry.icon, url_for(entry.endpoint))) for entry in entries]


def _missing(deps: Deps, actor: Actor) -> Sequence[ShownPlace]:
    """Return what is not set up yet."""
    with deps.transactions.reading() as session:
        return [
            place for entry, place in _settings(deps, actor) if entry.is_done is not None and not entry.is_done(session)
        ]


def _actions(deps: Deps, actor: Actor) -> Sequence[ShownPlace]:
    return [
        ShownPlace(one.label, one.icon, url_for(one.endpoint))
        for room in deps.capabilities
        for one in room.shortcuts
        if actor.can(one.permission)
    ]


def _places(deps: Deps, actor: Actor, section: MenuSection, typed: str) -> Sequence[ShownPlace]:
    return [
        ShownPlace(entry.label, entry.icon, url_for(entry.endpoint))
        for room in deps.capabilities
        for entry in room.menu
        if entry.section is section and entry.is_open_to(actor) and _is_meant(entry.label, typed)
    ]


def _is_meant(label: LazyText, typed: str) -> bool:
    """Return whether a name of a place, in any language, holds what was typed."""
    return any(typed.casefold() in name.casefold() for name in every_name(label))
