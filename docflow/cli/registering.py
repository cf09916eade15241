"""Registering what was just ingested, as the operator of a script does it: by what was read."""

from __future__ import annotations

import time
from uuid import UUID

from docflow.accounts.rules import UnitKind
from docflow.accounts.units import all_units
from docflow.accounts.visibility import Confidentiality
from docflow.bootstrap import Runtime
from docflow.core.actor import Actor
from docflow.documents.editing import Metadata
from docflow.documents.queries import document_content_for
from docflow.registry.operations import Arrival, register_document
from docflow.registry.queries import entries_of_document
from docflow.registry.rules import SealState
from docflow.unit_proposals.first_routes import LetterFacts, folded_words
from docflow.unit_proposals.queries import unit_proposal_for
from docflow.unit_proposals.ruling import unit_by_rule

LONGEST_SEAL_S = 60


def register_as_read(runtime: Runtime, actor: Actor, document_id: UUID, *, register_code: str) -> str:
    """Register a document by what was read in it; return its number.

    Where no unit is known or probable it goes to the district itself, whose direction decides.
    """
    with runtime.transactions.writing(actor) as uow:
        document = document_content_for(uow.session, actor, document_id)
        facts = LetterFacts(register_code, document.kind, folded_words(document.sender))
        is_confidential = document.confidentiality == Confidentiality.CONFIDENTIAL.value
        by_rule = None if document.unit_id or is_confidential else unit_by_rule(uow, document_id, facts)
        explained = None if document.unit_id or by_rule else unit_proposal_for(uow.session, actor, document)
        units = all_units(uow.session)
        district = next((unit.id for unit in units if unit.kind == UnitKind.DISTRICT), None)
        metadata = Metadata(
            subject=document.subject or document.file_name,
            sender=document.sender,
            addressee=document.addressee,
            reference=document.reference,
            document_date=document.document_date,
            kind=document.kind,
            unit_id=document.unit_id or by_rule or (explained.proposal.unit_id if explained else district),
            confidentiality=Confidentiality(document.confidentiality),
        )
        entry = register_document(
            uow,
            document_id,
            register_code=register_code,
            metadata=metadata,
            arrival=Arrival(arrived_at=document.deposited_at),
            expected_version=document.version,
        )
    return entry.label


def wait_for_seals(runtime: Runtime, document_ids: list[UUID]) -> None:
    """Run jobs until every document has its stamp and seal, or is known not to get one."""
    runner = runtime.make_runner()
    deadline = time.monotonic() + LONGEST_SEAL_S
    while time.monotonic() < deadline:
        has_worked = runner.run_one()
        with runtime.transactions.reading() as session:
            entries = [entry for document_id in document_ids for entry in entries_of_document(session, document_id)[:1]]
        if all(entry.seal_state != SealState.PENDING for entry in entries):
            return
        if not has_worked:
            time.sleep(0.1)
