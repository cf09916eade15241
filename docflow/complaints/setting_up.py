"""How a district takes complaints: whether, with which categories, and which unit answers for each."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, select

from docflow.accounts.units import open_units
from docflow.complaints.models import ComplaintCategory, ComplaintSetup
from docflow.complaints.queries import SETUP_ID, categories, category_with_id
from docflow.core.errors import Conflict, InvalidInput
from docflow.core.uow import UnitOfWork

MANAGES = "registers.manage"


@dataclass(frozen=True, slots=True)
class CategorySetup:
    """What is said of a category; ``elsewhere``: who is competent when the district is not."""

    name_ar: str
    name_fr: str
    examples_ar: str = ""
    examples_fr: str = ""
    unit_id: UUID | None = None
    elsewhere_ar: str = ""
    elsewhere_fr: str = ""
    is_active: bool = True


def change_setup(
    uow: UnitOfWork, *, is_open: bool, allows_anonymous: bool, triage_unit_id: UUID | None, expected_version: int
) -> ComplaintSetup:
    """Open or close the deposit on the public site, and say how complaints are taken.

    Raises:
        PermissionDenied: without ``registers.manage``.
        InvalidInput: ``unit_unknown``; ``triage_unit_missing`` when it is opened without a unit that sorts.
        Conflict: ``changed_meanwhile``.
    """
    uow.require(MANAGES)
    if triage_unit_id is not None and triage_unit_id not in {unit.id for unit in open_units(uow.session)}:
        raise InvalidInput("unit_unknown")
    if is_open and triage_unit_id is None:
        raise InvalidInput("triage_unit_missing")
    kept = uow.session.get(ComplaintSetup, SETUP_ID, with_for_update=True)
    if kept is None:
        kept = ComplaintSetup(id=SETUP_ID)
        uow.session.add(kept)
    elif kept.version != expected_version:
        raise Conflict("changed_meanwhile")
    kept.is_open, kept.allows_anonymous, kept.triage_unit_id = is_open, allows_anonymous, triage_unit_id
    uow.session.flush()
    uow.record(
        "complaints.setup_changed",
        subject_kind="complaint_setup",
        subject_id="",
        is_open=str(is_open).lower(),
        allows_anonymous=str(allows_anonymous).lower(),
    )
    return kept


def add_category(uow: UnitOfWork, setup: CategorySetup) -> ComplaintCategory:
    """Add a category after the others.

    Raises:
        PermissionDenied: without ``registers.manage``.
        InvalidInput: ``category_incomplete``, ``unit_unknown``, ``field_too_long``.
    """
    uow.require(MANAGES)
    last = uow.session.scalar(select(func.max(ComplaintCategory.position))) or 0
    category = ComplaintCategory(position=last + 1)
    _apply(uow, category, setup)
    uow.session.add(category)
    uow.session.flush()
    _record(uow, "complaints.category_added", category)
    return category


def change_category(
    uow: UnitOfWork, category_id: UUID, setup: CategorySetup, *, expected_version: int
) -> ComplaintCategory:
    """Change a category; complaints that have it keep it.

    Raises:
        PermissionDenied: without ``registers.manage``.
        NotFound: ``complaint_category_unknown``.
        InvalidInput: as ``add_category``.
        Conflict: ``changed_meanwhile``.
    """
    uow.require(MANAGES)
    category = category_with_id(uow.session, category_id)
    if category.version != expected_version:
        raise Conflict("changed_meanwhile")
    _apply(uow, category, setup)
    _record(uow, "complaints.category_changed", category)
    return category


def add_usual_categories(uow: UnitOfWork) -> int:
    """Add the categories of a district that it has not by their name yet; return how many.

    Raises:
        PermissionDenied: without ``registers.manage``.
    """
    known = {category.name_fr for category in categories(uow.session, active_only=False)}
    new = [setup for setup in USUAL_CATEGORIES if setup.name_fr not in known]
    for setup in new:
        add_category(uow, setup)
    return len(new)


USUAL_CATEGORIES = (
    CategorySetup(
        "الإنارة العمومية", "Éclairage public",
        "مصباح لا يشتغل، عمود مائل، سلك مكشوف", "lampadaire éteint, poteau penché, fil dénudé",
    ),
    CategorySetup(
        "الطرق والأرصفة", "Voirie et trottoirs",
        "حفرة، رصيف مكسور، بالوعة بدون غطاء", "nid-de-poule, trottoir cassé, regard sans couvercle",
    ),
    CategorySetup(
        "المساحات الخضراء", "Espaces verts",
        "شجرة خطيرة، حديقة مهملة، ألعاب مكسورة", "arbre dangereux, jardin délaissé, jeux cassés",
    ),
    CategorySetup(
        "النظافة وحفظ الصحة", "Hygiène et propreté",
        "نفايات متراكمة، حشرات، محل غير صحي", "dépôt d'ordures, insectes, local insalubre",
    ),
    CategorySetup(
        "التعمير والبناء", "Urbanisme et construction",
        "بناء بدون رخصة، بناية آيلة للسقوط", "construction sans permis, immeuble menaçant ruine",
    ),
    CategorySetup(
        "احتلال الملك العمومي", "Occupation du domaine public",
        "رصيف محتل، باعة متجولون", "trottoir occupé, étals sur la voie publique",
    ),
    CategorySetup(
        "الحالة المدنية", "État civil",
        "تأخر وثيقة، خطأ في وثيقة، ازدحام", "document en retard, erreur dans un document, attente au guichet",
    ),
    CategorySetup(
        "المرافق الثقافية والرياضية", "Équipements culturels et sportifs",
        "ملعب، دار الشباب، خزانة", "terrain de sport, maison de jeunes, bibliothèque",
    ),
    CategorySetup(
        "الاستقبال والخدمة", "Accueil et service",
        "تعامل موظف، مكتب مغلق، معلومة خاطئة", "conduite d'un agent, guichet fermé, renseignement inexact",
    ),
    CategorySetup("موضوع آخر", "Autre sujet", "كل ما لا يوجد أعلاه", "tout ce qui n'est pas ci-dessus"),
    CategorySetup(
        "الماء والكهرباء والتطهير", "Eau, électricité, assainissement",
        "انقطاع، فاتورة، تسرب، انسداد قناة", "coupure, facture, fuite, égout bouché",
        elsewhere_ar="الشركة الجهوية متعددة الخدمات الدار البيضاء – سطات",
        elsewhere_fr="Société régionale multiservices Casablanca-Settat",
    ),
    CategorySetup(
        "الأمن", "Sécurité",
        "سرقة، عنف، ضجيج ليلي", "vol, violence, tapage nocturne",
        elsewhere_ar="الأمن الوطني (الهاتف 19)", elsewhere_fr="Sûreté nationale (téléphone 19)",
    ),
    CategorySetup(
        "النقل الحضري", "Transport urbain",
        "حافلة، ترامواي، سيارة أجرة", "bus, tramway, taxi",
        elsewhere_ar="شركة الدار البيضاء للنقل، وعمالة المقاطعة بالنسبة لسيارات الأجرة",
        elsewhere_fr="Casablanca Transports ; pour les taxis, la préfecture d'arrondissement",
    ),
)  # fmt: skip
"""What citizens come with, in their words; the last ones are for others to answer."""


def _apply(uow: UnitOfWork, category: ComplaintCategory, setup: CategorySetup) -> None:
    for name, limit in (
        ("name_ar", 120), ("name_fr", 120), ("examples_ar", 300), ("examples_fr", 300),
        ("elsewhere_ar", 500), ("elsewhere_fr", 500),
    ):  # fmt: skip
        text = " ".join(getattr(setup, name).split())
        if len(text) > limit:
            raise InvalidInput("field_too_long", field=name, limit=limit)
        setattr(category, name, text)
    has_one_language = bool(category.elsewhere_ar) != bool(category.elsewhere_fr)
    if not category.name_ar or not category.name_fr or has_one_language:
        raise InvalidInput("category_incomplete")
    if setup.unit_id is not None and setup.unit_id not in {unit.id for unit in open_units(uow.session)}:
        raise InvalidInput("unit_unknown")
    category.unit_id, category.is_active = setup.unit_id, setup.is_active


def _record(uow: UnitOfWork, verb: str, category: ComplaintCategory) -> None:
    uow.record(verb, subject_kind="complaint_category", subject_id=category.id, name=category.name_fr)
