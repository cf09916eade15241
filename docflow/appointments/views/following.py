"""An appointment followed with its number and secret, which is in no address: shown, printed, moved, given up."""

from __future__ import annotations

from flask import Blueprint, render_template, request
from werkzeug.wrappers import Response

from docflow.allowances.operations import count_attempt, require_allowance
from docflow.allowances.rules import Purpose
from docflow.appointments.booking import give_up, move
from docflow.appointments.deps import Deps
from docflow.appointments.forms import posted_slot
from docflow.appointments.labels import WEEKDAY_LABELS
from docflow.appointments.models import Appointment
from docflow.appointments.paper import draw_appointment
from docflow.appointments.queries import days_bookable, followed_appointment, office_with_id
from docflow.appointments.rules import AppointmentState, local_now, minute_text
from docflow.appointments.telling import ways_of
from docflow.appointments.views.answering import address, private, text_of
from docflow.appointments.views.booking import chosen_day
from docflow.core.actor import ANONYMOUS
from docflow.core.errors import Conflict, DocFlowError, InvalidInput, NotFound
from docflow.district.queries import letterhead_of
from docflow.documents.delivery import pdf_response
from docflow.registry.rules import NUMBER_LIMIT
from docflow.web.guards import public
from docflow.web.shell import current_language


def add_following(blueprint: Blueprint, deps: Deps) -> None:
    """Add the pages of whoever holds an appointment."""

    @blueprint.get("/appointments/mine")
    @blueprint.get("/appointments/mine/<number>")
    @public
    def mine(number: str = "") -> str:
        return render_template("appointments/mine.html", number=number[:NUMBER_LIMIT], refusal_text="")

    @blueprint.post("/appointments/mine")
    @public
    def show() -> Response:
        found = _found(deps)
        if found is None:
            text = text_of(NotFound("appointment_unknown"))
            number = request.form.get("number", "")[:NUMBER_LIMIT]
            page = render_template("appointments/mine.html", number=number, refusal_text=text, form_has_errors=True)
            return private(page, status=NotFound.http_status)
        return private(_render(deps, found))

    @blueprint.post("/appointments/mine/move")
    @public
    def change() -> Response:
        found = _required(deps)
        require_allowance(deps.transactions, address(), Purpose.BOOKING)
        try:
            with deps.transactions.writing(ANONYMOUS) as uow:
                moved = move(uow, found.number, found.secret, posted_slot(request.form), ways=ways_of(deps))
        except (InvalidInput, Conflict) as refusal:
            return private(_render(deps, found, refusal=refusal), status=refusal.http_status)
        count_attempt(deps.transactions, address(), Purpose.BOOKING)
        return private(_render(deps, moved, is_moved=True))

    @blueprint.post("/appointments/mine/cancel")
    @public
    def cancel() -> Response:
        found = _required(deps)
        try:
            with deps.transactions.writing(ANONYMOUS) as uow:
                ended = give_up(uow, found.number, found.secret)
        except Conflict as refusal:
            return private(_render(deps, found, refusal=refusal), status=refusal.http_status)
        return private(_render(deps, ended))

    @blueprint.post("/appointments/mine/paper")
    @public
    def paper() -> Response:
        found = _required(deps)
        with deps.transactions.reading() as session:
            office = office_with_id(session, found.office_id)
            letterhead = letterhead_of(session)
        letterhead = letterhead_of(session)
        drawn = draw_appointment(office, found, letterhead=letterhead, public_url=deps.settings.public_url)
        response = pdf_response(drawn, name=f"{found.number}.pdf")
        response.headers["X-Robots-Tag"] = "noindex"
        return response


def _required(deps: Deps) -> Appointment:
    found = _found(deps)
    if found is None:
        raise NotFound("appointment_unknown")
    return found


def _found(deps: Deps) -> Appointment | None:
    """Return the appointment whose number and secret were posted; one that is wrong counts against its address."""
    require_allowance(deps.transactions, address(), Purpose.SECRET)
    number, secret = (request.form.get(name, "")[:NUMBER_LIMIT] for name in ("number", "secret"))
    with deps.transactions.reading() as session:
        found = followed_appointment(session, number, secret)
    if found is None:
        count_attempt(deps.transactions, address(), Purpose.SECRET)
    return found


def _render(deps: Deps, found: Appointment, *, refusal: DocFlowError | None = None, is_moved: bool = False) -> str:
    now = deps.clock.now()
    today, _minute = local_now(now)
    is_standing = found.state == AppointmentState.BOOKED and found.day >= today
    with deps.transactions.reading() as session:
        office = office_with_id(session, found.office_id)
        days = days_bookable(session, office, now) if is_standing and office.is_active else []
    return render_template(
        "appointments/own.html",
        office=office,
        appointment=found,
        is_standing=is_standing,
        is_moved=is_moved,
        days=days,
        chosen=chosen_day(days, request.form.get("day", "")),
        is_choosing=bool(request.form.get("day")) or refusal is not None,
        language=current_language(),
        weekdays=WEEKDAY_LABELS,
        minute=minute_text,
        refusal_text="" if refusal is None else text_of(refusal),
        form_has_errors=refusal is not None,
    )
