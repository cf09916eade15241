"""Complaints of the demonstration: how the district takes them, and some that citizens deposited."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from sqlalchemy import select

from docflow.accounts.models import OrgUnit
from docflow.accounts.queries import OPERATOR
from docflow.complaints.deps import Deps
from docflow.complaints.operations import deposit
from docflow.complaints.places import load_quarters, shipped_quarters
from docflow.complaints.queries import categories, is_deposit_open
from docflow.complaints.rules import ComplaintKind, Origin, Said
from docflow.complaints.setting_up import add_usual_categories, change_setup
from docflow.complaints.speaking import say
from docflow.core.actor import PUBLIC_SITE
from docflow.core.uow import Transactions

TRIAGE_UNIT: Final = "BO"
UNITS: Final = {
    "Éclairage public": "ECL",
    "Voirie et trottoirs": "TRV",
    "Espaces verts": "TRV",
    "Hygiène et propreté": "HYG",
    "Urbanisme et construction": "URB",
    "État civil": "EC",
    "Équipements culturels et sportifs": "DSC",
}
"""Which unit of the demonstration answers for each category; the registry desk sorts the others."""


def fill_demo_complaints(transactions: Transactions) -> None:
    """Open the deposit of the demonstration district."""
    with transactions.writing(OPERATOR) as uow:
        units = {unit.code: unit.id for unit in uow.session.scalars(select(OrgUnit))}
        change_setup(uow, is_open=True, allows_anonymous=True, triage_unit_id=units[TRIAGE_UNIT], expected_version=0)
        add_usual_categories(uow)
        load_quarters(uow, shipped_quarters())
        for category in categories(uow.session, active_only=False):
            category.unit_id = units[UNITS[category.name_fr]] if category.name_fr in UNITS else None


@dataclass(frozen=True, slots=True)
class DemoComplaint:
    """A complaint of the demonstration, as a citizen deposits it."""

    kind: ComplaintKind
    category: str
    place: str
    text: str
    language: str
    name: str = ""
    message: str = ""


COMPLAINTS: Final = (
    DemoComplaint(
        ComplaintKind.COMPLAINT, "Éclairage public", "زنقة 14، حي السلام، أمام مدرسة النصر",
        "المصباح أمام باب المدرسة لا يشتغل منذ أكثر من شهر، ويخاف الأطفال عند الخروج مساء.\n\nنطلب إصلاحه في أقرب وقت.",
        "ar", "نادية بنعلي", "متى سيتم الإصلاح؟",
    ),
    DemoComplaint(
        ComplaintKind.COMPLAINT, "Voirie et trottoirs", "angle du boulevard Afghanistan et de la rue 9, Hay Hassani",
        "Un trou profond s'est formé sur la chaussée depuis les pluies. Une moto est tombée la semaine dernière.",
        "fr", "Karim Bouzidi",
    ),
    DemoComplaint(
        ComplaintKind.SUGGESTION, "Espaces verts", "حديقة الألفة",
        "أقترح وضع كراس وسلال مهملات في الحديقة، وغرس أشجار تظلل ملعب الأطفال.", "ar",
    ),
    DemoComplaint(
        ComplaintKind.OBSERVATION, "Autre sujet", "siège de l'arrondissement",
        "Le panneau des horaires à l'entrée n'est plus à jour depuis l'été.", "fr", "Samira Haddad",
    ),
)  # fmt: skip
"""The last one waits to be sorted; the suggestion has no name."""


def deposit_demo_complaints(deps: Deps) -> None:
    """Have the demonstration's complaints deposited on the public site, where it takes them."""
    with deps.transactions.reading() as session:
        if not is_deposit_open(session):
            return
    for one in COMPLAINTS:
        with deps.transactions.reading() as session:
            category = next(each for each in categories(session, active_only=True) if each.name_fr == one.category)
        said = Said(
            kind=one.kind,
            category_id=category.id,
            place=one.place,
            text=one.text,
            language=one.language,
            is_anonymous=not one.name,
            name=one.name,
        )
        with deps.transactions.writing(PUBLIC_SITE) as uow:
            complaint = deposit(uow, said, origin=Origin.ONLINE, photo_count=0)
            if one.message:
                say(uow, complaint.entry_id, text=one.message)
