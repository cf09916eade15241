"""What the codes of the registry are called in the interface."""

from __future__ import annotations

from flask_babel import lazy_gettext

REGISTER_KIND_LABELS = {
    "incoming": lazy_gettext("Incoming mail"),
    "outgoing": lazy_gettext("Outgoing mail"),
    "internal": lazy_gettext("Internal mail"),
    "complaints": lazy_gettext("Complaints"),
    "requests": lazy_gettext("Requests"),
}

ENTRY_STATE_LABELS = {
    "reserved": lazy_gettext("Reserved"),
    "registered": lazy_gettext("Registered"),
    "cancelled": lazy_gettext("Cancelled"),
}

SEAL_STATE_LABELS = {
    "pending": lazy_gettext("Being stamped and sealed"),
    "sealed": lazy_gettext("Stamped and sealed"),
    "failed": lazy_gettext("Not sealed"),
}

PAPER_LABELS = {
    "kept": lazy_gettext("Kept"),
    "returned": lazy_gettext("Returned"),
    "none": lazy_gettext("Came without paper"),
}

SET_ASIDE_LABELS = {
    "unreadable": lazy_gettext("Unreadable"),
    "blank": lazy_gettext("Blank or empty page"),
    "duplicate": lazy_gettext("Duplicate of another document"),
    "no_mail": lazy_gettext("Not mail (advertising, internal paper)"),
    "mistake": lazy_gettext("Scanned by mistake"),
    "other": lazy_gettext("Other reason"),
}

LINK_LABELS = {
    "same_matter": lazy_gettext("Same matter"),
    "answers": lazy_gettext("Answers it"),
    "duplicate": lazy_gettext("Duplicate"),
}
