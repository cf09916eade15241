"""On which days those concerned are told that a term runs out; plain Python."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from itertools import pairwise
from typing import Final

from docflow.deadlines.rules import DAY, OpenDays

HALF: Final = 50
THREE_QUARTERS: Final = 75
OVER: Final = 100
SHARES: Final = (HALF, THREE_QUARTERS, OVER)
"""Parts of a term, in percent, after which somebody is told."""


def threshold_days(start: date, due: date, open_days: OpenDays) -> Mapping[int, date]:
    """Return the day on which each share of a term is reached, the shares in order.

    Days on which the district is open are counted, those after the day of the start up to the last day: whoever is
    told can do something about it. The whole term is over on the first open day after its last day. No two shares fall
    on one day: the greater stands for the smaller, since it tells all whom the smaller would.
    """
    between = [
        day for day in (start + timedelta(days=number) for number in range(1, (due - start).days + 1))
        if open_days.is_open(day)
    ]  # fmt: skip
    days = {share: between[-(-len(between) * share // 100) - 1] for share in SHARES[:-1] if between}
    days[OVER] = open_days.next_open(max(start, due) + DAY)
    lesser = {share for share, greater in pairwise(sorted(days)) if days[share] == days[greater]}
    return {share: day for share, day in sorted(days.items()) if share not in lesser}


def reached(days: Mapping[int, date], today: date) -> int | None:
    """Return the greatest share that is reached by a day; none when none is."""
    return max((share for share, day in days.items() if day <= today), default=None)
