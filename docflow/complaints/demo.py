"""Complaints of the demonstration: how the district takes them."""

from __future__ import annotations

from typing import Final

from sqlalchemy import select

from docflow.accounts.models import OrgUnit
from docflow.accounts.queries import OPERATOR
from docflow.complaints.queries import categories
from docflow.complaints.setting_up import add_usual_categories, change_setup
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
        for category in categories(uow.session, active_only=False):
            category.unit_id = units[UNITS[category.name_fr]] if category.name_fr in UNITS else None
