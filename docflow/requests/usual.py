"""The procedures with which a district begins: civil status, school enrolment, access to information.

They are a beginning: the administrator sees to units, fees and terms.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from docflow.core.uow import UnitOfWork
from docflow.deadlines.rules import DayKind
from docflow.requests.catalogue import ProcedureSetup, create_procedure
from docflow.requests.queries import catalogue
from docflow.requests.rules import AskedPaper, PaperForm, ProcedureKind, Question

CIN: Final = AskedPaper(
    "البطاقة الوطنية للتعريف الإلكترونية", "Carte nationale d'identité électronique", PaperForm.SHOWN
)
BOOKLET: Final = AskedPaper("الدفتر العائلي", "Livret de famille", PaperForm.SHOWN)
NO_LEGALISED: Final = AskedPaper("نسخ مصادق على مطابقتها للأصل", "Copies certifiées conformes", PaperForm.FORBIDDEN)
NO_SIGNED: Final = AskedPaper("تصحيح إمضاء على الطلب", "Signature légalisée sur la demande", PaperForm.FORBIDDEN)
NO_EXTRACT: Final = AskedPaper(
    "نسخة من رسم يوجد في سجلات نفس المكتب", "Copie d'un acte que le même bureau détient", PaperForm.FORBIDDEN
)
CIVIL_FEE: Final = ("الرسم القانوني المعلق بالشباك", "Droit légal affiché au guichet")
SIMPLIFYING: Final = ("القانون 55-19", "loi 55-19")
CIVIL_LAW: Final = ("القانون 36-21", "loi 36-21")
CIVIL_STATUS: Final = ("القانون 36-21، القانون 55-19", "loi 36-21, loi 55-19")
WHOSE: Final = Question("الاسم الكامل لصاحب الرسم", "Nom complet du titulaire de l'acte")
BORN: Final = Question("تاريخ ومكان الازدياد", "Date et lieu de naissance")
ACT: Final = Question("رقم الرسم وسنته", "Numéro et année de l'acte", is_optional=True)
COPIES: Final = Question("عدد النسخ", "Nombre d'exemplaires")
TIE: Final = Question("صلتكم بصاحب الرسم", "Votre lien avec le titulaire de l'acte")


@dataclass(frozen=True, slots=True)
class Usual:
    """A procedure to begin with; the unit is that of the house."""

    slug: str
    title: tuple[str, str]
    summary: tuple[str, str]
    papers: tuple[AskedPaper, ...]
    questions: tuple[Question, ...] = ()
    fee: tuple[str, str] = ("", "")
    days: int | None = None
    kind: ProcedureKind = ProcedureKind.REQUEST
    legal_basis: tuple[str, str] = SIMPLIFYING
    is_online: bool = True


USUAL: Final = (
    Usual(
        "extrait-naissance",
        ("نسخة موجزة من رسم الولادة", "Extrait d'acte de naissance"),
        (
            "للشخص المولود بتراب المقاطعة، ولأصوله وفروعه وزوجه. يسحب من الشباك دون انتظار بموعد.",
            ("Pour la personne née dans l'arrondissement, ses ascendants, descendants et conjoint. "
            "Se retire au guichet, sans attente avec un rendez-vous."),
        ),
        (CIN, BOOKLET, NO_EXTRACT, NO_LEGALISED),
        (WHOSE, BORN, ACT, TIE, COPIES),
        CIVIL_FEE, 3, legal_basis=CIVIL_STATUS,
    ),
    Usual(
        "copie-integrale-naissance",
        ("نسخة كاملة من رسم الولادة", "Copie intégrale d'acte de naissance"),
        (
            "لصاحب الرسم أو أصوله أو فروعه أو زوجه أو وكيله.",
            "Pour le titulaire de l'acte, ses ascendants, descendants, conjoint, ou son mandataire.",
        ),
        (CIN, BOOKLET, NO_EXTRACT, NO_LEGALISED),
        (WHOSE, BORN, ACT, TIE, COPIES),
        CIVIL_FEE, 3, legal_basis=CIVIL_STATUS,
    ),
    Usual(
        "extrait-deces",
        ("نسخة من رسم الوفاة", "Copie ou extrait d'acte de décès"),
        ("لأقارب المتوفى وذوي الحقوق.", "Pour les proches du défunt et ses ayants droit."),
        (CIN, BOOKLET, NO_EXTRACT, NO_LEGALISED),
        (
            Question("الاسم الكامل للمتوفى", "Nom complet du défunt"),
            Question("تاريخ ومكان الوفاة", "Date et lieu du décès"),
            ACT, TIE, COPIES,
        ),
        CIVIL_FEE, 3, legal_basis=CIVIL_STATUS,
    ),
    Usual(
        "naissance-hors-delai",
        ("التصريح بالولادة خارج الأجل: إعداد الملف", "Déclaration tardive de naissance : préparation du dossier"),
        (
            "تهيأ هنا الوثائق مسبقا، ثم يرفع الطلب إلى المحكمة التي تأمر بالتسجيل. لا تنتقلوا إلا مرة واحدة.",
            ("Le dossier est préparé à l'avance, puis la demande va au tribunal qui ordonne l'inscription. Un seul "
            "déplacement suffit."),
        ),
        (
            AskedPaper(
                "شهادة الولادة من الطبيب أو المولدة، إن وجدت",
                "Certificat de naissance du médecin ou de la sage-femme, s'il existe",
                PaperForm.COPY,
            ),
            AskedPaper("شهادة عدم التسجيل", "Certificat de non-inscription", PaperForm.ORIGINAL),
            AskedPaper("رسم زواج الأبوين", "Acte de mariage des parents", PaperForm.COPY),
            AskedPaper("بطاقتا الأبوين الوطنيتان", "Cartes d'identité des parents", PaperForm.SHOWN),
            BOOKLET, NO_LEGALISED,
        ),
        (
            Question("الاسم الشخصي والعائلي للمولود", "Prénom et nom de l'enfant"), BORN,
            Question("اسم الأب واسم الأم", "Noms du père et de la mère"),
        ),
        legal_basis=CIVIL_LAW, days=15,
    ),
    Usual(
        "deces-hors-delai",
        ("التصريح بالوفاة خارج الأجل: إعداد الملف", "Déclaration tardive de décès : préparation du dossier"),
        (
            "تهيأ هنا الوثائق مسبقا، ثم يرفع الطلب إلى المحكمة التي تأمر بالتسجيل.",
            "Le dossier est préparé à l'avance, puis la demande va au tribunal qui ordonne l'inscription.",
        ),
        (
            AskedPaper("شهادة الوفاة أو شهادة المعاينة", "Certificat de décès ou constat", PaperForm.COPY),
            AskedPaper("شهادة عدم التسجيل", "Certificat de non-inscription", PaperForm.ORIGINAL),
            CIN, BOOKLET, NO_LEGALISED,
        ),
        (
            Question("الاسم الكامل للمتوفى", "Nom complet du défunt"),
            Question("تاريخ ومكان الوفاة", "Date et lieu du décès"), TIE,
        ),
        legal_basis=CIVIL_LAW, days=15,
    ),
    Usual(
        "inscription-scolaire",
        ("التسجيل المدرسي: وثائق الحالة المدنية", "Inscription scolaire : pièces d'état civil"),
        (
            ("حسب الاتفاق مع السلطة التربوية، تكفي نسخة عادية من صفحة التلميذ في الدفتر العائلي مع تقديم الدفتر. "
            "لا حاجة إلى نسخة من رسم الولادة ولا إلى أي مصادقة."),
            ("Comme convenu avec l'autorité éducative, une copie simple de la page de l'élève dans le livret de "
            "famille suffit, le livret étant présenté. Ni extrait de naissance, ni légalisation."),
        ),
        (
            BOOKLET,
            AskedPaper(
                "صفحة التلميذ في الدفتر العائلي",
                "Page de l'élève du livret de famille",
                PaperForm.COPY,
            ),
            AskedPaper("نسخة من رسم الولادة", "Extrait d'acte de naissance", PaperForm.FORBIDDEN),
            NO_LEGALISED,
        ),
        (
            Question("الاسم الكامل للتلميذ", "Nom complet de l'élève"),
            Question("المؤسسة والمستوى", "Établissement et niveau"),
        ),
        days=3,
    ),
    Usual(
        "acces-information",
        ("الحصول على المعلومات", "Accès à l'information"),
        (
            "لكل مواطنة ومواطن ولكل أجنبي مقيم. الجواب خلال 20 يوم عمل، و3 أيام عند الاستعجال لحماية الحياة أو الحرية.",
            ("Pour toute citoyenne, tout citoyen et tout étranger résident. Réponse sous 20 jours ouvrables, 3 en cas "
            "d'urgence pour la vie ou la liberté."),
        ),
        (
            AskedPaper("تعليل الطلب", "Justification de la demande", PaperForm.FORBIDDEN),
            NO_SIGNED,
        ),
        (
            Question("ما هي المعلومات التي تطلبونها؟", "Quelles informations demandez-vous ?"),
            Question("كيف تريدون الحصول عليها؟", "Sous quelle forme les voulez-vous ?", is_optional=True),
            Question("عنوانكم", "Votre adresse"),
        ),
        kind=ProcedureKind.INFORMATION, legal_basis=("القانون 31-13", "loi 31-13"),
    ),
)  # fmt: skip


def add_usual(uow: UnitOfWork, *, unit_of: Callable[[str], UUID]) -> int:
    """Add the usual procedures that are not in the catalogue yet; return how many were added.

    Raises:
        PermissionDenied: without ``procedures.manage``.
        InvalidInput: ``unit_unknown``.
    """
    uow.require("procedures.manage")
    kept = {one.slug for one in catalogue(uow.session, active_only=False)}
    added = [one for one in USUAL if one.slug not in kept]
    for one in added:
        create_procedure(
            uow,
            ProcedureSetup(
                slug=one.slug,
                kind=one.kind,
                unit_id=unit_of(one.slug),
                title=one.title,
                summary=one.summary,
                fee=one.fee,
                papers=one.papers,
                questions=one.questions,
                days=one.days,
                day_kind=DayKind.WORKING,
                legal_basis=one.legal_basis,
                is_online=one.is_online,
            ),
        )
    return len(added)
