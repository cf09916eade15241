"""The demonstration: a district with its people, circuits and acts, and the letters that came to it in the last weeks.

Everything is made by the product's own operations, as its people would; letters are drawn, deposited, read, registered
and sent on.
"""

from __future__ import annotations

import io
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from uuid import UUID

import structlog
from sqlalchemy import Select, select

from docflow.accounts.demo import fill_demo_district, fill_demo_powers
from docflow.accounts.queries import actor_named
from docflow.accounts.units import all_units
from docflow.accounts.visibility import Confidentiality
from docflow.appointments.demo import fill_demo_offices
from docflow.approvals.demo import fill_demo_approvals
from docflow.bootstrap import Runtime
from docflow.complaints.demo import deposit_demo_complaints, fill_demo_complaints
from docflow.core.actor import Actor
from docflow.core.clock import CASABLANCA
from docflow.documents.editing import Metadata
from docflow.documents.models import Document
from docflow.documents.operations import Deposit
from docflow.documents.queries import document_content_for
from docflow.drafting.demo import fill_demo_templates
from docflow.ingest.operations import IncomingFile, deposit_file
from docflow.publications.demo import fill_demo_publications
from docflow.records.demo import fill_demo_files
from docflow.records.models import CaseFile
from docflow.records.operations import file_documents
from docflow.registry.operations import REGISTRABLE, Arrival, register_document
from docflow.registry.sheets import A4_MM, Sheet
from docflow.requests.demo import fill_demo_procedures
from docflow.routing.models import Assignment
from docflow.routing.operations import finish, send
from docflow.routing.queries import open_of
from docflow.routing.rules import Instruction
from docflow.routing.steps import Dispatch

logger = structlog.get_logger()

READING_TIMEOUT_S: Final = 120


@dataclass(frozen=True, slots=True)
class DemoLetter:
    """A letter of the demonstration.

    Attributes:
        register: where it is registered; the desk has not come to it yet when ``days_ago`` is none.
        kind: what it is, as ``DocumentKind``.
        sender: who wrote it, as it stands at its head.
        place: what stands below.
        subject: what it is about.
        body: its paragraphs.
        unit: the code of the unit that answers for it.
        days_ago: when it came.
        copies: codes of units that are told of it.
        asked: the username of a head who is asked to sign what is proposed in it.
        filed_by: the username of whoever opened the case file that it is in.
        answered_by: the username of whoever answered it for its unit, which closed the matter.
        answer: what they noted.
    """

    register: str
    kind: str
    sender: str
    place: str
    subject: str
    body: tuple[str, ...]
    unit: str = ""
    days_ago: int | None = None
    copies: tuple[str, ...] = ()
    asked: str = ""
    filed_by: str = ""
    answered_by: str = ""
    answer: str = ""


