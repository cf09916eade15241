"""Figures of signing in."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import func, select

from docflow.accounts.models import Person, SignedInSession
from docflow.core.capability import Measure


def session_measures(deps: Any) -> Sequence[Measure]:
    """Return how many sessions hold, and how many accounts are locked after wrong passwords."""
    now = deps.transactions.clock.now()
    since = now - timedelta(seconds=deps.settings.session_idle_s)
    with deps.transactions.reading() as session:
        holding = session.scalar(select(func.count()).where(SignedInSession.last_seen_at >= since))
        locked = session.scalar(select(func.count()).where(Person.locked_until > now))
    return [
        Measure("docflow_sessions", "Sessions of the staff that hold.", [({}, holding)]),
        Measure("docflow_locked_accounts", "Accounts locked after wrong passwords.", [({}, locked)]),
    ]
