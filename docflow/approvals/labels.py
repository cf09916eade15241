"""What steps, decisions and states are called in the interface."""

from __future__ import annotations

from flask_babel import lazy_gettext

STEP_LABELS = {
    "opinion": lazy_gettext("Opinion"),
    "visa": lazy_gettext("Visa"),
    "signature": lazy_gettext("Signature"),
    "seal": lazy_gettext("Agreement to the seal"),
    "departure": lazy_gettext("Departure"),
}

CHOICE_LABELS = {
    "approve": lazy_gettext("Approve"),
    "return": lazy_gettext("Return"),
    "reject": lazy_gettext("Reject"),
}

POWER_LABELS = {
    "own": lazy_gettext("Own function"),
    "delegation": lazy_gettext("By delegation"),
    "interim": lazy_gettext("Acting (interim)"),
}

RUN_LABELS = {
    "preparing": lazy_gettext("Being prepared for signature"),
    "running": lazy_gettext("On its circuit"),
    "returned": lazy_gettext("Returned to be drafted anew"),
    "departing": lazy_gettext("Signed, being numbered and sealed"),
    "approved": lazy_gettext("Approved"),
    "departed": lazy_gettext("Departed"),
    "rejected": lazy_gettext("Rejected"),
    "withdrawn": lazy_gettext("Taken back"),
}

SHELF_LABELS = {
    "outgoing": lazy_gettext("Outgoing acts"),
    "complaints": lazy_gettext("Complaints"),
    "requests": lazy_gettext("Requests"),
    "incoming": lazy_gettext("Incoming mail"),
    "internal": lazy_gettext("Internal mail"),
}
