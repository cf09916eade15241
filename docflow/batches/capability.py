"""What the batches room contributes."""

from __future__ import annotations

from flask_babel import lazy_gettext

from docflow.batches.operations import PAST
from docflow.batches.views import make_blueprint
from docflow.core.capability import Capability, JournalValue

PHRASES = {
    "batches.split": lazy_gettext("Split before a page"),
    "batches.joined": lazy_gettext("Joined to another document"),
    "batches.moved": lazy_gettext("Pages moved"),
    "batches.turned": lazy_gettext("Page turned"),
    "batches.dropped": lazy_gettext("Page left out"),
    "batches.put_back": lazy_gettext("Page put back"),
    "batches.collated": lazy_gettext("Fronts and backs put together"),
    "batches.undone": lazy_gettext("Act on the pages undone"),
    "batches.redone": lazy_gettext("Act on the pages done again"),
}

CAPABILITY = Capability(
    name="batches",
    blueprints=[make_blueprint],
    journal_phrases=PHRASES,
    journal_values={
        "batch": JournalValue(lazy_gettext("Batch"), subject="batch"),
        "pages": JournalValue(lazy_gettext("Pages"), form="count"),
        "others": JournalValue(lazy_gettext("Other documents"), subject="document"),
        "act": JournalValue(lazy_gettext("Act"), words={verb: PHRASES[past] for verb, past in PAST.items()}),
    },
    error_texts={
        "act_of_other": lazy_gettext("The last act is of %(who)s, who alone can undo it."),
        "act_unknown": lazy_gettext("This act is not known. Load the page again."),
        "batch_changed": lazy_gettext(
            "%(who)s changed the pages of this batch meanwhile. They are shown as they are now; do your act again."
        ),
        "document_registered": lazy_gettext("This document is registered; its pages stay as they are."),
        "documents_shown_differently": lazy_gettext(
            "These two documents are not shown to the same people. Give them the same confidentiality and unit first."
        ),
        "no_page_chosen": lazy_gettext("Choose the pages first, then the document they go to."),
        "nothing_before_document": lazy_gettext("There is no document before this one."),
        "nothing_before_page": lazy_gettext("This page is the first of its document; nothing is before it."),
        "nothing_to_undo": lazy_gettext("There is nothing left to undo or to do again."),
        "page_at_edge": lazy_gettext("The page is at the edge of its document already."),
        "page_left_out": lazy_gettext("This page is left out. Put it back first."),
        "page_not_left_out": lazy_gettext("This page is in its document already."),
        "pages_uneven": lazy_gettext("Fronts and backs must be as many: count the sheets."),
        "sheet_count_invalid": lazy_gettext("Ask for between 1 and %(limit)s sheets."),
    },
)
