"""What the registry contributes."""

from __future__ import annotations

from flask_babel import lazy_gettext
from sqlalchemy import Select

from docflow.core.actor import Actor
from docflow.core.capability import (
    COSTLY_S,
    MOST_COUNTED,
    Capability,
    HomeLine,
    HomeSection,
    Measuring,
    MenuEntry,
    MenuSection,
    PeriodicJob,
    Shortcut,
)
from docflow.core.db import has_rows
from docflow.registry.jobs import forget, make, seal, tend
from docflow.registry.journal import SUBJECTS, VALUES
from docflow.registry.measures import entry_measures
from docflow.registry.models import Register
from docflow.registry.queries import counting_waiting
from docflow.registry.views import make_blueprint
from docflow.registry.views.registers import show_entry


def _count(actor: Actor) -> Select[int]:
    return counting_waiting(actor, MOST_COUNTED + 1)


CAPABILITY = Capability(
    name="registry",
    measures=[Measuring(entry_measures, COSTLY_S)],
    blueprints=[make_blueprint],
    jobs={"registry.seal": seal, "registry.print": make, "registry.forget_prints": forget, "registry.tend_seals": tend},
    periodic=[
        PeriodicJob("registry.forget_prints", every_s=24 * 3600),
        PeriodicJob("registry.tend_seals", every_s=600),
    ],
    shortcuts=[
        Shortcut("registry.new_transmittal", lazy_gettext("Make a transmittal slip"), "archive", "registry.register")
    ],
    home_lines=[
        HomeLine(
            HomeSection.MINE,
            lazy_gettext("Letters to register"),
            "stamp",
            "registry.waiting",
            "registry.register",
            count=lambda _deps, actor: _count(actor),
        )
    ],
    menu=[
        MenuEntry(
            "registry.first_routes",
            lazy_gettext("First routing"),
            "split",
            "registers.manage",
            section=MenuSection.SETTINGS,
        ),
        MenuEntry(
            "registry.waiting",
            lazy_gettext("Registration"),
            "stamp",
            "registry.register",
            section=MenuSection.MAIL,
            count=_count,
        ),
        MenuEntry(
            "registry.registers", lazy_gettext("Registers"), "layers", "registry.read", section=MenuSection.ARCHIVES
        ),
        MenuEntry(
            "registry.transmittals",
            lazy_gettext("Transmittal slips"),
            "archive",
            "registry.register",
            section=MenuSection.MAIL,
        ),
        MenuEntry(
            "registry.manage",
            lazy_gettext("Registers"),
            "layers",
            "registers.manage",
            section=MenuSection.SETTINGS,
            is_done=has_rows(Register, Register.is_active),
        ),
    ],
    document_facts=[show_entry],
    journal_values=VALUES,
    journal_subjects=SUBJECTS,
    journal_phrases={
        "registry.registered": lazy_gettext("Registered"),
        "registry.cancelled": lazy_gettext("Register number cancelled"),
        "registry.numbers_reserved": lazy_gettext("Numbers reserved"),
        "registry.set_aside": lazy_gettext("Set aside without a number"),
        "registry.put_back": lazy_gettext("Put back in the registration queue"),
        "registry.linked": lazy_gettext("Linked to another letter"),
        "registry.paper_moved": lazy_gettext("Place of the paper noted"),
        "registry.not_sealed": lazy_gettext("Could not be stamped and sealed"),
        "registry.seal_asked_again": lazy_gettext("Stamp and seal asked for again"),
        "registry.draft_kept": lazy_gettext("Draft of the registration kept"),
        "registry.print_asked": lazy_gettext("Print of the register asked for"),
        "registry.printed": lazy_gettext("Register printed and sealed"),
        "registry.not_printed": lazy_gettext("Register could not be printed"),
        "registry.prints_forgotten": lazy_gettext("Old prints of registers dropped"),
        "registry.exported": lazy_gettext("Register exported"),
        "registry.transmittal_made": lazy_gettext("Transmittal slip made"),
        "registry.transmittal_returned": lazy_gettext("Transmittal slip returned, papers counted"),
        "registry.term_paused": lazy_gettext("Term paused: something is asked for"),
        "registry.term_resumed": lazy_gettext("Term goes on"),
        "registry.term_extended": lazy_gettext("Term extended"),
        "registry.register_opened": lazy_gettext("Register opened"),
        "registry.numbering_begun": lazy_gettext("Numbering goes on from paper"),
        "registry.register_changed": lazy_gettext("Register changed"),
    },
    error_texts={
        "register_unknown": lazy_gettext("There is no open register named %(register)s."),
        "register_incomplete": lazy_gettext(
            "Give the register a code of small letters, digits and hyphens, and a name in both languages."
        ),
        "register_code_taken": lazy_gettext("The code %(register)s is taken by another register."),
        "number_format_invalid": lazy_gettext(
            "Write the form of the numbers with {year} and {number} once each, and a sign between them: "
            "A-{year}-{number:06}."
        ),
        "number_format_taken": lazy_gettext(
            "The register %(register)s has numbers of this form. Two letters would have one number."
        ),
        "desk_of_others": lazy_gettext("Other clerks keep this register. Ask them, or the administrator."),
        "document_has_number": lazy_gettext("This document was registered already: %(number)s."),
        "document_set_aside_already": lazy_gettext("%(document)s was set aside already."),
        "document_not_set_aside": lazy_gettext("This is not set aside any more; it is back in the queue."),
        "document_not_waiting": lazy_gettext(
            "%(document)s does not wait for registration: it is still being read, or people here decide on it."
        ),
        "nothing_to_set_aside": lazy_gettext("Choose the documents that are to be set aside."),
        "too_many_to_set_aside": lazy_gettext("Set at most %(limit)s documents aside at once."),
        "aside_reason_missing": lazy_gettext("Choose why these documents are set aside."),
        "note_missing": lazy_gettext("Write the other reason in the note."),
        "seal_not_failed": lazy_gettext("This document is sealed, or is being sealed; there is nothing to do again."),
        "next_number_invalid": lazy_gettext("The next number is between 1 and %(limit)s."),
        "numbers_given_already": lazy_gettext(
            "Numbers of %(year)s were given in this register: the next one is fixed."
        ),
        "nothing_was_read": lazy_gettext(
            "Nothing could be read on this document. Look at its pages: set it aside, or tick that it is registered "
            "all the same."
        ),
        "registration_too_early": lazy_gettext("This document is still being read. Register it in a moment."),
        "number_not_reserved": lazy_gettext("The number %(number)s is not reserved any more. Choose another."),
        "reserved_count_invalid": lazy_gettext("Reserve between 1 and %(limit)s numbers."),
        "entry_unknown": lazy_gettext("This entry does not exist, or it is not shown to you."),
        "entry_cancelled_already": lazy_gettext("The number %(number)s was cancelled already."),
        "link_to_itself": lazy_gettext("A letter cannot be linked to itself."),
        "slip_empty": lazy_gettext("Choose the entries whose papers go on the slip."),
        "slip_too_long": lazy_gettext("A slip holds at most %(limit)s letters. Make several."),
        "paper_not_here": lazy_gettext("The registry does not keep the paper of %(number)s, so it cannot be sent."),
        "paper_on_its_way": lazy_gettext("The paper of %(number)s is on the slip %(slip)s, which has not come back."),
        "transmittal_unknown": lazy_gettext("This slip does not exist, or it is not shown to you."),
        "transmittal_returned": lazy_gettext("The return of the slip %(number)s was noted already."),
        "receiver_missing": lazy_gettext("Write the name of the person who signed for the papers."),
        "papers_differ": lazy_gettext(
            "The letters that arrived should have %(expected)s papers. Tick what is missing, or say what differs."
        ),
        "person_needed": lazy_gettext("Sign in as a person to do this."),
        "print_unknown": lazy_gettext("This print does not exist any more, or it is not yours. Ask for a new one."),
        "paper_place_missing": lazy_gettext("Say where the paper is kept, or to whom it was returned."),
        "term_missing": lazy_gettext("No term of the law runs for this letter."),
        "term_over": lazy_gettext("The term is over; it can neither be paused nor extended any more."),
        "term_paused_before": lazy_gettext(
            "Something was asked for already, which is done once; the term ran on since."
        ),
        "term_not_paused": lazy_gettext("The term is not paused; it runs."),
        "term_not_extensible": lazy_gettext("The law does not let this term be extended."),
        "term_extended_before": lazy_gettext("This term was extended already, which is done once."),
        "subject_missing": lazy_gettext("Write what the letter is about."),
        "unit_missing": lazy_gettext("Choose the unit that the letter concerns."),
        "named_people_missing": lazy_gettext("Name the people who may see this confidential letter."),
        "unopened_not_confidential": lazy_gettext("Only confidential mail is registered unopened."),
        "arrival_in_future": lazy_gettext("The arrival cannot be later than now."),
        "arrival_too_old": lazy_gettext(
            "The arrival is more than a year ago. Check the year, or tick that the letter is entered late."
        ),
        "enclosure_count_invalid": lazy_gettext("Count between 0 and %(limit)s enclosures."),
        "count_not_understood": lazy_gettext("Write a whole number."),
        "cin_not_understood": lazy_gettext("A CIN number is one or two letters, then digits: BK 482913."),
    },
)
