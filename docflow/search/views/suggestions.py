"""What is suggested in the search box as somebody types: a part of a page, asked for at most once a pause."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from flask import Blueprint, render_template, request, url_for
from werkzeug.wrappers import Response

from docflow.core.actor import Actor
from docflow.core.errors import Unavailable
from docflow.search import query as q
from docflow.search.printing import to_text
from docflow.search.suggesting import fits, recent_documents, suggest, typed_leaves
from docflow.search.views.deps import Deps
from docflow.search.views.recent import recent_searches
from docflow.search.views.saved import searches_with_news
from docflow.web.guards import requires
from docflow.web.identity import current_actor

MOST_PAGES: Final = 3
MOST_RECENT: Final = 3
MOST_SAVED: Final = 3
MOST_ACTIONS: Final = 3


@dataclass(frozen=True, slots=True)
class SuggestedPage:
    """A page of the product, by its name in the menu; or what can be begun there, by its own."""

    label: str
    icon: str
    address: str


def add_suggestions(blueprint: Blueprint, deps: Deps) -> None:
    """Add the part of a page that holds suggestions."""

    @blueprint.get("/search/suggestions")
    @requires("search.use")
    def suggestions() -> str | Response:
        actor = current_actor()
        typed = request.args.get("q", "")
        if not typed_leaves(typed):
            return render_template(
                "search/_suggested_first.html",
                documents=recent_documents(deps, actor),
                recent=recent_searches(actor)[:MOST_RECENT],
                saved=sorted(searches_with_news(deps, actor), key=lambda one: not one.news)[:MOST_SAVED],
                actions=_actions(deps, actor)[:MOST_ACTIONS],
            )
        try:
            found = suggest(deps, actor, typed)
        except Unavailable:
            # Suggestions are a comfort: the page of results says what is wrong with the index.
            return Response(status=204)
        return render_template(
            "search/_suggested.html",
            found=found,
            pages=_pages(deps, actor, typed),
            actions=[one for one in _actions(deps, actor) if fits(typed)(one.label)][:MOST_ACTIONS],
            letters_from=lambda name: url_for("search.page", q=to_text(q.FieldQuery("sender", q.Phrase(name)))),
        )


def _pages(deps: Deps, actor: Actor, typed: str) -> list[SuggestedPage]:
    """Return the pages of the menus that the actor may open and whose names hold what was typed."""
    is_meant = fits(typed)
    entries = [
        (entry, str(entry.label))
        for room in deps.capabilities
        for entry in room.menu
        if actor.can(entry.permission) or (entry.in_account and not entry.permission)
    ]
    return [SuggestedPage(label, entry.icon, url_for(entry.endpoint)) for entry, label in entries if is_meant(label)][
        :MOST_PAGES
    ]


def _actions(deps: Deps, actor: Actor) -> list[SuggestedPage]:
    """Return what the actor may begin."""
    return [
        SuggestedPage(str(one.label), one.icon, url_for(one.endpoint))
        for room in deps.capabilities
        for one in room.shortcuts
        if actor.can(one.permission)
    ]
