"""Figures of mail."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, select

from docflow.core.capability import Measure
from docflow.notifications.models import OutgoingMail


def mail_measures(deps: Any) -> Sequence[Measure]:
    """Return how many mails are in each state, and why some were given up; their lines are forgotten after a time."""
    with deps.transactions.reading() as session:
        mails = session.execute(
            select(OutgoingMail.state, OutgoingMail.error_code, func.count()).group_by(
                OutgoingMail.state, OutgoingMail.error_code
            )
        ).all()
    return [
        Measure(
            "docflow_mails",
            "Mails by state and cause of failure.",
            [({"state": str(state), "cause": code or ""}, number) for state, code, number in mails],
        )
    ]
