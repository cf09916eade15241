"""Keeping seals provable: archive time-stamps renewed before they end, local keys replaced."""

from __future__ import annotations

import tempfile
from datetime import timedelta
from pathlib import Path
from typing import Final

import structlog
from sqlalchemy import select
from sqlalchemy.orm import aliased

from docflow.core.actor import SYSTEM, Actor
from docflow.core.errors import Conflict, DocFlowError
from docflow.core.ids import new_id
from docflow.core.uow import UnitOfWork
from docflow.district.queries import identity_of
from docflow.stamping.keys import fingerprint, local_keys
from docflow.stamping.models import SealedRevision
from docflow.stamping.ports import Deps
from docflow.stamping.rules import KeyStatus
from docflow.storage.operations import name_blob
from docflow.storage.rules import BlobKind, BlobRef

logger = structlog.get_logger()

AHEAD: Final = timedelta(days=60)
"""How long before its end an archive time-stamp is renewed."""
MOST_AT_ONCE: Final = 50
COPIED: Final = (
    "document_id", "register_number", "kind", "source", "placement", "level", "time_source", "signer",
    "certificate_sha256",
)  # fmt: skip


def renew_archives(deps: Deps) -> int:
    """Renew the archive time-stamps that end soon; return how many. One that fails waits for the next turn."""
    later = aliased(SealedRevision)
    is_newest = ~(
        select(later.id)
        .where(
            later.document_id == SealedRevision.document_id,
            later.register_number == SealedRevision.register_number,
            later.revision > SealedRevision.revision,
        )
        .exists()
    )
    with deps.transactions.reading() as session:
        due = session.scalars(
            select(SealedRevision)
            .where(SealedRevision.renew_before < deps.clock.now() + AHEAD, is_newest)
            .order_by(SealedRevision.renew_before)
            .limit(MOST_AT_ONCE)
        ).all()
    renewed = 0
    for row in due:
        try:
            _renew(deps, row)
        except DocFlowError as error:
            logger.warning("archive_not_renewed", document_id=str(row.document_id), error=str(error))
            continue
        renewed += 1
    return renewed


def _renew(deps: Deps, row: SealedRevision) -> None:
    with (
        deps.blob_store.local_copy(BlobKind.SEALED, row.sha256) as source,
        tempfile.TemporaryDirectory(prefix="docflow-seal-") as folder,
    ):
        out = Path(folder) / "renewed.pdf"
        renew_before = deps.sealer.renew(source, out, at=deps.clock.now())
        with out.open("rb") as stream:
            blob = deps.blob_store.put(BlobKind.SEALED, stream, media_type="application/pdf")
    with deps.transactions.writing(SYSTEM) as uow:
        _keep_renewed(uow, row, blob)
        uow.session.add(
            SealedRevision(
                id=new_id(),
                revision=row.revision + 1,
                sha256=blob.sha256,
                size_bytes=blob.size_bytes,
                sealed_at=uow.now,
                renew_before=renew_before,
                **{name: getattr(row, name) for name in COPIED},
            )
        )


def _keep_renewed(uow: UnitOfWork, row: SealedRevision, blob: BlobRef) -> None:
    name_blob(uow, blob, media_type="application/pdf")
    uow.record(
        "stamping.archive_renewed",
        subject_kind="document",
        subject_id=row.document_id,
        register_number=row.register_number,
        revision=row.revision + 1,
        sha256=blob.sha256,
    )


def rotate_key(deps: Deps, actor: Actor) -> KeyStatus:
    """Seal with a new local key from now on; what the earlier ones sealed stays verifiable.

    Raises:
        PermissionDenied: without ``stamps.manage``.
        Conflict: ``keys_not_local``: the key is on a token or in a file; ``keys_rotated_meanwhile``.
        Unavailable: ``keys_unusable``.
    """
    if deps.settings.seal_pkcs12 is not None or deps.settings.seal_pkcs11_module is not None:
        raise Conflict("keys_not_local")
    with deps.transactions.writing(actor) as uow:
        uow.require("stamps.manage")
        name = identity_of(uow.session).name.fr
        key = local_keys(deps.settings, institution=lambda: name).rotate(uow.now)
        certificate = fingerprint(key.certificate_path.read_bytes())
        uow.record("stamping.key_rotated", subject_kind="seal_key", subject_id=str(key.number), certificate=certificate)
    return deps.sealer.key_status(deps.clock.now())
