"""The administrator's page of the rules of first routing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from docflow.accounts.units import all_units
from docflow.core.errors import DocFlowError, InvalidInput
from docflow.core.uow import UnitOfWork
from docflow.documents.labels import KIND_LABELS
from docflow.registry.deps import Deps
from docflow.registry.queries import all_registers, newest_letters
from docflow.unit_proposals.first_routes import LetterFacts, RouteRule, folded_words, is_met
from docflow.unit_proposals.ruling import (
    NewRoute,
    drop_route,
    make_route,
    raise_route,
    routes_of,
    rule_of,
    switch_route,
)
from docflow.web.guards import requires
from docflow.web.identity import current_actor
from docflow.web.shell import current_language

TRIED_ON: Final = 30
"""A rule is tried on so many letters that were registered last."""
LEAST_TOLD: Final = 3
"""Fewer are not counted: whoever tries names one by one would learn who wrote."""


@dataclass(frozen=True, slots=True)
class Trial:
    """What a rule would have done to the last letters, in numbers alone: the administrator sees no letter."""

    tried: int
    met: int
    same_unit: int

    @property
    def is_told(self) -> bool:
        """Whether so many met the rule that their number tells nothing of who wrote."""
        return self.met >= LEAST_TOLD


def add_first_routes(blueprint: Blueprint, deps: Deps) -> None:
    """Add the page on which the rules of first routing are made, put in order and tried."""

    @blueprint.route("/admin/first-routes", methods=["GET", "POST"])
    @requires("registers.manage")
    def first_routes() -> str | Response | tuple[str, int]:
        if request.method == "GET":
            return _render(deps)
        try:
            new = _posted()
            if request.form.get("action") == "try":
                with deps.transactions.reading() as session:
                    return _render(deps, trial=_tried(session, rule_of(new)))
            with deps.transactions.writing(current_actor()) as uow:
                make_route(uow, new)
        except InvalidInput as refusal:
            return _render(deps, refusal=refusal), refusal.http_status
        flash(gettext("The rule is made. It comes after the others."), "ok")
        return redirect(url_for("registry.first_routes"), 303)

    @blueprint.post("/admin/first-routes/<uuid:route_id>")
    @requires("registers.manage")
    def change_first_route(route_id: UUID) -> Response:
        action = request.form.get("action", "")
        if action not in CHANGES:
            raise InvalidInput("choice_unknown")
        with deps.transactions.writing(current_actor()) as uow:
            CHANGES[action](uow, route_id)
        return redirect(url_for("registry.first_routes"), 303)


CHANGES: Final[dict[str, Callable[[UnitOfWork, UUID], None]]] = {
    "up": raise_route,
    "drop": drop_route,
    "on": lambda uow, route_id: switch_route(uow, route_id, is_active=True),
    "off": lambda uow, route_id: switch_route(uow, route_id, is_active=False),
    "automatic": lambda uow, route_id: switch_route(uow, route_id, is_automatic=True),
    "proposed": lambda uow, route_id: switch_route(uow, route_id, is_automatic=False),
}


def _posted() -> NewRoute:
    form = request.form
    try:
        unit_id = UUID(form.get("unit", ""))
    except ValueError as error:
        raise InvalidInput("choice_unknown") from error
    return NewRoute(
        unit_id=unit_id,
        register_code=form.get("register", ""),
        kind=form.get("kind", ""),
        sender=form.get("sender", ""),
        is_automatic=bool(form.get("is_automatic")),
    )


def _tried(session: Session, rule: RouteRule) -> Trial:
    letters = newest_letters(session, limit=TRIED_ON)
    met = [
        letter
        for letter in letters
        if is_met(rule, LetterFacts(letter.register_code, letter.kind, folded_words(letter.sender)))
    ]
    return Trial(len(letters), len(met), sum(letter.unit_id == rule.unit_id for letter in met))


def _render(deps: Deps, *, trial: Trial | None = None, refusal: DocFlowError | None = None) -> str:
    language = current_language()
    with deps.transactions.reading() as session:
        routes, registers, units = routes_of(session), all_registers(session), all_units(session)
    names = {unit.id: unit.name_ar if language == "ar" else unit.name_fr for unit in units}
    return render_template(
        "registry/first_routes.html",
        routes=routes,
        register_names={register.code: register.name(language) for register in registers},
        unit_names=names,
        kind_labels=KIND_LABELS,
        units=[(str(unit.id), names[unit.id]) for unit in units if unit.abolished_at is None],
        trial=trial,
        given=request.form if refusal is not None or trial is not None else {},
        refusal_text="" if refusal is None else str(current_app.extensions["docflow_error_texts"].text_of(refusal)),
        form_has_errors=refusal is not None,
    )
