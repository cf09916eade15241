"""The page on which archivists and administrators add words to the search, and see first what they change."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from docflow.core.errors import Conflict, DocFlowError, InvalidInput, Unavailable
from docflow.search.labels import KIND_LABELS
from docflow.search.operations import PERMISSION, add_word, remove_word
from docflow.search.previewing import Change, preview
from docflow.search.queries import listed_words, words_of_district
from docflow.search.rules import MOST_FORMS, WordKind, checked_word
from docflow.search.views.deps import Deps
from docflow.web.confirmation import ask_first, is_confirmed
from docflow.web.formats import isolated
from docflow.web.guards import requires
from docflow.web.identity import current_actor

FIELDS = 4
"""Fields of the form; one more than what was typed when all are full."""


def add_words(blueprint: Blueprint, deps: Deps) -> None:
    """Add the page to the blueprint of the room."""

    @blueprint.get("/search/words")
    @requires(PERMISSION)
    def words() -> str:
        return _render(deps)

    @blueprint.post("/search/words")
    @requires(PERMISSION)
    def add_words_typed() -> Response | str | tuple[str, int]:
        actor = current_actor()
        try:
            kind, forms = _posted_word(request.form)
            if request.form.get("act") != "add":
                with deps.transactions.reading() as session:
                    new = checked_word(kind, forms, known=words_of_district(session))
                return _render(deps, changes=preview(deps, actor, new, now=deps.transactions.clock.now()))
            with deps.transactions.writing(actor) as uow:
                add_word(uow, kind, forms)
        except (InvalidInput, Conflict, Unavailable) as refusal:
            return _render(deps, refusal=refusal), refusal.http_status
        flash(gettext("The words are added: they count from the next search on."), "ok")
        return redirect(url_for("search.words"), 303)

    @blueprint.post("/search/words/<uuid:word_id>/remove")
    @requires(PERMISSION)
    def remove_words(word_id: UUID) -> str | Response:
        if not is_confirmed():
            with deps.transactions.reading() as session:
                word = next((one for one in listed_words(session) if one.id == word_id), None)
            forms = " ~ ".join(word.forms) if word is not None else ""
            return ask_first(
                gettext("Remove %(words)s from the search?", words=isolated(forms)),
                [
                    gettext(
                        "Whoever searches for one of these words no longer finds the others; this holds for everybody."
                    )
                ],
                act=gettext("Take out"),
                back_url=url_for("search.words"),
            )
        with deps.transactions.writing(current_actor()) as uow:
            remove_word(uow, word_id)
        flash(gettext("The words are taken out of the search."), "ok")
        return redirect(url_for("search.words"), 303)


def _posted_word(form: MultiDict[str, str]) -> tuple[WordKind, tuple[str, ...]]:
    try:
        kind = WordKind(form.get("kind", ""))
    except ValueError as error:
        raise InvalidInput("choice_unknown") from error
    return kind, tuple(form.getlist("form")[: MOST_FORMS + 1])


def _render(deps: Deps, *, changes: Sequence[Change] = (), refusal: DocFlowError | None = None) -> str:
    with deps.transactions.reading() as session:
        added = listed_words(session)
    typed = [form for form in request.form.getlist("form") if form.strip()]
    return render_template(
        "search/words.html",
        added=added,
        kind_labels=KIND_LABELS,
        kind=request.form.get("kind", WordKind.EQUIVALENT.value),
        typed=typed + [""] * max(1, FIELDS - len(typed)),
        changes=changes,
        may_search=current_actor().can("search.use"),
        refusal_text="" if refusal is None else str(current_app.extensions["docflow_error_texts"].text_of(refusal)),
        form_has_errors=refusal is not None,
    )
