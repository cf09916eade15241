"""What the room of case files contributes."""

from __future__ import annotations

from flask_babel import lazy_gettext

from docflow.core.capability import Capability, MenuEntry
from docflow.records.journal import SUBJECTS, VALUES
from docflow.records.views import make_blueprint
from docflow.records.views.filing import show_files

CAPABILITY = Capability(
    name="records",
    blueprints=[make_blueprint],
    menu=[MenuEntry("records.case_files", lazy_gettext("Case files"), "folder-open", "records.read", order=41)],
    document_facts=[show_files],
    journal_values=VALUES,
    journal_subjects=SUBJECTS,
    journal_phrases={
        "records.opened": lazy_gettext("Case file opened"),
        "records.changed": lazy_gettext("Case file changed"),
        "records.closed": lazy_gettext("Case file closed"),
        "records.reopened": lazy_gettext("Case file opened again"),
        "records.filed": lazy_gettext("Filed in a case file"),
        "records.removed": lazy_gettext("Taken out of a case file"),
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
        "letter_not_in_file": lazy_gettext("This letter is not in this case file any more."),
    },
)
