"""Acts drafted by people of the demonstration, circuits, and decisions, by the product's own operations."""

from __future__ import annotations

from uuid import UUID

from docflow.approvals.circuits import CircuitSetup, create_circuit
from docflow.approvals.models import ApprovalRun, Ask, Decision
from docflow.approvals.operations import Verdict, start_run
from docflow.approvals.queries import RunView, run_of
from docflow.approvals.rules import AskState, Choice, Circuit, Facts, Function, FunctionKind, Mode, Seat, Step, StepKind
from docflow.approvals.signing import decide_and_sign
from docflow.bootstrap import Runtime
from docflow.core.actor import SYSTEM
from docflow.documents.models import Document
from docflow.documents.operations import finish_reading, keep_page, start_reading, write_scope
from tests.conftest import actor, deposit, run_jobs
from tests.factories.documents import page_result, unit_id
from tests.rooms.stamping.letters import LETTER

PIN = "4711-92"
CHIEF = Seat(Function(FunctionKind.UNIT_HEAD), (Function(FunctionKind.HEAD_ABOVE),))


def role(runtime: Runtime, name: str, unit: str = "HH") -> Seat:
    return Seat(Function(FunctionKind.ROLE, role=name, unit_id=unit_id(runtime, unit)))


def standard(runtime: Runtime) -> Circuit:
    """Visas of the head and of the director, the president's signature, the departure."""
    return Circuit(
        (
            Step(StepKind.VISA, (CHIEF,)),
            Step(StepKind.VISA, (role(runtime, "director"),)),
            Step(StepKind.SIGNATURE, (role(runtime, "president"),)),
            Step(StepKind.DEPARTURE),
        )
    )


def short(runtime: Runtime) -> Circuit:
    """The president's signature alone."""
    return Circuit((Step(StepKind.SIGNATURE, (role(runtime, "president"),)),))


def parallel(runtime: Runtime, mode: Mode = Mode.ALL) -> Circuit:
    """Visas of two heads beside each other, then the president's signature."""
    heads = (role(runtime, "head", "DTE"), role(runtime, "head", "DAA"))
    return Circuit((Step(StepKind.VISA, heads, mode), Step(StepKind.SIGNATURE, (role(runtime, "president"),))))


def make_circuit(runtime: Runtime, circuit: Circuit, code: str = "letters") -> UUID:
    with runtime.transactions.writing(actor(runtime, "admin")) as uow:
        return create_circuit(uow, CircuitSetup(code, "مراسلات", "Courriers", "outgoing", circuit)).id


def drafted(runtime: Runtime, *, by: str = "agent", unit: str = "TRV", subject: str = "Réponse") -> UUID:
    """An act as the drafting room leaves it: a PDF that its unit sees and no desk does."""
    document = deposit(runtime, LETTER, by=by, unit_id=unit_id(runtime, unit))
    with runtime.transactions.writing(SYSTEM) as uow:
        start_reading(uow, document.id, source_kind="pdf", media_type="application/pdf", page_count=1, is_signed=False)
        uow.session.flush()
        keep_page(uow, document.id, 0, result=page_result(subject))
        finish_reading(uow, document.id, searchable=None, proposals={}, values={"subject": subject, "kind": "letter"})
        kept = uow.session.get_one(Document, document.id)
        kept.is_drafted, kept.is_open = True, True
        write_scope(uow, kept)
    return document.id


def started(
    runtime: Runtime, document_id: UUID | None = None, *, by: str = "agent", unit: str = "TRV", **facts
) -> UUID:
    """Send an act on the circuit ``letters`` and freeze it; return the run."""
    document_id = document_id or drafted(runtime, by=by, unit=unit)
    said = Facts(kind="letter", unit_id=unit_id(runtime, unit), **facts)
    with runtime.transactions.writing(actor(runtime, by)) as uow:
        run_id = start_run(uow, document_id=document_id, circuit_code="letters", facts=said).id
    run_jobs(runtime)
    return run_id


def view_of(runtime: Runtime, run_id: UUID) -> RunView:
    with runtime.transactions.reading() as session:
        row = session.get_one(ApprovalRun, run_id)
        found = run_of(session, row.document_id)
        assert found is not None
        return found


def open_asks(runtime: Runtime, run_id: UUID) -> list[Ask]:
    return [view.ask for view in view_of(runtime, run_id).asks if view.ask.state == AskState.OPEN]


def with_key(runtime: Runtime, username: str) -> None:
    person, now = actor(runtime, username), runtime.clock.now()
    if runtime.person_keys.certificate_of(person.person_id, now=now) is None:
        runtime.person_keys.make(person.person_id, name=person.name, pin=PIN, now=now)


def decides(
    runtime: Runtime,
    username: str,
    run_id: UUID,
    choice: Choice = Choice.APPROVE,
    *,
    comment: str = "",
    back_to: int | None = None,
    seat: int = 0,
    pin: str = PIN,
) -> Decision:
    """Decide on what is open on a run, with a key that is made when there is none."""
    with_key(runtime, username)
    ask = open_asks(runtime, run_id)[seat]
    verdict = Verdict(choice, comment or ("" if choice is Choice.APPROVE else "Motif"), back_to)
    return decide_and_sign(runtime, actor(runtime, username), ask.id, verdict, pin=pin)


def settled(runtime: Runtime) -> None:
    """Let the time to undo pass, and do what follows."""
    runtime.clock.move(seconds=11)
    run_jobs(runtime)
