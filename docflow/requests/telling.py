"""What a citizen is told of their request by mail and text message: the receipt, that something is asked, the decision.

A message says the number and where to look; nothing of the request is in it. The secret goes in the sealed paper alone.
"""

from __future__ import annotations

from typing import Final
from uuid import UUID

from docflow.core.actor import SYSTEM
from docflow.core.errors import DocFlowError, Unavailable
from docflow.core.words import Words
from docflow.notifications.operations import ask_mail
from docflow.notifications.rules import MailText
from docflow.notifications.texting import ask_text
from docflow.registry.mailing import post_receipt
from docflow.registry.models import Entry
from docflow.registry.receipts import receipt_of_entry, tracking_address
from docflow.requests.deps import Deps
from docflow.requests.models import ServiceRequest
from docflow.requests.news import News
from docflow.requests.paper import draw_receipt
from docflow.requests.receipts import receipt_of

NEWS: Final = {
    News.RECEIVED: Words("سجل طلبكم تحت رقم {number}.", "Votre demande est enregistrée sous le n° {number}."),
    News.ASKED: Words(
        "تطلب منكم المقاطعة وثيقة أو معلومة ناقصة في طلبكم رقم {number}.",
        "L'arrondissement vous demande une pièce ou une information pour votre demande {number}.",
    ),
    News.DECIDED: Words("تم البت في طلبكم رقم {number}.", "Une décision a été prise sur votre demande {number}."),
}
"""What is said of each piece of news, in both languages."""
LOOK: Final = Words("للاطلاع عليها بالرقم والرمز السري:", "À lire avec le numéro et le code secret :")


def tell_citizen(deps: Deps, request_id: UUID, news: News, *, is_last_attempt: bool) -> None:
    """Tell the citizen of a request of what happened to it; of the deposit, with the sealed receipt."""
    with deps.transactions.reading() as session:
        request = session.get_one(ServiceRequest, request_id)
        entry = session.get_one(Entry, request.entry_id)
    address = tracking_address(deps.settings.public_url, entry)
    if request.email and deps.mail_server.is_set_up:
        if news is News.RECEIVED:
            _send_receipt(deps, request, is_last_attempt=is_last_attempt)
        else:
            _send_news(deps, request, NEWS[news], number=entry.label, address=address)
    if request.phone and deps.text_gateway.is_set_up:
        said = NEWS[news].said(request.language).format(number=entry.label)
        with deps.transactions.writing(SYSTEM) as uow:
            ask_text(uow, document_id=request.document_id, recipient=request.phone, text=f"{said} {address}")


def _send_receipt(deps: Deps, request: ServiceRequest, *, is_last_attempt: bool) -> None:
    with deps.transactions.reading() as session:
        receipt = receipt_of_entry(session, request.entry_id, settings=deps.settings, now=deps.clock.now())
        drawn = draw_receipt(receipt_of(session, deps, request))
    try:
        post_receipt(deps, SYSTEM, receipt, document_id=request.document_id, recipient=request.email, drawn=drawn)
    except DocFlowError as refusal:
        if isinstance(refusal, Unavailable) and not is_last_attempt:
            raise


def _send_news(deps: Deps, request: ServiceRequest, words: Words, *, number: str, address: str) -> None:
    parts = (words.ar, f"{LOOK.ar}\n{address}", "—", words.fr, f"{LOOK.fr}\n{address}")
    body = "\n\n".join(part.format(number=number) for part in parts) + "\n"
    with deps.transactions.writing(SYSTEM) as uow:
        ask_mail(uow, document_id=request.document_id, recipient=request.email, text=MailText(number, body))
