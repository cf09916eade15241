"""Whom a reminder reaches: whoever holds the task, the head of the unit, the head above; plain Python."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from docflow.deadlines.thresholds import OVER, THREE_QUARTERS

LEVELS = {THREE_QUARTERS: 1, OVER: 2}
"""How many heads up the hierarchy are told at each share of a term."""


@dataclass(frozen=True, slots=True)
class Reached:
    """Who is told.

    Attributes:
        holders: who holds the task, or works in the unit in whose basket it lies.
        heads: the heads above them, as far up as the share asks.
        vacant: units of which nobody fills the place of head, so that the next above is told instead.
    """

    holders: tuple[UUID, ...]
    heads: tuple[UUID, ...]
    vacant: tuple[UUID, ...] = ()


def reached_by(
    share: int,
    *,
    holders: Collection[UUID],
    units: Iterable[UUID],
    heads_of: Callable[[UUID], Sequence[Collection[UUID]]],
) -> Reached:
    """Return whom a share of a term tells.

    Args:
        share: 50, 75 or 100 percent.
        holders: who holds the task; none when nobody is left, and then the head is told from the start.
        units: the unit that is asked, then each above it.
        heads_of: who heads one unit at present, step by step: of the district the director, then the president.
    """
    wanted = LEVELS.get(share, 0) or (0 if holders else 1)
    heads: list[UUID] = []
    vacant: list[UUID] = []
    levels = 0
    for unit_id in units:
        if levels == wanted:
            break
        steps = heads_of(unit_id)
        if not steps:
            vacant.append(unit_id)
        # A head who holds the task answers to the next above.
        own = max((at for at, found in enumerate(steps, 1) if set(found) & set(holders)), default=0)
        for found in steps[own:]:
            others = [one for one in found if one not in holders and one not in heads]
            if others and levels < wanted:
                heads += others
                levels += 1
    return Reached(tuple(dict.fromkeys(holders)), tuple(heads), tuple(vacant) if wanted else ())
