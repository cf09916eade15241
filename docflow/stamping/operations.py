"""Stamping and sealing a document's file, once for every register number."""

from __future__ import annotations

import tempfile
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from docflow.core.actor import SYSTEM
from docflow.core.errors import Conflict, InvalidInput
from docflow.core.ids import new_id
from docflow.core.uow import UnitOfWork
from docflow.documents.sources import FileToSeal, file_to_seal
from docflow.stamping.models import SealedRevision
from docflow.stamping.ports import Deps, SealedFile, SealRequest
from docflow.stamping.queries import SealedRevisionView, current_design, sealed_revision_of
from docflow.stamping.rules import SealSource, StampDesign, StampFace, StampKind
from docflow.storage.operations import name_blob
from docflow.storage.rules import BlobKind, BlobRef


def seal_arrival(deps: Deps, *, document_id: UUID, face: StampFace) -> SealedRevisionView:
    """Stamp and seal the file of an incoming document, as one certifying update, and keep it.

    What is sealed is the deposited PDF itself when the document is that whole file as it lies; otherwise the searchable
    copy. Asking again for the same register number gives what was sealed then. The right to register was checked by
    the registry; the register number stands whatever becomes of the seal.

    Raises:
        NotFound: ``document_unknown``.
        Conflict: ``document_not_read``: there is nothing to seal yet.
        InvalidInput: ``seal_impossible(reason)``, ``nothing_to_seal``, those of a hostile file.
        Unavailable: ``keys_unusable``, ``time_stamp_unavailable``, ``sealing_child_failed``, ``storage_unavailable``.
    """
    if face.kind is not StampKind.ARRIVAL:
        message = "an arrival is sealed with a stamp of arrival"
        raise ValueError(message)
    with deps.transactions.reading() as session:
        kept = sealed_revision_of(session, document_id, register_number=face.register_number)
        if kept is not None:
            return kept
        file = file_to_seal(session, document_id)
        design = current_design(session)
    if file.kind is None:
        raise Conflict("document_not_read") if file.is_waiting else InvalidInput("nothing_to_seal")
    sealed, blob = _sealed(deps, file, face, design)
    with deps.transactions.writing(SYSTEM) as uow:
        _keep(uow, document_id, face, sealed=sealed, blob=blob)
    with deps.transactions.reading() as session:
        made = sealed_revision_of(session, document_id, register_number=face.register_number)
    assert made is not None  # noqa: S101 - it was written just now, or by whoever was first
    return made


def _sealed(deps: Deps, file: FileToSeal, face: StampFace, design: StampDesign) -> tuple[SealedFile, BlobRef]:
    """Seal a file of the store and put the result there."""
    assert file.kind is not None  # noqa: S101 - refused by the caller
    with ExitStack() as opened:
        source = opened.enter_context(deps.blob_store.local_copy(file.kind, file.sha256))
        folder = Path(opened.enter_context(tempfile.TemporaryDirectory(prefix="docflow-seal-")))
        logo = None
        if design.logo_sha256 is not None:
            logo = opened.enter_context(deps.blob_store.local_copy(BlobKind.LOGO, design.logo_sha256))
        request = SealRequest(
            source=source,
            out=folder / "sealed.pdf",
            face=face,
            design=design,
            file_name=file.file_name,
            at=deps.clock.now(),
            logo=logo,
        )
        sealed = deps.sealer.seal(request)
        if file.kind is BlobKind.SEARCHABLE:
            sealed = replace(sealed, source=SealSource.SEARCHABLE)
        with request.out.open("rb") as stream:
            return sealed, deps.blob_store.put(BlobKind.SEALED, stream, media_type="application/pdf")


def _keep(uow: UnitOfWork, document_id: UUID, face: StampFace, *, sealed: SealedFile, blob: BlobRef) -> None:
    """Keep a sealed file, unless another process sealed the same entry first."""
    insert = postgresql_insert if uow.session.get_bind().dialect.name == "postgresql" else sqlite_insert
    row = insert(SealedRevision).values(
        id=new_id(),
        document_id=document_id,
        register_number=face.register_number,
        revision=1,
        kind=face.kind,
        sha256=blob.sha256,
        size_bytes=blob.size_bytes,
        source=sealed.source,
        placement=sealed.placement,
        level=sealed.level,
        time_source=sealed.time_source,
        signer=sealed.signer,
        certificate_sha256=sealed.certificate_sha256,
        sealed_at=uow.now,
        renew_before=sealed.renew_before,
    )
    made = uow.session.execute(row.on_conflict_do_nothing().returning(SealedRevision.id)).scalar()
    if made is None:
        return
    name_blob(uow, blob, media_type="application/pdf")
    uow.record(
        "stamping.sealed",
        subject_kind="document",
        subject_id=document_id,
        register_number=face.register_number,
        sha256=blob.sha256,
        level=sealed.level.value,
        time_source=sealed.time_source,
        source=sealed.source.value,
        placement=sealed.placement.value,
        certificate=sealed.certificate_sha256,
    )
