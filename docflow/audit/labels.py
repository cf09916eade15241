"""What the codes of the journal are called in the interface."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import lazy_gettext

from docflow.audit.rules import AnchorFault
from docflow.core.capability import LazyText

TIME_SOURCE_LABELS: Mapping[str, LazyText] = {
    "local": lazy_gettext("Clock of this machine, attested by nobody"),
    "rfc3161": lazy_gettext("Time-stamping authority"),
}

FAULT_LABELS: Mapping[AnchorFault, LazyText] = {
    AnchorFault.LINES_MISSING: lazy_gettext("Lines were cut from the end of the journal."),
    AnchorFault.LINES_DIFFER: lazy_gettext("The lines are not those that were anchored: the chain was computed anew."),
    AnchorFault.CHAIN_BROKEN: lazy_gettext("A line that it covers does not fit the chain."),
    AnchorFault.UNREADABLE: lazy_gettext("The file cannot be read as an anchor."),
    AnchorFault.STATEMENT_ALTERED: lazy_gettext("The anchor itself was changed."),
    AnchorFault.TOKEN_INVALID: lazy_gettext("Its time-stamp is about something else, or not intact."),
    AnchorFault.NOT_IN_DATABASE: lazy_gettext("The database has lost this anchor."),
    AnchorFault.UNLINKED: lazy_gettext("It does not follow the anchor before it: one was taken out."),
}

ROOM_LABELS: Mapping[str, LazyText] = {
    "accounts": lazy_gettext("Accounts and sign-in"),
    "approvals": lazy_gettext("Approvals"),
    "audit": lazy_gettext("Journal"),
    "batches": lazy_gettext("Arranging pages"),
    "corrections": lazy_gettext("Corrections"),
    "documents": lazy_gettext("Documents"),
    "drafting": lazy_gettext("Drafts"),
    "ingest": lazy_gettext("Intake"),
    "jobs": lazy_gettext("Jobs"),
    "records": lazy_gettext("Case files"),
    "registry": lazy_gettext("Registry desk"),
    "reports": lazy_gettext("Figures"),
    "routing": lazy_gettext("Route"),
    "stamping": lazy_gettext("Stamp and seal"),
    "unit_proposals": lazy_gettext("Probable units"),
}
"""The rooms by whose acts lines are chosen."""
