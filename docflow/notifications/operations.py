"""Asking for mail, sending it, forgetting it."""

from __future__ import annotations

from datetime import timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import select

from docflow.core.actor import SYSTEM
from docflow.core.errors import Conflict, DocFlowError, InvalidInput, Unavailable
from docflow.core.jobs import JobRequest
from docflow.core.mail_addresses import clean_address, masked_address
from docflow.core.uow import UnitOfWork
from docflow.notifications.models import OutgoingMail
from docflow.notifications.ports import Deps, Mail
from docflow.notifications.rules import MailState, MailText
from docflow.storage.operations import forget_unnamed
from docflow.storage.rules import BlobKind, BlobRef

ATTEMPTS: Final = 12
"""Over about a day, by the waits between attempts at a job."""
KEPT_FOR: Final = timedelta(days=30)
"""How long it is told that a mail went."""


def ask_mail(
    uow: UnitOfWork,
    *,
    recipient: str,
    text: MailText,
    document_id: UUID | None = None,
    person_id: UUID | None = None,
    unsubscribe_url: str = "",
    attachment: BlobRef | None = None,
    attachment_name: str = "",
    owns_attachment: bool = False,
) -> OutgoingMail:
    """Ask for a mail about a document, to one of the staff, or to whoever asked for mail; a job sends it afterwards.

    The caller checked the right, and names the document or the person if there is one.

    ``unsubscribe_url``: of mail that somebody subscribed to, where a ``POST`` without a form ends that.
    ``attachment``: an object that the caller names. ``owns_attachment``: it was made for this mail, and goes with it.

    Raises:
        InvalidInput: ``mail_address_invalid``.
    """
    mail = OutgoingMail(
        document_id=document_id,
        person_id=person_id,
        recipient=clean_address(recipient),
        subject=" ".join(text.subject.split()),
        body=text.body,
        unsubscribe_url=unsubscribe_url,
        attachment_name=attachment_name,
        attachment_kind=None if attachment is None else attachment.kind,
        attachment_sha256=None if attachment is None else attachment.sha256,
        attachment_size_bytes=0 if attachment is None else attachment.size_bytes,
        owns_attachment=owns_attachment,
        asked_by_name=uow.actor.name,
        asked_at=uow.now,
    )
    uow.session.add(mail)
    uow.session.flush()
    uow.enqueue(
        JobRequest(
            name="notifications.send",
            payload={"mail_id": str(mail.id)},
            unique_key=f"notifications.send:{mail.id}",
            max_attempts=ATTEMPTS,
        )
    )
    _record(uow, "notifications.mail_asked", mail)
    return mail


def send_mail(deps: Deps, mail_id: UUID, *, is_last_attempt: bool) -> None:
    """Hand a mail to the server, unless it went already.

    Raises:
        Unavailable: ``mail_server_unavailable``, while there are attempts left.
    """
    with deps.transactions.reading() as session:
        kept = session.get(OutgoingMail, mail_id)
    if kept is None or kept.state != MailState.WAITING:
        return
    attached = None
    if kept.attachment_kind is not None and kept.attachment_sha256 is not None:
        with deps.blob_store.open(BlobKind(kept.attachment_kind), kept.attachment_sha256) as stream:
            attached = stream.read()
    refusal: DocFlowError | None = None
    try:
        deps.mail_server.send(
            Mail(
                message_id=f"{kept.id}@{deps.mail_server.sender.rpartition('@')[2]}",
                recipient=kept.recipient,
                subject=kept.subject,
                body=kept.body,
                dated=kept.asked_at,
                unsubscribe_url=kept.unsubscribe_url,
                attachment=attached,
                attachment_name=kept.attachment_name,
            )
        )
    except (Unavailable, InvalidInput) as error:
        if isinstance(error, Unavailable) and not is_last_attempt:
            raise
        refusal = error
    with deps.transactions.writing(SYSTEM) as uow:
        _note_ended(uow, mail_id, refusal)


def _note_ended(uow: UnitOfWork, mail_id: UUID, refusal: DocFlowError | None) -> None:
    mail = uow.session.get(OutgoingMail, mail_id, with_for_update=True)
    if mail is None or mail.state != MailState.WAITING:
        return
    mail.ended_at = uow.now
    if refusal is None:
        mail.state = MailState.SENT
        _record(uow, "notifications.mail_sent", mail)
    else:
        mail.state, mail.error_code = MailState.FAILED, refusal.code
        mail.error_params = {name: str(value) for name, value in refusal.params.items()}
        _record(uow, "notifications.mail_failed", mail, reason=refusal.code)
    # What is private in it is not needed any more.
    mail.recipient, mail.subject, mail.body = masked_address(mail.recipient), "", ""
    mail.unsubscribe_url = ""


def forget_mails(deps: Deps) -> int:
    """Drop the lines of mail that ended long ago, and attachments that nothing else names; return how many lines."""
    with deps.transactions.writing(SYSTEM) as uow:
        old = uow.session.scalars(
            select(OutgoingMail)
            .where(OutgoingMail.ended_at < uow.now - KEPT_FOR)
            .order_by(OutgoingMail.id)
            .with_for_update()
        ).all()
        attached = [
            (one.attachment_kind, one.attachment_sha256)
            for one in old
            if one.owns_attachment and one.attachment_kind is not None and one.attachment_sha256 is not None
        ]
        for one in old:
            uow.session.delete(one)
        for kind in sorted({kind for kind, _ in attached}):
            gone = [sha256 for its_kind, sha256 in attached if its_kind == kind]
            forget_unnamed(uow, BlobKind(kind), gone, named=OutgoingMail.attachment_sha256)
        if old:
            uow.record("notifications.mails_forgotten", subject_kind="mail", subject_id="", count=len(old))
        return len(old)


def require_mail(deps: Deps) -> None:
    """Refuse where no mail server is set.

    Raises:
        Conflict: ``mail_not_set_up``.
    """
    if not deps.mail_server.is_set_up:
        raise Conflict("mail_not_set_up")


def _record(uow: UnitOfWork, verb: str, mail: OutgoingMail, **values: str) -> None:
    # The address is a citizen's: the chain keeps what cannot be taken out of it again, so only its masked form.
    uow.record(
        verb,
        subject_kind="document" if mail.document_id is not None else "person" if mail.person_id is not None else "mail",
        subject_id=mail.document_id or mail.person_id or "",
        recipient=masked_address(mail.recipient),
        **values,
    )