LETTERS: Final = (
    DemoLetter(
        "complaints", "complaint", "السيد محمد الإدريسي العلوي", "زنقة 14، رقم 27، حي السلام، الدار البيضاء",
        "شكاية بشأن تسرب المياه وتضرر الطريق",
        (
            "سلام تام بوجود مولانا الإمام،",
            ("وبعد، ألتمس منكم التدخل لإصلاح قناة الماء بزنقة 14 حي السلام، حيث يتسرب الماء منها منذ أسبوعين، "
            "مما أدى إلى تضرر الطريق أمام المنازل وصعوبة مرور السيارات."),
            "وتقبلوا فائق التقدير والاحترام.",
        ),
        "TRV", 32, ("ECL",), filed_by="agent",
    ),
    DemoLetter(
        "complaints", "complaint", "M. Rachid Bouzidi", "avenue Afghanistan, n° 112, Hay Hassani, Casablanca",
        "Panne de l'éclairage public de l'avenue Afghanistan",
        (
            "Monsieur le Président,",
            ("Depuis plus d'un mois, sept lampadaires de l'avenue Afghanistan ne fonctionnent plus. Les riverains "
            "craignent pour leur sécurité le soir. Nous vous prions de faire réparer l'éclairage."),
            "Veuillez agréer, Monsieur le Président, l'expression de ma considération.",
        ),
        "ECL", 50, filed_by="head",
    ),
    DemoLetter(
        "requests", "request", "Mme Nadia Benjelloun", "rue Abou Inane, n° 8, Casablanca",
        "Demande de copie intégrale d'acte de naissance",
        (
            "Monsieur l'officier de l'état civil,",
            ("Je vous prie de bien vouloir me délivrer une copie intégrale de mon acte de naissance n° 1482 de l'année "
            "1985, dont j'ai besoin pour un dossier consulaire."),
            "Avec mes remerciements.",
        ),
        "EC", 6, filed_by="agent2",
    ),
    DemoLetter(
        "incoming", "letter", "الوكالة الحضرية للدار البيضاء", "شارع الجيش الملكي، الدار البيضاء",
        "طلب معلومات حول تصميم التهيئة لمنطقة ليساسفة",
        (
            "سلام تام بوجود مولانا الإمام،",
            ("وبعد، في إطار مراجعة تصميم التهيئة، يشرفني أن أطلب منكم موافاتنا بلائحة رخص البناء المسلمة بمنطقة "
            "ليساسفة خلال السنتين الأخيرتين، وذلك في أجل خمسة عشر يوما."),
            "وتقبلوا فائق التقدير والاحترام.",
        ),
        "URB", 12, ("TRV", "HYG"), asked="head",
    ),
    DemoLetter(
        "incoming", "invitation", "جمعية الأمل للثقافة والرياضة", "دار الشباب، حي الألفة، الدار البيضاء",
        "طلب استعمال القاعة الكبرى لتنظيم حفل مدرسي",
        (
            "سلام تام بوجود مولانا الإمام،",
            ("وبعد، نلتمس منكم الترخيص لجمعيتنا باستعمال القاعة الكبرى للمركب الثقافي يوم السبت المقبل لتنظيم حفل "
            "لفائدة تلاميذ الحي."),
            "وتقبلوا فائق التقدير والاحترام.",
        ),
        "DSC", 2,
    ),
    DemoLetter(
        "incoming", "invoice", "Société Atlas Lumière SARL", "zone industrielle de Lissasfa, Casablanca",
        "Facture n° 318 : fourniture de luminaires LED",
        (
            "Monsieur le Président,",
            ("Veuillez trouver ci-joint la facture relative à la fourniture de quarante luminaires LED livrés au dépôt "
            "communal, pour un montant de 84 000,00 DH toutes taxes comprises."),
            "Veuillez agréer nos salutations distinguées.",
        ),
        "ECL", 4, filed_by="head",
    ),
    DemoLetter(
        "incoming", "letter", "Syndic du lotissement Al Firdaous", "lotissement Al Firdaous, Hay Hassani, Casablanca",
        "Nettoyage de la voirie du lotissement Al Firdaous",
        (
            "Monsieur le Président,",
            ("Les caniveaux du lotissement sont bouchés depuis les pluies. Leur nettoyage améliorerait le cadre de vie "
            "de deux cents familles, et nous vous en remercions par avance."),
            "Veuillez agréer, Monsieur le Président, l'expression de notre considération distinguée.",
        ),
        "TRV", 41, answered_by="agent", answer="Nettoyage fait par deux équipes ; le syndic est informé.",
    ),
    DemoLetter(
        "incoming", "request", "Société Atlas Réseaux SARL", "boulevard Ghandi, n° 74, Casablanca",
        "Ouverture de deux tranchées rue Abou Inane",
        (
            "Monsieur le Président,",
            ("Pour raccorder l'immeuble n° 8 de la rue Abou Inane, nous vous prions de nous délivrer les autorisations "
            "nécessaires. Le dossier technique est déposé au bureau d'ordre avec la présente."),
            "Veuillez agréer nos salutations distinguées.",
        ),
        "TRV", 36, answered_by="agent", answer="Tranchées autorisées pour dix jours ; arrêté remis.",
    ),
    DemoLetter(
        "incoming", "letter", "ودادية النصر", "زنقة 22، حي السلام، الدار البيضاء",
        "طلب العناية بالممر الرابط بين زنقة 22 والسوق",
        (
            "سلام تام بوجود مولانا الإمام،",
            ("وبعد، تلتمس الودادية العناية بالممر الرابط بين زنقة 22 والسوق، بترصيفه وبالإنارة التي يحتاجها "
            "المارة ليلا."),
            "وتقبلوا فائق التقدير والاحترام.",
        ),
        "TRV", 28, answered_by="agent", answer="رصف الممر ووضعت به ثلاثة مصابيح.",
    ),
    DemoLetter(
        "incoming", "letter", "السيدة أمينة الصقلي", "زنقة 22، رقم 5، حي السلام، الدار البيضاء",
        "شكر على العناية بممر زنقة 22",
        (
            "سلام تام بوجود مولانا الإمام،",
            "وبعد، أشكركم على انارة الممر وترصيفه، وقد صار المرور به آمنا للأطفال والمسنين.",
            "وتقبلوا فائق التقدير والاحترام.",
        ),
        "TRV", 9, answered_by="agent", answer="أخذت المصلحة علما بالرسالة.",
    ),
    DemoLetter(
        "incoming", "letter", "سكان إقامة النسيم", "حي النسيم، الدار البيضاء",
        "طلب تهيئة فضاء أخضر بإقامة النسيم",
        (
            "سلام تام بوجود مولانا الإمام،",
            "وبعد، يلتمس سكان إقامة النسيم برمجة تهيئة الفضاء الأخضر المجاور للإقامة وتزويده بكراس وألعاب للأطفال.",
            "وتقبلوا فائق التقدير والاحترام.",
        ),
    ),
    DemoLetter(
        "incoming", "letter", "Direction régionale de la santé", "boulevard Yacoub El Mansour, Casablanca",
        "Campagne de vaccination dans les écoles du quartier",
        (
            "Monsieur le Président,",
            ("Nous avons l'honneur de vous informer qu'une campagne de vaccination aura lieu dans les écoles de Hay "
            "Hassani le mois prochain, et vous prions de désigner un interlocuteur du service d'hygiène."),
            "Veuillez agréer l'expression de notre considération distinguée.",
        ),
    ),
)  # fmt: skip
"""The last two came just now and wait at the desk."""


