"""Approving several items of one kind at once: looked over on a page, then each decided for itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from docflow.approvals.models import Decision
from docflow.approvals.operations import Verdict
from docflow.approvals.pins import opening
from docflow.approvals.ports import Deps
from docflow.approvals.queue import Item, item_with, reader_of
from docflow.approvals.rules import Choice
from docflow.approvals.signing import decide_with
from docflow.core.actor import Actor
from docflow.core.errors import DocFlowError, InvalidInput


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one item: its decision, or why there is none."""

    item: Item
    decision: Decision | None
    refusal: DocFlowError | None = None


def items_together(deps: Deps, actor: Actor, ask_ids: Sequence[UUID]) -> list[Item]:
    """Return items that one approval may stand for; those that are not asked any more are left out.

    Raises:
        InvalidInput: ``nothing_selected``, ``kinds_mixed``.
    """
    with deps.transactions.reading() as session:
        reader = reader_of(session, actor, deps.clock.now())
        found = [item for ask_id in ask_ids if (item := item_with(session, reader, ask_id)) is not None]
    if not found:
        raise InvalidInput("nothing_selected")
    if len({(item.run.is_act, item.ask.kind, item.run.kind) for item in found}) > 1:
        raise InvalidInput("kinds_mixed")
    return found


def approve_together(
    deps: Deps, actor: Actor, ask_ids: Sequence[UUID], *, comment: str = "", pin: str = ""
) -> list[Outcome]:
    """Approve several items of one kind; each is decided and can be undone for itself.

    Raises:
        InvalidInput: ``nothing_selected``, ``kinds_mixed``, ``pin_missing``, ``pin_wrong``.
        TooManyRequests: ``pin_locked``.
    """
    with opening(deps, actor, pin=pin) as given:
        items = items_together(deps, actor, ask_ids)
        key = given() if any(item.ask.field_name for item in items) else None
        if key is not None:
            # A wrong PIN refuses all of them at once.
            key.passphrase()
    outcomes = []
    for item in items:
        try:
            decision = decide_with(deps, actor, item.ask.id, Verdict(Choice.APPROVE, comment), key=key)
        except DocFlowError as refusal:
            outcomes.append(Outcome(item, None, refusal))
        else:
            outcomes.append(Outcome(item, decision))
    return outcomes
