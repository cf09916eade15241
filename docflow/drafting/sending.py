"""How a departed act goes out: by post with its proof, by e-mail or the public site with the sealed PDF, by hand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import BinaryIO, Final
from uuid import UUID

from docflow.approvals.rules import RunState
from docflow.core.actor import Actor
from docflow.core.errors import Conflict, InvalidInput
from docflow.core.mail_addresses import clean_address
from docflow.core.uow import UnitOfWork
from docflow.district.queries import letterhead_of
from docflow.documents.models import Document
from docflow.documents.rules import display_file_name
from docflow.drafting.circuits import check_answered, run_on
from docflow.drafting.models import Draft, Sending
from docflow.drafting.operations import writer_of
from docflow.drafting.ports import Deps
from docflow.drafting.publishing import publish
from docflow.drafting.queries import sending_of, sendings_of
from docflow.drafting.rules import Channel, Content, cleaned_text
from docflow.notifications.operations import ask_mail, require_mail
from docflow.notifications.rules import MailText
from docflow.pdf.limits import SourceLimits
from docflow.pdf.source import inspect_source
from docflow.routing.operations import finish
from docflow.routing.queries import open_of
from docflow.routing.rules import EFFECTS, NOTE_LIMIT, Instruction
from docflow.stamping.queries import sealed_revision_of
from docflow.storage.operations import name_blob
from docflow.storage.rules import BlobKind, BlobRef

RECIPIENT_LIMIT: Final = 300
REFERENCE_LIMIT: Final = 120
MOST_SENDINGS: Final = 50


@dataclass(frozen=True, slots=True)
class Proof:
    """A scanned proof of sending in the store, which nothing names yet."""

    blob: BlobRef
    name: str
    media_type: str


@dataclass(frozen=True, slots=True)
class NewSending:
    """How an act goes out; ``answer`` is what ends the responsible task of the letter, empty to leave it open."""

    channel: Channel
    recipient: str
    reference: str = ""
    proof: Proof | None = None
    answer: str = ""


def keep_proof(deps: Deps, stream: BinaryIO, *, name: str) -> Proof:
    """Look at a scanned proof behind the wall, and store it.

    Raises:
        InvalidInput: ``file_empty``, ``file_too_large``, and those of a file that cannot be read.
        Unavailable: ``storage_unavailable``.
    """
    settings = deps.settings
    blob = deps.blob_store.put(
        BlobKind.ORIGINAL, stream, media_type="application/octet-stream", max_bytes=settings.max_file_bytes
    )
    if blob.size_bytes == 0:
        raise InvalidInput("file_empty")
    limits = SourceLimits(
        max_pages=settings.max_file_pages,
        max_size_bytes=settings.max_file_bytes,
        max_page_pixels=settings.max_page_pixels,
    )
    with deps.blob_store.local_copy(blob.kind, blob.sha256) as path:
        source = inspect_source(path, limits=limits)
    return Proof(blob, display_file_name(name), source.media_type)


def send_act(deps: Deps, actor: Actor, draft_id: UUID, new: NewSending) -> Sending:
    """Note how a departed act goes out, mail it where that is how, and end the task that it answers.

    Raises:
        NotFound: ``draft_unknown``.
        PermissionDenied: without ``drafting.write``; ``draft_of_others``.
        Conflict: ``act_not_departed``, ``mail_not_set_up``, ``sendings_too_many`` with ``limit``; ``task_taken``;
            ``nothing_answered``, ``published_already``; those of the rules about what it answers.
        InvalidInput: ``recipient_missing``, ``field_too_long``, ``mail_address_invalid``.
    """
    if new.channel is Channel.EMAIL:
        require_mail(deps)
        clean_address(new.recipient)
    with deps.transactions.writing(actor) as uow:
        draft = writer_of(uow, draft_id)
        document = _departed(uow, draft)
        check_answered(deps, uow.session, draft)
        sending = _keep(uow, draft, new)
        if new.channel is Channel.EMAIL:
            sending.mail_id = _mail(deps, uow, draft, document, sending)
        if new.channel is Channel.PUBLIC:
            publish(uow, draft, document, sending)
        if new.answer and draft.answers_id is not None:
            _answer(deps, uow, draft.answers_id, f"{document.register_number} · {new.answer}")
        uow.record(
            "drafting.sent", subject_kind="document", subject_id=document.id, channel=new.channel.value,
            number=document.register_number,
        )  # fmt: skip
    return sending


def add_proof(uow: UnitOfWork, draft_id: UUID, sending_id: UUID, proof: Proof) -> Sending:
    """Attach the proof that came later to a sending that has none.

    Raises:
        NotFound: ``draft_unknown``, ``sending_unknown``.
        PermissionDenied: as ``send_act``.
        Conflict: ``proof_exists``.
    """
    draft = writer_of(uow, draft_id)
    sending = sending_of(uow.session, draft.id, sending_id)
    if sending.proof_sha256 is not None:
        raise Conflict("proof_exists")
    _attach(uow, sending, proof)
    uow.record(
        "drafting.proof_added",
        subject_kind="document",
        subject_id=draft.document_id or draft.id,
        channel=Channel(sending.channel).value,
        sha256=proof.blob.sha256,
    )
    return sending


def _departed(uow: UnitOfWork, draft: Draft) -> Document:
    run = run_on(uow.session, draft)
    if run is None or run.state is not RunState.DEPARTED or draft.document_id is None:
        raise Conflict("act_not_departed")
    return uow.session.get_one(Document, draft.document_id)


def _keep(uow: UnitOfWork, draft: Draft, new: NewSending) -> Sending:
    recipient, reference = cleaned_text(new.recipient, is_line=True), cleaned_text(new.reference, is_line=True)
    if not recipient:
        raise InvalidInput("recipient_missing")
    for name, text, limit in (
        ("recipient", recipient, RECIPIENT_LIMIT),
        ("reference", reference, REFERENCE_LIMIT),
        ("answer", new.answer, NOTE_LIMIT - 60),
    ):
        if len(text) > limit:
            raise InvalidInput("field_too_long", field=name, limit=limit)
    if len(sendings_of(uow.session, draft.id)) >= MOST_SENDINGS:
        raise Conflict("sendings_too_many", limit=MOST_SENDINGS)
    sending = Sending(
        draft_id=draft.id,
        channel=new.channel,
        recipient=recipient,
        reference=reference,
        sent_at=uow.now,
        sent_by_name=uow.actor.name,
    )
    if new.proof is not None:
        _attach(uow, sending, new.proof)
    uow.session.add(sending)
    draft.sent_at = draft.sent_at or uow.now
    uow.session.flush()
    return sending


def _attach(uow: UnitOfWork, sending: Sending, proof: Proof) -> None:
    name_blob(uow, proof.blob, media_type=proof.media_type)
    sending.proof_sha256, sending.proof_size_bytes = proof.blob.sha256, proof.blob.size_bytes
    sending.proof_name, sending.proof_media_type = proof.name, proof.media_type


def _mail(deps: Deps, uow: UnitOfWork, draft: Draft, document: Document, sending: Sending) -> UUID:
    sealed = sealed_revision_of(uow.session, document.id, register_number=document.register_number)
    if sealed is None:
        raise Conflict("act_not_departed")
    name = letterhead_of(uow.session).name
    content = Content.from_row(draft.content)
    said = {
        "ar": (
            f"تجدون رفقته مراسلتنا رقم {document.register_number}"
            + (f" في موضوع: {content.subject_ar or content.subject}." if document.subject else ".")
            + "\nالملف مختوم ويمكن التحقق منه:"
        ),
        "fr": (
            f"Veuillez trouver ci-joint notre courrier n° {document.register_number}"
            + (f" ayant pour objet : {content.subject_fr or content.subject}." if document.subject else ".")
            + "\nLe fichier est scellé et peut être vérifié :"
        ),
    }
    address = f"{deps.settings.public_url.rstrip('/')}/verify"
    body = "\n\n".join((said["ar"], address, name.ar, "—", said["fr"], address, name.fr))
    mail = ask_mail(
        uow,
        document_id=document.id,
        recipient=sending.recipient,
        text=MailText(f"{name.ar} · {name.fr} · {document.register_number}", body + "\n"),
        attachment=sealed.blob,
        attachment_name=f"{document.register_number.replace('/', '-')}.pdf",
    )
    return mail.id


def _answer(deps: Deps, uow: UnitOfWork, letter_id: UUID, said: str) -> None:
    """End the responsible task of the letter that is answered, when it is the actor's to end."""
    for assignment in open_of(uow.session, uow.actor, letter_id):
        is_free = assignment.claimed_by in {None, uow.actor.person_id}
        if EFFECTS[Instruction(assignment.instruction)].is_responsible and is_free:
            finish(uow, assignment.id, answer=said, rules=deps.closing_rules, by_letter=True)
