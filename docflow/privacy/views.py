"""The page on which whoever may finds what is held about somebody, takes it away for them, and sees who looked."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any, Protocol

from flask import Blueprint, current_app, render_template, request
from sqlalchemy import func, select
from werkzeug.wrappers import Response

from docflow.accounts.queries import names_shown
from docflow.core.capability import Capability, LazyText
from docflow.core.errors import DocFlowError, InvalidInput, PermissionDenied
from docflow.core.uow import Transactions
from docflow.district.queries import letterhead_of
from docflow.privacy.labels import KIND_LABELS, LOOK_LABELS, MARK_LABELS
from docflow.privacy.models import PrivacyLook
from docflow.privacy.operations import PERMISSION, look_for, write_export
from docflow.privacy.paper import draw_person
from docflow.privacy.rules import Held, LookKind, Sought, typed_sought
from docflow.privacy.telling import places, told
from docflow.settings import Settings
from docflow.web.guards import requires
from docflow.web.identity import current_actor
from docflow.web.shell import current_language

MARKS = ("name", "cin", "phone", "email", "number", "username")
SHOWN_ROWS = 50
"""Rows of one kind on the page; a file has all."""
LOG_PAGE = 50
FIELDS_OF_REFUSALS = {
    "nobody_sought": "name",
    "name_too_short": "name",
    "phone_invalid": "phone",
    "mail_address_invalid": "email",
    "person_unknown": "username",
    "reason_missing": "reason",
}


class Deps(Protocol):
    """The runtime as this room sees it."""

    @property
    def transactions(self) -> Transactions:
        """Opens units of work."""
        ...

    @property
    def settings(self) -> Settings:
        """What the institution is called on paper."""
        ...

    @property
    def capabilities(self) -> Sequence[Capability]:
        """The rooms, which say what their acts mean."""
        ...


def make_blueprint(deps: Deps) -> Blueprint:
    """Return the pages of this room."""
    blueprint = Blueprint("privacy", __name__, template_folder="templates")

    @blueprint.route("/personal-data", methods=["GET", "POST"])
    @requires(PERMISSION)
    def person() -> str | tuple[str, int]:
        if request.method == "GET":
            return _render(deps)
        try:
            _sought, held = _look(deps, LookKind.SHOWN)
        except PermissionDenied:
            raise
        except DocFlowError as refusal:
            return _render(deps, refusal=refusal), refusal.http_status
        return _render(deps, held=held)

    @blueprint.post("/personal-data/file.<any(pdf, zip):paper_format>")
    @requires(PERMISSION)
    def export(paper_format: str) -> Response | tuple[str, int]:
        try:
            sought, held = _look(deps, LookKind.EXPORTED)
        except PermissionDenied:
            raise
        except DocFlowError as refusal:
            return _render(deps, refusal=refusal), refusal.http_status
        content = _paper(deps, sought, held) if paper_format == "pdf" else _archive(sought, held)
        response = Response(content, content_type=f"application/{paper_format}")
        response.headers["Content-Disposition"] = f'attachment; filename="personal-data.{paper_format}"'
        response.headers["Cache-Control"] = "private, no-store"
        return response

    @blueprint.get("/personal-data/log")
    @requires(PERMISSION)
    def log() -> str:
        return _render_log(deps)

    return blueprint


def _look(deps: Deps, kind: LookKind) -> tuple[Sought, list[Held]]:
    """Return whom the form means and what is held about them; the look is written down before anything is shown."""
    sought = typed_sought(**{name: request.form.get(name, "") for name in MARKS})
    with deps.transactions.writing(current_actor()) as uow:
        return sought, look_for(uow, sought, kind=kind, reason=request.form.get("reason", ""))


def _paper(deps: Deps, sought: Sought, held: Sequence[Held]) -> bytes:
    with deps.transactions.reading() as session:
        letterhead = letterhead_of(session)
    return draw_person(
        sought,
        held,
        letterhead=letterhead,
        made_at=deps.transactions.clock.now(),
        phrases=_phrases(deps),
    )


def _archive(sought: Sought, held: Sequence[Held]) -> bytes:
    made = io.BytesIO()
    write_export(made, sought, held, locale=current_language())
    return made.getvalue()


def _phrases(deps: Deps) -> Mapping[str, LazyText]:
    return {verb: phrase for room in deps.capabilities for verb, phrase in room.journal_phrases.items()}


def _render(deps: Deps, *, held: Sequence[Held] | None = None, refusal: DocFlowError | None = None) -> str:
    locale = current_language()
    return render_template(
        "privacy/person.html",
        given={name: request.form.get(name, "") for name in (*MARKS, "reason")},
        is_found=held is not None,
        places=places(held or (), locale=locale),
        groups=_groups(deps, held or (), locale),
        refusal_text="" if refusal is None else str(current_app.extensions["docflow_error_texts"].text_of(refusal)),
        refused_at="" if refusal is None else FIELDS_OF_REFUSALS.get(refusal.code, ""),
        form_has_errors=refusal is not None,
    )


def _groups(deps: Deps, held: Sequence[Held], locale: str) -> list[dict[str, Any]]:
    """Return what is held, by kind, with the last rows of each as pairs of label and words."""
    phrases, groups = _phrases(deps), []
    for kind, found in groupby(held, key=lambda one: one.kind):
        rows = list(found)
        shown = [list(told(row.values, locale=locale, phrases=phrases)) for row in rows[-SHOWN_ROWS:]]
        groups.append({"label": KIND_LABELS[kind], "count": len(rows), "rows": shown})
    return groups


def _render_log(deps: Deps) -> str:
    page = request.args.get("page", "1")
    number = int(page) if page.isascii() and page.isdigit() and len(page) < len("100000") else 0
    if number < 1:
        raise InvalidInput("choice_unknown")
    with deps.transactions.reading() as session:
        count = session.scalar(select(func.count()).select_from(PrivacyLook)) or 0
        newest = select(PrivacyLook).order_by(PrivacyLook.at.desc(), PrivacyLook.id)
        looks = session.scalars(newest.limit(LOG_PAGE).offset((number - 1) * LOG_PAGE)).all()
        names = names_shown(session, (look.actor_name for look in looks), locale=current_language())
    return render_template(
        "privacy/log.html",
        looks=looks,
        names=names,
        look_labels=LOOK_LABELS,
        mark_labels=MARK_LABELS,
        totals={look.id: sum(look.found.values()) for look in looks},
        page=number,
        page_count=-(-count // LOG_PAGE),
    )
