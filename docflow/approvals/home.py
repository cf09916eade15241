"""What approvals put on the first page: what is asked of the reader, and where the acts are that they sent."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from flask import url_for
from flask_babel import lazy_gettext
from sqlalchemy import Select

from docflow.approvals.ports import Deps
from docflow.approvals.queue import (
    ON_THEIR_WAY,
    Sent,
    counting_items,
    counting_late,
    counting_returned,
    counting_sent,
    items_of,
    runs_sent,
)
from docflow.approvals.rules import RunState
from docflow.approvals.views.queue import present_reader
from docflow.core.actor import Actor
from docflow.core.capability import MOST_COUNTED, MOST_ITEMS, HomeItem, HomeLine, HomeSection
from docflow.core.clock import CASABLANCA
from docflow.documents.models import Document
from docflow.web.shell import current_language

MOST = MOST_COUNTED + 1


def _today(deps: Deps) -> date:
    return deps.clock.now().astimezone(CASABLANCA).date()


def _count_asked(_deps: Deps, _actor: Actor) -> Select[int]:
    return counting_items(present_reader(), MOST)


def _count_late(deps: Deps, _actor: Actor) -> Select[int]:
    return counting_late(present_reader(), _today(deps), MOST)


def _asked(deps: Deps, _actor: Actor) -> Sequence[HomeItem]:
    today = _today(deps)
    with deps.transactions.reading() as session:
        items = items_of(session, present_reader(), limit=MOST_ITEMS)
    return [
        HomeItem(
            address=url_for("approvals.queue", item=item.ask.id),
            title=item.document.subject,
            number=_number(item.document),
            due_on=item.ask.due_on,
            is_late=item.ask.due_on < today,
        )
        for item in items
    ]


def _returned(deps: Deps, actor: Actor) -> Sequence[HomeItem]:
    with deps.transactions.reading() as session:
        return [_sent_item(deps, one) for one in runs_sent(session, actor, [RunState.RETURNED], limit=MOST_ITEMS)]


def _on_their_way(deps: Deps, actor: Actor) -> Sequence[HomeItem]:
    with deps.transactions.reading() as session:
        return [_sent_item(deps, one) for one in runs_sent(session, actor, ON_THEIR_WAY, limit=MOST_ITEMS)]


def _sent_item(deps: Deps, sent: Sent) -> HomeItem:
    due_on = min((ask.due_on for ask in sent.asks), default=None)
    return HomeItem(
        address=url_for("documents.show", document_id=sent.document.id),
        title=sent.document.subject,
        number=_number(sent.document),
        where=" · ".join(ask.title(current_language()) for ask in sent.asks),
        due_on=due_on,
        is_late=due_on is not None and due_on < _today(deps),
    )


def _number(document: Document) -> str:
    return document.register_number or document.reference


HOME_LINES = (
    HomeLine(
        HomeSection.MINE,
        lazy_gettext("Approvals"),
        "list-todo",
        "approvals.queue",
        "approvals.decide",
        count=_count_asked,
        items=_asked,
    ),
    HomeLine(
        HomeSection.LATE,
        lazy_gettext("Approvals whose deadline is over"),
        "calendar-clock",
        "approvals.queue",
        "approvals.decide",
        count=_count_late,
    ),
    HomeLine(
        HomeSection.RETURNED,
        lazy_gettext("Acts to be revised"),
        "undo-2",
        "drafting.drafts",
        "approvals.start",
        count=lambda _deps, actor: counting_returned(actor, MOST),
        items=_returned,
    ),
    HomeLine(
        HomeSection.SENT,
        lazy_gettext("Acts on their circuit"),
        "split",
        "drafting.drafts",
        "approvals.start",
        count=lambda _deps, actor: counting_sent(actor, MOST),
        items=_on_their_way,
    ),
)
