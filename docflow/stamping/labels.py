"""What verdicts and their reasons are called in the interface."""

from __future__ import annotations

from flask_babel import lazy_gettext

from docflow.stamping.rules import Finding, StampPlace

FINDING_LABELS = {
    Finding.AUTHENTIC: lazy_gettext("Authentic"),
    Finding.ALTERED: lazy_gettext("Altered"),
    Finding.UNKNOWN: lazy_gettext("Unknown"),
}

PLACE_LABELS = {
    StampPlace.AUTOMATIC: lazy_gettext("Where there is most room at the top"),
    StampPlace.TOP_LEFT: lazy_gettext("Top left"),
    StampPlace.TOP_RIGHT: lazy_gettext("Top right"),
    StampPlace.BOTTOM_LEFT: lazy_gettext("Bottom left"),
    StampPlace.BOTTOM_RIGHT: lazy_gettext("Bottom right"),
}

REASON_TEXTS = {
    "kept_file": lazy_gettext("This is, byte for byte, the file that was sealed here."),
    "kept_state": lazy_gettext("This file was sealed here; what was added to it since is allowed by its seal."),
    "changed_since": lazy_gettext("This file was sealed here and was changed since. Do not rely on it."),
    "unreadable": lazy_gettext("This file cannot be read as a PDF, so that nothing can be said about it."),
    "no_seal": lazy_gettext("This file carries no seal. It may be a copy that was printed and scanned again."),
    "other_seal": lazy_gettext("This file carries a seal or signature, but none that was made here."),
    "not_kept": lazy_gettext(
        "This file carries a seal of this registry, but the registry kept no such file. Ask the registry desk."
    ),
}

CHANGE_TEXTS = {
    "bytes_changed": lazy_gettext("What was sealed was itself changed."),
    "damaged": lazy_gettext("The structure of the file is damaged."),
    "seal_removed": lazy_gettext("The seal was taken out of the file."),
    "page_changed": lazy_gettext("Something was drawn on page %(detail)s, or taken from it."),
    "notes_changed": lazy_gettext("A note or a field was put on page %(detail)s, or taken from it."),
    "pages_added": lazy_gettext("Pages were added: %(detail)s."),
    "pages_removed": lazy_gettext("Pages were removed: %(detail)s."),
    "pages_moved": lazy_gettext("Pages were put in another order."),
    "signature_broken": lazy_gettext("A signature that was added later does not hold: %(detail)s."),
    "signature_foreign": lazy_gettext("Somebody whom this registry does not know signed later: %(detail)s."),
    "other": lazy_gettext("Something was changed that cannot be named."),
}
"""Each with ``detail``: the numbers of pages, or the name of a field."""
