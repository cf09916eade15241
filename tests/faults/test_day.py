"""A short day on real servers: what was acknowledged is there once, whatever was killed or taken away meanwhile.

``python -m benchmarks.faults`` plays a day with two hundred faults of every kind.
"""

from __future__ import annotations

import pytest

from tests.faults.day import play

pytestmark = pytest.mark.xdist_group("faults")

SEED = 20260302
HAPPENS = ("public site killed", "database crashed", "store fails", "index deleted")


def test_nothing_acknowledged_is_lost_or_doubled_whatever_goes_wrong():
    outcome = play(len(HAPPENS), SEED, longest_s=2, only=HAPPENS)

    assert outcome.wrong == []
    assert {name: len(times) for name, times in outcome.recovery_s.items()} == dict.fromkeys(HAPPENS, 1)
    # That everybody goes on after each fault is the day's own condition; a signer may find an empty queue then.
    assert all(outcome.acknowledged.values())
