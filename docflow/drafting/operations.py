"""Writes of drafts: begun, kept, made into versions, talked about, given up."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from docflow.accounts.units import all_units, open_units
from docflow.accounts.visibility import Confidentiality
from docflow.approvals.queries import run_of
from docflow.approvals.rules import RunState
from docflow.core.actor import Actor
from docflow.core.errors import Conflict, InvalidInput, NotFound, PermissionDenied
from docflow.core.uow import UnitOfWork
from docflow.district.queries import letterhead_of
from docflow.documents.drafted import WrittenAct, keep_act, renew_act
from docflow.documents.models import Document
from docflow.documents.operations import get_visible
from docflow.documents.queries import can_see_content
from docflow.documents.rules import DocumentKind
from docflow.drafting.filling import field_values, filled_content
from docflow.drafting.models import Draft, DraftComment, DraftVersion
from docflow.drafting.queries import is_draft_shown, may_write, template_with_id, units_of
from docflow.drafting.rules import COMMENT_LIMIT, Content, cleaned_text
from docflow.ingest.operations import inspect_job
from docflow.settings import Settings
from docflow.storage.rules import BlobRef

SITTING: Final = timedelta(minutes=10)
"""Texts that one person keeps within this time make one line of the journal: a page keeps them every few seconds."""
MOST_VERSIONS: Final = 200


@dataclass(frozen=True, slots=True)
class NewDraft:
    """What a draft begins with; ``content`` counts where there is no template."""

    kind: str = DocumentKind.LETTER.value
    unit_id: UUID | None = None
    answers_id: UUID | None = None
    template_id: UUID | None = None
    languages: str = ""


@dataclass(frozen=True, slots=True)
class MadeAct:
    """The PDF/A of a text, in the store."""

    content: Content
    blob: BlobRef
    page_count: int


def begin_draft(uow: UnitOfWork, new: NewDraft, *, settings: Settings) -> Draft:
    """Begin a letter in one's unit, from a template if one is given, as an answer to a letter if one is.

    Raises:
        PermissionDenied: without ``drafting.write``; ``content_hidden``; ``unit_of_others``.
        NotFound: ``document_unknown``, ``template_unknown``.
        Conflict: ``document_not_registered``.
        InvalidInput: ``kind_unknown``, ``draft_languages_unknown``.
    """
    uow.require("drafting.write")
    letter = None if new.answers_id is None else _answered(uow, new.answers_id)
    unit_id = _own_unit(uow, new.unit_id, letter)
    kind, content = new.kind, Content(languages=new.languages or uow.actor.locale)
    if new.template_id is not None:
        template = template_with_id(uow.session, new.template_id)
        values = field_values(uow.session, uow.actor, letter=letter, unit_id=unit_id, now=uow.now)
        content = filled_content(Content.from_row(template.content), values)
        content, kind = replace(content, languages=new.languages or content.languages), template.kind
    if kind not in set(DocumentKind):
        raise InvalidInput("kind_unknown", kind=kind)
    draft = Draft(
        answers_id=new.answers_id,
        unit_id=unit_id,
        author_id=uow.actor.person_id,
        author_name=uow.actor.name,
        kind=kind,
        content=content.cleaned().as_row(),
        begun_at=uow.now,
        kept_at=uow.now,
        kept_by_name=uow.actor.name,
    )
    uow.session.add(draft)
    uow.session.flush()
    answers = {} if letter is None else {"answers": str(letter.id)}
    uow.record("drafting.begun", subject_kind="draft", subject_id=draft.id, **answers)
    return draft


def keep_draft(uow: UnitOfWork, draft_id: UUID, content: Content, *, expected_version: int, kind: str = "") -> Draft:
    """Keep what was written, unless somebody else kept another text since it was read.

    Raises:
        PermissionDenied: without ``drafting.write``; ``draft_of_others``.
        NotFound: ``draft_unknown``.
        Conflict: ``draft_changed`` with ``name``; ``draft_dropped``, ``draft_on_circuit``.
        InvalidInput: ``kind_unknown``, and those of ``Content.cleaned``.
    """
    draft = writable(uow, draft_id)
    if draft.version != expected_version:
        raise Conflict("draft_changed", name=draft.kept_by_name)
    kept = content.cleaned().as_row()
    if kind and kind not in set(DocumentKind):
        raise InvalidInput("kind_unknown", kind=kind)
    if kept == draft.content and kind in {"", draft.kind}:
        return draft
    is_new_sitting = draft.kept_by_name != uow.actor.name or uow.now - draft.kept_at > SITTING
    draft.content, draft.kind = kept, kind or draft.kind
    draft.kept_at, draft.kept_by_name = uow.now, uow.actor.name
    uow.session.flush()
    if is_new_sitting:
        uow.record("drafting.kept", subject_kind="draft", subject_id=draft.id)
    return draft


def keep_over(uow: UnitOfWork, draft_id: UUID, content: Content, *, over_version: int, kind: str = "") -> Draft:
    """Keep a text in the place of one that somebody else kept meanwhile, which is set aside as a version.

    Raises:
        As ``keep_draft``.
    """
    draft = writable(uow, draft_id)
    if draft.version != over_version:
        raise Conflict("draft_changed", name=draft.kept_by_name)
    keep_version(uow, draft_id)
    uow.session.flush()
    return keep_draft(uow, draft_id, content, expected_version=draft.version, kind=kind)


def keep_version(uow: UnitOfWork, draft_id: UUID) -> DraftVersion:
    """Set the present text aside as a version, to come back to and to compare with; an unchanged text makes none.

    Raises:
        As ``keep_draft``; ``draft_too_many_versions`` with ``limit``.
    """
    draft = writable(uow, draft_id)
    newest = uow.session.get(DraftVersion, (draft.id, draft.newest))
    if newest is not None and newest.content == draft.content:
        return newest
    return _add_version(uow, draft)


def make_act(uow: UnitOfWork, draft_id: UUID, made: MadeAct, *, settings: Settings, register_code: str) -> Document:
    """Make the present text the next version of the act, whose file it becomes; the file was made from that text.

    Raises:
        As ``keep_draft``; Conflict: ``draft_changed`` with ``name`` when the text is another one by now.
    """
    draft = writable(uow, draft_id)
    content = Content.from_row(draft.content)
    if content != made.content:
        raise Conflict("draft_changed", name=draft.kept_by_name)
    letter = None if draft.answers_id is None else get_visible(uow, draft.answers_id)
    act = WrittenAct(
        file_name=f"{content.subject[:80]}.pdf",
        subject=content.subject[:500],
        sender=_sender(uow, draft, content, settings),
        addressee=content.addressee[:300],
        kind=draft.kind,
        languages=content.languages,
        unit_id=draft.unit_id,
        drafter_id=draft.author_id,
        confidentiality=Confidentiality.NORMAL if letter is None else Confidentiality(letter.confidentiality),
    )
    if draft.document_id is None:
        document = keep_act(uow, act, file=made.blob, register_code=register_code)
        draft.document_id = document.id
    else:
        document = uow.session.get_one(Document, draft.document_id, with_for_update=True)
        renew_act(uow, document, act, file=made.blob)
    version = _add_version(uow, draft, made)
    uow.enqueue(inspect_job(document.id))
    uow.record(
        "drafting.made",
        subject_kind="document",
        subject_id=document.id,
        draft_version=version.number,
        sha256=made.blob.sha256,
    )
    return document


def comment(uow: UnitOfWork, draft_id: UUID, *, text: str) -> DraftComment:
    """Say something about a draft, to whoever reads it.

    Raises:
        PermissionDenied: without ``drafting.write``.
        NotFound: ``draft_unknown``.
        InvalidInput: ``comment_missing``, ``field_too_long``.
    """
    uow.require("drafting.write")
    draft = shown(uow, draft_id)
    said = cleaned_text(text)
    if not said:
        raise InvalidInput("draft_comment_missing")
    if len(said) > COMMENT_LIMIT:
        raise InvalidInput("field_too_long", field="text", limit=COMMENT_LIMIT)
    newest = uow.session.get(DraftVersion, (draft.id, draft.newest))
    is_of_version = newest is not None and newest.content == draft.content
    kept = DraftComment(
        draft_id=draft.id,
        version_number=draft.newest if is_of_version else 0,
        text=said,
        said_at=uow.now,
        author_name=uow.actor.name,
    )
    uow.session.add(kept)
    uow.record("drafting.commented", subject_kind="draft", subject_id=draft.id)
    return kept


def drop_draft(uow: UnitOfWork, draft_id: UUID) -> None:
    """Give up a draft that never was on a circuit; it leaves the lists, its history stays.

    Raises:
        As ``keep_draft``; Conflict: ``draft_has_act``.
    """
    draft = writable(uow, draft_id)
    if draft.document_id is not None:
        raise Conflict("draft_has_act")
    draft.dropped_at = uow.now
    uow.record("drafting.dropped", subject_kind="draft", subject_id=draft.id)


def shown(uow: UnitOfWork, draft_id: UUID) -> Draft:
    """Return a draft that the actor may read, locked until the transaction ends.

    Raises:
        NotFound: ``draft_unknown``, whether it is missing or hidden.
    """
    draft = uow.session.get(Draft, draft_id, with_for_update=True)
    is_shown = select(Draft.id).where(Draft.id == draft_id, is_draft_shown(uow.actor))
    if draft is None or uow.session.scalar(is_shown) is None:
        raise NotFound("draft_unknown")
    return draft


def writer_of(uow: UnitOfWork, draft_id: UUID) -> Draft:
    """Return a draft of a unit in which the actor writes, locked, wherever it is on its way.

    Raises:
        PermissionDenied: without ``drafting.write``; ``draft_of_others``.
        NotFound: ``draft_unknown``.
    """
    uow.require("drafting.write")
    draft = shown(uow, draft_id)
    if not may_write(uow.actor, draft):
        raise PermissionDenied("draft_of_others")
    return draft


def writable(uow: UnitOfWork, draft_id: UUID) -> Draft:
    """Return a draft whose text the actor may change now, locked."""
    draft = writer_of(uow, draft_id)
    check_writable(uow.session, uow.actor, draft)
    return draft


def check_writable(session: Session, actor: Actor, draft: Draft) -> None:
    """Refuse a text that is given up, or that is on its circuit and was not returned.

    Raises:
        PermissionDenied: ``draft_of_others``.
        Conflict: ``draft_dropped``, ``draft_on_circuit``, ``draft_departed``.
    """
    if not may_write(actor, draft):
        raise PermissionDenied("draft_of_others")
    if draft.dropped_at is not None:
        raise Conflict("draft_dropped")
    run = None if draft.document_id is None else run_of(session, draft.document_id)
    if run is None or run.state in {RunState.RETURNED, RunState.REJECTED, RunState.WITHDRAWN}:
        return
    raise Conflict("draft_departed" if run.state in {RunState.DEPARTED, RunState.APPROVED} else "draft_on_circuit")


def _add_version(uow: UnitOfWork, draft: Draft, made: MadeAct | None = None) -> DraftVersion:
    if draft.newest >= MOST_VERSIONS:
        raise Conflict("draft_too_many_versions", limit=MOST_VERSIONS)
    draft.newest += 1
    version = DraftVersion(
        draft_id=draft.id,
        number=draft.newest,
        content=dict(draft.content),
        sha256=None if made is None else made.blob.sha256,
        size_bytes=None if made is None else made.blob.size_bytes,
        page_count=0 if made is None else made.page_count,
        made_at=uow.now,
        author_id=uow.actor.person_id,
        author_name=uow.actor.name,
    )
    uow.session.add(version)
    uow.session.flush()
    if made is None:
        uow.record("drafting.version_kept", subject_kind="draft", subject_id=draft.id, draft_version=version.number)
    return version


def _answered(uow: UnitOfWork, document_id: UUID) -> Document:
    letter = get_visible(uow, document_id)
    if not can_see_content(uow.session, uow.actor, document_id):
        raise PermissionDenied("content_hidden")
    if not letter.is_registered:
        raise Conflict("document_not_registered")
    return letter


def _own_unit(uow: UnitOfWork, wanted: UUID | None, letter: Document | None) -> UUID:
    """Return the unit that writes: the one asked for, that of the letter, or the first of one's own."""
    own = units_of(uow.actor, "unit:")
    if wanted is not None and wanted not in own:
        raise PermissionDenied("unit_of_others")
    if wanted is not None:
        return wanted
    if letter is not None and letter.unit_id in own:
        return letter.unit_id
    first = next((unit.id for unit in open_units(uow.session) if unit.id in own), None)
    if first is None:
        raise PermissionDenied("unit_of_others")
    return first


def _sender(uow: UnitOfWork, draft: Draft, content: Content, settings: Settings) -> str:
    is_arabic = content.parts[0].language == "ar"
    unit = next(unit for unit in all_units(uow.session) if unit.id == draft.unit_id)
    name = letterhead_of(uow.session).name
    names = (name.ar, unit.name_ar) if is_arabic else (name.fr, unit.name_fr)
    return " – ".join(dict.fromkeys(names))[:300]
