"""The demonstration's catalogue: the usual procedures, each with the unit that decides and the office that receives."""

from __future__ import annotations

from typing import Final

from docflow.accounts.queries import OPERATOR
from docflow.accounts.units import all_units
from docflow.appointments.queries import all_offices
from docflow.core.uow import Transactions
from docflow.requests.queries import catalogue
from docflow.requests.usual import add_usual

UNITS: Final = {"inscription-scolaire": "DSC", "acces-information": "DAA"}
"""Which unit of the demonstration decides; civil status decides the others."""
OFFICES: Final = {"EC": "etat-civil", "DSC": "inscription-scolaire"}


def fill_demo_procedures(transactions: Transactions) -> None:
    """Fill the catalogue of the demonstration district."""
    with transactions.writing(OPERATOR) as uow:
        units = {unit.code: unit.id for unit in all_units(uow.session)}
        codes = {unit_id: code for code, unit_id in units.items()}
        offices = {office.code: office.id for office in all_offices(uow.session)}
        add_usual(uow, unit_of=lambda slug: units[UNITS.get(slug, "EC")])
        for procedure in catalogue(uow.session, active_only=True):
            procedure.office_id = offices.get(OFFICES.get(codes[procedure.unit_id], ""))
