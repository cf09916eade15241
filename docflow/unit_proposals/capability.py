"""What the room of unit proposals contributes."""

from __future__ import annotations

from flask_babel import lazy_gettext

from docflow.core.capability import Capability, JournalSubject, JournalValue, PeriodicJob
from docflow.documents.labels import KIND_LABELS
from docflow.unit_proposals.jobs import learn
from docflow.unit_proposals.views import make_blueprint, show_proposal

YES_OR_NO = {"true": lazy_gettext("yes"), "false": lazy_gettext("no")}

CAPABILITY = Capability(
    name="unit_proposals",
    blueprints=[make_blueprint],
    jobs={"unit_proposals.learn": learn},
    # Units that were named at the deposit are learned once their documents are read.
    periodic=[PeriodicJob("unit_proposals.learn", every_s=600)],
    document_panels=[show_proposal],
    journal_subjects={"first_route": JournalSubject(lazy_gettext("Rule of first routing"))},
    journal_values={
        "unit": JournalValue(lazy_gettext("Unit"), subject="unit"),
        "register": JournalValue(lazy_gettext("Register"), form="reference"),
        "kind": JournalValue(lazy_gettext("Kind"), words=KIND_LABELS),
        "is_active": JournalValue(lazy_gettext("On"), words=YES_OR_NO),
        "is_automatic": JournalValue(lazy_gettext("By itself"), words=YES_OR_NO),
        "route": JournalValue(lazy_gettext("Rule of first routing"), form="silent"),
    },
    journal_phrases={
        "unit_proposals.route_made": lazy_gettext("Rule of first routing made"),
        "unit_proposals.route_changed": lazy_gettext("Rule of first routing changed"),
        "unit_proposals.route_dropped": lazy_gettext("Rule of first routing removed"),
        "unit_proposals.route_followed": lazy_gettext("Unit named by a rule of first routing"),
    },
    error_texts={
        "route_without_condition": lazy_gettext("Choose a register or a kind, or write words of the sender's name."),
        "route_unknown": lazy_gettext("This rule does not exist any more."),
    },
)
