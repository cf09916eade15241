"""Filing: letters found and filed on the page of a case file, one filed from its own page, one taken out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext, ngettext
from werkzeug.wrappers import Response

from docflow.audit.telling import Teller
from docflow.core.actor import Actor
from docflow.core.errors import Conflict, DocFlowError, InvalidInput
from docflow.documents.queries import document_for
from docflow.records.forms import posted_ids, posted_numbers
from docflow.records.models import CaseFile
from docflow.records.operations import file_documents, remove_document
from docflow.records.ports import Deps
from docflow.records.queries import (
    documents_numbered,
    file_for,
    files_of_document,
    files_suggested,
    letters_suggested,
    linked_documents,
)
from docflow.records.rules import FileState
from docflow.records.views.files import render_file, text_of
from docflow.routing.queries import open_of
from docflow.routing.rules import Instruction
from docflow.web.formats import isolated
from docflow.web.guards import requires
from docflow.web.identity import current_actor

LONGEST_QUESTION = 500


def add_filing(blueprint: Blueprint, deps: Deps) -> None:
    """Add the pages on which letters are filed."""
    teller = Teller(deps.capabilities)

    @blueprint.get("/records/<uuid:case_file_id>/letters")
    @requires("records.file")
    def letters(case_file_id: UUID) -> str:
        asked = request.args.get("q", "")[:LONGEST_QUESTION]
        with deps.transactions.reading() as session:
            kept = file_for(session, current_actor(), case_file_id)
            found = letters_suggested(session, current_actor(), asked, without=kept.id)
        return render_template("records/_letters_found.html", found=found, asked=asked)

    @blueprint.post("/records/<uuid:case_file_id>/letters")
    @requires("records.file")
    def file_letters(case_file_id: UUID) -> str | Response | tuple[str, int]:
        try:
            count = _file_chosen(deps, case_file_id)
        except (InvalidInput, Conflict) as refusal:
            return render_file(deps, teller, case_file_id, refusal=refusal), refusal.http_status
        flash(ngettext("%(num)s letter is filed.", "%(num)s letters are filed.", count), "ok")
        return redirect(url_for("records.case_file", case_file_id=case_file_id), 303)

    @blueprint.route("/records/<uuid:case_file_id>/letters/<uuid:document_id>/remove", methods=["GET", "POST"])
    @requires("records.file")
    def remove(case_file_id: UUID, document_id: UUID) -> str | Response | tuple[str, int]:
        if request.method == "GET":
            return _render_remove(deps, case_file_id, document_id)
        return _remove(deps, case_file_id, document_id)

    @blueprint.route("/d/<uuid:document_id>/records", methods=["GET", "POST"])
    @requires("records.file")
    def file_document(document_id: UUID) -> str | Response | tuple[str, int]:
        return _render_choice(deps, document_id) if request.method == "GET" else _file(deps, document_id)


def _file_chosen(deps: Deps, case_file_id: UUID) -> int:
    """File the letters that were chosen among those found, or those whose numbers were typed."""
    with deps.transactions.writing(current_actor()) as uow:
        file_for(uow.session, uow.actor, case_file_id)
        chosen = posted_ids(request.form, "letter")
        if not chosen:
            numbers = posted_numbers(request.form.get("q", ""))
            chosen = _numbered(documents_numbered(uow.session, uow.actor, numbers), numbers)
        return file_documents(uow, case_file_id, chosen)


def _remove(deps: Deps, case_file_id: UUID, document_id: UUID) -> Response | tuple[str, int]:
    try:
        with deps.transactions.writing(current_actor()) as uow:
            remove_document(uow, case_file_id, document_id, reason=request.form.get("reason", ""))
    except (InvalidInput, Conflict) as refusal:
        return _render_remove(deps, case_file_id, document_id, refusal=refusal), refusal.http_status
    flash(gettext("The letter is no more in this case file; the timeline says why."), "ok")
    return redirect(url_for("records.case_file", case_file_id=case_file_id), 303)


def _file(deps: Deps, document_id: UUID) -> Response | tuple[str, int]:
    try:
        with deps.transactions.writing(current_actor()) as uow:
            document_for(uow.session, uow.actor, document_id)
            kept = file_for(uow.session, uow.actor, chosen_file())
            file_documents(uow, kept.id, [document_id, *posted_ids(request.form, "letter")])
    except (InvalidInput, Conflict) as refusal:
        return _render_choice(deps, document_id, refusal=refusal), refusal.http_status
    flash(gettext("It is filed in %(number)s.", number=isolated(kept.label)), "ok")
    return redirect(url_for("documents.show", document_id=document_id), 303)


def chosen_file() -> UUID:
    """Return the case file that was chosen.

    Raises:
        InvalidInput: ``case_file_missing``, ``choice_unknown``.
    """
    chosen = posted_ids(request.form, "case_file")
    if not chosen:
        raise InvalidInput("case_file_missing")
    return chosen[0]


def show_files(deps: Any, actor: Actor, document_id: UUID) -> str:
    """Return the case files of a document that the reader may know of, and the way to file it."""
    if not actor.can("records.read"):
        return ""
    with deps.transactions.reading() as session:
        document = document_for(session, actor, document_id)
        files = files_of_document(session, actor, document_id)
        is_asked = any(one.instruction == Instruction.FILE for one in open_of(session, actor, document_id))
    may_file = actor.can("records.file") and document.is_registered
    if not files and not may_file:
        return ""
    return render_template("records/_files.html", document=document, files=files, is_asked=is_asked, may_file=may_file)


def _numbered(found: Mapping[str, UUID], numbers: list[str]) -> list[UUID]:
    """Return the documents of numbers in the order in which they were typed.

    Raises:
        InvalidInput: ``letters_missing``; ``letter_number_unknown`` with ``number``.
    """
    for number in numbers:
        if number not in found:
            raise InvalidInput("letter_number_unknown", number=number[:60])
    return [found[number] for number in numbers]


def _render_choice(deps: Deps, document_id: UUID, *, refusal: DocFlowError | None = None) -> str:
    actor = current_actor()
    asked = request.values.get("q", "")[:LONGEST_QUESTION]
    with deps.transactions.reading() as session:
        document = document_for(session, actor, document_id)
        held = files_of_document(session, actor, document_id)
        found = [one for one in files_suggested(session, actor, asked) if one.id not in {kept.id for kept in held}]
        linked = linked_documents(session, actor, document_id)
    shown: dict[str, Any] = {"found": found, "asked": asked}
    if request.headers.get("HX-Request"):
        return render_template("records/_files_found.html", **shown)
    return render_template(
        "records/file_document.html",
        document=document,
        held=held,
        linked=linked,
        chosen=request.form.getlist("letter") if refusal is not None else None,
        refusal_text="" if refusal is None else text_of(refusal),
        form_has_errors=refusal is not None,
        **shown,
    )


def _render_remove(deps: Deps, case_file_id: UUID, document_id: UUID, *, refusal: DocFlowError | None = None) -> str:
    with deps.transactions.reading() as session:
        kept: CaseFile = file_for(session, current_actor(), case_file_id)
        document = document_for(session, current_actor(), document_id)
    return render_template(
        "records/remove.html",
        kept=kept,
        document=document,
        is_open=kept.state == FileState.OPEN,
        given=request.form.get("reason", ""),
        refusal_text="" if refusal is None else text_of(refusal),
        form_has_errors=refusal is not None,
    )
