"""The approval queue: the list, the page of the document and the decision beside it."""

from __future__ import annotations

from functools import partial
from typing import Any
from uuid import UUID

from flask import Blueprint, current_app, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext, ngettext
from werkzeug.wrappers import Response

from docflow.approvals.forms import identifier, posted_verdict
from docflow.approvals.labels import CHOICE_LABELS, SHELF_LABELS, STEP_LABELS
from docflow.approvals.operations import undo
from docflow.approvals.ports import Deps
from docflow.approvals.queries import RunView, run_view
from docflow.approvals.queue import (
    PAGE_SIZE,
    STEAD,
    Item,
    Reader,
    counts_among,
    counts_of,
    days_left,
    item_with,
    items_of,
    own_decisions,
)
from docflow.approvals.rules import UNDO_S
from docflow.approvals.running import course_of
from docflow.approvals.screen import line_of, return_options
from docflow.approvals.settling import settle_due
from docflow.approvals.signing import decide_and_sign
from docflow.approvals.standing import stead_on
from docflow.core.actor import Actor
from docflow.core.clock import CASABLANCA
from docflow.core.directions import text_direction
from docflow.core.errors import Conflict, DocFlowError, InvalidInput, NotFound, TooManyRequests
from docflow.documents.queries import page_views, pages_of
from docflow.documents.screen import pictures_of
from docflow.web.guards import requires
from docflow.web.identity import current_actor
from docflow.web.shell import current_language

TABS = ("outgoing", "complaints", "requests", "incoming", "internal")
REFUSED = (InvalidInput, Conflict, TooManyRequests)


def add_queue(blueprint: Blueprint, deps: Deps) -> None:
    """Add the queue's routes."""

    @blueprint.get("/approvals")
    @requires("approvals.decide")
    def queue() -> str:
        return render_queue(deps)

    @blueprint.post("/approvals/<uuid:ask_id>")
    @requires("approvals.decide")
    def decide(ask_id: UUID) -> Response | tuple[str, int]:
        try:
            verdict = posted_verdict(request.form)
            decide_and_sign(deps, current_actor(), ask_id, verdict, pin=request.form.get("pin", ""))
        except REFUSED as refusal:
            if refusal.code in {"ask_ended", "decision_pending"}:
                flash(text_of(refusal), "warn")
                return redirect(_address(item=identifier(request.form.get("next", ""))), 303)
            return render_queue(deps, chosen=ask_id, refusal=refusal), refusal.http_status
        except NotFound as refusal:
            if refusal.code != "signature_key_missing":
                raise
            return render_queue(deps, chosen=ask_id, refusal=refusal), 422
        following = identifier(request.form.get("next", ""))
        return redirect(_address(item=following, end=None if following else 1), 303)

    @blueprint.post("/approvals/decisions/<uuid:decision_id>/undo")
    @requires("approvals.decide")
    def take_back(decision_id: UUID) -> Response:
        ask_id = None
        try:
            with deps.transactions.writing(current_actor()) as uow:
                ask_id = undo(uow, decision_id).ask_id
        except Conflict as refusal:
            flash(text_of(refusal), "warn")
        return redirect(_address(item=ask_id), 303)


def text_of(error: DocFlowError) -> str:
    """Return what a refusal says in the reader's language."""
    return str(current_app.extensions["docflow_error_texts"].text_of(error))


def present_reader() -> Reader:
    """Return whoever looks, with the powers that the request found already."""
    found = g.get("signed_in")
    return Reader(current_actor(), () if found is None else found.powers)


