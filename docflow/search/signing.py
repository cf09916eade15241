"""Signatures of texts, written where the index follows a document: once it was read, and when it is corrected."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from docflow.core.uow import UnitOfWork
from docflow.documents.queries import IndexRecord
from docflow.search.likeness import signature
from docflow.search.models import TextBand, TextSignature


@dataclass(frozen=True, slots=True)
class SignedText:
    """The signature of a document's text at one of its versions; none of a text that is gone or tells too little."""

    document_id: UUID
    content_version: int
    bands: tuple[int, ...]


def signed_texts(session: Session, records: Sequence[IndexRecord]) -> list[SignedText]:
    """Return the signatures of those documents whose text was not signed as it is now."""
    known = _known(session, [record.document_id for record in records])
    return [
        SignedText(record.document_id, record.content_version, () if record.is_gone else signature(record.pages))
        for record in records
        if known.get(record.document_id) != record.content_version
    ]


def keep_signatures(uow: UnitOfWork, signed: Sequence[SignedText]) -> None:
    """Put signatures in the place of earlier ones."""
    if not signed:
        return
    ids = [one.document_id for one in signed]
    uow.session.execute(delete(TextBand).where(TextBand.document_id.in_(ids)))
    uow.session.execute(delete(TextSignature).where(TextSignature.document_id.in_(ids)))
    rows: list[dict[str, Any]] = [
        {"document_id": one.document_id, "content_version": one.content_version} for one in signed
    ]
    uow.session.execute(insert(TextSignature), rows)
    bands = [{"band": band, "document_id": one.document_id} for one in signed for band in sorted(set(one.bands))]
    if bands:
        uow.session.execute(insert(TextBand), bands)


def _known(session: Session, ids: Sequence[UUID]) -> Mapping[UUID, int]:
    rows = session.execute(
        select(TextSignature.document_id, TextSignature.content_version).where(TextSignature.document_id.in_(ids))
    )
    return {row[0]: row[1] for row in rows}
