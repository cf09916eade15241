"""What the room of complaints contributes."""

from __future__ import annotations

from flask_babel import lazy_gettext

from docflow.complaints.answering import require_outcome
from docflow.complaints.jobs import adopt_entry, answers, draw, forget, forget_closed, receipt, reduce
from docflow.complaints.journal import SUBJECTS, VALUES
from docflow.complaints.models import ComplaintCategory
from docflow.complaints.notices import NOTICES
from docflow.complaints.operations import DRAWING_JOB
from docflow.complaints.views import make_blueprint, make_public_blueprint
from docflow.complaints.views.treating import show_complaint
from docflow.core.capability import Capability, MenuEntry, MenuSection, PeriodicJob, Shortcut, SiteLink
from docflow.core.db import has_rows

CAPABILITY = Capability(
    name="complaints",
    blueprints=[make_blueprint],
    public_blueprints=[make_public_blueprint],
    site_links=[
        SiteLink(
            "complaint_site.start",
            lazy_gettext("Complain or suggest"),
            "message-square",
            20,
            frozenset(
                f"complaint_site.{name}" for name in ("ask", "answer", "elsewhere", "photos", "deposit", "receipt")
            ),
            said=lazy_gettext("A broken lamp, a leak, an idea: tell the district from your phone, without an account."),
        )
    ],
    jobs={
        DRAWING_JOB: draw,
        "complaints.reduce": reduce,
        "complaints.forget_drafts": forget,
        "complaints.forget_contacts": forget_closed,
        "complaints.send_receipt": receipt,
        "complaints.note_answers": answers,
        "complaints.adopt": adopt_entry,
    },
    document_facts=[show_complaint],
    closing_rules=[require_outcome],
    notices=NOTICES,
    periodic=[
        PeriodicJob("complaints.forget_drafts", every_s=3600),
        PeriodicJob("complaints.forget_contacts", every_s=24 * 3600),
        PeriodicJob("complaints.note_answers", every_s=60),
        PeriodicJob("complaints.adopt", every_s=3600),
    ],
    shortcuts=[
        Shortcut(
            "complaints.counter",
            lazy_gettext("Deposit a complaint at the counter"),
            "message-square",
            "registry.register",
        )
    ],
    menu=[
        MenuEntry(
            "complaints.listed",
            lazy_gettext("Complaints"),
            "message-square",
            "tasks.read",
            section=MenuSection.CITIZENS,
        ),
        MenuEntry(
            "complaints.report",
            lazy_gettext("Report on complaints"),
            "chart-column",
            "complaints.report",
            section=MenuSection.CITIZENS,
        ),
        MenuEntry(
            "complaints.manage",
            lazy_gettext("Complaints"),
            "message-square",
            "registers.manage",
            section=MenuSection.SETTINGS,
            is_done=has_rows(ComplaintCategory),
        ),
    ],
    journal_values=VALUES,
    journal_subjects=SUBJECTS,
    journal_phrases={
        "complaints.deposited": lazy_gettext("Complaint deposited"),
        "complaints.adopted": lazy_gettext("Complaint on paper taken up"),
        "complaints.citizen_said": lazy_gettext("The citizen wrote"),
        "complaints.district_said": lazy_gettext("Written to the citizen"),
        "complaints.outcome_noted": lazy_gettext("Outcome noted"),
        "complaints.sorted": lazy_gettext("Sorted"),
        "complaints.joined": lazy_gettext("Joined to another complaint"),
        "complaints.parted": lazy_gettext("Taken from the complaint that it was joined to"),
        "complaints.answered": lazy_gettext("Answer gone out, citizen told"),
        "complaints.contact_forgotten": lazy_gettext("Telephone and address of the citizen forgotten"),
        "complaints.rated": lazy_gettext("Rated by the citizen"),
        "complaints.reopened": lazy_gettext("Opened again by the citizen"),
        "complaints.report_made": lazy_gettext("Yearly report on complaints made"),
        "complaints.setup_changed": lazy_gettext("Taking of complaints changed"),
        "complaints.quarters_loaded": lazy_gettext("Map of the quarters loaded"),
        "complaints.category_added": lazy_gettext("Category of complaints added"),
        "complaints.category_changed": lazy_gettext("Category of complaints changed"),
    },
    error_texts={
        "complaints_closed": lazy_gettext(
            "Complaints are not taken on this site for the moment. Bring them to the registry desk."
        ),
        "complaints_register_missing": lazy_gettext("There is no open register of complaints. Open one first."),
        "complaint_draft_gone": lazy_gettext(
            "What you typed is not kept any more: it was deposited, given up, or left for more than a day. Begin anew."
        ),
        "complaint_kind_missing": lazy_gettext("Choose what you want to tell the district."),
        "complaint_category_missing": lazy_gettext("Choose what it is about."),
        "complaint_category_unknown": lazy_gettext("This subject does not exist any more. Choose another."),
        "complaint_place_missing": lazy_gettext("Write where it is: an address, or a landmark near it."),
        "complaint_text_missing": lazy_gettext("Write what happened, in a few words at least."),
        "complaint_name_missing": lazy_gettext("Write your first and last name."),
        "phone_invalid": lazy_gettext("This is no telephone number. Write it as 0612345678 or +212612345678."),
        "choice_missing": lazy_gettext("Choose one of the answers."),
        "before_the_courts": lazy_gettext("What a court deals with, or has decided, cannot be examined."),
        "complaint_unknown": lazy_gettext("This complaint does not exist, or it is not shown to you."),
        "photo_unknown": lazy_gettext("This enclosure does not exist, or it is not shown to you."),
        "messages_too_many": lazy_gettext(
            "No more messages can be sent about it. Open it again if it is answered, or ask the registry desk."
        ),
        "message_missing": lazy_gettext("Write the message."),
        "nothing_asked": lazy_gettext("Nothing is asked of you any more."),
        "not_answered": lazy_gettext("It is not answered yet."),
        "solved_missing": lazy_gettext("Say whether it is solved."),
        "rating_unknown": lazy_gettext("Choose a number from 1 to 5."),
        "not_reopenable": lazy_gettext(
            "It cannot be opened again: that is possible twice, within 60 days of the answer. You may deposit a new "
            "one, or turn to the Mediator."
        ),
        "reopening_reason_missing": lazy_gettext("Write why it should be examined again."),
        "outcome_missing": lazy_gettext("Choose what became of it."),
        "outcome_reason_missing": lazy_gettext("Write the reason, as the citizen will read it."),
        "outcome_first": lazy_gettext(
            "Note what became of the complaint first, on its page: its citizen reads it with this answer."
        ),
        "complaint_ends_by_answer": lazy_gettext(
            "A complaint ends with its answer: note what became of it, write the letter and send it on its circuit. "
            "When it goes out, this task is done."
        ),
        "elsewhere_missing": lazy_gettext("Say to whom it is passed on."),
        "complaint_answered": lazy_gettext("The answer went out already. A new outcome follows if it is opened again."),
        "not_yours_to_pass": lazy_gettext("It is not yours to pass on: somebody else is responsible by now."),
        "join_unknown": lazy_gettext("No complaint that you read has the number %(number)s."),
        "join_to_itself": lazy_gettext("A complaint cannot be joined to itself."),
        "not_joined": lazy_gettext("It is joined to no other complaint."),
        "complaint_joined": lazy_gettext("It is joined to another complaint, and answered with that one."),
        "photos_too_many": lazy_gettext("At most %(limit)s files can be enclosed. Remove one first."),
        "quarters_missing": lazy_gettext("Choose the GeoJSON file with the quarters first."),
        "quarters_not_understood": lazy_gettext(
            "This is no GeoJSON of quarters: polygons, each with the properties name_ar and name_fr."
        ),
        "quarters_too_many": lazy_gettext("A map holds at most %(limit)s quarters; draw their outlines more simply."),
        "triage_unit_missing": lazy_gettext("Name the unit that sorts before you open the deposit."),
        "category_incomplete": lazy_gettext(
            "Give the category a name in both languages, and say who answers for it in both or in none."
        ),
    },
)
