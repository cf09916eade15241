"""What the corrections room contributes."""

from __future__ import annotations

from flask_babel import lazy_gettext

from docflow.core.capability import Capability, HomeLine, HomeSection, JournalValue, MenuEntry, MenuSection
from docflow.corrections.views import make_blueprint, show_versions
from docflow.documents.doubt import counting_doubtful

CAPABILITY = Capability(
    name="corrections",
    blueprints=[make_blueprint],
    home_lines=[
        HomeLine(
            HomeSection.MINE,
            lazy_gettext("Pages to correct"),
            "text-cursor-input",
            "corrections.queue",
            "documents.correct",
            count=lambda _deps, actor: counting_doubtful(actor),
        )
    ],
    menu=[
        MenuEntry(
            "corrections.queue",
            lazy_gettext("Corrections"),
            "text-cursor-input",
            "documents.correct",
            section=MenuSection.MAIL,
            count=counting_doubtful,
        )
    ],
    document_panels=[show_versions],
    journal_values={
        "page_number": JournalValue(lazy_gettext("Page")),
        "text_version": JournalValue(lazy_gettext("Version of the text")),
        "restored_from": JournalValue(lazy_gettext("Taken back from version")),
    },
    journal_phrases={
        "corrections.corrected": lazy_gettext("Text of a page corrected"),
        "corrections.confirmed": lazy_gettext("Text of a page found right"),
        "corrections.given_up": lazy_gettext("Page marked as one that cannot be read"),
        "corrections.restored": lazy_gettext("Earlier text of a page taken back"),
    },
    error_texts={
        "line_too_long": lazy_gettext("A line holds at most %(limit)s words. Break it into several."),
        "text_too_long": lazy_gettext("The text of a page holds at most %(limit)s characters."),
    },
)
