"""From result to result: where the document page leads back and on to, with the search kept."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from flask import render_template, request, url_for
from werkzeug.datastructures import MultiDict

from docflow.core.actor import Actor
from docflow.core.errors import Unavailable
from docflow.search.finding import FoundPlace, place_of
from docflow.search.forms import address_values, asked_question, parsed_filters


@dataclass(frozen=True, slots=True)
class Walk:
    """The way through the results: where a document stands (from 1), and addresses, empty where there are none."""

    back_url: str
    number: int = 0
    total: int = 0
    before_url: str = ""
    after_url: str = ""


def show_walk(deps: Any, actor: Actor, document_id: UUID) -> str:
    """Return the way back to the results and on to the neighbours, on the page of a document come from them."""
    text, at = request.args.get("q", ""), request.args.get("at", type=int)
    if not (text.strip() or at is not None) or not actor.can("search.use"):
        return ""
    return render_template("search/_walk.html", walk=_walk(deps, actor, document_id, text=text, at=at))


def _walk(deps: Any, actor: Actor, document_id: UUID, *, text: str, at: int | None) -> Walk:
    among = request.args.get("among", "")
    results = address_values(text, among)
    if at is None:
        return Walk(url_for("search.page", **results))
    now = deps.transactions.clock.now()
    question, _ = asked_question(MultiDict([*parsed_filters(among).items(multi=True), ("q", text)]), now=now)
    try:
        rank = max(0, min(at, 1_000_000))
        asked = replace(question, offset=rank)
        place = place_of(deps, actor, asked, document_id, now=now)
    except Unavailable:
        place = None
    place = place or FoundPlace(rank, 0, None, None)
    page = place.rank // question.limit + 1

    def address(other: UUID | None, step: int) -> str:
        if other is None:
            return ""
        return url_for("documents.show", document_id=other, q=text or None, at=place.rank + step, among=among or None)

    return Walk(
        back_url=url_for("search.page", **results, page=page if page > 1 else None, _anchor=f"d-{document_id}"),
        number=place.rank + 1,
        total=place.total,
        before_url=address(place.before_id, -1),
        after_url=address(place.after_id, 1),
    )
