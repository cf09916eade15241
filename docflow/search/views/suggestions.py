"""What the search box and the command palette offer as somebody types: a part of a page, asked for once a pause."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import chain
from typing import Final

from flask import Blueprint, render_template, request, url_for
from werkzeug.wrappers import Response

from docflow.core.actor import Actor
from docflow.core.capability import FoundPlace
from docflow.core.errors import Unavailable
from docflow.search import query as q
from docflow.search.printing import to_text
from docflow.search.saved import KeptSearch
from docflow.search.suggesting import Suggestions, fits, recent_documents, suggest, typed_leaves
from docflow.search.views.deps import Deps
from docflow.search.views.recent import recent_searches
from docflow.search.views.saved import searches_with_news
from docflow.web.guards import signed_in
from docflow.web.identity import current_actor
from docflow.web.menu import every_name

MOST_PAGES: Final = 3
MOST_RECENT: Final = 3
MOST_SAVED: Final = 3
MOST_ACTIONS: Final = 3
MOST_KEPT: Final = 5


def add_suggestions(blueprint: Blueprint, deps: Deps) -> None:
    """Add the part of a page that holds suggestions."""

    @blueprint.get("/search/suggestions")
    @signed_in
    def suggestions() -> str | Response:
        actor = current_actor()
        typed = request.args.get("q", "")
        may_search = actor.can("search.use")
        if not typed_leaves(typed):
            return render_template(
                "search/_suggested_first.html",
                documents=recent_documents(deps, actor) if may_search else (),
                recent=recent_searches(actor)[:MOST_RECENT] if may_search else (),
                saved=_saved(deps, actor) if may_search else (),
                actions=_actions(deps, actor),
            )
        try:
            found = suggest(deps, actor, typed) if may_search else Suggestions()
        except Unavailable:
            # Suggestions are a comfort: the page of results says what is wrong with the index.
            found = Suggestions()
        is_meant = fits(typed)
        return render_template(
            "search/_suggested.html",
            found=found,
            pages=_pages(deps, actor, is_meant),
            actions=_actions(deps, actor, is_meant),
            kept=_kept(deps, actor, is_meant),
            letters_from=lambda name: url_for("search.page", q=to_text(q.FieldQuery("sender", q.Phrase(name)))),
        )


def _saved(deps: Deps, actor: Actor) -> Sequence[KeptSearch]:
    return sorted(searches_with_news(deps, actor), key=lambda one: not one.news)[:MOST_SAVED]


def _pages(deps: Deps, actor: Actor, is_meant: Callable[[str], bool]) -> Sequence[FoundPlace]:
    """Return the places that the actor may open and whose names, in any language, hold what was typed."""
    return [
        FoundPlace(str(entry.label), entry.icon, url_for(entry.endpoint))
        for room in deps.capabilities
        for entry in room.menu
        if entry.is_open_to(actor) and any(is_meant(name) for name in every_name(entry.label))
    ][:MOST_PAGES]


def _actions(deps: Deps, actor: Actor, is_meant: Callable[[str], bool] | None = None) -> Sequence[FoundPlace]:
    """Return what the actor may begin, all or what is meant."""
    return [
        FoundPlace(str(one.label), one.icon, url_for(one.endpoint))
        for room in deps.capabilities
        for one in room.shortcuts
        if actor.can(one.permission) and (is_meant is None or any(is_meant(name) for name in every_name(one.label)))
    ][:MOST_ACTIONS]


def _kept(deps: Deps, actor: Actor, is_meant: Callable[[str], bool]) -> Sequence[FoundPlace]:
    """Return the accounts, units and the like that the actor may open and whose names hold what was typed."""
    found = (find(deps, actor, is_meant) for room in deps.capabilities for find in room.place_finders)
    return list(chain.from_iterable(found))[:MOST_KEPT]
