"""The head's pages: who came when, how long they waited, how many desks to open where, the appointments that stand."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from docflow.appointments.attendance import Attendance, attendance_of, forecast_of
from docflow.appointments.booking import call_off
from docflow.appointments.deps import Deps
from docflow.appointments.labels import WEEKDAY_LABELS
from docflow.appointments.models import Office
from docflow.appointments.queries import all_offices, can_plan, office_with_id, standing_after
from docflow.appointments.rules import local_now, minute_text
from docflow.appointments.telling import ways_of
from docflow.appointments.views.answering import text_of
from docflow.core.errors import Conflict, DocFlowError, InvalidInput, NotFound
from docflow.deadlines.calendars import open_days
from docflow.web.charts import Bar, bar_chart
from docflow.web.formats import number
from docflow.web.guards import requires
from docflow.web.identity import current_actor
from docflow.web.posted import posted_id
from docflow.web.shell import current_language


def add_planning(blueprint: Blueprint, deps: Deps) -> None:
    """Add the pages of those who plan."""

    @blueprint.get("/desks/plan")
    @requires("appointments.plan")
    def plan() -> str:
        today, _minute = local_now(deps.clock.now())
        with deps.transactions.reading() as session:
            planned = [one for one in all_offices(session, active_only=True) if can_plan(current_actor(), one)]
            found = [(office, forecast_of(session, office, today)) for office in planned]
        days = sorted({one.day for _, forecast in found for one in forecast})
        return render_template(
            "appointments/plan.html",
            offices=[(office, {one.day: one for one in forecast}) for office, forecast in found],
            days=days,
            language=current_language(),
            weekdays=WEEKDAY_LABELS,
        )

    @blueprint.get("/desks/<uuid:office_id>/attendance")
    @requires("appointments.plan")
    def attendance(office_id: UUID) -> str:
        today, _minute = local_now(deps.clock.now())
        with deps.transactions.reading() as session:
            figures = attendance_of(session, _planned(office_with_id(session, office_id)), today)
        is_rtl = current_language() == "ar"
        return render_template(
            "appointments/attendance.html",
            figures=figures,
            office=figures.office,
            arrivals_chart=bar_chart(_arrival_bars(figures), is_rtl=is_rtl),
            waits_chart=bar_chart(_wait_bars(figures), is_rtl=is_rtl),
            language=current_language(),
            weekdays=WEEKDAY_LABELS,
            minute=minute_text,
        )

    @blueprint.route("/desks/<uuid:office_id>/appointments", methods=["GET", "POST"])
    @requires("appointments.plan")
    def expected(office_id: UUID) -> str | Response | tuple[str, int]:
        if request.method == "GET":
            return _render_expected(deps, office_id)
        try:
            with deps.transactions.writing(current_actor()) as uow:
                call_off(
                    uow,
                    posted_id(request.form.get("appointment", "")),
                    reason=request.form.get("reason", ""),
                    ways=ways_of(deps),
                )
        except (InvalidInput, Conflict) as refusal:
            return _render_expected(deps, office_id, refusal=refusal), refusal.http_status
        flash(gettext("The appointment is called off; its place is free."), "ok")
        return redirect(url_for("appointments.expected", office_id=office_id), 303)


def _planned(office: Office) -> Office:
    if not can_plan(current_actor(), office):
        raise NotFound("office_unknown")
    return office


def _render_expected(deps: Deps, office_id: UUID, *, refusal: DocFlowError | None = None) -> str:
    today, _minute = local_now(deps.clock.now())
    with deps.transactions.reading() as session:
        office = _planned(office_with_id(session, office_id))
        standing = standing_after(session, office.id, today)
        closed = open_days(session, {today.year, *(one.day.year for one in standing)}).closed
    return render_template(
        "appointments/expected.html",
        office=office,
        standing=standing,
        closed=closed,
        language=current_language(),
        weekdays=WEEKDAY_LABELS,
        minute=minute_text,
        refused_id=request.form.get("appointment", "") if refusal is not None else "",
        refusal_text="" if refusal is None else text_of(refusal),
        form_has_errors=refusal is not None,
    )


def _arrival_bars(figures: Attendance) -> list[Bar]:
    return [
        Bar(minute_text(one.hour * 60), (("plain", one.usual),), number(one.usual, 1), mark=float(one.today))
        for one in figures.hours
    ]


def _wait_bars(figures: Attendance) -> list[Bar]:
    return [
        Bar(
            minute_text(one.hour * 60),
            (("plain", float(one.waited_median or 0)),),
            "—" if one.waited_median is None else str(gettext("%(num)s min", num=one.waited_median)),
            mark=None if one.waited_ninetieth is None else float(one.waited_ninetieth),
        )
        for one in figures.hours
    ]
