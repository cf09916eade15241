"""The handlers of the room's jobs."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from docflow.accounts.rules import FactorChange
from docflow.core.capability import JobContext
from docflow.notifications.operations import forget_mails, send_mail
from docflow.notifications.ports import Deps, TextDeps
from docflow.notifications.telling import (
    forget_notices,
    tell_of_changed_factor,
    tell_of_lost_factor,
    tell_of_power,
)
from docflow.notifications.texting import forget_texts, send_text


def send(deps: Deps, payload: Mapping[str, Any], context: JobContext) -> None:
    """Hand a mail to the server."""
    send_mail(deps, UUID(payload["mail_id"]), is_last_attempt=context.is_last_attempt)


def forget(deps: TextDeps, _payload: Mapping[str, Any], _context: JobContext) -> None:
    """Drop the lines of old mail."""
    forget_mails(deps)
    forget_notices(deps)
    forget_texts(deps)


def send_message(deps: TextDeps, payload: Mapping[str, Any], context: JobContext) -> None:
    """Hand a text message to the gateway."""
    send_text(deps, UUID(payload["text_id"]), is_last_attempt=context.is_last_attempt)


def power_given(deps: Deps, payload: Mapping[str, Any], _context: JobContext) -> None:
    """Tell both people of a power that one stands in for the other."""
    tell_of_power(deps, UUID(payload["power_id"]))


def factor_taken_away(deps: Deps, payload: Mapping[str, Any], _context: JobContext) -> None:
    """Tell somebody that their second factor was taken away."""
    tell_of_lost_factor(deps, UUID(payload["person_id"]), datetime.fromisoformat(payload["at"]))


def factor_changed(deps: Deps, payload: Mapping[str, Any], _context: JobContext) -> None:
    """Tell somebody that their second factor was changed."""
    at, change = datetime.fromisoformat(payload["at"]), FactorChange(payload["change"])
    tell_of_changed_factor(deps, UUID(payload["person_id"]), at, change)
