"""Reads of sealed revisions and designs; the caller has checked the right to see them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from docflow.district.queries import identity_of
from docflow.stamping.models import SealedPaper, SealedRevision, StampDesignVersion
from docflow.stamping.rules import SealLevel, SealSource, StampDesign, StampKind, StampPlacement
from docflow.storage.rules import BlobKind, BlobRef

NEWEST_FIRST: Final = (
    # Before it departs an act has no number, and under one number states follow each other whatever the clock shows.
    case((SealedRevision.register_number == "", 1), else_=0),
    func.max(SealedRevision.sealed_at).over(partition_by=SealedRevision.register_number).desc(),
    SealedRevision.revision.desc(),
)


@dataclass(frozen=True, slots=True)
class SealedRevisionView:
    """A sealed file of a document: its bytes in the store, and how it was sealed."""

    document_id: UUID
    register_number: str
    revision: int
    kind: StampKind
    blob: BlobRef
    source: SealSource
    placement: StampPlacement
    level: SealLevel
    time_source: str
    signer: str
    certificate_sha256: str
    sealed_at: datetime


@dataclass(frozen=True, slots=True)
class SealedPaperView:
    """A paper of the product's own making that was sealed: the number it carries, if any, and its file."""

    register_number: str
    blob: BlobRef


def sealed_revision_of(
    session: Session, document_id: UUID, *, register_number: str | None = None
) -> SealedRevisionView | None:
    """Return the newest sealed file of a document, under one register number when it is given, or none."""
    statement = select(SealedRevision).where(SealedRevision.document_id == document_id)
    if register_number is not None:
        statement = statement.where(SealedRevision.register_number == register_number)
    row = session.scalar(statement.order_by(*NEWEST_FIRST).limit(1))
    return None if row is None else _view(row)


def sealed_revisions_with(session: Session, hashes: Iterable[str]) -> Sequence[SealedRevisionView]:
    """Return the sealed files with one of some SHA-256, the oldest first."""
    wanted = sorted(set(hashes))
    if not wanted:
        return []
    rows = session.scalars(
        select(SealedRevision)
        .where(SealedRevision.sha256.in_(wanted))
        .order_by(SealedRevision.sealed_at, SealedRevision.revision)
    )
    return [_view(row) for row in rows]


def sealed_papers_with(session: Session, hashes: Iterable[str]) -> Sequence[SealedPaperView]:
    """Return the papers of the product's own making with one of some SHA-256, the oldest first."""
    wanted = sorted(set(hashes))
    if not wanted:
        return []
    rows = session.scalars(select(SealedPaper).where(SealedPaper.sha256.in_(wanted)).order_by(SealedPaper.sealed_at))
    return [SealedPaperView(row.number, BlobRef(BlobKind.SEALED, row.sha256, row.size_bytes)) for row in rows]


def sealing_certificates(session: Session, certificates: Iterable[str]) -> frozenset[str]:
    """Return those of some certificates, by SHA-256, with which this registry sealed."""
    found = set()
    for certificate in set(certificates):
        used = select(SealedRevision.id).where(SealedRevision.certificate_sha256 == certificate).limit(1)
        on_paper = select(SealedPaper.sha256).where(SealedPaper.certificate_sha256 == certificate).limit(1)
        if session.scalar(used) is not None or session.scalar(on_paper) is not None:
            found.add(certificate)
    return frozenset(found)


def has_sealed(session: Session) -> bool:
    """Return whether anything was ever sealed here: then there was a key."""
    kept = (select(SealedRevision.id).limit(1), select(SealedPaper.sha256).limit(1))
    return any(session.scalar(one) is not None for one in kept)


def current_design(session: Session) -> StampDesign:
    """Return the newest design of the stamps, or the usual one with the administration's name while nobody made one."""
    newest = session.scalar(select(StampDesignVersion).order_by(StampDesignVersion.version.desc()).limit(1))
    if newest is None:
        name = identity_of(session).name
        return StampDesign(name_ar=name.ar, name_fr=name.fr)
    return StampDesign.from_row(newest.design)


def _view(row: SealedRevision) -> SealedRevisionView:
    return SealedRevisionView(
        document_id=row.document_id,
        register_number=row.register_number,
        revision=row.revision,
        kind=StampKind(row.kind),
        blob=BlobRef(BlobKind.SEALED, row.sha256, row.size_bytes),
        source=SealSource(row.source),
        placement=StampPlacement(row.placement),
        level=SealLevel(row.level),
        time_source=row.time_source,
        signer=row.signer,
        certificate_sha256=row.certificate_sha256,
        sealed_at=row.sealed_at,
    )
