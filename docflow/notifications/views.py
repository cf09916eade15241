"""What one was told, and marking it as read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from docflow.core.actor import Actor
from docflow.core.capability import NoticeTeller
from docflow.core.errors import InvalidInput
from docflow.documents.models import Document
from docflow.notifications.models import Notice
from docflow.notifications.ports import Deps, PageDeps
from docflow.notifications.queries import NoticeView, count_notices, has_unread_about, notices_for
from docflow.notifications.telling import read_notices
from docflow.web.guards import signed_in
from docflow.web.identity import current_actor

PAGE_SIZE = 50


@dataclass(frozen=True, slots=True)
class ShownNotice:
    """A notice as the page shows it."""

    notice: Notice
    document: Document | None
    icon: str
    text: str
    url: str


def make_blueprint(deps: PageDeps) -> Blueprint:
    """Return the pages of this room."""
    blueprint = Blueprint("notifications", __name__, template_folder="templates")

    @blueprint.get("/notifications")
    @signed_in
    def notices() -> str:
        actor = current_actor()
        page_number = max(1, request.args.get("page", 1, type=int))
        with deps.transactions.reading() as session:
            total = count_notices(session, actor)
            pages = max(1, -(-total // PAGE_SIZE))
            page_number = min(page_number, pages)
            found = notices_for(session, actor, limit=PAGE_SIZE, offset=(page_number - 1) * PAGE_SIZE)
        tellers = {kind: teller for room in deps.capabilities for kind, teller in room.notices.items()}
        return render_template(
            "notifications/notices.html",
            told=_shown(found, tellers),
            has_unread=any(view.notice.read_at is None for view in found),
            page=page_number,
            page_count=pages,
            is_mail_set_up=deps.mail_server.is_set_up,
        )

    @blueprint.post("/notifications/read")
    @signed_in
    def read() -> Response:
        wanted = request.form.get("notice", "")
        try:
            notice_id = UUID(wanted) if wanted else None
        except ValueError as error:
            raise InvalidInput("choice_unknown") from error
        with deps.transactions.writing(current_actor()) as uow:
            read_notices(uow, notice_id=notice_id)
        return redirect(url_for("notifications.notices", page=request.args.get("page", type=int)), 303)

    return blueprint


def note_opened(deps: Deps, actor: Actor, document_id: UUID) -> str:
    """Note that the reader opened the document that notices of theirs are about; nothing is shown for it."""
    with deps.transactions.reading() as session:
        has_unread = has_unread_about(session, actor, document_id)
    if has_unread:
        with deps.transactions.writing(actor) as uow:
            read_notices(uow, document_id=document_id)
    return ""


def _shown(found: Sequence[NoticeView], tellers: dict[str, NoticeTeller]) -> list[ShownNotice]:
    shown = []
    for view in found:
        teller: Any = tellers.get(view.notice.kind)
        if teller is None:
            continue
        url = ""
        if teller.address is not None:
            url = teller.address(view.notice.values)
        elif view.document is not None:
            url = url_for("documents.show", document_id=view.document.id)
        shown.append(ShownNotice(view.notice, view.document, teller.icon, teller.text(view.notice.values), url))
    return shown
