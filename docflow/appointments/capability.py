"""What the room of appointments contributes."""

from __future__ import annotations

from flask_babel import lazy_gettext

from docflow.appointments.jobs import forget, remind
from docflow.appointments.journal import SUBJECTS, VALUES
from docflow.appointments.views import make_blueprint, make_public_blueprint
from docflow.core.capability import Capability, MenuEntry, MenuSection, PeriodicJob, SiteLink

CAPABILITY = Capability(
    name="appointments",
    blueprints=[make_blueprint],
    public_blueprints=[make_public_blueprint],
    site_links=[
        SiteLink(
            "public_appointments.offices",
            lazy_gettext("Appointments"),
            "calendar-clock",
            order=30,
            pages=frozenset(
                f"public_appointments.{page}" for page in ("choose", "make", "mine", "show", "change", "cancel")
            ),
            said=lazy_gettext("Choose an office and an hour, and come without waiting."),
        )
    ],
    jobs={"appointments.forget": forget, "appointments.remind": remind},
    periodic=[
        PeriodicJob("appointments.forget", every_s=24 * 3600),
        PeriodicJob("appointments.remind", every_s=1800),
    ],
    menu=[
        MenuEntry(
            "appointments.desks", lazy_gettext("Desks"), "users", "appointments.serve", section=MenuSection.CITIZENS
        ),
        MenuEntry(
            "appointments.offices",
            lazy_gettext("Offices"),
            "building-2",
            "appointments.hours",
            section=MenuSection.SETTINGS,
        ),
    ],
    journal_subjects=SUBJECTS,
    journal_values=VALUES,
    journal_phrases={
        "appointments.office_opened": lazy_gettext("Office opened"),
        "appointments.office_changed": lazy_gettext("Office changed"),
        "appointments.hours_changed": lazy_gettext("Hours of an office changed"),
        "appointments.booked": lazy_gettext("Appointment booked"),
        "appointments.moved": lazy_gettext("Appointment moved"),
        "appointments.given_up": lazy_gettext("Appointment given up by the citizen"),
        "appointments.called_off": lazy_gettext("Appointment called off by the office"),
        "appointments.reminded": lazy_gettext("Citizens reminded of appointments of the next day"),
        "appointments.arrived": lazy_gettext("Came to an appointment"),
        "appointments.desk_opened": lazy_gettext("Sat down at a desk"),
        "appointments.desk_closed": lazy_gettext("Left a desk"),
        "appointments.visitors_forgotten": lazy_gettext("Names of old appointments deleted"),
    },
    error_texts={
        "office_unknown": lazy_gettext("This office does not exist, or it does not receive the public now."),
        "office_incomplete": lazy_gettext(
            "Give the office a code of small letters, digits and hyphens, a name and a place in both languages, and "
            "one capital letter for its tickets."
        ),
        "office_numbers_invalid": lazy_gettext(
            "An appointment is %(shortest)s to %(longest)s minutes long, is booked at most %(days)s days ahead, and an "
            "office has 1 to %(desks)s desks."
        ),
        "office_code_taken": lazy_gettext("The code %(office)s is taken by another office."),
        "office_letter_taken": lazy_gettext("The letter %(letter)s is that of another office's tickets."),
        "office_of_others": lazy_gettext("This office belongs to a unit that you do not head."),
        "hours_invalid": lazy_gettext(
            "Hours begin before they end, on one day, and 1 to %(places)s appointments begin together."
        ),
        "hours_overlap": lazy_gettext("Two of the hours of one day overlap."),
        "hours_booked": lazy_gettext(
            "%(count)s appointments would be left without their place. Call them off first, or keep their hours."
        ),
        "slot_missing": lazy_gettext("Choose an hour."),
        "slot_unknown": lazy_gettext("This hour cannot be booked any more. Choose another."),
        "slot_full": lazy_gettext("Somebody was faster: this hour is full now. Choose another."),
        "visitor_name_missing": lazy_gettext("Write the name of whoever comes."),
        "appointment_unknown": lazy_gettext(
            "There is no appointment with this number and secret. Copy both as they were shown."
        ),
        "appointment_over": lazy_gettext("This appointment was cancelled, or its citizen has come already."),
        "appointment_other_day": lazy_gettext("This appointment is on %(day)s. Give a ticket without appointment."),
        "desk_unknown": lazy_gettext("This office has the desks 1 to %(desks)s."),
        "desk_taken": lazy_gettext("Somebody sits at desk %(desk)s: %(name)s. Choose another."),
        "desk_missing": lazy_gettext("Sit down at a desk first."),
        "nobody_called": lazy_gettext("Nobody is called to your desk."),
        "ticket_unknown": lazy_gettext("There is no such ticket today."),
        "ticket_not_absent": lazy_gettext("This ticket waits, or was served already."),
    },
)
