"""What states of case files and of their prints are called in the interface."""

from __future__ import annotations

from flask_babel import lazy_gettext

FILE_STATE_LABELS = {
    "open": lazy_gettext("Open case file"),
    "closed": lazy_gettext("Closed case file"),
}

DECISION_LABELS = {
    "approve": lazy_gettext("Approved by %(name)s"),
    "return": lazy_gettext("Returned by %(name)s"),
    "reject": lazy_gettext("Rejected by %(name)s"),
}
