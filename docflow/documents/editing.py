"""What a person says about a document: subject, sender, date, unit, confidentiality."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from uuid import UUID

from docflow.accounts.visibility import Confidentiality
from docflow.core.errors import Conflict, InvalidInput, PermissionDenied
from docflow.core.jobs import JobRequest
from docflow.core.uow import UnitOfWork
from docflow.documents.models import Document
from docflow.documents.operations import INDEX_JOB, get_visible, write_scope
from docflow.documents.queries import can_see_content
from docflow.documents.rules import DocumentKind

EDITED = ("subject", "sender", "addressee", "reference", "document_date", "kind", "unit_id")
DECIDING_SCOPE = frozenset({"unit_id", "confidentiality"})
"""Attributes on which depends who may see a document."""
LESSON_JOB = JobRequest(name="unit_proposals.learn", unique_key="unit_proposals.learn")
"""Learns from what people say about units; asking twice is asking once."""


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
    document = _editable(uow, document_id, expected_version=expected_version)
    cleaned = _cleaned(metadata)
    said = {name: getattr(cleaned, name) for name in EDITED} | {"confidentiality": cleaned.confidentiality.value}
    return _say(uow, document, said)


def set_unit(uow: UnitOfWork, document_id: UUID, *, unit_id: UUID, expected_version: int) -> Document:
    """Say which unit a document concerns, unless somebody else changed it first.

    Raises:
        PermissionDenied: without ``documents.edit`` or without sight of its content.
        NotFound: ``document_unknown``.
        Conflict: ``document_changed`` with the ``version`` now.
    """
    document = _editable(uow, document_id, expected_version=expected_version)
    return _say(uow, document, {"unit_id": unit_id})


def _editable(uow: UnitOfWork, document_id: UUID, *, expected_version: int) -> Document:
    uow.require("documents.edit")
    document = get_visible(uow, document_id)
    if not can_see_content(uow.session, uow.actor, document_id):
        raise PermissionDenied("permission_missing", permission="documents.edit")
    if document.version != expected_version:
        raise Conflict("document_changed", version=document.version)
    return document


def _say(uow: UnitOfWork, document: Document, said: Mapping[str, Any]) -> Document:
    """Give attributes their new values; nothing happens when they have them already."""
    changes = {name: value for name, value in said.items() if getattr(document, name) != value}
    if not changes:
        return document
    for name, value in changes.items():
        setattr(document, name, value)
    document.is_edited = True
    document.content_version += 1
    if changes.keys() & DECIDING_SCOPE or ("kind" in changes and document.asked_people):
        document.scope_version += 1
        write_scope(uow, document)
    uow.enqueue(INDEX_JOB)
    if document.unit_id is not None:
        uow.enqueue(LESSON_JOB)
    uow.record("documents.edited", subject_kind="document", subject_id=document.id, fields=sorted(changes))
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
