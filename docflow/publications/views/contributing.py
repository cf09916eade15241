"""The page on which units give content, and the one on which editors see who has given what."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import fields
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from docflow.accounts.units import all_units, open_units, unit_names
from docflow.core.clock import CASABLANCA
from docflow.core.errors import Conflict, DocFlowError, InvalidInput
from docflow.publications.asking import (
    CONTRIBUTING,
    PlanSetup,
    asks_of,
    drop_plan,
    give_content,
    keep_plan,
    latest_asks,
    plans,
)
from docflow.publications.forms import posted_number
from docflow.publications.models import ContentAsk
from docflow.publications.operations import EDITING
from docflow.publications.ports import Deps
from docflow.publications.rules import PostText
from docflow.web.confirmation import ask_first, is_confirmed
from docflow.web.formats import isolated
from docflow.web.guards import requires
from docflow.web.identity import current_actor
from docflow.web.posted import posted_date, posted_id_or_none
from docflow.web.problem import field_of, text_of
from docflow.web.shell import current_language


def told_of_ask(values: Mapping[str, Any]) -> str:
    """Return the sentence by which somebody is told that content is waited for."""
    if values["stage"] == "late":
        return str(gettext("Content for the public site was to be given by %(day)s.", day=values["day"]))
    if values["stage"] == "soon":
        return str(gettext("Content for the public site is waited for soon: by %(day)s.", day=values["day"]))
    return str(gettext("Your unit is asked for content for the public site by %(day)s.", day=values["day"]))


def contributions_address(_values: Mapping[str, Any]) -> str:
    """Return the page on which it is given."""
    return url_for("publications.contributions")


def add_contributing(blueprint: Blueprint, deps: Deps) -> None:
    """Add the pages of contributions."""

    @blueprint.get("/contributions")
    @requires(CONTRIBUTING)
    def contributions() -> str:
        return _render(deps)

    @blueprint.post("/contributions/<uuid:content_ask_id>")
    @requires(CONTRIBUTING)
    def contribute(content_ask_id: UUID) -> Response | tuple[str, int]:
        form = request.form
        text = PostText(**{part.name: form.get(part.name, "") for part in fields(PostText)})
        try:
            with deps.transactions.writing(current_actor()) as uow:
                give_content(uow, content_ask_id, None if form.get("action") == "nothing" else text)
        except (InvalidInput, Conflict) as refusal:
            return _render(deps, refusal=refusal, ask_id=content_ask_id), refusal.http_status
        flash(gettext("Thank you. The editors take it from here."), "ok")
        return redirect(url_for("publications.contributions"), 303)

    @blueprint.get("/site/contributions")
    @requires(EDITING)
    def content_plans() -> str:
        return _render_plans(deps)

    @blueprint.post("/site/contributions")
    @requires(EDITING)
    def plan_content() -> Response | tuple[str, int]:
        try:
            with deps.transactions.writing(current_actor()) as uow:
                keep_plan(uow, _posted_plan(deps))
        except InvalidInput as refusal:
            return _render_plans(deps, refusal=refusal), refusal.http_status
        flash(gettext("The unit is asked from that day on."), "ok")
        return redirect(url_for("publications.content_plans"), 303)

    @blueprint.post("/site/contributions/<uuid:unit_id>/drop")
    @requires(EDITING)
    def unplan_content(unit_id: UUID) -> str | Response:
        if not is_confirmed():
            with deps.transactions.reading() as session:
                names = unit_names(all_units(session), locale=current_language())
            return ask_first(
                gettext("Stop asking %(unit)s for content?", unit=isolated(names.get(unit_id, ""))),
                [gettext("The plan of this unit is deleted. What it gave stays.")],
                act=gettext("Stop asking"),
                back_url=url_for("publications.content_plans"),
            )
        with deps.transactions.writing(current_actor()) as uow:
            drop_plan(uow, unit_id)
        flash(gettext("The unit is asked no more."), "ok")
        return redirect(url_for("publications.content_plans"), 303)


def _posted_plan(deps: Deps) -> PlanSetup:
    unit_id = posted_id_or_none(request.form.get("unit", ""))
    if unit_id is None:
        raise InvalidInput("choice_unknown")
    now = deps.clock.now()
    return PlanSetup(
        unit_id=unit_id,
        every_days=posted_number(request.form, "every_days"),
        days_to_give=posted_number(request.form, "days_to_give"),
        first_on=posted_date(request.form, "first_on", now=now) or now.astimezone(CASABLANCA).date(),
    )


def _render(deps: Deps, *, refusal: DocFlowError | None = None, ask_id: UUID | None = None) -> str:
    with deps.transactions.reading() as session:
        asks = asks_of(session, current_actor())
        names = unit_names(all_units(session), locale=current_language())
    return render_template(
        "publications/contributions.html",
        asks=asks,
        unit_names=names,
        today=deps.clock.now().astimezone(CASABLANCA).date(),
        given=request.form if refusal is not None else {},
        refused_id=ask_id,
        refusal_text="" if refusal is None else text_of(refusal),
        form_has_errors=refusal is not None,
    )


def _render_plans(deps: Deps, *, refusal: DocFlowError | None = None) -> str:
    language = current_language()
    with deps.transactions.reading() as session:
        kept, asks = plans(session), latest_asks(session)
        names = unit_names(all_units(session), locale=language)
        units = unit_names(open_units(session), locale=language)
    by_unit: dict[UUID, list[ContentAsk]] = defaultdict(list)
    for ask in asks:
        by_unit[ask.unit_id].append(ask)
    planned = {plan.unit_id: plan for plan in kept}
    shown = sorted({*planned, *by_unit}, key=lambda unit_id: names[unit_id].casefold())
    return render_template(
        "publications/content_plans.html",
        shown=[(unit_id, names[unit_id], planned.get(unit_id), by_unit.get(unit_id, [])) for unit_id in shown],
        units=[(str(unit_id), name) for unit_id, name in units.items()],
        today=deps.clock.now().astimezone(CASABLANCA).date(),
        given=request.form if refusal is not None else {},
        refused_field=field_of(refusal, default="unit"),
        refusal_text="" if refusal is None else text_of(refusal),
        form_has_errors=refusal is not None,
    )
