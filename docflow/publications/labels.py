"""What kinds, states and days are called in the interface."""

from __future__ import annotations

from flask_babel import lazy_gettext

from docflow.publications.redaction_rules import RedactionState
from docflow.publications.rules import PostKind, PostState, Section

POST_KIND_LABELS = {
    PostKind.NEWS: lazy_gettext("News"),
    PostKind.NOTICE: lazy_gettext("Notice"),
    PostKind.DECISION: lazy_gettext("Decision of the council"),
    PostKind.MINUTES: lazy_gettext("Minutes"),
    PostKind.REPORT: lazy_gettext("Report or document"),
}

POST_STATE_LABELS = {
    PostState.DRAFT: lazy_gettext("Draft"),
    PostState.PUBLISHED: lazy_gettext("Published"),
    PostState.WITHDRAWN: lazy_gettext("Withdrawn"),
}

REDACTION_LABELS = {
    RedactionState.DRAFT: lazy_gettext("To be made"),
    RedactionState.MAKING: lazy_gettext("Being made"),
    RedactionState.MADE: lazy_gettext("Made"),
    RedactionState.FAILED: lazy_gettext("Not made"),
}

SECTION_LABELS = {
    Section.NEWS: lazy_gettext("News and notices"),
    Section.PUBLICATIONS: lazy_gettext("Decisions and documents"),
}

DAY_LABELS = (
    lazy_gettext("Monday"),
    lazy_gettext("Tuesday"),
    lazy_gettext("Wednesday"),
    lazy_gettext("Thursday"),
    lazy_gettext("Friday"),
    lazy_gettext("Saturday"),
    lazy_gettext("Sunday"),
)
