"""The demonstration district: the units and people of Hay Hassani, Casablanca."""

from __future__ import annotations

import os
import secrets
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from uuid import UUID

from sqlalchemy import select

from docflow.accounts.giving import NewPower, give_power
from docflow.accounts.models import OrgUnit, Person
from docflow.accounts.operations import NewPerson, create_person, create_unit, grant_role
from docflow.accounts.power_rules import PowerKind
from docflow.accounts.queries import OPERATOR, actor_named, all_people
from docflow.accounts.rules import Role, UnitKind
from docflow.core.clock import CASABLANCA
from docflow.core.uow import Transactions
from docflow.core.words import Words
from docflow.district.operations import keep_identity
from docflow.district.rules import DistrictKind, Identity
from docflow.settings import Settings

MAIL_HOST = "hay-hassani.example"
"""Reserved for examples (RFC 2606): mail of the demonstration reaches nobody."""
MAIL_NAMES = {
    "clerk": "s.bennani",
    "clerk2": "y.elamrani",
    "agent": "h.elidrissi",
    "agent2": "n.cherkaoui",
    "head": "k.tazi",
    "head2": "fz.alaoui",
    "director": "a.elmansouri",
    "president": "m.elhassani",
    "archivist": "kh.bensaid",
}
"""The accounts that have an address, by what stands before its host."""
PASSWORD_FILE = "demo-password"  # noqa: S105 - the name of a file, not a secret
ABOVE = Words("المملكة المغربية\nجماعة الدار البيضاء", "Royaume du Maroc\nCommune de Casablanca")
FOOT = Words("شارع أفغانستان، الحي الحسني، الدار البيضاء", "Boulevard Afghanistan, Hay Hassani, Casablanca")
TEMPORARY_DAYS = 60
INTERIM_DAYS = 7


@dataclass(frozen=True, slots=True)
class DemoUnit:
    """A unit of the demonstration."""

    code: str
    parent: str | None
    kind: UnitKind
    name_ar: str
    name_fr: str


@dataclass(frozen=True, slots=True)
class DemoPerson:
    """An account of the demonstration; ``days`` limits a dated one."""

    username: str
    role: Role
    unit: str
    name_ar: str
    name_fr: str
    locale: str = "ar"
    days: int | None = None
    also: tuple[Role, ...] = ()
    """Further roles in the same unit."""


UNITS = (
    DemoUnit("HH", None, UnitKind.DISTRICT, "مقاطعة الحي الحسني", "Arrondissement Hay Hassani"),
    DemoUnit("BO", "HH", UnitKind.OFFICE, "مكتب الضبط", "Bureau d'ordre"),
    DemoUnit("DAA", "HH", UnitKind.DIVISION, "قسم الشؤون الإدارية", "Division des affaires administratives"),
    DemoUnit("EC", "DAA", UnitKind.SERVICE, "مصلحة الحالة المدنية", "Service de l'état civil"),
    DemoUnit("RH", "DAA", UnitKind.SERVICE, "مصلحة الموارد البشرية", "Service des ressources humaines"),
    DemoUnit("ARCH", "DAA", UnitKind.OFFICE, "مكتب الأرشيف", "Bureau des archives"),
    DemoUnit("INF", "DAA", UnitKind.OFFICE, "مكتب المعلوميات", "Bureau de l'informatique"),
    DemoUnit("DTE", "HH", UnitKind.DIVISION, "القسم التقني", "Division technique"),
    DemoUnit("URB", "DTE", UnitKind.SERVICE, "مصلحة التعمير", "Service de l'urbanisme"),
    DemoUnit("TRV", "DTE", UnitKind.SERVICE, "مصلحة الأشغال والصيانة", "Service des travaux et de l'entretien"),
    DemoUnit("ECL", "DTE", UnitKind.SERVICE, "مصلحة الإنارة العمومية", "Service de l'éclairage public"),
    DemoUnit("DSC", "HH", UnitKind.DIVISION, "قسم الشؤون الاجتماعية والثقافية", "Division des affaires sociales"),
    DemoUnit("HYG", "DSC", UnitKind.SERVICE, "مصلحة حفظ الصحة", "Service d'hygiène"),
    DemoUnit("REC", "HH", UnitKind.OFFICE, "مكتب الشكايات", "Bureau des réclamations"),
)

