"""The demonstration's case files, in which the letters of a new district are filed."""

from __future__ import annotations

from typing import Final

from docflow.accounts.queries import actor_named
from docflow.accounts.units import all_units
from docflow.core.uow import Transactions
from docflow.records.operations import FileSetup, open_file

FILES: Final = (
    ("agent", "TRV", "إصلاح تسربات المياه والطرق المتضررة بحي السلام"),
    ("agent2", "EC", "Demandes de copies intégrales des Marocains du monde, 2026"),
    ("head", "ECL", "Éclairage public de l'avenue Afghanistan : commande et travaux"),
)
"""Who opened each, its unit, its title."""


def fill_demo_files(transactions: Transactions) -> None:
    """Open the case files of the demonstration by the product's own operation."""
    with transactions.reading() as session:
        units = {unit.code: unit.id for unit in all_units(session)}
        people = {name: actor_named(session, name, transactions.clock.now()) for name, _, _ in FILES}
    for name, unit, title in FILES:
        with transactions.writing(people[name]) as uow:
            open_file(uow, FileSetup(title, units[unit]))
