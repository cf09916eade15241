"""What the room of case files contributes."""

from __future__ import annotations

from flask_babel import lazy_gettext

from docflow.core.capability import Capability, FoundAction, MenuEntry, MenuSection, PeriodicJob, Shortcut
from docflow.records.jobs import forget, make
from docflow.records.journal import SUBJECTS, VALUES
from docflow.records.views import make_blueprint
from docflow.records.views.filing import show_files

CAPABILITY = Capability(
    name="records",
    blueprints=[make_blueprint],
    jobs={"records.print": make, "records.forget_prints": forget},
    periodic=[PeriodicJob("records.forget_prints", every_s=24 * 3600)],
    shortcuts=[Shortcut("records.new_file", lazy_gettext("Open a case file"), "folder-open", "records.file")],
    menu=[
        MenuEntry(
            "records.case_files",
            lazy_gettext("Case files"),
            "folder-open",
            "records.read",
            section=MenuSection.ARCHIVES,
        )
    ],
    document_facts=[show_files],
    found_actions=[FoundAction("records.file_found", lazy_gettext("File in a case file"), "folder", "records.file")],
    journal_values=VALUES,
    journal_subjects=SUBJECTS,
    journal_phrases={
        "records.opened": lazy_gettext("Case file opened"),
        "records.changed": lazy_gettext("Case file changed"),
        "records.closed": lazy_gettext("Case file closed"),
        "records.reopened": lazy_gettext("Case file opened again"),
        "records.filed": lazy_gettext("Filed in a case file"),
        "records.removed": lazy_gettext("Taken out of a case file"),
        "records.print_asked": lazy_gettext("Print of the case file asked for"),
        "records.printed": lazy_gettext("Case file printed and sealed"),
        "records.not_printed": lazy_gettext("Case file could not be printed"),
        "records.prints_forgotten": lazy_gettext("Old prints of case files dropped"),
    },
    error_texts={
        "case_file_unknown": lazy_gettext("This case file does not exist, or it is not shown to you."),
        "case_file_closed": lazy_gettext("The case file %(file)s is closed. Open it again first."),
        "case_file_open": lazy_gettext("The case file %(file)s is open already."),
        "case_file_full": lazy_gettext("A case file holds at most %(limit)s letters. Open another."),
        "case_file_missing": lazy_gettext("Choose the case file in which it is filed."),
        "file_title_missing": lazy_gettext("Give the case file a title."),
        "file_people_missing": lazy_gettext("Name the people who may know of this confidential case file."),
        "letters_missing": lazy_gettext("Choose the letters that are filed, or type their numbers."),
        "letters_too_many": lazy_gettext("File at most %(limit)s letters at once."),
        "letter_number_unknown": lazy_gettext("No letter that you may know of has the number %(number)s."),
        "letter_not_registered": lazy_gettext("Register the letter first; then it can be filed."),
        "case_print_unknown": lazy_gettext(
            "This print does not exist any more, it is not yours, or something in it may not be shown to you any more. "
            "Ask for a new one."
        ),
        "case_print_too_long": lazy_gettext("A print holds at most %(limit)s letters. Print the letters one by one."),
        "case_print_too_large": lazy_gettext(
            "The letters of this case file are more than %(limit_mb)s MB together. Print them one by one."
        ),
        "letter_not_in_file": lazy_gettext("This letter is not in this case file any more."),
    },
)
