"""Results of a search filed together: the case file is chosen once, and each letter is looked at again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext, ngettext
from werkzeug.wrappers import Response

from docflow.core.errors import Conflict, DocFlowError, InvalidInput
from docflow.documents.models import Document
from docflow.documents.queries import documents_shown
from docflow.records.forms import posted_ids
from docflow.records.operations import file_documents
from docflow.records.ports import Deps
from docflow.records.queries import file_for, files_suggested
from docflow.records.rules import MOST_FILED
from docflow.records.views.files import text_of
from docflow.records.views.filing import chosen_file
from docflow.search.finding import found_ids
from docflow.search.forms import posted_choice, posted_question
from docflow.web.formats import isolated
from docflow.web.guards import requires
from docflow.web.identity import current_actor

LONGEST_QUESTION = 500


@dataclass(frozen=True, slots=True)
class Fileable:
    """Results that somebody chose: letters that can be filed, and how many have no number yet."""

    letters: Sequence[Document]
    unregistered: int


def add_found(blueprint: Blueprint, deps: Deps) -> None:
    """Add the page on which results are filed."""

    @blueprint.get("/records/suggested")
    @requires("records.file")
    def suggested() -> str:
        asked = request.args.get("file_q", "")[:LONGEST_QUESTION]
        with deps.transactions.reading() as session:
            found = files_suggested(session, current_actor(), asked)
        return render_template("records/_files_found.html", found=found, asked=asked)

    @blueprint.post("/records/found")
    @requires("records.file")
    def file_found() -> str | Response | tuple[str, int]:
        chosen = _fileable(deps, _chosen(deps))
        if "file" not in request.form:
            return _render(deps, chosen)
        try:
            with deps.transactions.writing(current_actor()) as uow:
                kept = file_for(uow.session, uow.actor, chosen_file())
                count = file_documents(uow, kept.id, [letter.id for letter in chosen.letters])
        except (InvalidInput, Conflict) as refusal:
            return _render(deps, chosen, refusal=refusal), refusal.http_status
        flash(_said(count, chosen, number=kept.label), "ok")
        return redirect(url_for("records.case_file", case_file_id=kept.id), 303)


def _chosen(deps: Deps) -> Sequence[UUID]:
    """Return the results that the form means; the page of choice carries them one by one.

    Raises:
        InvalidInput: ``results_not_chosen``, ``choice_unknown``, ``letters_too_many`` with ``limit``.
    """
    form = request.form
    if letters := posted_ids(form, "letter"):
        return letters[:MOST_FILED]
    now = deps.transactions.clock.now()
    ids = found_ids(
        deps,
        current_actor(),
        posted_question(form, now=now),
        chosen=posted_choice(form),
        most=MOST_FILED + 1,
        now=now,
    )
    if len(ids) > MOST_FILED:
        raise InvalidInput("letters_too_many", limit=MOST_FILED)
    return ids


def _fileable(deps: Deps, ids: Sequence[UUID]) -> Fileable:
    with deps.transactions.reading() as session:
        shown = documents_shown(session, current_actor(), ids)
    known = [shown[one][0] for one in ids if one in shown]
    letters = [document for document in known if document.is_registered]
    return Fileable(letters, len(known) - len(letters))


def _said(count: int, chosen: Fileable, *, number: str) -> str:
    """Return what became of each of the letters, in sentences."""
    held = len(chosen.letters) - count
    parts = [ngettext("%(num)s letter is filed.", "%(num)s letters are filed.", count)]
    if held:
        parts.append(ngettext("%(num)s was in it already.", "%(num)s were in it already.", held))
    return " ".join([gettext("Case file %(number)s:", number=isolated(number)), *parts])


def _render(deps: Deps, chosen: Fileable, *, refusal: DocFlowError | None = None) -> str:
    asked = request.form.get("file_q", "")[:LONGEST_QUESTION]
    with deps.transactions.reading() as session:
        found = files_suggested(session, current_actor(), asked)
    page: dict[str, Any] = {"refusal_text": "" if refusal is None else text_of(refusal)}
    return render_template(
        "records/file_found.html",
        letters=chosen.letters,
        unregistered=chosen.unregistered,
        found=found,
        asked=asked,
        form_has_errors=refusal is not None,
        **page,
    )
