"""The pages of saved searches: kept, listed with what is new, opened, changed, dropped."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from docflow.accounts.units import open_units, unit_names
from docflow.core.actor import Actor
from docflow.core.errors import Conflict, DocFlowError, InvalidInput, NotFound, Unavailable
from docflow.search.finding import Question
from docflow.search.forms import address_values, asked_question, filters_of, parsed_filters
from docflow.search.models import SavedSearch
from docflow.search.saved import KeptSearch, kept_searches, units_of, with_news
from docflow.search.saving import SearchSetup, change_search, drop_search, keep_search, look_at_search
from docflow.search.views.chips import chips_of
from docflow.search.views.deps import Deps
from docflow.search.views.recent import recent_searches
from docflow.web.confirmation import ask_first, is_confirmed
from docflow.web.formats import isolated
from docflow.web.guards import requires
from docflow.web.identity import current_actor
from docflow.web.problem import text_of
from docflow.web.shell import current_language


@dataclass(frozen=True, slots=True)
class ShownSearch:
    """A saved search with what it asks, in words."""

    kept: KeptSearch
    chips: list[str]


def add_saved(blueprint: Blueprint, deps: Deps) -> None:
    """Add the pages of saved searches."""

    @blueprint.route("/search/saved", methods=["GET", "POST"])
    @requires("search.use")
    def saved() -> str | Response | tuple[str, int]:
        if request.method == "GET":
            return _render(deps)
        text, among = request.form.get("q", ""), filters_of(parsed_filters(request.form.get("among", "")))
        try:
            with deps.transactions.writing(current_actor()) as uow:
                keep_search(uow, _setup(), text=text, filters=among)
        except (InvalidInput, Conflict) as refusal:
            return _render(deps, refusal=refusal), refusal.http_status
        flash(gettext("The search is kept. What comes from now on is marked as new."), "ok")
        return redirect(url_for("search.page", **address_values(text, among)), 303)

    @blueprint.get("/search/saved/<uuid:saved_search_id>")
    @requires("search.use")
    def open_saved(saved_search_id: UUID) -> Response:
        with deps.transactions.writing(current_actor()) as uow:
            found = look_at_search(uow, saved_search_id).saved
        return redirect(url_for("search.page", **address_values(found.text, found.filters)))

    @blueprint.post("/search/saved/<uuid:saved_search_id>")
    @requires("search.use")
    def change_saved(saved_search_id: UUID) -> Response | tuple[str, int]:
        try:
            with deps.transactions.writing(current_actor()) as uow:
                change_search(uow, saved_search_id, _setup())
        except (InvalidInput, Conflict) as refusal:
            return _render(deps, refusal=refusal, refused_id=saved_search_id), refusal.http_status
        flash(gettext("The changes are kept."), "ok")
        return redirect(url_for("search.saved"), 303)

    @blueprint.post("/search/saved/<uuid:saved_search_id>/drop")
    @requires("search.use")
    def drop_saved(saved_search_id: UUID) -> str | Response:
        if not is_confirmed():
            with deps.transactions.reading() as session:
                kept = kept_searches(session, current_actor())
            saved = next((one.saved for one in kept if one.saved.id == saved_search_id), None)
            if saved is None:
                raise NotFound("saved_search_unknown")
            return ask_first(
                gettext("Drop the search %(name)s?", name=isolated(saved.name)),
                [gettext("It is gone also for those with whom it is shared. Documents are not touched.")],
                act=gettext("Drop this search"),
                back_url=url_for("search.saved"),
            )
        with deps.transactions.writing(current_actor()) as uow:
            drop_search(uow, saved_search_id)
        flash(gettext("The search is kept no longer."), "ok")
        return redirect(url_for("search.saved"), 303)


def question_of(saved: SavedSearch, *, now: datetime) -> Question:
    """Return the question that a saved search keeps."""
    asked = MultiDict([*parsed_filters(saved.filters).items(multi=True), ("q", saved.text)])
    question, _ = asked_question(asked, now=now)
    return question


def searches_with_news(deps: Deps, actor: Actor) -> list[KeptSearch]:
    """Return the saved searches of somebody with what is new; without it while the index does not answer."""
    with deps.transactions.reading() as session:
        kept = kept_searches(session, actor)
    try:
        now = deps.transactions.clock.now()
        return with_news(deps, actor, kept, read=partial(question_of, now=now), now=now)
    except Unavailable:
        return list(kept)


def shareable_units(actor: Actor, names: Mapping[str, str]) -> list[tuple[str, str]]:
    """Return the units of somebody, with which they may share a search, with their names."""
    return [(str(unit_id), names[str(unit_id)]) for unit_id in units_of(actor) if str(unit_id) in names]


def _setup() -> SearchSetup:
    """Return what the form says of a search.

    Raises:
        InvalidInput: ``choice_unknown``.
    """
    unit = request.form.get("unit", "")
    try:
        return SearchSetup(request.form.get("name", ""), UUID(unit) if unit else None)
    except ValueError as error:
        raise InvalidInput("choice_unknown") from error


def _render(deps: Deps, *, refusal: DocFlowError | None = None, refused_id: UUID | None = None) -> str:
    actor, now = current_actor(), deps.transactions.clock.now()
    with deps.transactions.reading() as session:
        units = {str(key): name for key, name in unit_names(open_units(session), locale=current_language()).items()}
    shown = [
        ShownSearch(one, [label for label, _ in chips_of(question_of(one.saved, now=now), units)])
        for one in searches_with_news(deps, actor)
    ]
    page: dict[str, Any] = {"refusal_text": "" if refusal is None else text_of(refusal), "refused_id": refused_id}
    return render_template(
        "search/saved.html",
        own=[one for one in shown if one.kept.is_own],
        shared=[one for one in shown if not one.kept.is_own],
        recent=recent_searches(actor),
        units=shareable_units(actor, units),
        unit_names=units,
        given=request.form if refusal is not None else None,
        form_has_errors=refusal is not None,
        **page,
    )
