"""The page on which the administrator sets office hours and says where the district is reached."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from docflow.core.errors import Conflict, DocFlowError, InvalidInput
from docflow.publications.forms import posted_contact, posted_season
from docflow.publications.hours import WEEK_DAYS
from docflow.publications.labels import DAY_LABELS
from docflow.publications.opening import MANAGING, contact, drop_season, keep_contact, keep_season, seasons
from docflow.publications.ports import Deps
from docflow.web.confirmation import ask_first, is_confirmed
from docflow.web.formats import isolated
from docflow.web.guards import requires
from docflow.web.identity import current_actor
from docflow.web.posted import posted_id_or_none
from docflow.web.problem import field_of, text_of
from docflow.web.shell import current_language


def add_hours(blueprint: Blueprint, deps: Deps) -> None:
    """Add the page of office hours."""

    @blueprint.get("/admin/office-hours")
    @requires(MANAGING)
    def hours() -> str:
        return _render(deps)

    @blueprint.post("/admin/office-hours")
    @requires(MANAGING)
    def set_hours() -> Response | tuple[str, int]:
        try:
            season_id = posted_id_or_none(request.form.get("season", ""))
            with deps.transactions.writing(current_actor()) as uow:
                keep_season(uow, season_id, posted_season(request.form, now=uow.now))
        except (InvalidInput, Conflict) as refusal:
            return _render(deps, refusal=refusal), refusal.http_status
        flash(gettext("The hours are kept; the public site shows them at once."), "ok")
        return redirect(url_for("publications.hours"), 303)

    @blueprint.post("/admin/office-hours/<uuid:season_id>/drop")
    @requires(MANAGING)
    def drop_hours(season_id: UUID) -> str | Response:
        if not is_confirmed():
            with deps.transactions.reading() as session:
                season = next((one for one in seasons(session) if one.id == season_id), None)
            name = "" if season is None else season.name_ar if current_language() == "ar" else season.name_fr
            return ask_first(
                gettext("Take the hours of %(season)s back?", season=isolated(name)),
                [gettext("The public site shows the usual hours for these days, at once.")],
                act=gettext("Take back"),
                back_url=url_for("publications.hours"),
            )
        with deps.transactions.writing(current_actor()) as uow:
            drop_season(uow, season_id)
        flash(gettext("The hours are taken back."), "ok")
        return redirect(url_for("publications.hours"), 303)

    @blueprint.post("/admin/office-hours/contact")
    @requires(MANAGING)
    def set_contact() -> Response | tuple[str, int]:
        try:
            with deps.transactions.writing(current_actor()) as uow:
                keep_contact(uow, posted_contact(request.form))
        except InvalidInput as refusal:
            return _render(deps, refusal=refusal), refusal.http_status
        flash(gettext("The address is kept; the public site shows it at once."), "ok")
        return redirect(url_for("publications.hours"), 303)


def _render(deps: Deps, *, refusal: DocFlowError | None = None) -> str:
    with deps.transactions.reading() as session:
        kept, reached = seasons(session), contact(session)
    of_seasons = [one for one in kept if one.first_day is not None]
    refused_season = request.form.get("season", "") if refusal is not None else ""
    place = next((f"-{number}" for number, one in enumerate(of_seasons, 1) if str(one.id) == refused_season), "")
    refused_field = field_of(refusal, {"post_dates_reversed": "last_day"})
    usual = next((one.week for one in kept if one.first_day is None), [""] * WEEK_DAYS)
    return render_template(
        "publications/hours_edit.html",
        usual=usual,
        seasons=of_seasons,
        contact=reached,
        days=list(DAY_LABELS),
        language=current_language(),
        given=request.form if refusal is not None else {},
        refused_season=refused_season,
        refused_field=f"{refused_field}{place}" if refused_field else "",
        refusal_text="" if refusal is None else text_of(refusal),
        form_has_errors=refusal is not None,
    )
