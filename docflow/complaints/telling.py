"""What a citizen is told outside the site: the receipt, that somebody answered; by mail and by text message.

A message says the number and where to look; nothing of the complaint is in it.
"""

from __future__ import annotations

from typing import Final
from uuid import UUID

from docflow.complaints.deps import Deps
from docflow.complaints.models import Complaint
from docflow.core.actor import SYSTEM
from docflow.core.errors import DocFlowError, Unavailable
from docflow.core.jobs import JobRequest
from docflow.core.uow import UnitOfWork
from docflow.core.words import Words
from docflow.notifications.operations import ask_mail
from docflow.notifications.rules import MailText
from docflow.notifications.texting import ask_text
from docflow.registry.mailing import post_receipt
from docflow.registry.models import Entry
from docflow.registry.receipts import receipt_of_entry, tracking_address

NEWS: Final = {
    "said": Words(
        "كتبت لكم المقاطعة بشأن شكايتكم رقم {number}.", "L'arrondissement vous a écrit au sujet de {number}."
    ),
    "asked": Words(
        "تطلب منكم المقاطعة معلومة أو وثيقة بشأن شكايتكم رقم {number}.",
        "L'arrondissement vous demande une information ou une pièce pour {number}.",
    ),
    "answered": Words("تمت الإجابة عن شكايتكم رقم {number}.", "Une réponse a été donnée à {number}."),
    "joined": Words(
        "ضمت شكايتكم رقم {number} إلى شكاية أخرى في نفس الموضوع، وستخبرون بمآلها.",
        "{number} a été jointe à une autre réclamation sur le même sujet ; vous serez informé de la suite.",
    ),
}
"""What is said of each piece of news, in both languages."""
LOOK: Final = Words("للاطلاع عليها بالرقم والرمز السري:", "À lire avec le numéro et le code secret :")
RECEIVED: Final = Words("سجلت شكايتكم تحت رقم {number}.", "Votre réclamation est enregistrée sous le n° {number}.")


def receipt_job(complaint: Complaint) -> JobRequest:
    """Return the job that sends the receipt to whoever gave an address or a telephone."""
    return JobRequest(
        name="complaints.send_receipt",
        payload={"complaint_id": str(complaint.id)},
        unique_key=f"complaints.send_receipt:{complaint.id}",
    )


def send_receipt(deps: Deps, complaint_id: UUID, *, is_last_attempt: bool) -> None:
    """Send the sealed receipt by mail, and the number by text message; the secret goes in the sealed paper alone."""
    with deps.transactions.reading() as session:
        complaint = session.get_one(Complaint, complaint_id)
        receipt = receipt_of_entry(session, complaint.entry_id, settings=deps.settings, now=deps.clock.now())
    if complaint.email and deps.mail_server.is_set_up:
        try:
            post_receipt(deps, SYSTEM, receipt, document_id=complaint.document_id, recipient=complaint.email)
        except DocFlowError as refusal:
            if isinstance(refusal, Unavailable) and not is_last_attempt:
                raise
    if complaint.phone and deps.text_gateway.is_set_up:
        said = RECEIVED.said(complaint.language).format(number=receipt.number)
        with deps.transactions.writing(SYSTEM) as uow:
            ask_text(
                uow,
                document_id=complaint.document_id,
                recipient=complaint.phone,
                text=f"{said} {receipt.tracking_url}",
            )


def tell_citizen(uow: UnitOfWork, deps: Deps, complaint: Complaint, news: str) -> None:
    """Tell the citizen of a complaint that there is something to read, where they can be reached."""
    entry = uow.session.get_one(Entry, complaint.entry_id)
    address = tracking_address(deps.settings.public_url, entry)
    words = NEWS[news]
    if complaint.email and deps.mail_server.is_set_up:
        paragraphs = [
            part.format(number=entry.label)
            for part in (words.ar, f"{LOOK.ar}\n{address}", "—", words.fr, f"{LOOK.fr}\n{address}")
        ]
        ask_mail(
            uow,
            document_id=complaint.document_id,
            recipient=complaint.email,
            text=MailText(subject=entry.label, body="\n\n".join(paragraphs) + "\n"),
        )
    if complaint.phone and deps.text_gateway.is_set_up:
        said = words.said(complaint.language).format(number=entry.label)
        ask_text(uow, document_id=complaint.document_id, recipient=complaint.phone, text=f"{said} {address}")
