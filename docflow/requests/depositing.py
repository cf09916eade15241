"""The deposit of a request, online or at the counter: number, checklist, what its paper says, in one transaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import BinaryIO, Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from docflow.core.actor import PUBLIC_SITE, Actor
from docflow.core.errors import Conflict, InvalidInput, NotFound, PermissionDenied
from docflow.core.mail_addresses import clean_address
from docflow.core.phones import phone_of
from docflow.core.uow import UnitOfWork
from docflow.core.words import Words
from docflow.documents.rules import DocumentKind, display_file_name
from docflow.documents.written import WrittenLetter
from docflow.ingest.enclosures import store_enclosure
from docflow.pdf.limits import SourceLimits
from docflow.pdf.source import SourceFile
from docflow.registry.deposits import register_written
from docflow.registry.operations import Arrival
from docflow.registry.rules import PaperPlace, cin_of, shortened
from docflow.registry.terms import give_own_term
from docflow.requests.deps import Deps
from docflow.requests.models import Procedure, RequestFile, ServiceRequest
from docflow.requests.news import News, ask_to_tell
from docflow.requests.paper import RequestPaper
from docflow.requests.queries import can_receive, procedure_named, register_of
from docflow.requests.rules import (
    FILE_BYTES,
    FILE_PAGES,
    LAW_RULES,
    MOST_FILES,
    AskedPaper,
    Origin,
    ProcedureKind,
    Question,
    answered,
    checklist,
    term_rule,
)
from docflow.storage.operations import name_blob
from docflow.storage.rules import BlobRef

DRAWING_JOB: Final = "requests.draw"


@dataclass(frozen=True, slots=True)
class Given:
    """A file that somebody gives; ``paper_index``: which of the documents asked for it is."""

    stream: BinaryIO
    name: str
    paper_index: int | None = None


@dataclass(frozen=True, slots=True)
class Application:
    """What somebody asks.

    ``said`` answers the questions of the procedure in their order; ``given`` are the positions of the documents that
    they bring.
    """

    name: str
    cin: str = ""
    phone: str = ""
    email: str = ""
    language: str = "ar"
    said: Sequence[str] = ()
    given: Sequence[int] = ()
    files: Sequence[Given] = field(default=())
    is_urgent: bool = False


@dataclass(frozen=True, slots=True)
class _Checked:
    name: str
    cin: str
    phone: str
    email: str
    answers: list[Question]
    papers: list[AskedPaper]


def deposit_online(deps: Deps, slug: str, application: Application, *, key: UUID) -> ServiceRequest:
    """Deposit a request on the public site; the same key again gives the one deposited then.

    Raises:
        NotFound: ``procedure_unknown``, ``register_unknown``.
        Conflict: ``procedure_not_online``, ``files_too_many`` with ``limit``, ``clock_set_back``.
        InvalidInput: ``applicant_missing``, ``cin_not_understood``, ``phone_invalid``, ``mail_address_invalid``,
            ``field_too_long``, ``question_unanswered``, and those of a file that cannot be read.
        Unavailable: ``storage_unavailable``, ``page_child_failed``.
    """
    with deps.transactions.reading() as session:
        procedure = procedure_named(session, slug)
        kept = _kept(session, key)
    if kept is not None:
        return kept
    if not procedure.is_online:
        raise Conflict("procedure_not_online")
    return _deposit(deps, PUBLIC_SITE, procedure, application, origin=Origin.ONLINE, key=key)


def deposit_at_counter(deps: Deps, actor: Actor, slug: str, application: Application, *, key: UUID) -> ServiceRequest:
    """Deposit a request that somebody of the staff takes at the counter.

    Raises:
        PermissionDenied: ``permission_missing``; ``counter_of_others`` for a procedure that is not theirs to take.
        NotFound, Conflict, InvalidInput, Unavailable: as ``deposit_online``.
    """
    with deps.transactions.reading() as session:
        procedure = procedure_named(session, slug)
        kept = _kept(session, key)
        if not actor.can("requests.receive"):
            raise PermissionDenied("permission_missing", permission="requests.receive")
        if not can_receive(session, actor, procedure):
            raise PermissionDenied("counter_of_others")
    if kept is not None:
        return kept
    return _deposit(deps, actor, procedure, application, origin=Origin.COUNTER, key=key)


def add_files(deps: Deps, request_id: UUID, files: Sequence[Given]) -> None:
    """Add what was asked for afterwards, given by whoever proved to know the secret of the request.

    Raises:
        NotFound: ``request_unknown``.
        Conflict: ``matter_closed``, ``files_too_many`` with ``limit``.
        InvalidInput: ``no_file_given``, and those of a file that cannot be read.
        Unavailable: ``storage_unavailable``, ``page_child_failed``.
    """
    if not files:
        raise InvalidInput("no_file_given")
    stored = _stored(deps, files)
    with deps.transactions.writing(PUBLIC_SITE) as uow:
        request = uow.session.get(ServiceRequest, request_id, with_for_update=True)
        if request is None:
            raise NotFound("request_unknown")
        if request.outcome is not None:
            raise Conflict("matter_closed")
        count = len(uow.session.scalars(select(RequestFile.id).where(RequestFile.request_id == request.id)).all())
        if count + len(stored) > 2 * MOST_FILES:
            raise Conflict("files_too_many", limit=2 * MOST_FILES)
        _keep_files(uow, request, stored)
        uow.record("requests.completed", subject_kind="document", subject_id=request.document_id, count=len(stored))


def limits_of(deps: Deps) -> SourceLimits:
    """Return what a file may weigh and cost."""
    pixels = deps.settings.max_page_pixels
    return SourceLimits(max_pages=FILE_PAGES, max_size_bytes=FILE_BYTES, max_page_pixels=pixels)


def _deposit(
    deps: Deps, actor: Actor, procedure: Procedure, application: Application, *, origin: Origin, key: UUID
) -> ServiceRequest:
    checked = _checked(procedure, application, origin=origin)
    stored = _stored(deps, application.files)
    paper = RequestPaper(
        procedure=Words(procedure.title_ar, procedure.title_fr),
        applicant=[checked.name, checked.cin, checked.phone, checked.email],
        answers=checked.answers,
        papers=checked.papers,
    )
    with deps.transactions.writing(actor) as uow:
        kept = _kept(uow.session, key)
        if kept is not None:
            return kept
        register = register_of(uow.session, procedure.kind)
        letter = WrittenLetter(
            content=paper.as_row(),
            drawn_by=DRAWING_JOB,
            file_name=f"{procedure.title(application.language)}.pdf",
            subject=procedure.title(application.language),
            sender=checked.name,
            kind=DocumentKind.REQUEST.value,
            languages=application.language,
            unit_id=procedure.unit_id,
        )
        arrival = Arrival(
            sender_cin=checked.cin,
            sender_phone=checked.phone,
            enclosure_count=sum(one.is_given for one in checked.papers),
            enclosures="، ".join(one.ar for one in checked.papers if one.is_given)[:500],
            paper_place=PaperPlace.NONE,
        )
        entry = register_written(uow, letter, arrival, register=register)
        assert entry.document_id is not None  # noqa: S101 - it was given to the document just now
        assert entry.arrived_at is not None  # noqa: S101 - it arrived just now
        is_urgent = application.is_urgent and procedure.kind == ProcedureKind.INFORMATION
        rule = term_rule(procedure.kind, days=procedure.days, day_kind=procedure.day_kind, is_urgent=is_urgent)
        if rule != LAW_RULES[procedure.kind] or register.term != rule.code:
            give_own_term(uow, entry, rule)
        request = ServiceRequest(
            entry_id=entry.id,
            document_id=entry.document_id,
            procedure_id=procedure.id,
            origin=origin,
            deposit_key=key,
            language=application.language,
            name=checked.name,
            cin=checked.cin,
            phone=checked.phone,
            email=checked.email,
            is_urgent=is_urgent,
            answers=[one.as_row() for one in checked.answers],
            papers=[one.as_row() for one in checked.papers],
            deposited_at=entry.arrived_at,
        )
        uow.session.add(request)
        uow.session.flush()
        _keep_files(uow, request, stored)
        ask_to_tell(uow, request, News.RECEIVED)
        uow.record(
            "requests.deposited",
            subject_kind="document",
            subject_id=request.document_id,
            number=entry.label,
            procedure=str(procedure.id),
            origin=origin.value,
        )
        return request


def _checked(procedure: Procedure, application: Application, *, origin: Origin) -> _Checked:
    name = shortened(application.name, name="applicant", limit=300)
    if not name:
        raise InvalidInput("applicant_missing")
    cin = cin_of(application.cin)
    if len(application.files) > MOST_FILES:
        raise Conflict("files_too_many", limit=MOST_FILES)
    given = set(application.given) if origin is Origin.COUNTER else set()
    given |= {one.paper_index for one in application.files if one.paper_index is not None}
    return _Checked(
        name=name,
        cin=cin,
        phone=phone_of(application.phone),
        email=clean_address(application.email) if application.email.strip() else "",
        answers=answered(procedure.questions, application.said),
        papers=checklist(procedure.papers, sorted(given)),
    )


def _stored(deps: Deps, files: Sequence[Given]) -> list[tuple[Given, BlobRef, SourceFile]]:
    return [(one, *store_enclosure(deps.blob_store, one.stream, limits=limits_of(deps))) for one in files]


def _keep_files(uow: UnitOfWork, request: ServiceRequest, stored: Sequence[tuple[Given, BlobRef, SourceFile]]) -> None:
    for given, blob, source in stored:
        name_blob(uow, blob, media_type=source.media_type)
        uow.session.add(
            RequestFile(
                request_id=request.id,
                paper_index=given.paper_index,
                name=display_file_name(given.name),
                media_type=source.media_type,
                sha256=blob.sha256,
                size_bytes=blob.size_bytes,
                given_at=uow.now,
            )
        )
        # Two files may be one and the same: each is a line of its own, the bytes are kept once.
        uow.session.flush()


def _kept(session: Session, key: UUID) -> ServiceRequest | None:
    return session.scalar(select(ServiceRequest).where(ServiceRequest.deposit_key == key))
