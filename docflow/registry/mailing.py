"""Receipts by mail: the acknowledgement, sealed, to the address that whoever deposited the letter gave."""

from __future__ import annotations

from uuid import UUID

from docflow.core.actor import Actor
from docflow.core.clock import CASABLANCA
from docflow.core.errors import PermissionDenied
from docflow.core.mail_addresses import clean_address
from docflow.notifications.models import OutgoingMail
from docflow.notifications.operations import ask_mail, require_mail
from docflow.notifications.rules import MailText
from docflow.registry import wording
from docflow.registry.deps import Deps
from docflow.registry.receipt_drawing import draw_acknowledgement
from docflow.registry.receipts import Receipt, receipt_for
from docflow.stamping.papers import keep_paper, seal_paper


def mail_receipt(deps: Deps, actor: Actor, document_id: UUID, *, recipient: str) -> OutgoingMail:
    """Send the sealed acknowledgement of a registered document to an address; it carries the secret of the matter.

    Raises:
        Conflict: ``mail_not_set_up``.
        InvalidInput: ``mail_address_invalid``, ``seal_impossible(reason)``.
        NotFound: ``document_unknown``, ``entry_unknown``.
        PermissionDenied: ``content_hidden``; ``desk_of_others`` for whoever does not keep the desk of the register.
        Unavailable: ``keys_unusable``, ``time_stamp_unavailable``, ``sealing_child_failed``, ``storage_unavailable``.
    """
    require_mail(deps)
    clean_address(recipient)
    with deps.transactions.reading() as session:
        receipt = receipt_for(session, actor, document_id, settings=deps.settings, now=deps.clock.now())
    if not receipt.secret:
        raise PermissionDenied("desk_of_others")
    return post_receipt(deps, actor, receipt, document_id=document_id, recipient=recipient)


def post_receipt(
    deps: Deps, actor: Actor, receipt: Receipt, *, document_id: UUID, recipient: str, drawn: bytes | None = None
) -> OutgoingMail:
    """Seal a receipt and ask for the mail that carries it; the caller has checked who may have its secret.

    ``drawn``: the receipt as a PDF, where a room draws its own.

    Raises:
        InvalidInput: ``mail_address_invalid``, ``seal_impossible(reason)``.
        Unavailable: those of sealing and of the store.
    """
    made = seal_paper(deps, draw_acknowledgement(receipt) if drawn is None else drawn)
    with deps.transactions.writing(actor) as uow:
        keep_paper(uow, made, number=receipt.number)
        return ask_mail(
            uow,
            document_id=document_id,
            recipient=recipient,
            text=receipt_text(receipt),
            attachment=made.blob,
            attachment_name=f"{receipt.number.replace('/', '-')}.pdf",
            owns_attachment=True,
        )


def receipt_text(receipt: Receipt) -> MailText:
    """Return what the mail says in both languages: no word of the letter, no secret, which are in the sealed paper."""
    arrived = f"{receipt.arrived_at.astimezone(CASABLANCA):%d/%m/%Y %H:%M}"
    paragraphs = (
        wording.MAIL_ARRIVED.ar.format(number=receipt.number, arrived=arrived),
        f"{wording.FOLLOW.ar}:\n{receipt.tracking_url}",
        f"{wording.VERIFY.ar}:\n{receipt.verification_url}",
        wording.KEEP.ar,
        receipt.letterhead.name.ar,
        "—",
        wording.MAIL_ARRIVED.fr.format(number=receipt.number, arrived=arrived),
        f"{wording.FOLLOW.fr} :\n{receipt.tracking_url}",
        f"{wording.VERIFY.fr} :\n{receipt.verification_url}",
        f"{wording.KEEP.fr}.",
        receipt.letterhead.name.fr,
    )
    subject = f"{wording.ACKNOWLEDGEMENT.ar} · {wording.ACKNOWLEDGEMENT.fr} · {receipt.number}"
    return MailText(subject=subject, body="\n\n".join(paragraphs) + "\n")
