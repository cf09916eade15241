"""What a person typed about who stands in for whom."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from werkzeug.datastructures import MultiDict

from docflow.accounts.giving import NewPower
from docflow.accounts.power_rules import PowerKind
from docflow.core.errors import InvalidInput
from docflow.web.posted import posted_date


def posted_power(form: MultiDict[str, str], *, own_id: UUID | None, now: datetime) -> NewPower:
    """Return the power that a form describes; without a principal it is the reader's own.

    Raises:
        InvalidInput: ``choice_unknown``, ``power_days_missing``, those of ``posted_date``.
    """
    given = form.get("principal", "") or ("" if own_id is None else str(own_id))
    try:
        kind, principal_id = PowerKind(form.get("kind", "")), UUID(given)
        holder_id = UUID(form.get("holder", ""))
        unit_ids = frozenset(UUID(one) for one in form.getlist("unit") if one)
    except ValueError as error:
        raise InvalidInput("choice_unknown") from error
    first, last = posted_date(form, "first_day", now=now), posted_date(form, "last_day", now=now)
    if first is None or last is None:
        raise InvalidInput("power_days_missing")
    return NewPower(
        kind=kind,
        principal_id=principal_id,
        holder_id=holder_id,
        first_day=first,
        last_day=last,
        act_kinds=frozenset(one for one in form.getlist("act_kind") if one),
        unit_ids=unit_ids,
        decision_reference=form.get("decision_reference", ""),
    )
