"""By when the institution answers what came into a register (decree 2-17-265, law 55-19)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from docflow.deadlines.queries import deadline_from
from docflow.deadlines.rules import COMPLAINT, REQUEST, Deadline
from docflow.registry.models import Register
from docflow.registry.rules import RegisterKind

RULE_OF_KIND = {RegisterKind.COMPLAINTS: COMPLAINT, RegisterKind.REQUESTS: REQUEST}
"""Registers whose letters must be answered within a term of the law."""


def answer_due(session: Session, register: Register, arrived_at: datetime) -> Deadline | None:
    """Return the term within which a letter that arrived then is answered, or none where the law sets none."""
    rule = RULE_OF_KIND.get(RegisterKind(register.kind))
    return None if rule is None else deadline_from(session, rule, arrived_at)
