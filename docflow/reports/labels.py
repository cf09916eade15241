"""What steps and periods are called in the interface."""

from __future__ import annotations

from flask_babel import lazy_gettext

from docflow.reports.rules import Step

STEP_LABELS = {
    Step.ROUTING: lazy_gettext("Registration to first referral"),
    Step.ANSWER: lazy_gettext("First referral to answer"),
    Step.SIGNATURE: lazy_gettext("Circuit to signature"),
    Step.DEPARTURE: lazy_gettext("Signature to departure"),
    Step.WHOLE: lazy_gettext("Letter to departure of its answer"),
}

PERIOD_LABELS = {
    "30": lazy_gettext("30 days"),
    "90": lazy_gettext("90 days"),
    "365": lazy_gettext("One year"),
}
