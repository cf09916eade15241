"""The weeks before school begins, on one day: ``python -m benchmarks.surge [REQUESTS] [SEED] [DATABASE]``.

So many requests (5,000) are deposited on the public site from eight to half past four, by the hour as halls fill; a
third as many citizens book appointments, all of them among the first days, and a quarter as many come without one and
are called to the desks of three offices. What happens in one minute of that day happens at once, in eight threads; then
the clock goes on.

Asserted on both databases: every request has a number and the register no gap; no slot holds more than its places, and
nobody was refused one that had a place; after each minute the waiting display of each office says exactly what a model
of the queue kept beside it says. Jobs (reading, seals) are not run: other measures are of them.
"""

from __future__ import annotations

import json
import os
import random
import resource
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from docflow.accounts.demo import fill_demo_district
from docflow.accounts.queries import OPERATOR
from docflow.accounts.units import all_units
from docflow.appointments.booking import Visitor, Wanted, book
from docflow.appointments.models import Appointment, AppointmentSeat, Office
from docflow.appointments.offices import OfficeSetup, Week, change_week, create_office
from docflow.appointments.queries import days_bookable, slots_on
from docflow.appointments.rules import Opening
from docflow.appointments.telling import Ways
from docflow.appointments.tickets import call_next, give_ticket, sit_down
from docflow.appointments.watching import queue_of
from docflow.bootstrap import Runtime, bootstrap
from docflow.core.actor import ANONYMOUS, Actor, ActorKind
from docflow.core.errors import Conflict
from docflow.core.ids import new_id
from docflow.registry.models import Entry
from docflow.requests.depositing import Application, deposit_online
from docflow.requests.models import ServiceRequest
from docflow.requests.usual import USUAL, add_usual
from docflow.schema import migrate
from docflow.settings import Settings
from tests.servers import PrivateServers

THREADS = 8
FIRST = datetime(2026, 9, 1, 7, 0, tzinfo=UTC)
"""Eight o'clock in Casablanca."""
MINUTES = 510
WEIGHTS = {8: 9, 9: 14, 10: 16, 11: 12, 12: 5, 13: 4, 14: 8, 15: 5, 16: 2}
"""How full each hour is."""
OFFICES = (("EC", "A"), ("DSC", "B"), ("HYG", "C"))
DESKS = 4
PLACES = 3
SERVICE_MINUTES = (3, 9)


class MovedClock:
    """A clock that goes on when it is told to."""

    def __init__(self) -> None:
        """Begin at eight."""
        self.instant = FIRST

    def now(self) -> datetime:
        """Return the instant it was moved to."""
        return self.instant


@dataclass
class Hall:
    """The queue of an office as a model beside the product: numbers that wait, and who is at which desk until when."""

    office: Office
    agents: Sequence[Actor]
    waiting: dict[int, bool] = field(default_factory=dict)
    at_desk: dict[int, int] = field(default_factory=dict)
    until: dict[int, int] = field(default_factory=dict)

    def order(self) -> list[str]:
        """Return who waits, those with priority first: nobody has an appointment on this day."""
        numbers = sorted(self.waiting, key=lambda number: (not self.waiting[number], number))
        return [f"{self.office.letter}{number:03}" for number in numbers]


