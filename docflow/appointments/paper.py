"""What is printed of an appointment or a ticket, in both languages at once."""

from __future__ import annotations

from typing import Final
from urllib.parse import quote

from docflow.appointments import wording as own
from docflow.appointments.models import Appointment, Office, Ticket
from docflow.appointments.rules import minute_text, ticket_label
from docflow.core.clock import CASABLANCA
from docflow.core.letterhead import Letterhead
from docflow.core.words import Words
from docflow.registry import wording
from docflow.registry.sheets import Sheet, line_mm

ROLL_MM: Final = 80.0
MARGIN_MM: Final = 4.0
CODE_MM: Final = 36.0


def appointment_address(public_url: str, number: str) -> str:
    """Return the address of the public page of an appointment, which asks for the secret."""
    return f"{public_url.rstrip('/')}/appointments/mine/{quote(number, safe='')}"


def display_address(public_url: str, code: str) -> str:
    """Return the address of the waiting display of an office."""
    return f"{public_url.rstrip('/')}/display/{quote(code, safe='')}"


def draw_appointment(office: Office, made: Appointment, *, letterhead: Letterhead, public_url: str) -> bytes:
    """Return the paper of an appointment on a roll of 80 mm, which a sheet of A4 takes too."""
    hours = f"{minute_text(made.start_minute)} – {minute_text(made.end_minute)}"
    lines = [
        (f"{own.DAY.ar} · {own.DAY.fr}", 8.0, False),
        (f"{made.day:%d/%m/%Y}", 16.0, True),
        (f"{own.HOUR.ar} · {own.HOUR.fr}", 8.0, False),
        (hours, 16.0, True),
        (office.name_ar, 10.0, True),
        (office.name_fr, 9.0, False),
        (office.place_ar, 8.5, False),
        (office.place_fr, 8.5, False),
    ]
    address = appointment_address(public_url, made.number)
    foot = [(f"{wording.SECRET.ar} · {wording.SECRET.fr}", 8.0, False), (made.secret, 15.0, True)]
    foot += [(text, 7.5, False) for text in (own.COME.ar, own.COME.fr, own.CHANGE.ar, own.CHANGE.fr)]
    return _roll(letterhead, own.APPOINTMENT, (made.number, 17.0), lines, address=address, foot=foot)


def draw_ticket(office: Office, ticket: Ticket, *, letterhead: Letterhead, public_url: str) -> bytes:
    """Return a ticket on a roll of 80 mm: its number as big as it is called."""
    taken = ticket.taken_at.astimezone(CASABLANCA)
    lines = [(office.name_ar, 10.0, True), (office.name_fr, 9.0, False), (f"{taken:%d/%m/%Y  %H:%M}", 9.0, False)]
    foot = [(text, 7.5, False) for text in (own.WATCH.ar, own.WATCH.fr)]
    label = ticket_label(office.letter, ticket.number)
    return _roll(
        letterhead, own.TICKET, (label, 44.0), lines, address=display_address(public_url, office.code), foot=foot
    )


def _roll(
    letterhead: Letterhead,
    title: Words,
    number: tuple[str, float],
    lines: list[tuple[str, float, bool]],
    *,
    address: str,
    foot: list[tuple[str, float, bool]],
) -> bytes:
    head = [
        (letterhead.name.ar, 10.5, True),
        (letterhead.name.fr, 9.0, False),
        (f"{title.ar} · {title.fr}", 9.5, False),
        (number[0], number[1], True),
    ]
    written = [*head, *lines, *foot]
    room = ROLL_MM - 2 * MARGIN_MM
    measured = Sheet(title=f"{title.fr} {number[0]}")
    wrapped = [
        (measured.wrapped(text, width=room, size_pt=size, bold=bold), size, bold) for text, size, bold in written
    ]
    measured.close()
    height = sum(len(texts) * line_mm(size) for texts, size, _ in wrapped) + CODE_MM + 3 * MARGIN_MM
    sheet = Sheet(title=f"{title.fr} {number[0]}", size_mm=(ROLL_MM, height))
    sheet.add_page()
    y = MARGIN_MM
    for at, (texts, size, bold) in enumerate(wrapped):
        if at == len(head) + len(lines):
            sheet.code(address, x=(ROLL_MM - CODE_MM) / 2, y=y, side=CODE_MM)
            y += CODE_MM + 1
        y = sheet.write_lines(texts, x=MARGIN_MM, y=y, width=room, size_pt=size, align="C", bold=bold)
    return sheet.content()
