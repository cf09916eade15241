"""Text messages: asked for with the facts, handed to a gateway by a job, forgotten like mail."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import delete

from docflow.core.actor import SYSTEM
from docflow.core.errors import Unavailable
from docflow.core.jobs import JobRequest
from docflow.core.uow import UnitOfWork
from docflow.notifications.models import OutgoingText
from docflow.notifications.operations import ATTEMPTS, KEPT_FOR
from docflow.notifications.ports import TextDeps, TextMessage
from docflow.notifications.rules import MailState

SHOWN_DIGITS = 2


def ask_text(uow: UnitOfWork, *, recipient: str, text: str, document_id: UUID | None = None) -> OutgoingText:
    """Ask for a text message; ``recipient`` in the international form, which the caller checked.

    The caller names the document that it is about, if there is one.
    """
    message = OutgoingText(
        document_id=document_id,
        recipient=recipient,
        text=" ".join(text.split()),
        asked_by_name=uow.actor.name,
        asked_at=uow.now,
    )
    uow.session.add(message)
    uow.session.flush()
    uow.enqueue(
        JobRequest(
            name="notifications.send_text",
            payload={"text_id": str(message.id)},
            unique_key=f"notifications.send_text:{message.id}",
            max_attempts=ATTEMPTS,
        )
    )
    _record(uow, "notifications.text_asked", message)
    return message


def send_text(deps: TextDeps, text_id: UUID, *, is_last_attempt: bool) -> None:
    """Hand a text message to the gateway, unless it went already.

    Raises:
        Unavailable: ``text_gateway_unavailable``, while there are attempts left.
    """
    with deps.transactions.reading() as session:
        kept = session.get(OutgoingText, text_id)
    if kept is None or kept.state != MailState.WAITING:
        return
    state = MailState.SENT
    try:
        deps.text_gateway.send(TextMessage(str(kept.id), kept.recipient, kept.text, kept.asked_at))
    except Unavailable:
        if not is_last_attempt:
            raise
        state = MailState.FAILED
    with deps.transactions.writing(SYSTEM) as uow:
        message = uow.session.get(OutgoingText, text_id, with_for_update=True)
        if message is None or message.state != MailState.WAITING:
            return
        message.state, message.ended_at = state, uow.now
        # What is private in it is not needed any more.
        message.recipient, message.text = masked_number(message.recipient), ""
        if state is MailState.SENT:
            _record(uow, "notifications.text_sent", message)
        else:
            _record(uow, "notifications.text_failed", message)


def forget_texts(deps: TextDeps) -> None:
    """Drop the lines of text messages that ended long ago."""
    with deps.transactions.writing(SYSTEM) as uow:
        uow.session.execute(delete(OutgoingText).where(OutgoingText.ended_at < uow.now - KEPT_FOR))


def masked_number(number: str) -> str:
    """Return a telephone number of which somebody who knows it recognises the rest."""
    return f"{'•' * max(0, len(number) - SHOWN_DIGITS)}{number[-SHOWN_DIGITS:]}"


def _record(uow: UnitOfWork, verb: str, message: OutgoingText) -> None:
    uow.record(
        verb,
        subject_kind="document" if message.document_id is not None else "text_message",
        subject_id=message.document_id or "",
        recipient=masked_number(message.recipient),
    )
