"""Covering places of a document's pages by clicks on their pictures, without scripts, and publishing the copy."""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext, ngettext
from sqlalchemy import select
from werkzeug.wrappers import Response

from docflow.accounts.visibility import Confidentiality
from docflow.core.actor import Actor
from docflow.core.errors import Conflict, DocFlowError, InvalidInput, NotFound
from docflow.documents.queries import PageView, can_see_content, document_for, page_views
from docflow.publications.burning import burned
from docflow.publications.labels import REDACTION_LABELS
from docflow.publications.models import Redaction
from docflow.publications.operations import EDITING
from docflow.publications.ports import Deps
from docflow.publications.redacting import (
    ask_copy,
    begin_redaction,
    cover,
    cover_words,
    post_of_copy,
    public_copy,
    redaction_for,
    uncover,
)
from docflow.publications.redaction_rules import RedactionState, box_between
from docflow.storage.rules import BlobKind
from docflow.web.guards import requires
from docflow.web.identity import current_actor
from docflow.web.problem import text_of

SHOWN_WIDTH_PX = 840
"""The picture is shown pixel by pixel: a click on it says where on the page it was."""


def show_redactions(deps: Any, actor: Actor, document_id: UUID) -> str:
    """Return the redacted copies of a document, and the way to begin one, to an editor who may read it."""
    if not actor.can(EDITING):
        return ""
    with deps.transactions.reading() as session:
        document = document_for(session, actor, document_id)
        if not can_see_content(session, actor, document_id) or not document.is_registered:
            return ""
        found = session.scalars(
            select(Redaction).where(Redaction.document_id == document_id).order_by(Redaction.begun_at)
        ).all()
    if document.confidentiality != Confidentiality.NORMAL:
        return ""
    return render_template(
        "publications/_redactions.html", document=document, redactions=found, labels=REDACTION_LABELS
    )


def add_redacting(blueprint: Blueprint, deps: Deps) -> None:
    """Add the pages on which places are covered."""

    @blueprint.post("/d/<uuid:document_id>/redactions")
    @requires(EDITING)
    def begin(document_id: UUID) -> Response:
        with deps.transactions.writing(current_actor()) as uow:
            kept = begin_redaction(uow, document_id)
        return redirect(url_for("publications.redaction", redaction_id=kept.id), 303)

    @blueprint.get("/site/redactions/<uuid:redaction_id>")
    @requires(EDITING)
    def redaction(redaction_id: UUID) -> str:
        return _render(deps, redaction_id)

    @blueprint.post("/site/redactions/<uuid:redaction_id>")
    @requires(EDITING)
    def change_redaction(redaction_id: UUID) -> Response | tuple[str, int]:
        try:
            corner = _change(deps, redaction_id)
        except (InvalidInput, Conflict) as refusal:
            return _render(deps, redaction_id, refusal=refusal), refusal.http_status
        return redirect(_address(redaction_id, corner=corner), 303)

    @blueprint.get("/site/redactions/<uuid:redaction_id>/pages/<int:page_number>.webp")
    @requires(EDITING)
    def redacted_page(redaction_id: UUID, page_number: int) -> Response:
        return _send_page(deps, redaction_id, page_number)

    @blueprint.get("/site/redactions/<uuid:redaction_id>/copy.pdf")
    @requires(EDITING)
    def redacted_copy(redaction_id: UUID) -> Response:
        with deps.transactions.reading() as session:
            kept, _ = redaction_for(session, current_actor(), redaction_id)
        if kept.state != RedactionState.MADE or kept.sha256 is None:
            raise NotFound("redaction_not_made")
        with deps.blob_store.open(BlobKind.REDACTED, kept.sha256) as stream:
            response = Response(stream.read(), mimetype="application/pdf")
        response.headers["Content-Disposition"] = 'inline; filename="copy.pdf"'
        return response

    @blueprint.post("/site/redactions/<uuid:redaction_id>/post")
    @requires(EDITING)
    def redaction_post(redaction_id: UUID) -> Response:
        blob = public_copy(deps, current_actor(), redaction_id)
        with deps.transactions.writing(current_actor()) as uow:
            post = post_of_copy(uow, redaction_id, blob)
        flash(gettext("The copy is attached to a draft. Write what it is about, then publish it."), "ok")
        return redirect(url_for("publications.edit", post_id=post.id), 303)


