"""The registers: their lines, reserved numbers, cancelling, and where the paper is."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from docflow.accounts.queries import names_shown
from docflow.accounts.units import all_units
from docflow.core.actor import Actor
from docflow.core.errors import Conflict, DocFlowError, InvalidInput, NotFound
from docflow.deadlines.labels import CountedTerm, counted_term
from docflow.documents.delivery import deliver_blob
from docflow.documents.queries import can_see_content, document_content_for, document_for, documents_shown
from docflow.registry.deps import Deps
from docflow.registry.forms import posted_count, wanted_lines
from docflow.registry.labels import ENTRY_STATE_LABELS, LINK_LABELS, PAPER_LABELS, SEAL_STATE_LABELS, SET_ASIDE_LABELS
from docflow.registry.models import Entry, Register, SetAsideDocument
from docflow.registry.operations import cancel_entry, move_paper, reserve_numbers
from docflow.registry.queries import (
    MOST_ROWS_COUNTED,
    RegisterFilter,
    all_registers,
    count_rows,
    entries_of_document,
    entry_row,
    keeps_desk,
    links_of,
    register_rows,
    register_with_code,
    register_years,
    set_aside_with_id,
)
from docflow.registry.rules import MOST_RESERVED, EntryState, PaperPlace, register_year
from docflow.registry.sealing import seal_again, verification_address
from docflow.registry.terms import answer_due
from docflow.stamping.queries import sealed_revision_of
from docflow.web.guards import requires
from docflow.web.identity import current_actor
from docflow.web.shell import current_language

PAGE_SIZE = 50


def add_registers(blueprint: Blueprint, deps: Deps) -> None:
    """Add the pages of registers."""

    @blueprint.get("/registers")
    @requires("registry.read")
    def registers() -> str:
        actor = current_actor()
        year = register_year(deps.transactions.clock.now())
        with deps.transactions.reading() as session:
            found = [
                (register, count_rows(session, actor, register, RegisterFilter(year)), keeps_desk(actor, register))
                for register in all_registers(session)
            ]
        return render_template(
            "registry/registers.html",
            registers=found,
            year=year,
            language=current_language(),
            most_counted=MOST_ROWS_COUNTED,
        )

    @blueprint.get("/registers/<code>")
    @requires("registry.read")
    def register_page(code: str) -> str:
        return _render_register(deps, code)

    @blueprint.post("/registers/<code>/reserve")
    @requires("registry.register")
    def reserve(code: str) -> Response | tuple[str, int]:
        try:
            with deps.transactions.writing(current_actor()) as uow:
                entries = reserve_numbers(
                    uow,
                    code,
                    count=posted_count(request.form.get("count", "")),
                    reason=request.form.get("reason", ""),
                )
        except InvalidInput as refusal:
            return _render_register(deps, code, refusal=refusal), refusal.http_status
        flash(
            gettext("Reserved: %(first)s to %(last)s", first=entries[0].label, last=entries[-1].label),
            "ok",
        )
        return redirect(url_for("registry.register_page", code=code, state=EntryState.RESERVED.value), 303)


def add_entries(blueprint: Blueprint, deps: Deps) -> None:
    """Add what a clerk may do to an entry: cancel its number, say where the paper is."""

    @blueprint.route("/entries/<uuid:entry_id>/cancel", methods=["GET", "POST"])
    @requires("registry.register")
    def cancel(entry_id: UUID) -> str | Response | tuple[str, int]:
        if request.method == "GET":
            return _render_entry_form(deps, entry_id, "registry/cancel.html")
        try:
            with deps.transactions.writing(current_actor()) as uow:
                entry = cancel_entry(uow, entry_id, reason=request.form.get("reason", ""))
        except (InvalidInput, Conflict) as refusal:
            return _render_entry_form(deps, entry_id, "registry/cancel.html", refusal=refusal), refusal.http_status
        flash(gettext("The number %(number)s is cancelled.", number=entry.label), "ok")
        return redirect(_address_after(deps, entry_id), 303)

    @blueprint.route("/entries/<uuid:entry_id>/paper", methods=["GET", "POST"])
    @requires("registry.register")
    def paper(entry_id: UUID) -> str | Response | tuple[str, int]:
        if request.method == "GET":
            return _render_entry_form(deps, entry_id, "registry/paper.html")
        try:
            place = PaperPlace(request.form.get("paper_place", ""))
            with deps.transactions.writing(current_actor()) as uow:
                move_paper(uow, entry_id, place=place, note=request.form.get("paper_note", ""))
        except ValueError as error:
            raise InvalidInput("choice_unknown") from error
        except InvalidInput as refusal:
            return _render_entry_form(deps, entry_id, "registry/paper.html", refusal=refusal), refusal.http_status
        flash(gettext("The place of the paper is noted."), "ok")
        return redirect(_address_after(deps, entry_id), 303)


def add_seals(blueprint: Blueprint, deps: Deps) -> None:
    """Add the sealed file, and asking for it once more."""

    @blueprint.post("/entries/<uuid:entry_id>/seal")
    @requires("registry.register")
    def ask_seal(entry_id: UUID) -> Response:
        with deps.transactions.writing(current_actor()) as uow:
            seal_again(uow, entry_id)
        flash(gettext("The stamp and the seal are made again."), "info")
        return redirect(_address_after(deps, entry_id), 303)

    @blueprint.get("/d/<uuid:document_id>/files/sealed")
    @requires("documents.read")
    def sealed_file(document_id: UUID) -> Response:
        actor = current_actor()
        with deps.transactions.reading() as session:
            document_content_for(session, actor, document_id)
            sealed = sealed_revision_of(session, document_id)
        if sealed is None:
            raise NotFound("export_missing", what="sealed")
        deps.access_log.opened(actor, document_id, what="sealed", at=deps.clock.now())
        return deliver_blob(
            deps.blob_store,
            sealed.blob,
            name=f"{sealed.register_number.replace('/', '-')}.pdf",
            media_type="application/pdf",
        )


def show_entry(deps: Deps, actor: Actor, document_id: UUID) -> str:
    """Return what the document page says of a document's numbers."""
    with deps.transactions.reading() as session:
        entries = entries_of_document(session, document_id)
        aside = set_aside_with_id(session, document_id)
        if aside is not None:
            return _aside(session, actor, aside)
        if not entries:
            return _unregistered(document_for(session, actor, document_id).id, actor)
        registers = {register.id: register for register in all_registers(session)}
        links = [(entry.id, link, row) for entry in entries for link, row in links_of(session, actor, entry)]
        is_readable = can_see_content(session, actor, document_id)
        sealed = sealed_revision_of(session, document_id) if is_readable else None
        terms = {entry.id: _term(session, registers[entry.register_id], entry) for entry in entries}
        names = names_shown(session, [entry.registered_by_name for entry in entries], locale=current_language())
    return render_template(
        "registry/_entry.html",
        entries=entries,
        registers=registers,
        links=links,
        terms=terms,
        names=names,
        sealed=sealed,
        verification=lambda entry: verification_address(deps.settings.public_url, entry),
        language=current_language(),
        seal_labels=SEAL_STATE_LABELS,
        paper_labels=PAPER_LABELS,
        link_labels=LINK_LABELS,
        seal_failure=lambda entry: _text_of(InvalidInput(entry.seal_error_code, **entry.seal_error_params)),
        can_change=lambda entry: actor.can("registry.register") and keeps_desk(actor, registers[entry.register_id]),
        can_mail=deps.mail_server.is_set_up,
        can_change_term=is_readable and actor.can("routing.send"),
        can_read=is_readable and actor.can("registry.read"),
    )


