"""How what this room tells people is said on the page of notifications."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext

from docflow.complaints.speaking import REOPENED, SAID
from docflow.core.capability import NoticeTeller


def _said(_values: Mapping[str, Any]) -> str:
    return str(gettext("The citizen wrote about a complaint."))


def _reopened(_values: Mapping[str, Any]) -> str:
    return str(gettext("A citizen opened a complaint again; it was sent to you."))


NOTICES = {
    SAID: NoticeTeller("message-square", _said),
    REOPENED: NoticeTeller("rotate-ccw", _reopened),
}
