"""Transmittal slips: those on their way, making one from entries of a register, printing it, its counted return."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from docflow.accounts.queries import names_shown
from docflow.accounts.units import all_units, open_units, unit_names
from docflow.accounts.visibility import Confidentiality
from docflow.core.errors import Conflict, DocFlowError, InvalidInput
from docflow.core.words import Words
from docflow.district.queries import letterhead_of
from docflow.documents.delivery import pdf_response
from docflow.registry import wording
from docflow.registry.deps import Deps
from docflow.registry.forms import posted_count
from docflow.registry.models import Transmittal
from docflow.registry.transmittal_drawing import PrintedSlip, SlipLine, draw_transmittal
from docflow.registry.transmittals import (
    CountedReturn,
    SentPaper,
    count_transmittals,
    make_transmittal,
    papers_of,
    sendable_papers,
    take_back,
    transmittal_for,
    transmittals_shown,
)
from docflow.web.formats import isolated
from docflow.web.guards import requires
from docflow.web.identity import current_actor
from docflow.web.posted import posted_id, posted_id_or_none, posted_instant
from docflow.web.problem import field_of
from docflow.web.shell import current_language

PAGE_SIZE = 50
FIELD_OF_REFUSAL = {
    "unit_missing": "unit",
    "receiver_missing": "received_by",
    "papers_differ": "counted",
    "count_not_understood": "counted",
    "arrival_in_future": "received_at",
}
"""The control that the summary of errors leads to."""


def add_transmittals(blueprint: Blueprint, deps: Deps) -> None:
    """Add the pages of transmittal slips."""

    @blueprint.get("/bordereaux")
    @requires("registry.register")
    def transmittals() -> str:
        return _render_list(deps)

    @blueprint.get("/bordereaux/new")
    @requires("registry.register")
    def new_transmittal() -> str | tuple[str, int]:
        return _render_new(deps)

    @blueprint.post("/bordereaux")
    @requires("registry.register")
    def make() -> Response | str | tuple[str, int]:
        try:
            with deps.transactions.writing(current_actor()) as uow:
                slip = make_transmittal(
                    uow,
                    _ids("entry"),
                    unit_id=posted_id_or_none(request.form.get("unit", "")),
                    note=request.form.get("note", ""),
                )
        except (InvalidInput, Conflict) as refusal:
            return _render_new(deps, refusal=refusal)
        flash(
            gettext(
                "The slip %(number)s is made. Print it, and let the unit sign for the papers.",
                number=isolated(slip.label),
            ),
            "ok",
        )
        return redirect(url_for("registry.transmittal", slip_id=slip.id), 303)

    @blueprint.route("/bordereaux/<uuid:slip_id>", methods=["GET", "POST"])
    @requires("registry.register")
    def transmittal(slip_id: UUID) -> Response | str | tuple[str, int]:
        if request.method == "GET":
            return _render_slip(deps, slip_id)
        try:
            with deps.transactions.writing(current_actor()) as uow:
                take_back(uow, slip_id, _posted_return(now=uow.now))
        except (InvalidInput, Conflict) as refusal:
            return _render_slip(deps, slip_id, refusal=refusal), refusal.http_status
        flash(gettext("The return is noted; the papers that arrived are with the unit."), "ok")
        return redirect(url_for("registry.transmittal", slip_id=slip_id), 303)

    @blueprint.get("/bordereaux/<uuid:slip_id>/print")
    @requires("registry.register")
    def print_transmittal(slip_id: UUID) -> Response:
        address = url_for("registry.transmittal", slip_id=slip_id, _external=True)
        with deps.transactions.reading() as session:
            slip = transmittal_for(session, current_actor(), slip_id)
            said = _printed(session, deps, slip, address=address)
        return pdf_response(draw_transmittal(said), name=f"{slip.label}.pdf")


def _render_list(deps: Deps) -> str:
    actor, is_out = current_actor(), request.args.get("state") != "returned"
    number = max(1, min(request.args.get("page", 1, type=int), 100_000))
    with deps.transactions.reading() as session:
        count = count_transmittals(session, actor, is_out=is_out)
        slips = transmittals_shown(session, actor, is_out=is_out, offset=(number - 1) * PAGE_SIZE, limit=PAGE_SIZE)
        units = _unit_names(session)
    return render_template(
        "registry/transmittals.html",
        slips=slips,
        units=units,
        is_out=is_out,
        count=count,
        page=number,
        page_count=max(1, -(-count // PAGE_SIZE)),
    )


def _render_new(deps: Deps, *, refusal: DocFlowError | None = None) -> str | tuple[str, int]:
    papers: list[SentPaper] = []
    with deps.transactions.reading() as session:
        units = unit_names(open_units(session), locale=current_language())
        try:
            papers = list(sendable_papers(session, current_actor(), _ids("entry")))
        except (InvalidInput, Conflict) as found:
            # Who comes here without a choice made no mistake yet.
            refusal = found if request.values else None
    page = render_template(
        "registry/transmittal_new.html",
        papers=papers,
        units=[(str(unit_id), name) for unit_id, name in units.items()],
        given=request.form,
        refusal_text=_text_of(refusal) if refusal is not None else "",
        refused_field=field_of(refusal, FIELD_OF_REFUSAL),
        form_has_errors=refusal is not None,
    )
    return page if refusal is None else (page, refusal.http_status)


def _render_slip(deps: Deps, slip_id: UUID, *, refusal: DocFlowError | None = None) -> str:
    with deps.transactions.reading() as session:
        slip = transmittal_for(session, current_actor(), slip_id)
        papers = papers_of(session, slip)
        unit = _unit_names(session)[slip.unit_id]
        name = names_shown(session, [slip.made_by_name], locale=current_language())[slip.made_by_name]
    return render_template(
        "registry/transmittal.html",
        slip=slip,
        papers=papers,
        unit=unit,
        made_by=name,
        paper_count=sum(paper.paper_count for paper in papers),
        given=request.form if refusal is not None else None,
        missing=set(request.form.getlist("missing")),
        refusal_text=_text_of(refusal) if refusal is not None else "",
        refused_field=field_of(refusal, FIELD_OF_REFUSAL, default="received_by"),
        form_has_errors=refusal is not None,
    )


def _printed(session: Session, deps: Deps, slip: Transmittal, *, address: str) -> PrintedSlip:
    letterhead = letterhead_of(session)
    unit = next(one for one in all_units(session) if one.id == slip.unit_id)
    return PrintedSlip(
        letterhead=letterhead,
        number=slip.label,
        unit=Words(unit.name_ar, unit.name_fr),
        note=slip.note,
        made_at=slip.made_at,
        lines=[_line(paper) for paper in papers_of(session, slip)],
        address=address,
    )


def _line(paper: SentPaper) -> SlipLine:
    """Return what a slip says of a letter: whoever carries it learns nothing of one that is kept from others."""
    about = (paper.document.sender, paper.document.subject)
    if paper.document.confidentiality != Confidentiality.NORMAL.value:
        about = (wording.CONFIDENTIAL.ar, wording.CONFIDENTIAL.fr)
    return SlipLine(paper.entry.label, about, paper.paper_count - 1)


def _posted_return(*, now: datetime) -> CountedReturn:
    form = request.form
    if not form.get("counted", "").strip():
        raise InvalidInput("count_not_understood")
    return CountedReturn(
        received_by=form.get("received_by", ""),
        received_at=posted_instant(form, "received_at", now=now),
        counted=posted_count(form.get("counted", "")),
        missing=frozenset(_ids("missing")),
        note=form.get("note", ""),
    )


def _ids(name: str) -> list[UUID]:
    return [posted_id(value) for value in request.values.getlist(name) if value]


def _unit_names(session: Session) -> dict[UUID, str]:
    return unit_names(all_units(session), locale=current_language())


def _text_of(error: DocFlowError) -> str:
    return str(current_app.extensions["docflow_error_texts"].text_of(error))
