"""What the intake contributes."""

from __future__ import annotations

from flask_babel import lazy_gettext

from docflow.core.capability import Capability, MenuEntry, MenuSection, PeriodicJob
from docflow.ingest.jobs import finish, inspect, read_again, read_page, remake, renew, settle
from docflow.ingest.journal import SUBJECTS, VALUES
from docflow.ingest.views import make_blueprint

CAPABILITY = Capability(
    name="ingest",
    blueprints=[make_blueprint],
    jobs={
        "ingest.inspect": inspect,
        "ingest.read_page": read_page,
        "ingest.read_again": read_again,
        "ingest.finish": finish,
        "ingest.remake": remake,
        "ingest.renew": renew,
        "ingest.settle": settle,
    },
    periodic=[PeriodicJob("ingest.settle", every_s=60)],
    menu=[MenuEntry("ingest.scan", lazy_gettext("Scan"), "scan-line", "documents.deposit", section=MenuSection.MAIL)],
    journal_values=VALUES,
    journal_subjects=SUBJECTS,
    journal_phrases={
        "ingest.batch_opened": lazy_gettext("Batch opened"),
        "ingest.stack_divided": lazy_gettext("Stack divided at its separator sheets"),
        "ingest.split_off": lazy_gettext("Split off from a stack"),
    },
    error_texts={
        "batch_unknown": lazy_gettext("This batch does not exist, or it is not shown to you."),
        "too_many_streams": lazy_gettext("Too many pages follow the reading live. This one looks again by itself."),
        "page_too_demanding": lazy_gettext(
            "Reading this page needs more memory than there is. Read it again, or scan it again at 200 dpi."
        ),
        "page_answer_unreadable": lazy_gettext("The reader answered with something that is not text. Read it again."),
        "page_reader_crashed": lazy_gettext("The reader stopped unexpectedly on this page. Read it again."),
        "no_file_given": lazy_gettext("Choose at least one file."),
        "file_unreadable": lazy_gettext("The file %(file)s cannot be opened: %(reason)s."),
        "output_unwritable": lazy_gettext(
            "The file %(file)s cannot be written: %(reason)s. Give another place, or free this one."
        ),
    },
)
