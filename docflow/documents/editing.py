"""What a person says about a document: subject, sender, date, unit, confidentiality."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from docflow.accounts.visibility import Confidentiality
from docflow.core.errors import Conflict, InvalidInput, PermissionDenied
from docflow.core.uow import UnitOfWork
from docflow.documents.models import Document
from docflow.documents.operations import INDEX_JOB, get_visible, write_scope
from docflow.documents.queries import can_see_content
from docflow.documents.rules import DocumentKind


@dataclass(frozen=True, slots=True)
class Metadata:
    """What a person can say about a document."""

    subject: str
    sender: str
    addressee: str
    reference: str
    document_date: date | None
    kind: str
    unit_id: UUID | None
    confidentiality: Confidentiality


def edit_metadata(uow: UnitOfWork, document_id: UUID, *, metadata: Metadata, expected_version: int) -> Document:
    """Change what is said about a document, unless somebody else did so first.

    Raises:
        PermissionDenied: without ``documents.edit`` or without sight of its content.
        NotFound: ``document_unknown``.
        Conflict: ``document_changed`` with the ``version`` now.
        InvalidInput: ``field_too_long``, ``kind_unknown``.
    """
    uow.require("documents.edit")
    document = get_visible(uow, document_id)
    if not can_see_content(uow.session, uow.actor, document_id):
        raise PermissionDenied("permission_missing", permission="documents.edit")
    if document.version != expected_version:
        raise Conflict("document_changed", version=document.version)
    cleaned = _cleaned(metadata)
    changes = {
        name: value
        for name in ("subject", "sender", "addressee", "reference", "document_date", "kind", "unit_id")
        if getattr(document, name) != (value := getattr(cleaned, name))
    }
    is_scope_changed = "unit_id" in changes or document.confidentiality != cleaned.confidentiality.value
    if not changes and not is_scope_changed:
        return document
    for name, value in changes.items():
        setattr(document, name, value)
    document.confidentiality = cleaned.confidentiality.value
    document.is_edited = True
    document.content_version += 1
    if is_scope_changed:
        document.scope_version += 1
        write_scope(uow, document)
    uow.enqueue(INDEX_JOB)
    uow.record(
        "documents.edited",
        subject_kind="document",
        subject_id=document_id,
        fields=sorted(changes) + (["confidentiality"] if is_scope_changed and "unit_id" not in changes else []),
    )
    return document


def _cleaned(metadata: Metadata) -> Metadata:
    limits = {"subject": 500, "sender": 300, "addressee": 300, "reference": 120}
    values = {name: " ".join(getattr(metadata, name).split()) for name in limits}
    for name, limit in limits.items():
        if len(values[name]) > limit:
            raise InvalidInput("field_too_long", field=name, limit=limit)
    if metadata.kind and metadata.kind not in set(DocumentKind):
        raise InvalidInput("kind_unknown", kind=metadata.kind)
    return replace(
        metadata,
        subject=values["subject"],
        sender=values["sender"],
        addressee=values["addressee"],
        reference=values["reference"],
    )
