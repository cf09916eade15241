"""What the documents room contributes."""

from __future__ import annotations

from flask_babel import lazy_gettext

from docflow.core.capability import COSTLY_S, Capability, Measuring
from docflow.documents.jobs import complete_years
from docflow.documents.journal import SUBJECTS, VALUES
from docflow.documents.measures import document_measures, index_measures
from docflow.documents.views import make_blueprint

CAPABILITY = Capability(
    name="documents",
    measures=[Measuring(index_measures), Measuring(document_measures, COSTLY_S)],
    blueprints=[make_blueprint],
    jobs={"documents.complete_years": complete_years},
    journal_values=VALUES,
    journal_subjects=SUBJECTS,
    journal_phrases={
        "documents.deposited": lazy_gettext("Deposited"),
        "documents.read": lazy_gettext("Read"),
        "documents.reading_failed": lazy_gettext("Reading failed"),
        "documents.reading_restarted": lazy_gettext("Reading asked for again"),
        "documents.page_put_back": lazy_gettext("Reading of a page asked for again"),
        "documents.fields_proposed": lazy_gettext("Empty details filled from the corrected text"),
        "documents.edited": lazy_gettext("Details changed"),
        "documents.year_completed": lazy_gettext("Year of two digits completed"),
    },
    error_texts={
        "document_unknown": lazy_gettext("This document does not exist, or it is not shown to you."),
        "document_changed": lazy_gettext(
            "Somebody changed these details while you were writing. Compare, then keep yours or theirs."
        ),
        "document_set_aside": lazy_gettext(
            "This document was set aside. Put it back in the queue of documents to register first."
        ),
        "document_not_failed": lazy_gettext("This document did not fail; there is nothing to read again."),
        "content_hidden": lazy_gettext("You may see that this document exists, but not what is written in it."),
        "page_unknown": lazy_gettext("This page does not exist."),
        "export_missing": lazy_gettext("This file does not exist for this document."),
        "text_unprintable": lazy_gettext("This text holds a character that cannot be kept. Type it again."),
        "field_too_long": lazy_gettext("This field is too long: at most %(limit)s characters."),
        "kind_unknown": lazy_gettext("This kind of document does not exist."),
        "choice_unknown": lazy_gettext("One of the choices does not exist. Load the page again."),
        "reading_failed": lazy_gettext("The document could not be read."),
        "reading_stopped": lazy_gettext(
            "Reading the document stopped several times. Scan it again, or tell the administrator."
        ),
        "page_unreadable": lazy_gettext("No page of the document could be read. Scan it again."),
        "page_not_failed": lazy_gettext("This page was read, or is being read; there is nothing to read again."),
        "page_not_read": lazy_gettext(
            "There is no picture of page %(page_number)s to compare with. Have it read again."
        ),
        "text_changed": lazy_gettext("Somebody changed the text of this page while you were correcting it."),
        "text_version_unknown": lazy_gettext("This version of the text does not exist."),
        "page_reading_stopped": lazy_gettext("Reading this page stopped several times. Scan it again."),
    },
)
