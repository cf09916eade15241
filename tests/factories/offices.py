"""An office that receives, with hours of its own."""

from __future__ import annotations

from docflow.accounts.queries import OPERATOR
from docflow.appointments.models import Office
from docflow.appointments.offices import OfficeSetup, Week, change_week, create_office
from docflow.appointments.rules import Opening
from docflow.bootstrap import Runtime
from tests.factories.documents import unit_id


def office(
    runtime: Runtime, *, code: str = "etat-civil", unit: str = "EC", letter: str = "A", places: int = 2, desks: int = 3
) -> Office:
    """Open an office that receives from Monday to Friday, 09:00 to 10:00, in slots of fifteen minutes."""
    setup = OfficeSetup(code, unit_id(runtime, unit), "الحالة المدنية", "État civil", "الطابق 1", "Étage 1", letter)
    with runtime.transactions.writing(OPERATOR) as uow:
        made = create_office(uow, setup)
        openings = [Opening(weekday, 9 * 60, 10 * 60, places) for weekday in range(5)]
        return change_week(uow, made.id, Week(openings, 15, 30, desks), expected_version=made.version)