def fill_demo(runtime: Runtime) -> bool:
    """Make the demonstration's district and acts in an empty database; return whether it was empty."""
    is_new = fill_demo_district(runtime.transactions, runtime.settings)
    if is_new:
        fill_demo_powers(runtime.transactions)
        fill_demo_templates(runtime.transactions)
        fill_demo_approvals(runtime)
        fill_demo_files(runtime.transactions)
        fill_demo_complaints(runtime.transactions)
        fill_demo_offices(runtime.transactions)
        fill_demo_publications(runtime)
        fill_demo_procedures(runtime.transactions)
    return is_new


def fill_demo_letters(runtime: Runtime) -> None:
    """Have the demonstration's letters deposited, read, registered, sent on and filed; takes some seconds."""
    with runtime.transactions.reading() as session:
        now = runtime.clock.now()
        clerk, president = (actor_named(session, name, now) for name in ("clerk", "president"))
        units = {unit.code: unit.id for unit in all_units(session)}
    deposited = [(letter, _deposit(runtime, clerk, letter)) for letter in LETTERS]
    is_read = Document.state.in_(REGISTRABLE)
    if not _are_done(runtime, select(Document.id).where(is_read), [document_id for _, document_id in deposited]):
        logger.warning("demo_letters_not_read")
        return
    for letter, document_id in sorted(deposited, key=lambda one: -(one[0].days_ago or 0)):
        if letter.days_ago is not None:
            _register(runtime, clerk, letter, document_id, units)
            _send_on(runtime, president, letter, document_id, units)
    _answer(runtime, [(letter, document_id) for letter, document_id in deposited if letter.answered_by])
    deposit_demo_complaints(runtime)


def _are_done(runtime: Runtime, done: Select[UUID], document_ids: Sequence[UUID]) -> bool:
    """Do jobs, beside the workers if there are any, until ``done`` finds them all; return whether it does."""
    runner = runtime.make_runner()
    deadline = time.monotonic() + READING_TIMEOUT_S
    while time.monotonic() < deadline:
        with runtime.transactions.reading() as session:
            if set(document_ids) <= set(session.scalars(done)):
                return True
        if not runner.run_one():
            time.sleep(0.1)
    return False


def _deposit(runtime: Runtime, clerk: Actor, letter: DemoLetter) -> UUID:
    said = Deposit(file_name=f"{letter.subject[:40]}.pdf", register_code=letter.register)
    incoming = IncomingFile(io.BytesIO(_drawn(runtime, letter)), said)
    most = runtime.settings.max_file_bytes
    return deposit_file(runtime.transactions, runtime.blob_store, clerk, incoming=incoming, max_bytes=most).id


