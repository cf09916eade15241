"""One clerk's machine: registers documents of a list until it is empty or the process is killed."""

from __future__ import annotations

import random
from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select

from docflow.accounts.queries import OPERATOR, all_units
from docflow.accounts.visibility import Confidentiality
from docflow.bootstrap import Runtime, bootstrap
from docflow.core.errors import Conflict
from docflow.documents.editing import Metadata
from docflow.documents.models import Document
from docflow.registry.operations import Arrival, register_document
from docflow.settings import Settings

CHOICE, AT_ONCE = 400, 8


def register_all(settings: Settings, seed: int) -> None:
    """Register whatever has no number yet until nothing is left; what another registers first is passed over."""
    runtime = bootstrap(settings)
    chance = random.Random(seed)
    with runtime.transactions.reading() as session:
        unit_id = next(unit.id for unit in all_units(session) if unit.code == "TRV")
    while ids := some_without_a_number(runtime, chance):
        for document_id in ids:
            try:
                register(runtime, document_id, unit_id)
            except Conflict:
                continue


def some_without_a_number(runtime: Runtime, chance: random.Random) -> Sequence[UUID]:
    """Return a few letters without a number, not those that everybody else takes."""
    with runtime.transactions.reading() as session:
        left = session.scalars(select(Document.id).where(Document.is_registered.is_(False)).limit(CHOICE)).all()
    return chance.sample(left, min(AT_ONCE, len(left)))


def register(runtime: Runtime, document_id: UUID, unit_id: UUID) -> None:
    """Register one letter as the operator."""
    with runtime.transactions.writing(OPERATOR) as uow:
        document = uow.session.get_one(Document, document_id)
        said = Metadata(f"Lettre {document_id}", "", "", "", None, "", unit_id, Confidentiality.NORMAL)
        register_document(
            uow,
            document_id,
            register_code="incoming",
            metadata=said,
            arrival=Arrival(),
            expected_version=document.version,
        )
