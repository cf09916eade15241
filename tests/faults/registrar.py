"""Machines to be killed: clerks that register the documents of a list, workers that seal what was registered."""

from __future__ import annotations

import io
import random
import time
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from docflow.accounts.queries import OPERATOR
from docflow.accounts.units import all_units
from docflow.accounts.visibility import Confidentiality
from docflow.bootstrap import Runtime, bootstrap
from docflow.core.capability import JobContext
from docflow.core.errors import Conflict
from docflow.core.jobs import Job, JobState
from docflow.documents.editing import Metadata
from docflow.documents.models import Document
from docflow.jobs.runner import JobRunner
from docflow.registry.jobs import seal
from docflow.registry.operations import Arrival, register_document
from docflow.registry.sheets import Sheet
from docflow.settings import Settings
from docflow.storage.rules import BlobKind
from tests.factories.documents import read_document

SEALING = "registry.seal"
CHOICE, AT_ONCE = 400, 8
IDLE_S = 0.1


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


def deposit_letters(runtime: Runtime, letters: int) -> list[UUID]:
    """Keep letters of one page as they are once their reading ended; all have the same file."""
    sheet = Sheet(title="Lettre")
    sheet.add_page()
    sheet.write("Une lettre", x=20, y=20, width=100, size_pt=12)
    original = runtime.blob_store.put(BlobKind.ORIGINAL, io.BytesIO(sheet.content()), media_type="application/pdf")
    return [read_document(runtime, "Une lettre", original=original) for _ in range(letters)]


def seal_all(settings: Settings, _number: int = 0) -> None:
    """Run jobs as a worker does until none of sealing is left; what else waits is passed over, not done."""
    runtime = bootstrap(settings)
    handlers = {name: pass_over for capability in runtime.capabilities for name in capability.jobs} | {SEALING: seal}
    runner = JobRunner(runtime.job_queue, handlers, runtime, lease_s=settings.job_lease_s)
    while seals_left(runtime):
        if not runner.run_one():
            time.sleep(IDLE_S)


def pass_over(_deps: Any, _payload: Mapping[str, Any], _context: JobContext) -> None:
    """Do nothing for a job that is not of sealing."""


def seals_left(runtime: Runtime) -> int:
    """Return how many jobs of sealing wait or run."""
    waiting = Job.state.in_([JobState.READY, JobState.RUNNING])
    with runtime.transactions.reading() as session:
        return session.scalar(select(func.count(Job.id)).where(Job.name == SEALING, waiting)) or 0