PEOPLE = (
    DemoPerson("clerk", Role.CLERK, "BO", "سلمى بناني", "Salma Bennani"),
    DemoPerson("clerk2", Role.CLERK, "BO", "يوسف العمراني", "Youssef El Amrani", "fr"),
    DemoPerson("agent", Role.AGENT, "TRV", "حسن الإدريسي", "Hassan El Idrissi"),
    DemoPerson("agent2", Role.AGENT, "EC", "نادية الشرقاوي", "Nadia Cherkaoui", "fr"),
    DemoPerson("head", Role.HEAD, "DTE", "كريم التازي", "Karim Tazi"),
    DemoPerson("head2", Role.HEAD, "DAA", "فاطمة الزهراء العلوي", "Fatima-Zahra Alaoui", "fr", also=(Role.EDITOR,)),
    DemoPerson("director", Role.DIRECTOR, "HH", "عبد الله المنصوري", "Abdellah El Mansouri"),
    DemoPerson("president", Role.PRESIDENT, "HH", "محمد الحسني", "Mohamed El Hassani"),
    DemoPerson("archivist", Role.ARCHIVIST, "ARCH", "خديجة بنسعيد", "Khadija Bensaïd"),
    DemoPerson("admin", Role.ADMIN, "INF", "أمين الفاسي", "Amine El Fassi", "fr"),
    DemoPerson("auditor", Role.AUDITOR, "HH", "ليلى برادة", "Leïla Berrada", "fr"),
    DemoPerson("editor", Role.EDITOR, "HH", "هند القباج", "Hind Kabbaj"),
    DemoPerson("temp", Role.AGENT, "EC", "سعاد مربية الروض", "Souad (renfort état civil)", days=TEMPORARY_DAYS),
    DemoPerson("counter", Role.COUNTER, "EC", "حنان مربية الروض", "Hanane (guichet état civil)", days=TEMPORARY_DAYS),
)


def demo_password(settings: Settings) -> str:
    """Return the password of the demonstration accounts; a random one is made once and kept in the home."""
    if settings.demo_password is not None and settings.demo_password.get_secret_value():
        return settings.demo_password.get_secret_value()
    kept: Path = settings.keys_home / PASSWORD_FILE
    if not kept.exists():
        handle = os.open(kept, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="ascii") as stream:
            stream.write(secrets.token_urlsafe(9))
    return kept.read_text(encoding="ascii").strip()


def fill_demo_district(transactions: Transactions, settings: Settings) -> bool:
    """Make the demonstration units and people in an empty database; return whether it was empty."""
    with transactions.reading() as session:
        if session.scalar(select(OrgUnit.id).limit(1)) is not None or session.scalar(select(Person.id).limit(1)):
            return False
    password = demo_password(settings)
    with transactions.writing(OPERATOR) as uow:
        unit_ids: dict[str, UUID] = {}
        today = uow.now.astimezone(CASABLANCA).date()
        for unit in UNITS:
            unit_ids[unit.code] = create_unit(
                uow,
                code=unit.code,
                kind=unit.kind,
                name_ar=unit.name_ar,
                name_fr=unit.name_fr,
                parent_id=None if unit.parent is None else unit_ids[unit.parent],
            ).id
        root = UNITS[0]
        identity = Identity(DistrictKind.ARRONDISSEMENT, Words(root.name_ar, root.name_fr), above=ABOVE, foot=FOOT)
        keep_identity(uow, identity, expected_version=0)
        for person in PEOPLE:
            made = create_person(
                uow,
                NewPerson(
                    username=person.username,
                    name_ar=person.name_ar,
                    name_fr=person.name_fr,
                    password=password,
                    role=person.role,
                    unit_id=unit_ids[person.unit],
                    locale=person.locale,
                    email=f"{MAIL_NAMES[person.username]}@{MAIL_HOST}" if person.username in MAIL_NAMES else "",
                    last_day=None if person.days is None else today + timedelta(days=person.days),
                    must_change_password=False,
                ),
            )
            for role in person.also:
                grant_role(uow, made.id, role=role, unit_id=unit_ids[person.unit], valid_until=None)
    return True


def fill_demo_powers(transactions: Transactions) -> None:
    """Let the director delegate letters and notes to a head, and fill the president's place for a week."""
    now = transactions.clock.now()
    today = now.astimezone(CASABLANCA).date()
    with transactions.reading() as session:
        principals = {name: actor_named(session, name, now) for name in ("director", "president")}
        ids = {person.username: person.id for person in all_people(session)}
    for principal, holder, kind, days, act_kinds in (
        ("director", "head2", PowerKind.DELEGATION, TEMPORARY_DAYS, frozenset({"letter", "note"})),
        ("president", "director", PowerKind.INTERIM, INTERIM_DAYS, frozenset[str]()),
    ):
        new = NewPower(kind, ids[principal], ids[holder], today, today + timedelta(days=days), act_kinds)
        with transactions.writing(principals[principal]) as uow:
            give_power(uow, new)