def _register(runtime: Runtime, clerk: Actor, letter: DemoLetter, document_id: UUID, units: Mapping[str, UUID]) -> None:
    with runtime.transactions.writing(clerk) as uow:
        arrived_at = uow.now - timedelta(days=letter.days_ago or 0)
        document = document_content_for(uow.session, clerk, document_id)
        said = Metadata(
            subject=letter.subject,
            sender=letter.sender,
            addressee="",
            reference="",
            document_date=arrived_at.astimezone(CASABLANCA).date(),
            kind=letter.kind,
            unit_id=units[letter.unit],
            confidentiality=Confidentiality.NORMAL,
        )
        register_document(
            uow,
            document_id,
            register_code=letter.register,
            metadata=said,
            arrival=Arrival(arrived_at=arrived_at),
            expected_version=document.version,
        )


def _send_on(
    runtime: Runtime, president: Actor, letter: DemoLetter, document_id: UUID, units: Mapping[str, UUID]
) -> None:
    dispatches = [Dispatch(Instruction.INFORMATION, unit_id=units[code]) for code in letter.copies]
    with runtime.transactions.writing(president) as uow:
        if letter.asked:
            head = actor_named(uow.session, letter.asked, uow.now)
            dispatches.append(Dispatch(Instruction.SIGNATURE, person_id=head.person_id))
        if dispatches:
            send(uow, document_id, dispatches)
    if letter.filed_by:
        with runtime.transactions.reading() as session:
            opener = actor_named(session, letter.filed_by, runtime.clock.now())
            kept = session.scalars(select(CaseFile.id).where(CaseFile.opened_by == opener.person_id)).one()
        with runtime.transactions.writing(opener) as uow:
            file_documents(uow, kept, [document_id])


def _answer(runtime: Runtime, answered: Sequence[tuple[DemoLetter, UUID]]) -> None:
    """Have the units answer their letters, as soon as they are asked to: these matters are closed."""
    asked = select(Assignment.document_id).where(Assignment.instruction == Instruction.ATTRIBUTION)
    if not _are_done(runtime, asked, [document_id for _, document_id in answered]):
        logger.warning("demo_letters_not_sent")
        return
    for letter, document_id in answered:
        with runtime.transactions.reading() as session:
            agent = actor_named(session, letter.answered_by, runtime.clock.now())
            [task] = open_of(session, agent, document_id)
        with runtime.transactions.writing(agent) as uow:
            finish(uow, task.id, answer=letter.answer)


def _drawn(runtime: Runtime, letter: DemoLetter) -> bytes:
    """Return a letter on one sheet, as an office writes it."""
    sheet = Sheet(title=letter.subject)
    sheet.add_page()
    x, width = 24.0, A4_MM[0] - 48.0
    is_french = letter.body[0][0].isascii()
    sheet.write(letter.sender, x=x, y=22, width=width, size_pt=14, bold=True, align="L" if is_french else "R")
    sheet.write(letter.place, x=x, y=30, width=width, size_pt=10, align="L" if is_french else "R")
    sent_on = (runtime.clock.now() - timedelta(days=letter.days_ago or 0)).astimezone(CASABLANCA).strftime("%d/%m/%Y")
    day = f"Casablanca, le {sent_on}" if is_french else f"الدار البيضاء في {sent_on}"
    sheet.write(day, x=x, y=44, width=width, size_pt=11, align="R" if is_french else "L")
    institution = runtime.district.name.said("fr" if is_french else "ar")
    sheet.write(
        f"À Monsieur le Président de l'{institution}" if is_french else f"إلى السيد رئيس {institution}",
        x=x, y=58, width=width, size_pt=12, bold=True,
    )  # fmt: skip
    y = 74.0
    for text, size_pt, bold in (
        (f"{'Objet : ' if is_french else 'الموضوع: '}{letter.subject}", 13.0, True),
        *((paragraph, 12.0, False) for paragraph in letter.body),
    ):
        lines = sheet.wrapped(text, width=width, size_pt=size_pt, bold=bold)
        y = sheet.write_lines(lines, x=x, y=y, width=width, size_pt=size_pt, bold=bold) + 7
    return sheet.content()