def render_queue(deps: Deps, *, chosen: UUID | None = None, refusal: DocFlowError | None = None) -> str:
    """Return the page of the queue, with one item open."""
    actor, now = current_actor(), deps.clock.now()
    shelf = request.values.get("shelf", "")
    shelf = shelf if shelf in {*TABS, STEAD} else ""
    wanted = chosen or identifier(request.args.get("item", ""))
    is_end = request.args.get("end") == "1" and wanted is None
    with deps.transactions.reading() as session:
        undoable, is_due = own_decisions(session, actor.person_id, now)
    if is_due:
        settle_due(deps.transactions, person_id=actor.person_id)
    reader = present_reader()
    with deps.transactions.reading() as session:
        items = list(items_of(session, reader, shelf=shelf))
        # A short list without a filter counts itself.
        counts = counts_of(session, reader) if shelf or len(items) == PAGE_SIZE else counts_among(items)
        item = _opened(session, reader, items, wanted, is_end=is_end)
        view = None if item is None else run_view(session, item.run)
        pages = [] if item is None else pages_of(session, item.document.id)
        number = max(1, min(request.args.get("page", 1, type=int), len(pages) or 1))
        shown = page_views(session, item.document.id, page_index=number - 1) if item is not None and pages else []
        stead = None if item is None or item.is_own else stead_on(session, reader.powers, item.run, item.ask)
    g.approvals_count = counts.all
    if item is not None:
        deps.access_log.opened(actor, item.document.id, what="page", at=now)
    today = now.astimezone(CASABLANCA).date()
    return render_template(
        "approvals/queue.html",
        shelf=shelf,
        tabs=[("", gettext("All of them"))]
        + [(name, SHELF_LABELS[name]) for name in TABS if counts.of(name)]
        + ([(STEAD, gettext("In the stead of others"))] if counts.stead or reader.powers else []),
        counts=counts,
        groups=_groups(items, today),
        due_texts={one.ask.id: _due_text(days_left(one.ask.due_on, today)) for one in items},
        item=item,
        stead=stead,
        is_chosen=wanted is not None,
        is_end=is_end,
        following=_following(items, item),
        undoable=[(one, max(0, int((one.undo_until - now).total_seconds()))) for one in undoable],
        undo_s=UNDO_S,
        given=request.form if refusal is not None else None,
        refusal=refusal,
        refusal_text="" if refusal is None else text_of(refusal),
        form_has_errors=refusal is not None,
        step_labels=STEP_LABELS,
        choice_labels=CHOICE_LABELS,
        page_number=number,
        direction=text_direction(shown[0].text) if shown else "ltr",
        **_side(deps, actor, item, view, pages, page_number=number, shelf=shelf),
    )


def _opened(session: Any, reader: Any, items: list[Item], wanted: UUID | None, *, is_end: bool) -> Item | None:
    """Return the item that is open: the one asked for while it waits, else the first of the list."""
    found = next((one for one in items if one.ask.id == wanted), None)
    if found is None and wanted is not None:
        found = item_with(session, reader, wanted)
    return found or (items[0] if items and not is_end else None)


def _side(
    deps: Deps, actor: Actor, item: Item | None, view: RunView | None, pages: Any, *, page_number: int, shelf: str
) -> dict[str, Any]:
    if item is None or view is None:
        return {}
    locale = current_language()
    run = course_of(view.row, [one.ask for one in view.asks])
    is_signed = bool(item.ask.field_name)
    person_id = actor.person_id
    return {
        "has_picture": bool(pages) and pages[page_number - 1].image_sha256 is not None,
        "pages": pictures_of(pages, document_id=item.document.id, address=partial(_page_address, item, shelf)),
        "line": line_of(view, locale=locale, mine=frozenset({item.ask.id}), by=item.sent_by(locale)),
        "return_options": return_options(view, run, locale=locale) if item.run.is_act else [],
        "is_signed": is_signed,
        "has_key": not is_signed
        or (person_id is not None and deps.person_keys.certificate_of(person_id, now=deps.clock.now()) is not None),
    }


def _page_address(item: Item, shelf: str, page_number: int) -> str:
    return url_for("approvals.queue", shelf=shelf or None, item=item.ask.id, page=page_number)


def _following(items: list[Item], item: Item | None) -> UUID | None:
    """Return the item after the open one in the filtered list."""
    ids = [one.ask.id for one in items]
    if item is None or item.ask.id not in ids:
        return ids[0] if ids and item is not None else None
    after = ids[ids.index(item.ask.id) + 1 :]
    return after[0] if after else None


def _groups(items: list[Item], today: Any) -> list[tuple[str, str, list[Item]]]:
    """Return the items by when they are due: late, today, this week, later."""
    week_end = today.toordinal() + 6 - today.weekday()
    found: dict[str, list[Item]] = {"overdue": [], "today": [], "week": [], "later": []}
    for one in items:
        left = days_left(one.ask.due_on, today)
        is_week = one.ask.due_on.toordinal() <= week_end
        found["overdue" if left < 0 else "today" if left == 0 else "week" if is_week else "later"].append(one)
    labels = {
        "overdue": gettext("Overdue"),
        "today": gettext("Today"),
        "week": gettext("This week"),
        "later": gettext("Later"),
    }
    return [(name, labels[name], group) for name, group in found.items() if group]


def _due_text(left: int) -> tuple[str, str]:
    """Return what a chip says of the time that is left, and its colour."""
    if left < 0:
        return ngettext("%(num)s day late", "%(num)s days late", -left), "bad"
    if left == 0:
        return gettext("Today"), "warn"
    return ngettext("%(num)s day left", "%(num)s days left", left), ""


def _address(**values: Any) -> str:
    shelf = request.form.get("shelf", "")
    return url_for("approvals.queue", shelf=shelf if shelf in {*TABS, STEAD} else None, **values)