def _term(session: Session, register: Register, entry: Entry) -> CountedTerm | None:
    """Return by when a registered letter is to be answered, with the calculation."""
    if entry.state != EntryState.REGISTERED or entry.arrived_at is None:
        return None
    deadline = answer_due(session, register, entry.arrived_at, entry_id=entry.id)
    return None if deadline is None else counted_term(deadline, language=current_language())


def _aside(session: Session, actor: Actor, aside: SetAsideDocument) -> str:
    document = document_for(session, actor, aside.document_id)
    copied = [] if aside.duplicate_of is None else documents_shown(session, actor, [aside.duplicate_of]).values()
    register = register_with_code(session, document.register_code)
    is_readable = can_see_content(session, actor, document.id)
    return render_template(
        "registry/_set_aside.html",
        aside=aside,
        labels=SET_ASIDE_LABELS,
        who=names_shown(session, [aside.set_aside_by_name], locale=current_language())[aside.set_aside_by_name],
        original=next((original for original, _is_readable in copied), None),
        is_readable=is_readable,
        can_put_back=is_readable and actor.can("registry.register") and keeps_desk(actor, register),
    )


def _unregistered(document_id: UUID, actor: Actor) -> str:
    if not actor.can("registry.register"):
        return ""
    return render_template("registry/_unregistered.html", document_id=document_id)


