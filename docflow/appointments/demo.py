"""The demonstration's offices: civil status and school enrolment, with six weeks behind them."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import insert

from docflow.accounts.queries import OPERATOR
from docflow.accounts.units import all_units
from docflow.appointments.booking import Visitor, Wanted, book
from docflow.appointments.models import Office, Ticket, TicketCounter
from docflow.appointments.offices import OfficeSetup, Week, change_week, create_office
from docflow.appointments.queries import days_bookable
from docflow.appointments.rules import Opening, TicketState, local_now
from docflow.appointments.telling import Ways
from docflow.core.clock import CASABLANCA
from docflow.core.errors import Conflict
from docflow.core.ids import new_id
from docflow.core.uow import Transactions
from docflow.deadlines.calendars import open_days

SEED: Final = 20260302
HISTORY_DAYS: Final = 42
BOOKED: Final = 40
DESKS: Final = 4
HOURS: Final = {8: 9, 9: 14, 10: 16, 11: 12, 12: 5, 13: 4, 14: 8, 15: 5}
"""Visitors of a usual hour: a hall is full before noon."""
NAMES: Final = (
    "فاطمة بنعلي", "محمد أمين الزهراوي", "خديجة العلمي", "Rachid Amrani", "Sanae Bouzid", "يوسف التازي",
    "Imane El Fassi", "عبد الرحيم بوكطاية", "Nadia Lahlou", "زينب السقاط",
)  # fmt: skip
OFFICES: Final = (
    ("etat-civil", "EC", "شباك الحالة المدنية", "Guichet de l'état civil",
     "مقر المقاطعة، الطابق الأرضي", "Siège de l'arrondissement, rez-de-chaussée", "A", 1.0),
    ("inscription-scolaire", "DSC", "شباك التسجيل المدرسي", "Guichet de l'inscription scolaire",
     "المركب الاجتماعي، القاعة 2", "Complexe social, salle 2", "B", 0.5),
)  # fmt: skip


def fill_demo_offices(transactions: Transactions) -> None:
    """Make the offices with their past and the appointments of the days to come."""
    draw = random.Random(SEED)  # noqa: S311 - a demonstration that is the same every time
    for code, unit_code, name_ar, name_fr, place_ar, place_fr, letter, share in OFFICES:
        with transactions.writing(OPERATOR) as uow:
            units = {unit.code: unit.id for unit in all_units(uow.session)}
            setup = OfficeSetup(code, units[unit_code], name_ar, name_fr, place_ar, place_fr, letter)
            office = create_office(uow, setup)
            mornings = [Opening(weekday, 8 * 60 + 30, 12 * 60, 3) for weekday in range(5)]
            afternoons = [Opening(weekday, 13 * 60 + 30, 16 * 60, 2) for weekday in range(5)]
            week = Week([*mornings, *afternoons], slot_minutes=15, horizon_days=30, desk_count=DESKS)
            change_week(uow, office.id, week, expected_version=office.version)
            today, _minute = local_now(uow.now)
            closed = open_days(uow.session, {today.year - 1, today.year})
            for back in range(1, HISTORY_DAYS + 1):
                day = today - timedelta(days=back)
                if closed.is_open(day):
                    rows = _past_day(draw, office.id, day, share)
                    uow.session.execute(insert(Ticket), rows)
                    uow.session.add(TicketCounter(office_id=office.id, day=day, last_number=len(rows)))
        _book(transactions, office, draw)


def _past_day(draw: random.Random, office_id: UUID, day: date, share: float) -> list[dict[str, object]]:
    """Return the tickets of a day that is over: who came when, how long they waited and were served."""
    rows: list[dict[str, object]] = []
    for hour, usual in HOURS.items():
        for _ in range(max(0, round(draw.gauss(usual * share, 2)))):
            minute = draw.randrange(60)
            taken = datetime(day.year, day.month, day.day, hour, minute, tzinfo=CASABLANCA).astimezone(UTC)
            waited = max(0, round(draw.gauss(2 * usual * share, 6)))
            served = max(2, round(draw.gauss(9, 3)))
            called = taken + timedelta(minutes=waited)
            is_absent = draw.random() < 0.05
            rows.append(
                {
                    "id": new_id(),
                    "office_id": office_id,
                    "day": day,
                    "state": TicketState.ABSENT if is_absent else TicketState.SERVED,
                    "is_priority": draw.random() < 0.1,
                    "taken_at": taken,
                    "taken_hour": hour,
                    "desk_number": draw.randint(1, DESKS),
                    "called_at": called,
                    "calls": 1,
                    "waited_minutes": waited,
                    "ended_at": called + timedelta(minutes=served),
                    "served_minutes": None if is_absent else served,
                    "called_by_name": "",
                }
            )
    rows.sort(key=lambda row: str(row["taken_at"]))
    return [row | {"number": number} for number, row in enumerate(rows, 1)]


def _book(transactions: Transactions, office: Office, draw: random.Random) -> None:
    with transactions.reading() as session:
        days = days_bookable(session, office, transactions.clock.now())[:4]
    free = [Wanted(day.day, slot.start_minute) for day in days for slot in day.slots]
    for _ in range(BOOKED):
        visitor = Visitor(draw.choice(NAMES), phone=f"06{draw.randrange(10**8):08}")
        try:
            with transactions.writing(OPERATOR) as uow:
                book(uow, office.id, draw.choice(free), visitor, key=new_id(), ways=Ways())
        except Conflict:
            continue