def _change(deps: Deps, redaction_id: UUID) -> str:
    """Do what was asked on the page, and return the first corner of a place of which the second is waited for."""
    form, index, width = request.form, _page_number() - 1, _page_width(deps, redaction_id)
    with deps.transactions.writing(current_actor()) as uow:
        if "at.x" in form:
            share = width[0] / SHOWN_WIDTH_PX
            clicked = (round(_whole(form, "at.x") * share), round(_whole(form, "at.y") * share))
            first = form.get("corner", "")
            if not first:
                redaction_for(uow.session, current_actor(), redaction_id)
                return f"{clicked[0]},{clicked[1]}"
            box = box_between(_corner(first), clicked, width=width[0], height=width[1])
            cover(uow, redaction_id, index, box)
        elif "remove" in form:
            uncover(uow, redaction_id, index, _whole(form, "remove"))
        elif form.get("words", "").strip():
            count = cover_words(uow, redaction_id, form["words"][:200])
            flash(ngettext("%(num)s word is covered.", "%(num)s words are covered.", count), "ok" if count else "warn")
        elif "make" in form:
            ask_copy(uow, redaction_id)
        else:
            raise InvalidInput("choice_unknown")
    return ""


def _render(deps: Deps, redaction_id: UUID, *, refusal: DocFlowError | None = None) -> str:
    actor, number = current_actor(), _page_number()
    with deps.transactions.reading() as session:
        kept, document = redaction_for(session, actor, redaction_id)
        views = page_views(session, document.id)
    number = min(number, max(1, len(views)))
    page = views[number - 1].page if views else None
    corner = request.args.get("corner", "")
    return render_template(
        "publications/redaction.html",
        redaction=kept,
        document=document,
        state=REDACTION_LABELS[kept.state],
        is_making=kept.state == RedactionState.MAKING,
        number=number,
        page_count=len(views),
        boxes=kept.covered.get(number - 1, ()),
        counts=[len(kept.covered.get(index, ())) for index in range(len(views))],
        corner=corner if _is_corner(corner) else "",
        shown_width=SHOWN_WIDTH_PX,
        shown_height=0 if page is None or not page.width else round(page.height * SHOWN_WIDTH_PX / page.width),
        failure_text="" if not kept.error_code else text_of(Conflict(kept.error_code)),
        refusal_text="" if refusal is None else text_of(refusal),
        form_has_errors=refusal is not None,
    )


def _send_page(deps: Deps, redaction_id: UUID, page_number: int) -> Response:
    """Return the picture of a page with what is covered gone, as it will be in the copy."""
    actor = current_actor()
    with deps.transactions.reading() as session:
        kept, document = redaction_for(session, actor, redaction_id)
        view = _view(page_views(session, document.id, page_index=page_number - 1))
    deps.access_log.opened(actor, document.id, what="page", at=deps.clock.now())
    with deps.blob_store.open(BlobKind.PAGE, view.page.image_sha256 or "") as stream:
        webp = stream.read()
    covers = kept.covered.get(page_number - 1, ())
    picture = burned(webp, covers, page_width=view.page.width, width=SHOWN_WIDTH_PX)
    out = io.BytesIO()
    picture.save(out, "WEBP", quality=70, method=2)
    return Response(out.getvalue(), mimetype="image/webp")


def _page_width(deps: Deps, redaction_id: UUID) -> tuple[int, int]:
    with deps.transactions.reading() as session:
        _, document = redaction_for(session, current_actor(), redaction_id)
        view = _view(page_views(session, document.id, page_index=_page_number() - 1))
    return view.page.width, view.page.height


def _view(views: Any) -> PageView:
    view: PageView | None = next(iter(views), None)
    if view is None or view.page.image_sha256 is None:
        raise NotFound("page_unknown")
    return view


def _address(redaction_id: UUID, *, corner: str) -> str:
    return url_for(
        "publications.redaction", redaction_id=redaction_id, page=_page_number(), corner=corner or None, _anchor="page"
    )


def _page_number() -> int:
    return max(1, request.args.get("page", 1, type=int))


def _whole(form: Mapping[str, str], name: str) -> int:
    try:
        return int(form.get(name, ""))
    except ValueError as error:
        raise InvalidInput("choice_unknown") from error


def _is_corner(text: str) -> bool:
    x, _, y = text.partition(",")
    return x.isascii() and x.isdigit() and y.isascii() and y.isdigit() and len(text) < 12


def _corner(text: str) -> tuple[int, int]:
    if not _is_corner(text):
        raise InvalidInput("choice_unknown")
    x, _, y = text.partition(",")
    return int(x), int(y)
