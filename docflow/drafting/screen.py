"""What several pages of drafts show."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import current_app
from sqlalchemy.orm import Session

from docflow.accounts.units import all_units, open_units
from docflow.approvals.labels import RUN_LABELS
from docflow.approvals.rules import RunState
from docflow.core.actor import Actor
from docflow.core.errors import DocFlowError
from docflow.district.queries import letterhead_of
from docflow.documents.models import Document
from docflow.drafting.circuits import run_on
from docflow.drafting.labels import CHANNEL_LABELS, OUTCOME_LABELS
from docflow.drafting.models import Draft
from docflow.drafting.operations import check_writable
from docflow.drafting.ports import Deps
from docflow.drafting.publishing import can_publish, publications_of
from docflow.drafting.queries import may_write, sendings_of
from docflow.drafting.rules import Channel, Content
from docflow.notifications.labels import MAIL_STATE_LABELS
from docflow.notifications.queries import mails_about
from docflow.routing.queries import open_of
from docflow.routing.rules import EFFECTS, Instruction


def paper_of(session: Session, deps: Deps, draft: Draft, content: Content) -> dict[str, Any]:
    """Return what the picture of the sheet beside the text shows."""
    unit = next(unit for unit in all_units(session) if unit.id == draft.unit_id)
    return {
        "letterhead": letterhead_of(session),
        "unit": {"ar": unit.name_ar, "fr": unit.name_fr},
        "parts": content.parts,
    }


def way_of(session: Session, deps: Deps, actor: Actor, draft: Draft) -> dict[str, Any]:
    """Return where a draft is: its circuit, how the act went out, and what the reader may do there."""
    run, is_own = run_on(session, draft), may_write(actor, draft)
    document = None if draft.document_id is None else session.get_one(Document, draft.document_id)
    try:
        check_writable(session, actor, draft)
        is_writable = True
    except DocFlowError:
        is_writable = False
    mails = () if document is None else mails_about(session, document.id)
    sendings = sendings_of(session, draft.id)
    offered = {name: label for name, label in CHANNEL_LABELS.items() if name != Channel.PUBLIC.value}
    may_take_back = run is not None and run.is_live and run.row.started_by == actor.person_id
    return {
        "run": run,
        "document": document,
        "sendings": sendings,
        "publications": publications_of(session, [one.id for one in sendings]),
        "channels": CHANNEL_LABELS if can_publish(session, draft) else offered,
        "may_write": is_writable,
        "may_take_back": may_take_back and actor.can("approvals.start"),
        "may_send_out": is_own and run is not None and run.state is RunState.DEPARTED,
        "can_mail": deps.mail_server.is_set_up,
        "is_task_open": draft.answers_id is not None and _has_task(session, actor, draft.answers_id),
        "mail_states": {mail.id: mail.state for mail in mails},
        "mail_labels": MAIL_STATE_LABELS,
        "run_labels": RUN_LABELS,
        "channel_labels": CHANNEL_LABELS,
        "outcome_labels": OUTCOME_LABELS,
    }


def _has_task(session: Session, actor: Actor, letter_id: UUID) -> bool:
    """Return whether the reader is responsible for the letter that is answered, or may be."""
    return any(
        EFFECTS[Instruction(one.instruction)].is_responsible and one.claimed_by in {None, actor.person_id}
        for one in open_of(session, actor, letter_id)
    )


def own_units(session: Session, actor: Actor, *, locale: str) -> list[tuple[str, str]]:
    """Return the units in which an actor may write."""
    return [
        (str(unit.id), unit.name_ar if locale == "ar" else unit.name_fr)
        for unit in open_units(session)
        if f"unit:{unit.id}" in actor.tokens
    ]


def text_of(error: DocFlowError | None) -> str:
    """Return a refusal in the language of the page; nothing for none."""
    return "" if error is None else str(current_app.extensions["docflow_error_texts"].text_of(error))
