"""How what this room tells people is said on the page of notifications."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import url_for
from flask_babel import gettext

from docflow.core.capability import NoticeTeller
from docflow.deadlines.thresholds import HALF, THREE_QUARTERS
from docflow.routing.handing_over import HANDED_OVER, LEFT
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
    return str(gettext("%(name)s returned a task to you.", name=values[_name()]))


def _handed_over(_values: Mapping[str, Any]) -> str:
    return str(gettext("A task of somebody else was given to you."))


def _left(values: Mapping[str, Any]) -> str:
    return str(gettext("%(name)s leaves or has left, and holds tasks: give them to others.", name=values[_name()]))


def _name() -> str:
    return f"name_{current_language()}"


NOTICES = {
    REMINDED: NoticeTeller("clock", _reminded),
    ESCALATED: NoticeTeller("triangle-alert", _escalated),
    RETURNED: NoticeTeller("undo-2", _returned),
    HANDED_OVER: NoticeTeller("forward", _handed_over),
    LEFT: NoticeTeller("users", _left, lambda values: url_for("routing.handover", person_id=values["person"])),
}
