"""One clerk's machine: registers documents of a list until it is empty or the process is killed."""

from __future__ import annotations

import random
from collections.abc import Sequence
from uuid import UUID

from docflow.accounts.queries import OPERATOR, all_units
from docflow.accounts.visibility import Confidentiality
from docflow.bootstrap import bootstrap
from docflow.core.errors import Conflict
from docflow.documents.editing import Metadata
from docflow.documents.models import Document
from docflow.registry.operations import Arrival, register_document
from docflow.settings import Settings


def register_all(settings: Settings, letters: Sequence[UUID], seed: int) -> None:
    """Register every document of the list in an order of its own; one that another registered is passed over."""
    runtime = bootstrap(settings)
    ids = list(letters)
    random.Random(seed).shuffle(ids)
    with runtime.transactions.reading() as session:
        unit_id = next(unit.id for unit in all_units(session) if unit.code == "TRV")
    for document_id in ids:
        try:
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
        except Conflict:
            continue
