"""How what this room tells people is said on the page of notifications."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext

from docflow.core.capability import NoticeTeller
from docflow.deadlines.thresholds import HALF, THREE_QUARTERS
from docflow.routing.reminding import ESCALATED, REMINDED
from docflow.routing.returning import RETURNED
from docflow.web.shell import current_language


def _reminded(values: Mapping[str, Any]) -> str:
    day = values["day"]
    if values["share"] == HALF:
        return str(gettext("Half of the term is over; the last day is %(day)s.", day=day))
    if values["share"] == THREE_QUARTERS:
        return str(gettext("Three quarters of the term are over; the last day is %(day)s.", day=day))
    return str(gettext("The term is over since %(day)s.", day=day))


def _escalated(values: Mapping[str, Any]) -> str:
    day, names = values["day"], " · ".join(values[f"names_{current_language()}"])
    if not names:
        return str(gettext("Nobody holds this task, which was to be done by %(day)s.", day=day))
    if values["share"] == THREE_QUARTERS:
        return str(
            gettext("%(names)s: three quarters of the term are over; the last day is %(day)s.", names=names, day=day)
        )
    return str(gettext("%(names)s: the term is over since %(day)s.", names=names, day=day))


def _returned(values: Mapping[str, Any]) -> str:
    return str(gettext("%(name)s returned a task to you.", name=values[f"name_{current_language()}"]))


NOTICES = {
    REMINDED: NoticeTeller("clock", _reminded),
    ESCALATED: NoticeTeller("triangle-alert", _escalated),
    RETURNED: NoticeTeller("undo-2", _returned),
}
