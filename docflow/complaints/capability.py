"""What the room of complaints contributes."""

from __future__ import annotations

from flask_babel import lazy_gettext

from docflow.complaints.jobs import forget, reduce
from docflow.complaints.journal import SUBJECTS, VALUES
from docflow.complaints.views import make_blueprint, make_public_blueprint
from docflow.core.capability import Capability, MenuEntry, PeriodicJob, SiteLink

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
    jobs={"complaints.reduce": reduce, "complaints.forget_drafts": forget},
    periodic=[PeriodicJob("complaints.forget_drafts", every_s=3600)],
    menu=[MenuEntry("complaints.manage", lazy_gettext("Complaints"), "message-square", "registers.manage", order=78)],
    journal_values=VALUES,
    journal_subjects=SUBJECTS,
    journal_phrases={
        "complaints.deposited": lazy_gettext("Complaint deposited"),
        "complaints.setup_changed": lazy_gettext("Taking of complaints changed"),
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
        "photos_too_many": lazy_gettext("At most %(limit)s files can be enclosed. Remove one first."),
        "triage_unit_missing": lazy_gettext("Name the unit that sorts before you open the deposit."),
        "category_incomplete": lazy_gettext(
            "Give the category a name in both languages, and say who answers for it in both or in none."
        ),
    },
)
