"""The desks: who is called, who waits, who is expected; tickets for those who come."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from docflow.appointments.deps import Deps
from docflow.appointments.forms import posted_count
from docflow.appointments.models import Office, Ticket
from docflow.appointments.paper import display_address, draw_ticket
from docflow.appointments.queries import all_offices, appointments_on, can_plan, can_serve, office_with_id
from docflow.appointments.rules import AppointmentState, TicketState, local_now, minute_text, ticket_label
from docflow.appointments.tickets import (
    call_again,
    call_next,
    finish,
    give_ticket,
    leave_desk,
    put_back,
    sit_down,
    welcome,
)
from docflow.appointments.views.answering import text_of
from docflow.appointments.watching import queue_of, sittings_of, tickets_on
from docflow.core.errors import Conflict, DocFlowError, InvalidInput, NotFound
from docflow.core.uow import UnitOfWork
from docflow.district.queries import letterhead_of
from docflow.documents.delivery import pdf_response
from docflow.web.guards import requires
from docflow.web.identity import current_actor
from docflow.web.posted import posted_id
from docflow.web.shell import current_language


def add_desks(blueprint: Blueprint, deps: Deps) -> None:
    """Add the pages of those who sit at desks."""

    @blueprint.get("/desks")
    @requires("appointments.serve")
    def desks() -> str | Response:
        actor, now = current_actor(), deps.clock.now()
        with deps.transactions.reading() as session:
            served = [one for one in all_offices(session, active_only=True) if can_serve(actor, one)]
            found = [(queue_of(session, office, now), can_plan(actor, office)) for office in served]
        if len(found) == 1 and not found[0][1]:
            return redirect(url_for("appointments.desk", office_id=found[0][0].office.id))
        return render_template("appointments/desks.html", offices=found, language=current_language())

    @blueprint.get("/desks/<uuid:office_id>")
    @requires("appointments.serve")
    def desk(office_id: UUID) -> str:
        return _render(deps, office_id)

    @blueprint.post("/desks/<uuid:office_id>")
    @requires("appointments.serve")
    def act(office_id: UUID) -> Response | tuple[str, int]:
        try:
            with deps.transactions.writing(current_actor()) as uow:
                given = _act(uow, office_id)
        except (Conflict, InvalidInput) as refusal:
            return _render(deps, office_id, refusal=refusal), refusal.http_status
        except NotFound as refusal:
            if refusal.code != "appointment_unknown":
                raise
            return _render(deps, office_id, refusal=refusal), refusal.http_status
        shown = None if given is None else given.id
        return redirect(url_for("appointments.desk", office_id=office_id, given=shown), 303)

    @blueprint.get("/desks/<uuid:office_id>/tickets/<uuid:ticket_id>.pdf")
    @requires("appointments.serve")
    def ticket_paper(office_id: UUID, ticket_id: UUID) -> Response:
        with deps.transactions.reading() as session:
            office = _served(office_with_id(session, office_id))
            ticket = session.get(Ticket, ticket_id)
            letterhead = letterhead_of(session)
        if ticket is None or ticket.office_id != office.id:
            raise NotFound("ticket_unknown")
        letterhead = letterhead_of(session)
        drawn = draw_ticket(office, ticket, letterhead=letterhead, public_url=deps.settings.public_url)
        return pdf_response(drawn, name=f"{ticket_label(office.letter, ticket.number)}.pdf")


def _act(uow: UnitOfWork, office_id: UUID) -> Ticket | None:
    """Do what a button says; return a ticket that was given."""
    action = request.form.get("action", "")
    if action == "sit":
        sit_down(uow, office_id, desk_number=posted_count(request.form.get("desk", "")))
    elif action == "leave":
        leave_desk(uow, office_id)
    elif action == "next":
        if call_next(uow, office_id) is None:
            flash(gettext("Nobody waits."), "info")
    elif action == "again":
        call_again(uow, office_id)
    elif action in {"done", "absent"}:
        finish(uow, office_id, came=action == "done")
    elif action == "back":
        put_back(uow, office_id, posted_id(request.form.get("ticket", "")))
    elif action == "ticket":
        return give_ticket(uow, office_id, is_priority=bool(request.form.get("priority")))
    elif action == "welcome":
        return welcome(uow, office_id, number=request.form.get("number", ""))
    else:
        raise InvalidInput("choice_unknown")
    return None


def _served(office: Office) -> Office:
    if not can_serve(current_actor(), office):
        raise NotFound("office_unknown")
    return office


def _render(deps: Deps, office_id: UUID, *, refusal: DocFlowError | None = None) -> str:
    actor, now = current_actor(), deps.clock.now()
    today, _minute = local_now(now)
    with deps.transactions.reading() as session:
        office = _served(office_with_id(session, office_id))
        queue = queue_of(session, office, now)
        sittings = sittings_of(session, office.id, today)
        own = next((one for one in sittings if one.person_id == actor.person_id), None)
        called = tickets_on(session, office.id, today, TicketState.CALLED)
        absent = tickets_on(session, office.id, today, TicketState.ABSENT)
        expected = [one for one in appointments_on(session, office.id, today) if one.state == AppointmentState.BOOKED]
        given = _given(session.get(Ticket, shown), office) if (shown := _shown()) is not None else None
    taken = {one.desk_number for one in sittings}
    return render_template(
        "appointments/desk.html",
        office=office,
        queue=queue,
        own=own,
        current=None if own is None else next((one for one in called if one.desk_number == own.desk_number), None),
        absent=absent,
        expected=expected,
        given=given,
        free_desks=[(number, number) for number in range(1, office.desk_count + 1) if number not in taken],
        display_url=display_address(deps.settings.public_url, office.code),
        sittings=sittings,
        language=current_language(),
        minute=minute_text,
        label=ticket_label,
        typed=request.form.get("number", "") if refusal is not None else "",
        refusal_text="" if refusal is None else text_of(refusal),
        form_has_errors=refusal is not None,
    )


def _shown() -> UUID | None:
    try:
        return UUID(request.args.get("given", ""))
    except ValueError:
        return None


def _given(ticket: Ticket | None, office: Office) -> Ticket | None:
    return ticket if ticket is not None and ticket.office_id == office.id else None
