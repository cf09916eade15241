"""The list of complaints for the staff, and their deposit at the counter."""

from __future__ import annotations

from typing import BinaryIO, cast

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from docflow.accounts.units import all_units, unit_names
from docflow.complaints.deps import Deps
from docflow.complaints.labels import KIND_LABELS, SHELF_LABELS
from docflow.complaints.listing import PAGE_SIZE, Shelf, complaints_on, count_on
from docflow.complaints.operations import Enclosed, deposit_at_counter
from docflow.complaints.places import quarters
from docflow.complaints.queries import categories, setup_of
from docflow.complaints.rules import MOST_PHOTOS, PHOTO_BYTES, TEXT_LIMIT, said_in
from docflow.complaints.views.depositing import FORM_OVERHEAD_BYTES, text_of
from docflow.core.clock import CASABLANCA
from docflow.core.errors import Conflict, DocFlowError, InvalidInput
from docflow.registry.queries import desk_registers
from docflow.registry.rules import RegisterKind
from docflow.web.bodies import takes_up_to
from docflow.web.guards import requires
from docflow.web.identity import current_actor
from docflow.web.shell import current_language


def add_listing(blueprint: Blueprint, deps: Deps) -> None:
    """Add the list."""

    @blueprint.get("/complaints/cases")
    @requires("tasks.read")
    def listed() -> str:
        actor, today = current_actor(), deps.clock.now().astimezone(CASABLANCA).date()
        number = max(1, min(request.args.get("page", 1, type=int), 10_000))
        with deps.transactions.reading() as session:
            counts = {shelf: count_on(session, actor, shelf, today=today) for shelf in Shelf}
            shelf = _shelf(request.args.get("shelf", ""), has_to_sort=counts[Shelf.TO_SORT] > 0)
            rows = complaints_on(session, actor, shelf, today=today, offset=(number - 1) * PAGE_SIZE)
            units = unit_names(all_units(session), locale=current_language())
            named = {one.id: one.name(current_language()) for one in categories(session, active_only=False)}
            desks = desk_registers(session, actor) if actor.can("registry.register") else ()
        return render_template(
            "complaints/list.html",
            rows=rows,
            shelf=shelf,
            counts=counts,
            shelf_labels=SHELF_LABELS,
            kind_labels=KIND_LABELS,
            units=units,
            category_names=named,
            today=today,
            page=number,
            page_count=max(1, -(-counts[shelf] // PAGE_SIZE)),
            can_deposit=any(one.kind == RegisterKind.COMPLAINTS for one in desks),
        )


def add_counter(blueprint: Blueprint, deps: Deps) -> None:
    """Add the deposit by a clerk for a citizen who stands at the counter."""

    @blueprint.get("/complaints/counter")
    @requires("registry.register")
    def counter() -> str:
        return _render_counter(deps)

    @blueprint.post("/complaints/counter")
    @requires("registry.register")
    @takes_up_to(MOST_PHOTOS * PHOTO_BYTES + FORM_OVERHEAD_BYTES)
    def deposited() -> Response | tuple[str, int]:
        form = request.form
        language = form.get("language") if form.get("language") in {"ar", "fr"} else current_language()
        files = [
            Enclosed(cast("BinaryIO", file.stream), file.filename or "")
            for file in request.files.getlist("files")
            if file.filename
        ]
        try:
            with deps.transactions.reading() as session:
                allows_anonymous = setup_of(session).allows_anonymous
            values = {**form, "contact": dict(form.items())}
            said = said_in(values, language=str(language), allows_anonymous=allows_anonymous)
            complaint = deposit_at_counter(deps, current_actor(), said, files)
        except (InvalidInput, Conflict) as refusal:
            return _render_counter(deps, refusal=refusal), refusal.http_status
        flash(gettext("The complaint is registered. Print the receipt for the citizen."), "ok")
        return redirect(url_for("documents.show", document_id=complaint.document_id), 303)


def _shelf(text: str, *, has_to_sort: bool) -> Shelf:
    try:
        return Shelf(text)
    except ValueError:
        return Shelf.TO_SORT if has_to_sort else Shelf.OPEN


def _render_counter(deps: Deps, *, refusal: DocFlowError | None = None) -> str:
    with deps.transactions.reading() as session:
        listed = categories(session, active_only=True)
        allows_anonymous = setup_of(session).allows_anonymous
        parts = [(one.id, one.name(current_language())) for one in quarters(session)]
    return render_template(
        "complaints/counter.html",
        categories=[(one.id, one.name(current_language())) for one in listed],
        kinds=[(kind.value, label) for kind, label in KIND_LABELS.items()],
        quarters=parts,
        allows_anonymous=allows_anonymous,
        text_limit=TEXT_LIMIT,
        given=request.form if refusal is not None else {},
        language=current_language(),
        refusal_text="" if refusal is None else text_of(refusal),
        form_has_errors=refusal is not None,
    )
