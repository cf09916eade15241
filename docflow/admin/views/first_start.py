"""The page of the initial set-up: it requires the one-time code and exists only while there is no account."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from docflow.admin.first_start import FirstAdministrator, check_code, is_set_up, set_up
from docflow.admin.views.deps import Deps
from docflow.allowances.operations import count_attempt, require_allowance
from docflow.allowances.rules import Purpose
from docflow.core.errors import Conflict, DocFlowError, InvalidInput
from docflow.district.forms import posted_identity
from docflow.district.labels import KIND_LABELS
from docflow.district.rules import ABOVE_BY_KIND, DistrictKind
from docflow.web.guards import public
from docflow.web.problem import field_of, text_of
from docflow.web.shell import current_language

FIELD_OF_REFUSAL = {
    "setup_code_wrong": "code",
    "person_incomplete": "username",
    "password_too_short": "password",
    "password_too_plain": "password",
    "password_common": "password",
    "password_has_name": "password",
    "passwords_differ": "again",
}
"""The control that the summary of errors leads to."""


def add_first_start(blueprint: Blueprint, deps: Deps) -> None:
    """Add the page of the first start."""

    @blueprint.route("/first-start", methods=["GET", "POST"])
    @public
    def first_start() -> str | Response | tuple[str, int]:
        with deps.transactions.reading() as session:
            if is_set_up(session):
                return redirect(url_for("accounts.enter"))
        if request.method == "GET":
            return _render()
        try:
            _set_up(deps)
        except InvalidInput as refusal:
            return _render(refusal=refusal), refusal.http_status
        except Conflict as refusal:
            flash(text_of(refusal), "warn")
            return redirect(url_for("accounts.enter"), 303)
        deps.district.forget()
        flash(gettext("The administration is set up. Sign in with the account that you made."), "ok")
        return redirect(url_for("accounts.enter"), 303)


def _set_up(deps: Deps) -> None:
    form, address = request.form, (request.remote_addr or "")[:64]
    require_allowance(deps.transactions, address, Purpose.SETUP)
    try:
        check_code(deps.settings, form.get("code", ""))
    except InvalidInput:
        count_attempt(deps.transactions, address, Purpose.SETUP)
        raise
    if form.get("password", "") != form.get("again", ""):
        raise InvalidInput("passwords_differ")
    identity = posted_identity({**form, **_usual_lines(form.get("kind", ""))}, emblem=b"")
    first = FirstAdministrator(
        username=form.get("username", ""),
        name_ar=form.get("person_ar", ""),
        name_fr=form.get("person_fr", ""),
        password=form.get("password", ""),
        locale=current_language(),
    )
    set_up(deps.transactions, deps.settings, identity, first)


def _usual_lines(kind: str) -> dict[str, str]:
    """Return the lines above the name that are usual for a kind; they are changed on the page of the identity."""
    above = ABOVE_BY_KIND.get(DistrictKind(kind)) if kind in set(DistrictKind) else None
    return {} if above is None else {"above_ar": above.ar, "above_fr": above.fr}


def _render(*, refusal: DocFlowError | None = None) -> str:
    return render_template(
        "admin/first_start.html",
        code=request.values.get("code", ""),
        given=request.form,
        kinds=[("", gettext("Choose"))] + [(kind.value, label) for kind, label in KIND_LABELS.items()],
        refusal_text="" if refusal is None else text_of(refusal),
        refused_field=field_of(refusal, FIELD_OF_REFUSAL, default="kind"),
        form_has_errors=refusal is not None,
    )
