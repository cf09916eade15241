"""What the product itself does with an act: freezing its version, and its number, stamp and seal at the end."""

from __future__ import annotations

from uuid import UUID

from docflow.approvals.course import Place, field_names
from docflow.approvals.models import ApprovalRun
from docflow.approvals.people import organisation
from docflow.approvals.ports import Deps
from docflow.approvals.rules import RunState, StepKind
from docflow.approvals.running import Running, locked, move, seat_now
from docflow.core.actor import SYSTEM
from docflow.core.errors import Conflict, DocFlowError, InvalidInput
from docflow.core.uow import UnitOfWork
from docflow.documents.models import Document
from docflow.documents.registering import close_matter
from docflow.documents.sources import file_to_seal
from docflow.registry.departures import Departure, departure_of, register_departure
from docflow.registry.sealing import note_sealed
from docflow.stamping.acts import freeze_act, seal_departure
from docflow.stamping.queries import sealed_revision_of
from docflow.stamping.rules import ForeseenField, SignatureKind, StampKind
from docflow.storage.rules import BlobKind, BlobRef


def prepare(deps: Deps, run_id: UUID) -> None:
    """Freeze the version of an act with its fields, then ask the first step; doing it twice freezes it once.

    Raises:
        Conflict: ``document_not_read``, ``act_changed_meanwhile``.
        InvalidInput: ``act_not_pdf``, and what freezing refuses.
        Unavailable: as ``freeze_act``.
    """
    with deps.transactions.writing(SYSTEM) as uow:
        running = locked(uow, run_id)
        if running.run.state is not RunState.PREPARING:
            return
        fields = foreseen_fields(uow, running)
        document_id, since = running.row.document_id, running.row.version_at
        frozen = sealed_revision_of(uow.session, document_id)
        file = file_to_seal(uow.session, document_id)
        size_bytes = uow.session.get_one(Document, document_id).size_bytes
    if frozen is None or frozen.kind is not StampKind.DEPARTURE or frozen.sealed_at < since:
        if file.kind is None and file.is_waiting:
            raise Conflict("document_not_read")
        if file.kind is not BlobKind.ORIGINAL:
            raise InvalidInput("act_not_pdf")
        ref = BlobRef(file.kind, file.sha256, size_bytes)
        freeze_act(deps, SYSTEM, document_id=document_id, file=ref, fields=fields)
    with deps.transactions.writing(SYSTEM) as uow:
        running = locked(uow, run_id)
        if running.run.state is not RunState.PREPARING:
            return
        running.row.error_code, running.row.error_params = None, {}
        move(uow, running, running.run.started())
        _record(uow, "approvals.opened", running.row, round=running.run.round_number)


def foreseen_fields(uow: UnitOfWork, running: Running) -> list[ForeseenField]:
    """Return the fields that the present version keeps, each with whose it is foreseen to be."""
    asked, steps = organisation(uow.session, uow.now), running.run.steps
    fields: dict[str, ForeseenField] = {}
    for (step, seat), name in field_names(steps, first_step=running.run.first_step).items():
        if name not in fields:
            seated = seat_now(asked, running, Place(running.run.round_number, step, seat))
            kind = SignatureKind.SIGNATURE if steps[step].kind is StepKind.SIGNATURE else SignatureKind.VISA
            fields[name] = ForeseenField(name, kind, seated.title_ar, seated.title_fr)
    return list(fields.values())


def note_failure(deps: Deps, run_id: UUID, refusal: DocFlowError) -> None:
    """Note why an act cannot be frozen, or sealed at its departure; it stays where it is."""
    with deps.transactions.writing(SYSTEM) as uow:
        running = locked(uow, run_id)
        if running.run.state not in {RunState.PREPARING, RunState.DEPARTING}:
            return
        running.row.error_code = refusal.code
        running.row.error_params = {name: str(value) for name, value in refusal.params.items()}
        _record(uow, "approvals.stuck", running.row, reason=refusal.code)


def depart(deps: Deps, run_id: UUID) -> None:
    """Number a signed act, stamp and seal its departure, and end its run; each part is done once.

    The number is given in a transaction of its own and stands: a try that is broken off goes on from it.

    Raises:
        NotFound: ``register_unknown``.
        Conflict: ``clock_set_back``, ``act_changed_meanwhile``.
        Unavailable: as ``seal_departure``.
    """
    with deps.transactions.writing(SYSTEM) as uow:
        running = locked(uow, run_id)
        if running.run.state is not RunState.DEPARTING:
            return
        departure = _numbered(uow, running.row, public_url=deps.settings.public_url)
        document_id = running.row.document_id
    seal_departure(deps, SYSTEM, document_id=document_id, face=departure.face)
    with deps.transactions.writing(SYSTEM) as uow:
        running = locked(uow, run_id)
        if running.run.state is not RunState.DEPARTING:
            return
        note_sealed(uow, departure.entry_id)
        running.row.error_code, running.row.error_params = None, {}
        move(uow, running, running.run.departed())
        close_matter(uow.session.get_one(Document, document_id))
        _record(uow, "approvals.departed", running.row, number=departure.face.register_number)


def _numbered(uow: UnitOfWork, row: ApprovalRun, *, public_url: str) -> Departure:
    if row.entry_id is None:
        row.entry_id = register_departure(uow, row.document_id, register_code=row.register_code).id
        uow.session.flush()
    return departure_of(uow, row.entry_id, public_url=public_url)


def _record(uow: UnitOfWork, verb: str, row: ApprovalRun, **values: str | int) -> None:
    uow.record(verb, subject_kind="document", subject_id=row.document_id, run=str(row.id), **values)
