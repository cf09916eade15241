"""What job states and kinds of units are called in the interface."""

from __future__ import annotations

from flask_babel import lazy_gettext

JOB_STATE_LABELS = {
    "ready": lazy_gettext("Waiting"),
    "running": lazy_gettext("Running"),
    "done": lazy_gettext("Done"),
    "dead": lazy_gettext("Given up"),
}

UNIT_KIND_LABELS = {
    "district": lazy_gettext("District"),
    "division": lazy_gettext("Division"),
    "service": lazy_gettext("Service"),
    "office": lazy_gettext("Office"),
}