def main() -> None:
    """Print one JSON object."""
    requests = int(sys.argv[1]) if len(sys.argv) > 1 else 5_000
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else 2026
    answer: dict[str, Any] = {
        "requests": requests,
        "seed": seed,
        "threads": THREADS,
        "load_at_start": os.getloadavg()[0],
    }
    servers = PrivateServers()
    try:
        for name in sys.argv[3:] or ("sqlite", "postgresql"):
            url = PrivateServers.database_url("postgres") if name == "postgresql" else None
            with tempfile.TemporaryDirectory() as home:
                settings = Settings(home=Path(home), database_url=url, demo_password="demo-pass-2026")  # type: ignore[arg-type]
                answer[name] = measure(settings, requests, seed)
    finally:
        servers.stop()
    answer["peak_rss_bytes"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    print(json.dumps(answer, indent=1))


def measure(settings: Settings, requests: int, seed: int) -> dict[str, Any]:
    """Live through the day, minute by minute, and assert what must hold."""
    clock, draw = MovedClock(), random.Random(seed)
    runtime = bootstrap(settings, clock=clock)
    migrate(runtime.transactions.engine)
    fill_demo_district(runtime.transactions, settings)
    halls = [_hall(runtime, unit, letter) for unit, letter in OFFICES]
    plan = _plan(draw, requests, halls)
    taken: dict[str, list[float]] = defaultdict(list)
    wall, processor = time.perf_counter(), time.process_time()
    outcomes: Counter[str] = Counter()
    longest = checks = 0
    with ThreadPoolExecutor(THREADS) as pool:
        for minute in range(MINUTES):
            clock.instant = FIRST + timedelta(minutes=minute)
            acts = [*plan[minute], *_calls(halls, minute)]
            for kind, result, seconds in pool.map(lambda act: _timed(runtime, *act), acts):
                taken[kind].append(seconds)
                outcomes[f"{kind}: {result}" if isinstance(result, str) else kind] += 1
                if kind == "ticket":
                    hall, ticket = result
                    hall.waiting[ticket.number] = ticket.is_priority
            _note_calls(acts, halls, minute, draw)
            for hall in halls:
                _check_display(runtime, hall)
                checks += 1
                longest = max(longest, len(hall.waiting))
    spent = {"wall_s": round(time.perf_counter() - wall, 1), "cpu_s": round(time.process_time() - processor, 1)}
    facts = {"outcomes": dict(sorted(outcomes.items())), "display_checks": checks, "longest_queue": longest}
    facts |= _check_numbers(runtime, requests) | _check_slots(runtime, halls, outcomes)
    runtime.transactions.engine.dispose()
    return spent | facts | {"ms": {kind: _times(seconds) for kind, seconds in sorted(taken.items())}}


def _hall(runtime: Runtime, unit_code: str, letter: str) -> Hall:
    with runtime.transactions.writing(OPERATOR) as uow:
        units = {unit.code: unit.id for unit in all_units(uow.session)}
        add_usual(uow, unit_of=lambda _slug: units["EC"])
        names = (f"مكتب {letter}", f"Bureau {letter}")
        setup = OfficeSetup(f"bureau-{letter.lower()}", units[unit_code], *names, *names, letter)
        office = create_office(uow, setup)
        hours = [Opening(weekday, 9 * 60, 12 * 60, PLACES) for weekday in range(5)]
        change_week(uow, office.id, Week(hours, 15, 30, DESKS), expected_version=office.version)
    agents = [
        Actor(
            ActorKind.PERSON,
            f"{letter}{number}",
            person_id=new_id(),
            permissions=frozenset({"appointments.serve"}),
            tokens=frozenset({f"counter:{office.unit_id}"}),
        )
        for number in range(1, DESKS + 1)
    ]
    for number, agent in enumerate(agents, 1):
        with runtime.transactions.writing(agent) as uow:
            sit_down(uow, office.id, desk_number=number)
    return Hall(office, agents, until=dict.fromkeys(range(1, DESKS + 1), 0))


Act = tuple[str, Callable[[Runtime], Any]]


def _plan(draw: random.Random, requests: int, halls: Sequence[Hall]) -> dict[int, list[Act]]:
    """Return what comes in each minute: requests, bookings, people at the door."""
    plan: dict[int, list[Act]] = defaultdict(list)
    hours = [hour for hour, weight in WEIGHTS.items() for _ in range(weight)]

    def minute() -> int:
        return min(MINUTES - 1, (draw.choice(hours) - 8) * 60 + draw.randrange(60))

    for _ in range(requests):
        usual = draw.choice(USUAL)
        said = Application(f"Usager {draw.randrange(10**6)}", language=draw.choice(("ar", "fr")), said=["1985"] * 5)
        plan[minute()].append(("deposit", _deposit(usual.slug, said, new_id())))
    for _ in range(requests // 3):
        plan[minute()].append(("booking", _booking(draw.choice(halls).office, draw.random(), new_id())))
    for _ in range(requests // 4):
        plan[minute()].append(("ticket", _ticket(draw.choice(halls), is_priority=draw.random() < 0.1)))
    return plan


def _deposit(slug: str, said: Application, key: UUID) -> Callable[[Runtime], Any]:
    return lambda runtime: deposit_online(runtime, slug, said, key=key) and None


def _booking(office: Office, share: float, key: UUID) -> Callable[[Runtime], Any]:
    """Take an hour among those of the first days that are free when one looks; somebody may be faster."""

    def act(runtime: Runtime) -> str | None:
        with runtime.transactions.reading() as session:
            days = days_bookable(session, office, runtime.clock.now())[:4]
        slots = [Wanted(day.day, slot.start_minute) for day in days for slot in day.slots]
        free = [Wanted(day.day, slot.start_minute) for day in days for slot in day.slots if slot.free]
        wanted = (free or slots)[int(share * len(free or slots) / 4)]
        refused = ""
        try:
            with runtime.transactions.writing(ANONYMOUS) as uow:
                book(uow, office.id, wanted, Visitor("Usager"), key=key, ways=Ways())
        except Conflict as refusal:
            refused = refusal.code
        if refused:
            with runtime.transactions.reading() as session:
                slots_now = {one.start_minute: one for one in slots_on(session, office, wanted.day)}
            assert refused == "slot_full", refused
            assert slots_now[wanted.start_minute].free == 0, f"{wanted} was refused and had a place"
        return refused or None

    return act


def _ticket(hall: Hall, *, is_priority: bool) -> Callable[[Runtime], Any]:
    def act(runtime: Runtime) -> Any:
        with runtime.transactions.writing(hall.agents[0]) as uow:
            return hall, give_ticket(uow, hall.office.id, is_priority=is_priority)

    return act


CALLED: dict[tuple[str, int], int | None] = {}
"""What each desk was given in this minute; none: nobody waited."""


def _calls(halls: Sequence[Hall], minute: int) -> list[Act]:
    """Return the desks that call in a minute: those that are done with whoever was there, or see somebody wait."""
    CALLED.clear()
    return [
        ("call", _call(hall, desk))
        for hall in halls
        for desk in range(1, DESKS + 1)
        if hall.until[desk] <= minute and (desk in hall.at_desk or hall.waiting)
    ]


def _call(hall: Hall, desk: int) -> Callable[[Runtime], Any]:
    def act(runtime: Runtime) -> None:
        with runtime.transactions.writing(hall.agents[desk - 1]) as uow:
            ticket = call_next(uow, hall.office.id)
        CALLED[hall.office.letter, desk] = None if ticket is None else ticket.number

    return act


def _note_calls(acts: Sequence[Act], halls: Sequence[Hall], minute: int, draw: random.Random) -> None:
    """Bring the model in line with what the desks were given, which must have waited and be given once."""
    assert sum(kind == "call" for kind, _ in acts) == len(CALLED)
    by_letter = {hall.office.letter: hall for hall in halls}
    for (letter, desk), number in sorted(CALLED.items()):
        hall = by_letter[letter]
        hall.at_desk.pop(desk, None)
        if number is None:
            hall.until[desk] = minute + 1
            continue
        assert number in hall.waiting, f"{letter}{number} was called and did not wait"
        del hall.waiting[number]
        hall.at_desk[desk] = number
        hall.until[desk] = minute + draw.randint(*SERVICE_MINUTES)


def _check_display(runtime: Runtime, hall: Hall) -> None:
    with runtime.transactions.reading() as session:
        shown = queue_of(session, hall.office, runtime.clock.now())
    called = {call.desk_number: call.label for call in shown.called}
    expected = {desk: f"{hall.office.letter}{number:03}" for desk, number in hall.at_desk.items()}
    assert list(shown.waiting) == hall.order(), "the display shows another queue"
    assert (called, shown.open_desks) == (expected, DESKS), "the display shows other calls"


def _check_numbers(runtime: Runtime, requests: int) -> dict[str, Any]:
    with runtime.transactions.reading() as session:
        rows = session.execute(
            select(Entry.register_id, func.count(), func.max(Entry.number)).group_by(Entry.register_id)
        )
        for _register, count, last in rows:
            assert count == last, "a register has a gap"
        kept = session.scalar(select(func.count(ServiceRequest.id)))
    assert kept == requests, f"{kept} of {requests} requests were kept"
    return {"requests_kept": kept}


def _check_slots(runtime: Runtime, halls: Sequence[Hall], outcomes: Counter[str]) -> dict[str, Any]:
    booked = outcomes["booking"]
    with runtime.transactions.reading() as session:
        seats = session.execute(
            select(AppointmentSeat.office_id, AppointmentSeat.day, AppointmentSeat.start_minute, func.count()).group_by(
                AppointmentSeat.office_id, AppointmentSeat.day, AppointmentSeat.start_minute
            )
        ).all()
        made = session.scalar(select(func.count(Appointment.id)))
    held: dict[tuple[UUID, date, int], int] = {(office, day, start): count for office, day, start, count in seats}
    assert max(held.values(), default=0) <= PLACES, "a slot is overbooked"
    assert sum(held.values()) == made == booked, "a booking has no seat"
    full = sum(count == PLACES for count in held.values())
    return {"appointments": made, "slots_used": len(held), "slots_full": full, "offices": len(halls)}


def _timed(runtime: Runtime, kind: str, act: Callable[[Runtime], Any]) -> tuple[str, Any, float]:
    start = time.perf_counter()
    result = act(runtime)
    return kind, result, time.perf_counter() - start


def _times(seconds: Sequence[float]) -> dict[str, float]:
    ordered = sorted(seconds)
    return {
        "count": len(ordered),
        "p50": round(ordered[len(ordered) // 2] * 1000, 1),
        "p95": round(ordered[int(len(ordered) * 0.95)] * 1000, 1),
        "max": round(ordered[-1] * 1000, 1),
    }


if __name__ == "__main__":
    main()
