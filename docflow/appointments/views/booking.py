"""An appointment made on the public site: the office, the day, the hour, a name; nothing else is asked for."""

from __future__ import annotations

from datetime import date
from typing import Final
from uuid import UUID

from flask import Blueprint, Response, render_template, request
from sqlalchemy.exc import IntegrityError

from docflow.allowances.operations import count_attempt, require_allowance
from docflow.allowances.rules import Purpose
from docflow.appointments.booking import book
from docflow.appointments.deps import Deps
from docflow.appointments.forms import posted_slot, posted_visitor
from docflow.appointments.labels import WEEKDAY_LABELS
from docflow.appointments.models import Appointment, Office
from docflow.appointments.queries import FreeDay, all_offices, days_bookable, open_office
from docflow.appointments.rules import minute_text
from docflow.appointments.telling import ways_of
from docflow.appointments.views.answering import address, private, text_of
from docflow.core.actor import ANONYMOUS
from docflow.core.errors import Conflict, DocFlowError, InvalidInput
from docflow.core.ids import new_id
from docflow.web.guards import public
from docflow.web.posted import posted_id
from docflow.web.shell import current_language

REFUSED_FIELDS: Final = {
    "visitor_name_missing": "name",
    "field_too_long": "name",
    "phone_invalid": "phone",
    "mail_address_invalid": "email",
}
"""Which field a refusal is about; any other is about the hour."""


def add_booking(blueprint: Blueprint, deps: Deps) -> None:
    """Add the offices and their free hours."""

    @blueprint.get("/appointments")
    @public
    def offices() -> str:
        with deps.transactions.reading() as session:
            now = deps.clock.now()
            found = [
                (office, next((day.day for day in days_bookable(session, office, now) if day.free), None))
                for office in all_offices(session, active_only=True)
            ]
        return render_template(
            "appointments/public_offices.html", offices=found, language=current_language(), weekdays=WEEKDAY_LABELS
        )

    @blueprint.get("/appointments/<code>")
    @public
    def choose(code: str) -> str:
        return _render(deps, code)

    @blueprint.post("/appointments/<code>")
    @public
    def make(code: str) -> Response:
        require_allowance(deps.transactions, address(), Purpose.BOOKING)
        with deps.transactions.reading() as session:
            office = open_office(session, code)
        try:
            made = _booked(deps, office)
        except (InvalidInput, Conflict) as refusal:
            return private(_render(deps, code, refusal=refusal), status=refusal.http_status)
        count_attempt(deps.transactions, address(), Purpose.BOOKING)
        return private(render_made(office, made))


def render_made(office: Office, made: Appointment) -> str:
    """Return the page of an appointment that was made, with the secret by which it is followed."""
    return render_template(
        "appointments/made.html",
        office=office,
        appointment=made,
        secret=made.secret,
        language=current_language(),
        weekdays=WEEKDAY_LABELS,
        minute=minute_text,
    )


def _booked(deps: Deps, office: Office) -> Appointment:
    def once() -> Appointment:
        with deps.transactions.writing(ANONYMOUS) as uow:
            return book(
                uow,
                office.id,
                posted_slot(request.form),
                posted_visitor(request.form, locale=current_language()),
                key=posted_id(request.form.get("key", "")),
                ways=ways_of(deps),
            )

    try:
        return once()
    except IntegrityError:
        # The same form came twice at once: the other made the appointment, which is found now.
        return once()


def _render(deps: Deps, code: str, *, refusal: DocFlowError | None = None) -> str:
    with deps.transactions.reading() as session:
        office = open_office(session, code)
        days = days_bookable(session, office, deps.clock.now())
    wanted = request.form.get("slot", "")
    chosen = chosen_day(days, request.args.get("day", "") or wanted.partition("/")[0])
    given = request.form if refusal is not None else {}
    return render_template(
        "appointments/choose.html",
        office=office,
        days=days,
        chosen=chosen,
        wanted=wanted,
        given=given,
        key=_key(given.get("key", "")),
        language=current_language(),
        weekdays=WEEKDAY_LABELS,
        minute=minute_text,
        refusal_text="" if refusal is None else text_of(refusal),
        refused_field="slot" if refusal is None else REFUSED_FIELDS.get(refusal.code, "slot"),
        ways=ways_of(deps),
        form_has_errors=refusal is not None,
    )


def chosen_day(days: list[FreeDay], text: str) -> FreeDay | None:
    """Return the day that was asked for, or the first with something free."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = None
    asked = next((one for one in days if one.day == day), None)
    return asked or next((one for one in days if one.free), days[0] if days else None)


def _key(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        return new_id()
