"""What the room of requests contributes."""

from __future__ import annotations

from flask_babel import lazy_gettext

from docflow.core.capability import Capability, MenuEntry, MenuSection, PeriodicJob, Shortcut, SiteLink
from docflow.core.db import has_rows
from docflow.requests.depositing import DRAWING_JOB
from docflow.requests.jobs import draw, forget_closed, tell
from docflow.requests.journal import SUBJECTS, VALUES
from docflow.requests.models import Procedure
from docflow.requests.treating import require_decision
from docflow.requests.views import make_blueprint, make_public_blueprint
from docflow.requests.views.depositing import tell_followed
from docflow.requests.views.treating import show_request

CAPABILITY = Capability(
    name="requests",
    blueprints=[make_blueprint],
    public_blueprints=[make_public_blueprint],
    site_links=[
        SiteLink(
            "public_requests.procedures",
            lazy_gettext("Procedures"),
            "file-text",
            order=25,
            pages=frozenset(
                f"public_requests.{page}"
                for page in ("procedure", "choose", "form", "deposit", "complete", "information")
            ),
            said=lazy_gettext("What each procedure asks for, what it costs and how long it takes; asked for online."),
        )
    ],
    shortcuts=[Shortcut("requests.counter", lazy_gettext("Take a request"), "file-plus", "requests.receive")],
    menu=[
        MenuEntry(
            "requests.listed", lazy_gettext("Requests"), "list-checks", "tasks.read", section=MenuSection.CITIZENS
        ),
        MenuEntry(
            "requests.counter", lazy_gettext("Counter"), "file-plus", "requests.receive", section=MenuSection.CITIZENS
        ),
        MenuEntry(
            "requests.procedures",
            lazy_gettext("Procedures"),
            "file-text",
            "procedures.manage",
            section=MenuSection.SETTINGS,
            is_done=has_rows(Procedure),
        ),
    ],
    jobs={DRAWING_JOB: draw, "requests.tell": tell, "requests.forget_contacts": forget_closed},
    periodic=[PeriodicJob("requests.forget_contacts", every_s=24 * 3600)],
    document_facts=[show_request],
    closing_rules=[require_decision],
    followed_facts=[tell_followed],
    journal_subjects=SUBJECTS,
    journal_values=VALUES,
    journal_phrases={
        "requests.procedure_added": lazy_gettext("Procedure added to the catalogue"),
        "requests.procedure_changed": lazy_gettext("Procedure changed"),
        "requests.deposited": lazy_gettext("Request deposited"),
        "requests.completed": lazy_gettext("Request completed by its citizen"),
        "requests.missing_asked": lazy_gettext("Missing documents asked for"),
        "requests.contact_forgotten": lazy_gettext("Telephone and address of the citizen forgotten"),
        "requests.decided": lazy_gettext("Request decided"),
        "requests.published": lazy_gettext("Answer published"),
        "requests.unpublished": lazy_gettext("Published answer withdrawn"),
    },
    error_texts={
        "procedure_unknown": lazy_gettext("This procedure is not in the catalogue."),
        "procedure_incomplete": lazy_gettext(
            "Give the procedure a name in addresses (small letters, digits and hyphens) and a title in both languages."
        ),
        "procedure_slug_taken": lazy_gettext("Another procedure has the name %(slug)s in addresses."),
        "procedure_term_too_long": lazy_gettext(
            "The law gives %(days)s days at most. Promise less, or leave it empty."
        ),
        "procedure_term_fixed": lazy_gettext(
            "The terms of access to information are those of law 31-13. Leave it empty."
        ),
        "procedure_not_online": lazy_gettext("This is asked for at the counter. Bring the documents there."),
        "line_incomplete": lazy_gettext("Write each document and each question in both languages."),
        "lines_too_many": lazy_gettext("A procedure has at most %(limit)s documents and as many questions."),
        "applicant_missing": lazy_gettext("Write the full name of whoever asks."),
        "question_unanswered": lazy_gettext("Answer this: %(question)s"),
        "files_too_many": lazy_gettext("Give at most %(limit)s files."),
        "counter_of_others": lazy_gettext("This procedure is taken at the counter of another unit."),
        "request_unknown": lazy_gettext("This request does not exist, or it is not shown to you."),
        "request_decided": lazy_gettext("This request was decided already."),
        "request_undecided": lazy_gettext(
            "Decide the request on its page: its citizen reads the decision with number and secret, and this task is "
            "done. A letter about it is written afterwards."
        ),
        "decision_of_others": lazy_gettext("Whoever has the task of answering this request decides it."),
        "decision_reason_missing": lazy_gettext("A refusal is written with its reasons."),
        "ground_missing": lazy_gettext("Information is refused on a ground of law 31-13. Choose it."),
        "nothing_missing": lazy_gettext("Tick what is missing, or write what you need."),
        "not_publishable": lazy_gettext("Only information that was given is published."),
        "publication_incomplete": lazy_gettext("Write what was asked, without whoever asked, and the answer."),
    },
)
