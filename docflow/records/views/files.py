"""Case files: the list of those the reader may know of, one with its letters and its timeline, opening and closing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from docflow.accounts.queries import all_people, names_shown
from docflow.accounts.units import all_units, open_units, unit_names
from docflow.audit.telling import Teller
from docflow.core.actor import Actor
from docflow.core.errors import Conflict, DocFlowError, InvalidInput
from docflow.documents.labels import CONFIDENTIALITY_LABELS
from docflow.documents.models import Document
from docflow.documents.queries import document_for
from docflow.records.forms import posted_ids, posted_setup, posted_version, wanted_files
from docflow.records.labels import DECISION_LABELS, FILE_STATE_LABELS
from docflow.records.models import CaseFile
from docflow.records.operations import change_file, close_file, file_documents, open_file, reopen_file
from docflow.records.ports import Deps
from docflow.records.queries import (
    FiledEntry,
    count_files,
    entries_of_file,
    file_for,
    file_years,
    files_shown,
    letters_suggested,
    linked_documents,
    removed_of_file,
)
from docflow.records.rules import FileState
from docflow.records.timeline import Moment, moments_of
from docflow.registry.labels import LINK_LABELS
from docflow.registry.queries import links_of
from docflow.routing.labels import INSTRUCTION_LABELS, STATE_LABELS
from docflow.web.formats import isolated
from docflow.web.guards import requires
from docflow.web.identity import current_actor
from docflow.web.shell import current_language

PAGE_SIZE = 50
FIELD_OF_REFUSAL = {"file_title_missing": "title", "unit_missing": "unit", "file_people_missing": "named"}
"""The control that the summary of errors leads to."""


def add_files(blueprint: Blueprint, deps: Deps) -> None:
    """Add the pages of case files."""
    teller = Teller(deps.capabilities)

    @blueprint.get("/records")
    @requires("records.read")
    def case_files() -> str:
        return _render_list(deps)

    @blueprint.route("/records/new", methods=["GET", "POST"])
    @requires("records.file")
    def new_file() -> str | Response | tuple[str, int]:
        document_id = _document_asked()
        return (
            _render_form(deps, None, document_id=document_id) if request.method == "GET" else _open(deps, document_id)
        )

    @blueprint.get("/records/<uuid:case_file_id>")
    @requires("records.read")
    def case_file(case_file_id: UUID) -> str:
        return render_file(deps, teller, case_file_id)

    @blueprint.route("/records/<uuid:case_file_id>/edit", methods=["GET", "POST"])
    @requires("records.file")
    def edit(case_file_id: UUID) -> str | Response | tuple[str, int]:
        return _render_form(deps, case_file_id) if request.method == "GET" else _change(deps, case_file_id)

    @blueprint.route("/records/<uuid:case_file_id>/state", methods=["GET", "POST"])
    @requires("records.file")
    def state(case_file_id: UUID) -> str | Response | tuple[str, int]:
        return _render_state(deps, case_file_id) if request.method == "GET" else _close_or_reopen(deps, case_file_id)


def _open(deps: Deps, document_id: UUID | None) -> Response | tuple[str, int]:
    try:
        with deps.transactions.writing(current_actor()) as uow:
            kept = open_file(uow, posted_setup(request.form))
            letters = posted_ids(request.form, "letter")
            if letters:
                file_documents(uow, kept.id, letters)
    except (InvalidInput, Conflict) as refusal:
        return _render_form(deps, None, document_id=document_id, refusal=refusal), refusal.http_status
    flash(gettext("The case file %(number)s is open.", number=isolated(kept.label)), "ok")
    return redirect(url_for("records.case_file", case_file_id=kept.id), 303)


def _change(deps: Deps, case_file_id: UUID) -> Response | tuple[str, int]:
    try:
        with deps.transactions.writing(current_actor()) as uow:
            seen = posted_version(request.form)
            change_file(uow, case_file_id, posted_setup(request.form), expected_version=seen)
    except (InvalidInput, Conflict) as refusal:
        return _render_form(deps, case_file_id, refusal=refusal), refusal.http_status
    flash(gettext("The changes are kept."), "ok")
    return redirect(_after(deps, case_file_id), 303)


def _close_or_reopen(deps: Deps, case_file_id: UUID) -> Response | tuple[str, int]:
    is_closing = request.form.get("to") != FileState.OPEN.value
    try:
        with deps.transactions.writing(current_actor()) as uow:
            change = close_file if is_closing else reopen_file
            change(uow, case_file_id, reason=request.form.get("reason", ""))
    except (InvalidInput, Conflict) as refusal:
        return _render_state(deps, case_file_id, refusal=refusal), refusal.http_status
    flash(gettext("The case file is closed.") if is_closing else gettext("The case file is open again."), "ok")
    return redirect(url_for("records.case_file", case_file_id=case_file_id), 303)


def render_file(deps: Deps, teller: Teller, case_file_id: UUID, *, refusal: DocFlowError | None = None) -> str:
    """Return the page of a case file: its letters, or its timeline."""
    actor, language = current_actor(), current_language()
    tab = "timeline" if request.args.get("tab") == "timeline" else "letters"
    asked = request.values.get("q", "")[:500]
    with deps.transactions.reading() as session:
        kept = file_for(session, actor, case_file_id)
        entries = entries_of_file(session, actor, kept.id)
        shown: dict[str, Any] = {
            "units": _unit_names(session),
            "people": _people_named(session, kept),
            "who": names_shown(
                session, [name for name in (kept.opened_by_name, kept.stated_by_name) if name], locale=language
            ),
        }
        if tab == "timeline":
            number = _page()
            moments, count = moments_of(session, actor, kept, entries, teller=teller, locale=language, page=number)
            shown |= {"moments": moments, "page": min(number, count), "page_count": count}
            shown |= {"named": _names(session), "tellers": _tellers(session, moments)}
        else:
            shown |= {
                "links": _links(session, actor, entries),
                "removed": removed_of_file(session, actor, kept.id),
                "found": letters_suggested(session, actor, asked, without=kept.id),
            }
    return render_template(
        "records/case_file.html",
        kept=kept,
        entries=entries,
        tab=tab,
        asked=asked,
        may_file=actor.can("records.file"),
        is_open=kept.state == FileState.OPEN,
        state_labels=FILE_STATE_LABELS,
        confidentiality_labels=CONFIDENTIALITY_LABELS,
        link_labels=LINK_LABELS,
        instruction_labels=INSTRUCTION_LABELS,
        ending_labels=STATE_LABELS,
        decision_labels=DECISION_LABELS,
        refusal_text="" if refusal is None else text_of(refusal),
        form_has_errors=refusal is not None,
        language=language,
        **shown,
    )


def _links(session: Session, actor: Actor, entries: Sequence[FiledEntry]) -> Mapping[UUID, Any]:
    """Return, for each letter with a number, the letters that belong to it, as far as the reader may know of them."""
    return {one.document.id: links_of(session, actor, one.entry) for one in entries if one.entry is not None}


def _tellers(session: Session, moments: Sequence[Moment]) -> Mapping[str, str]:
    """Return the names of those who sent, ended or decided, as the reader reads them."""
    kept = {
        name
        for one in moments
        for name in (
            "" if one.assignment is None else one.assignment.sent_by_name,
            "" if one.assignment is None else one.assignment.closed_by_name,
        )
        if name
    }
    return names_shown(session, sorted(kept), locale=current_language())


def _render_list(deps: Deps) -> str:
    actor, wanted, number = current_actor(), wanted_files(request.args), _page()
    with deps.transactions.reading() as session:
        count = count_files(session, actor, wanted)
        files = files_shown(session, actor, wanted, offset=(number - 1) * PAGE_SIZE, limit=PAGE_SIZE)
        years = file_years(session, actor)
        units = _unit_names(session)
    return render_template(
        "records/case_files.html",
        files=files,
        wanted=wanted,
        years=years,
        units=units,
        unit_options=[("", gettext("All units"))] + [(str(unit_id), name) for unit_id, name in units.items()],
        count=count,
        page=number,
        page_count=max(1, -(-count // PAGE_SIZE)),
        state_labels=FILE_STATE_LABELS,
        confidentiality_labels=CONFIDENTIALITY_LABELS,
        may_file=actor.can("records.file"),
    )


def _render_form(
    deps: Deps, case_file_id: UUID | None, *, document_id: UUID | None = None, refusal: DocFlowError | None = None
) -> str:
    actor, language = current_actor(), current_language()
    with deps.transactions.reading() as session:
        kept = None if case_file_id is None else file_for(session, actor, case_file_id)
        document = None if document_id is None else document_for(session, actor, document_id)
        linked = () if document is None else linked_documents(session, actor, document.id)
        units = unit_names(open_units(session), locale=current_language())
        people = [(str(person.id), person.name(language)) for person in all_people(session) if person.is_active]
    return render_template(
        "records/form.html",
        kept=kept,
        document=document,
        linked=linked,
        units=[("", gettext("Choose a unit"))] + [(str(unit_id), name) for unit_id, name in units.items()],
        people=people,
        confidentiality_labels=CONFIDENTIALITY_LABELS,
        given=_given(kept, document, actor) if refusal is None else request.form,
        refused_field="" if refusal is None else FIELD_OF_REFUSAL.get(refusal.code, "title"),
        refusal_text="" if refusal is None else text_of(refusal),
        form_has_errors=refusal is not None,
    )


def _given(kept: CaseFile | None, document: Document | None, actor: Actor) -> MultiDict[str, str]:
    """Return what the form begins with: the file as it is, or what the letter to be filed says."""
    if kept is not None:
        values = [("title", kept.title), ("unit", str(kept.unit_id)), ("confidentiality", kept.confidentiality)]
        return MultiDict([*values, *(("named", person_id) for person_id in kept.named_people)])
    own = sorted(token.removeprefix("unit:") for token in actor.tokens if token.startswith("unit:"))
    if document is None:
        return MultiDict([("unit", own[0] if own else ""), ("confidentiality", "normal")])
    keeps_desk = any(token.startswith("desk:") for token in actor.tokens)
    near = [str(document.unit_id or "")] if keeps_desk or f"unit:{document.unit_id}" in actor.tokens else []
    unit = next((one for one in [*near, *own] if one), "")
    return MultiDict([("title", document.subject[:300]), ("unit", unit), ("confidentiality", document.confidentiality)])


def _render_state(deps: Deps, case_file_id: UUID, *, refusal: DocFlowError | None = None) -> str:
    with deps.transactions.reading() as session:
        kept = file_for(session, current_actor(), case_file_id)
    return render_template(
        "records/state.html",
        kept=kept,
        is_open=kept.state == FileState.OPEN,
        given=request.form.get("reason", ""),
        refusal_text="" if refusal is None else text_of(refusal),
        form_has_errors=refusal is not None,
    )


def _after(deps: Deps, case_file_id: UUID) -> str:
    """Return where to go after a change: whoever gave a file to another unit may know of it no more."""
    with deps.transactions.reading() as session:
        try:
            file_for(session, current_actor(), case_file_id)
        except DocFlowError:
            return url_for("records.case_files")
    return url_for("records.case_file", case_file_id=case_file_id)


def _document_asked() -> UUID | None:
    try:
        return UUID(request.values.get("document", ""))
    except ValueError:
        return None


def _people_named(session: Session, kept: CaseFile) -> list[str]:
    named = set(kept.named_people)
    return [person.name(current_language()) for person in all_people(session) if str(person.id) in named]


def _unit_names(session: Session) -> dict[UUID, str]:
    return unit_names(all_units(session), locale=current_language())


def _names(session: Session) -> dict[UUID, str]:
    return _unit_names(session) | {person.id: person.name(current_language()) for person in all_people(session)}


def _page() -> int:
    return max(1, min(request.args.get("page", 1, type=int), 100_000))


def text_of(error: DocFlowError) -> str:
    """Return a refusal in the language of the page."""
    return str(current_app.extensions["docflow_error_texts"].text_of(error))