def _render_register(deps: Deps, code: str, *, refusal: DocFlowError | None = None) -> str:
    actor = current_actor()
    this_year = register_year(deps.transactions.clock.now())
    wanted = wanted_lines(request.args, this_year)
    number = max(1, min(request.args.get("page", 1, type=int), 100_000))
    with deps.transactions.reading() as session:
        register = register_with_code(session, code)
        count = count_rows(session, actor, register, wanted)
        rows = register_rows(session, actor, register, wanted, offset=(number - 1) * PAGE_SIZE, limit=PAGE_SIZE)
        years = register_years(session, actor, register)
        units = {unit.id: unit for unit in all_units(session)}
    return render_template(
        "registry/register_page.html",
        register=register,
        register_name=_name(register),
        rows=rows,
        wanted=wanted,
        years=sorted({*years, this_year}, reverse=True),
        count=count,
        page=number,
        most_counted=MOST_ROWS_COUNTED,
        page_count=_page_count(count, number, is_full=len(rows) == PAGE_SIZE),
        unit_names={
            unit_id: unit.name_ar if current_language() == "ar" else unit.name_fr for unit_id, unit in units.items()
        },
        state_labels=ENTRY_STATE_LABELS,
        seal_labels=SEAL_STATE_LABELS,
        can_register=actor.can("registry.register") and keeps_desk(actor, register) and register.is_active,
        most_reserved=MOST_RESERVED,
        refusal_text=_text_of(refusal) if refusal is not None else "",
        given=request.form,
        form_has_errors=refusal is not None,
    )


def _page_count(count: int, number: int, *, is_full: bool) -> int:
    """Return how many pages there are; of a register longer than is counted, one more than was seen."""
    counted = max(1, -(-min(count, MOST_ROWS_COUNTED) // PAGE_SIZE))
    return max(counted, number + is_full) if count > MOST_ROWS_COUNTED else counted


def _render_entry_form(deps: Deps, entry_id: UUID, template: str, *, refusal: DocFlowError | None = None) -> str:
    with deps.transactions.reading() as session:
        row = entry_row(session, current_actor(), entry_id)
    return render_template(
        template,
        entry=row.entry,
        document=row.document,
        paper_labels=PAPER_LABELS,
        given=request.form if refusal is not None else None,
        refusal_text=_text_of(refusal) if refusal is not None else "",
        form_has_errors=refusal is not None,
        back_url=_address_after(deps, entry_id),
    )


def _address_after(deps: Deps, entry_id: UUID) -> str:
    """Return the page of the entry's document, or of its register when no document has the number."""
    with deps.transactions.reading() as session:
        row = entry_row(session, current_actor(), entry_id)
        register = next(one for one in all_registers(session) if one.id == row.entry.register_id)
    if row.document is not None:
        return url_for("documents.show", document_id=row.document.id)
    return url_for("registry.register_page", code=register.code, year=row.entry.year)


def _name(register: Register) -> str:
    return register.name(current_language())


def _text_of(error: DocFlowError) -> str:
    return str(current_app.extensions["docflow_error_texts"].text_of(error))
