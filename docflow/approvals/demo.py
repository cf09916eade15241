"""The demonstration's circuits, and acts that wait for its heads, its director and its president."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import Final, Protocol
from uuid import UUID

from docflow.accounts.queries import OPERATOR, actor_named
from docflow.accounts.units import all_units
from docflow.accounts.visibility import Confidentiality
from docflow.approvals.circuits import CircuitSetup, create_circuit
from docflow.approvals.operations import start_run
from docflow.approvals.ports import Deps as RoomDeps
from docflow.approvals.rules import Circuit, Condition, Facts, Function, FunctionKind, Mode, Seat, Step, StepKind
from docflow.core.actor import Actor
from docflow.core.clock import CASABLANCA
from docflow.district.queries import letterhead_of
from docflow.documents.editing import Metadata, edit_metadata
from docflow.documents.models import Document
from docflow.documents.operations import Deposit, write_scope
from docflow.ingest.operations import IncomingFile, deposit_file
from docflow.registry.letterheads import draw_letterhead
from docflow.registry.sheets import A4_MM, Sheet

CHIEF: Final = Seat(Function(FunctionKind.UNIT_HEAD), (Function(FunctionKind.HEAD_ABOVE),))
DEAR_DH: Final = 100_000


class Deps(RoomDeps, Protocol):
    """What the demonstration is made with."""


@dataclass(frozen=True, slots=True)
class DemoAct:
    """An act of the demonstration: who drafted it, in which unit, on which circuit, and what it says."""

    by: str
    unit: str
    circuit: str
    kind: str
    addressee: str
    subject: str
    body: tuple[str, ...]
    amount_dh: int | None = None
    is_urgent: bool = False


ACTS: Final = (
    DemoAct(
        "agent", "TRV", "reply", "letter", "السيد محمد الإدريسي العلوي، زنقة 14 حي السلام",
        "جواب عن شكاية بشأن تسرب المياه وتضرر الطريق",
        (
            "سلام تام بوجود مولانا الإمام،",
            ("وبعد، جوابا على شكايتكم المشار إليها في الموضوع أعلاه، يشرفني إخباركم بأن فرقة الصيانة عاينت التسرب بعين "
            "المكان، وبأن أشغال إصلاح القناة وإعادة تبليط الطريق ستنطلق خلال الأسبوع المقبل."),
            "وتقبلوا فائق التقدير والاحترام، والسلام.",
        ),
        is_urgent=True,
    ),
    DemoAct(
        "agent2", "EC", "reply", "letter", "Mme Nadia Benjelloun",
        "Réponse à votre demande de copie intégrale",
        (
            "Madame,",
            ("En réponse à votre demande, j'ai l'honneur de vous informer que la copie demandée peut être retirée au "
            "guichet de l'état civil, sur présentation de votre carte nationale."),
            "Veuillez agréer, Madame, l'expression de ma considération distinguée.",
        ),
    ),
    DemoAct(
        "agent", "TRV", "order", "letter", "Éclairage du Bouregreg SARL",
        "Commande de 120 luminaires LED pour l'avenue Afghanistan",
        (
            "Monsieur le Directeur,",
            ("Je vous prie de bien vouloir livrer cent vingt luminaires LED de 80 W, conformément à votre offre, dans "
            "un délai de trente jours."),
            "Le montant de la commande s'élève à 186 000,00 DH toutes taxes comprises.",
        ),
        amount_dh=186_000,
    ),
    DemoAct(
        "head", "DTE", "reply", "note", "السادة رؤساء المصالح",
        "مذكرة حول برنامج صيانة الإنارة العمومية خلال فصل الشتاء",
        (
            "إلى السادة رؤساء المصالح،",
            ("يتعين عليكم موافاة القسم التقني، قبل متم الشهر الجاري، ببرنامج المراقبة الليلية وبلائحة النقط السوداء "
            "بتراب المقاطعة."),
            "وتقبلوا خالص التحية.",
        ),
    ),
)  # fmt: skip


def fill_demo_approvals(deps: Deps) -> None:
    """Make the circuits of the demonstration and send its acts on them, by the product's own operations."""
    with deps.transactions.reading() as session:
        units = {unit.code: unit.id for unit in all_units(session)}
        people = {act.by: actor_named(session, act.by, deps.clock.now()) for act in ACTS}
    with deps.transactions.writing(OPERATOR) as uow:
        for setup in _circuits(units):
            create_circuit(uow, setup)
    for act in ACTS:
        _send(deps, people[act.by], act, unit_id=units[act.unit])


