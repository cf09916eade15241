"""The pages of the search room: results, what is suggested as somebody types, and words that a district adds."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Blueprint
from flask.sansio.blueprints import BlueprintSetupState

from docflow.core.capability import HITS
from docflow.search.finding import CASABLANCA
from docflow.search.highlight import has_hit, hit_words
from docflow.search.language.added_words import AddedWords
from docflow.search.parse import parse
from docflow.search.queries import words_of_district
from docflow.search.query import Node
from docflow.search.views.deps import Deps
from docflow.search.views.exporting import add_exports
from docflow.search.views.likeness import add_likeness
from docflow.search.views.results import add_results
from docflow.search.views.saved import add_saved
from docflow.search.views.suggestions import add_suggestions
from docflow.search.views.words import add_words


class _Finder:
    """Lets the document page, in a room below, box hits without knowing how a question is read."""

    def __init__(self, deps: Deps) -> None:
        self._deps = deps

    def words(self, words: Sequence[str], question: str) -> Sequence[int]:
        """Return the places of the words that answer."""
        return hit_words(words, self._tree(question), added=self._added())

    def pages(self, texts: Sequence[str], question: str) -> Sequence[int]:
        """Return the numbers of the pages that hold an answer; misread words only where nothing else answers."""
        tree, added = self._tree(question), self._added()
        numbered = list(enumerate(texts, start=1))
        direct = [number for number, text in numbered if has_hit(text, tree, added=added)]
        return direct or [number for number, text in numbered if hit_words(text.split(), tree, added=added)]

    def _tree(self, question: str) -> Node:
        return parse(question, today=self._deps.transactions.clock.now().astimezone(CASABLANCA).date()).tree

    def _added(self) -> AddedWords:
        with self._deps.transactions.reading() as session:
            return words_of_district(session)


def make_blueprint(deps: Deps) -> Blueprint:
    """Return the pages of this room."""
    blueprint = Blueprint("search", __name__, template_folder="../templates")

    @blueprint.record
    def offer_highlights(state: BlueprintSetupState) -> None:
        state.app.extensions[HITS] = _Finder(deps)

    add_results(blueprint, deps)
    add_suggestions(blueprint, deps)
    add_saved(blueprint, deps)
    add_exports(blueprint, deps)
    add_words(blueprint, deps)
    add_likeness(blueprint, deps)
    return blueprint
