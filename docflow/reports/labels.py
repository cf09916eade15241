"""What steps and periods are called in the interface."""

from __future__ import annotations

from flask_babel import lazy_gettext

from docflow.reports.paper import Estimate, Measure
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

MEASURE_LABELS = {
    Measure.SHEETS: lazy_gettext("Sheets not printed"),
    Measure.COPIES: lazy_gettext("Copies not asked"),
    Measure.TRIPS: lazy_gettext("Trips not made"),
}

ESTIMATE_LABELS = {
    Estimate.REFERRALS: lazy_gettext("Letters sent to several"),
    Estimate.CIRCUITS: lazy_gettext("Acts on a circuit"),
    Estimate.ENCLOSURES: lazy_gettext("Files given with complaints online"),
    Estimate.ANSWERS_KEPT: lazy_gettext("Answers kept as a file"),
    Estimate.DEPOSITS: lazy_gettext("Complaints deposited online"),
    Estimate.ANSWERS: lazy_gettext("Answers taken online"),
    Estimate.REQUEST_FILES: lazy_gettext("Files given with requests online"),
    Estimate.NOT_ASKED: lazy_gettext("Documents that may not be asked for"),
    Estimate.REQUESTS: lazy_gettext("Requests deposited online"),
    Estimate.APPOINTMENTS: lazy_gettext("Appointments made online"),
}

RULE_TEXTS = {
    Estimate.REFERRALS: lazy_gettext(
        "Each time a letter is sent on after it was sent to the first: half its pages, as a copy on both sides."
    ),
    Estimate.CIRCUITS: lazy_gettext(
        "Each time an act goes on its circuit: half its pages, which the signature book would have held."
    ),
    Estimate.ENCLOSURES: lazy_gettext("Each file given with a complaint on the public site: one copy."),
    Estimate.ANSWERS_KEPT: lazy_gettext(
        "Each answer that a citizen takes on the public site: one copy not asked for at the desk."
    ),
    Estimate.DEPOSITS: lazy_gettext("Each complaint deposited on the public site: one trip to the desk."),
    Estimate.ANSWERS: lazy_gettext("Each answer that a citizen takes on the public site: one trip to the desk."),
    Estimate.REQUEST_FILES: lazy_gettext("Each file given with a request on the public site: one copy."),
    Estimate.NOT_ASKED: lazy_gettext(
        "Each request: one copy for each document that its procedure, as it is in the catalogue now, says may not be "
        "asked for."
    ),
    Estimate.REQUESTS: lazy_gettext("Each request deposited on the public site: one trip to the counter."),
    Estimate.APPOINTMENTS: lazy_gettext(
        "Each appointment made on the public site: one trip to the office to ask when to come."
    ),
}
