"""The pages of the search room: results, and what is suggested as somebody types."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Blueprint
from flask.sansio.blueprints import BlueprintSetupState

from docflow.search.finding import CASABLANCA
from docflow.search.highlight import hit_words
from docflow.search.parse import parse
from docflow.search.views.deps import Deps
from docflow.search.views.results import add_results
from docflow.search.views.suggestions import add_suggestions


def make_blueprint(deps: Deps) -> Blueprint:
    """Return the pages of this room."""
    blueprint = Blueprint("search", __name__, template_folder="../templates")

    @blueprint.record
    def offer_highlights(state: BlueprintSetupState) -> None:
        # The document page, in a room below, boxes hits without knowing how a question is read.
        def words_hit(words: Sequence[str], text: str) -> Sequence[int]:
            today = deps.transactions.clock.now().astimezone(CASABLANCA).date()
            return hit_words(words, parse(text, today=today).tree)

        state.app.extensions["docflow_hit_words"] = words_hit

    add_results(blueprint, deps)
    add_suggestions(blueprint, deps)
    return blueprint