def _circuits(units: dict[str, UUID]) -> list[CircuitSetup]:
    def role(name: str, unit: str = "HH") -> Seat:
        return Seat(Function(FunctionKind.ROLE, role=name, unit_id=units[unit]))

    end = (Step(StepKind.SIGNATURE, (role("president"),)), Step(StepKind.DEPARTURE))
    heads = (role("head", "DTE"), role("head", "DAA"))
    return [
        CircuitSetup(
            "reply",
            "جواب عن مراسلة",
            "Réponse à un courrier",
            "outgoing",
            Circuit((Step(StepKind.VISA, (CHIEF,)), Step(StepKind.VISA, (role("director"),)), *end)),
        ),
        CircuitSetup(
            "order",
            "طلبية أو التزام مالي",
            "Commande ou engagement",
            "outgoing",
            Circuit(
                (
                    Step(StepKind.OPINION, heads, Mode.ANY, days=3),
                    Step(StepKind.VISA, heads, Mode.ALL, Condition(least_dh=DEAR_DH), days=3),
                    Step(StepKind.VISA, (role("director"),)),
                    *end,
                )
            ),
        ),
        CircuitSetup("direct", "توقيع الرئيس مباشرة", "Signature directe du président", "outgoing", Circuit(end)),
    ]


def _send(deps: Deps, drafter: Actor, act: DemoAct, *, unit_id: UUID) -> None:
    content = _drawn(deps, act)
    incoming = IncomingFile(
        io.BytesIO(content),
        Deposit(file_name=f"{act.circuit}.pdf", register_code="outgoing", unit_id=unit_id),
    )
    document = deposit_file(
        deps.transactions, deps.blob_store, drafter, incoming=incoming, max_bytes=deps.settings.max_file_bytes
    )
    with deps.transactions.writing(drafter) as uow:
        said = Metadata(
            subject=act.subject,
            sender="",
            addressee=act.addressee,
            reference="",
            document_date=uow.now.astimezone(CASABLANCA).date(),
            kind=act.kind,
            unit_id=unit_id,
            confidentiality=Confidentiality.NORMAL,
        )
        kept = uow.session.get_one(Document, document.id)
        kept.is_drafted, kept.is_open = True, True
        write_scope(uow, kept)
        uow.session.flush()
        edit_metadata(uow, document.id, metadata=said, expected_version=kept.version)
        facts = Facts(kind=act.kind, unit_id=unit_id, amount_dh=act.amount_dh, is_urgent=act.is_urgent)
        start_run(uow, document_id=document.id, circuit_code=act.circuit, facts=facts)


def _drawn(deps: Deps, act: DemoAct) -> bytes:
    """Return an act on a sheet with the institution's head."""
    sheet = Sheet(title=act.subject)
    sheet.add_page()
    x, width = 22.0, A4_MM[0] - 44.0
    with deps.transactions.reading() as session:
        letterhead = letterhead_of(session)
    y = draw_letterhead(sheet, letterhead, x=x, y=16, width=width)
    today = deps.clock.now().astimezone(CASABLANCA).strftime("%d/%m/%Y")
    is_french = act.subject[0].isascii()
    sheet.write(today, x=x, y=y, width=width, size_pt=11, align="R" if is_french else "L")
    y = sheet.write_lines(sheet.wrapped(act.addressee, width=width, size_pt=12), x=x, y=y + 14, width=width, size_pt=12)
    label = "Objet : " if is_french else "الموضوع: "
    for text, size_pt, bold, gap in [
        (label + act.subject, 13.0, True, 10.0),
        *((paragraph, 12.0, False, 5.0) for paragraph in act.body),
    ]:
        lines = sheet.wrapped(text, width=width, size_pt=size_pt, bold=bold)
        y = sheet.write_lines(lines, x=x, y=y + gap, width=width, size_pt=size_pt, bold=bold)
    return sheet.content()
