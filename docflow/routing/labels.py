"""What instructions and the states of tasks are called in the interface."""

from __future__ import annotations

from flask_babel import lazy_gettext

from docflow.routing.rules import Instruction, Urgency

INSTRUCTION_LABELS = {
    Instruction.ATTRIBUTION.value: lazy_gettext("For attribution"),
    Instruction.ACTION.value: lazy_gettext("For action"),
    Instruction.OPINION.value: lazy_gettext("For opinion"),
    Instruction.STUDY.value: lazy_gettext("For study"),
    Instruction.SIGNATURE.value: lazy_gettext("For signature"),
    Instruction.RETURN.value: lazy_gettext("To be read and returned"),
    Instruction.INFORMATION.value: lazy_gettext("For information"),
    Instruction.FILE.value: lazy_gettext("To be filed"),
}

FINISH_LABELS = {
    Instruction.ATTRIBUTION.value: lazy_gettext("Answer and close the matter"),
    Instruction.ACTION.value: lazy_gettext("Report what was done"),
    Instruction.OPINION.value: lazy_gettext("Give the opinion"),
    Instruction.STUDY.value: lazy_gettext("Report"),
    Instruction.RETURN.value: lazy_gettext("Read, return it"),
    Instruction.INFORMATION.value: lazy_gettext("I have read it"),
    Instruction.FILE.value: lazy_gettext("Filed"),
}

SHARE_LABELS = {
    "50": lazy_gettext("Half"),
    "75": lazy_gettext("Three quarters"),
    "100": lazy_gettext("All of it"),
}

STATE_LABELS = {
    "open": lazy_gettext("Waiting"),
    "done": lazy_gettext("Done"),
    "passed_on": lazy_gettext("Passed on"),
    "returned": lazy_gettext("Returned with a reason"),
    "recalled": lazy_gettext("Recalled"),
}

URGENCY_LABELS = {
    Urgency.OVERDUE: lazy_gettext("Overdue"),
    Urgency.TODAY: lazy_gettext("Today"),
    Urgency.WEEK: lazy_gettext("This week"),
    Urgency.LATER: lazy_gettext("Later"),
    Urgency.UNDATED: lazy_gettext("Without a date"),
}
