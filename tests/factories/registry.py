"""Documents with a register number, given by the product's own operation."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from docflow.accounts.visibility import Confidentiality
from docflow.bootstrap import Runtime
from docflow.documents.editing import Metadata
from docflow.documents.models import Document
from docflow.registry.models import Entry
from docflow.registry.operations import Arrival, register_document
from tests.conftest import actor
from tests.factories.documents import read_document, unit_id


def letter(runtime: Runtime, **changes: object) -> Metadata:
    said = Metadata(
        subject="إصلاح الإنارة بزنقة 14",
        sender="محمد الإدريسي",
        addressee="",
        reference="118/2026",
        document_date=None,
        kind="complaint",
        unit_id=unit_id(runtime, "TRV"),
        confidentiality=Confidentiality.NORMAL,
    )
    return replace(said, **changes)  # type: ignore[arg-type]


def version_of(runtime: Runtime, document_id: UUID) -> int:
    with runtime.transactions.reading() as session:
        return session.get_one(Document, document_id).version


def registered(
    runtime: Runtime,
    document_id: UUID | None = None,
    *,
    by: str = "clerk",
    register: str = "incoming",
    arrival: Arrival | None = None,
    **changes: object,
) -> Entry:
    """Register a document, a new one when none is given."""
    document_id = document_id or read_document(runtime, "Une lettre.", by=by)
    expected = version_of(runtime, document_id)
    with runtime.transactions.writing(actor(runtime, by)) as uow:
        return register_document(
            uow,
            document_id,
            register_code=register,
            metadata=letter(runtime, **changes),
            arrival=arrival or Arrival(),
            expected_version=expected,
        )
