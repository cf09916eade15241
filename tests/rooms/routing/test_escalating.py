"""Up the hierarchy: whom each share of a term reaches."""

from __future__ import annotations

from uuid import UUID

import pytest

from docflow.routing.escalating import reached_by

SERVICE, DIVISION, DISTRICT = (UUID(int=one) for one in (1, 2, 3))
AGENT, HEAD, CHIEF, DIRECTOR, PRESIDENT = (UUID(int=one) for one in (11, 12, 13, 14, 15))
UNITS = (SERVICE, DIVISION, DISTRICT)
HEADS = {SERVICE: [[HEAD]], DIVISION: [[CHIEF]], DISTRICT: [[DIRECTOR], [PRESIDENT]]}


@pytest.mark.parametrize(("share", "heads"), [(50, ()), (75, (HEAD,)), (100, (HEAD, CHIEF))])
def test_each_share_goes_one_step_higher(share, heads):
    found = reached_by(share, holders=[AGENT], units=UNITS, heads_of=lambda unit: HEADS[unit])
    assert (found.holders, found.heads, found.vacant) == ((AGENT,), heads, ())


@pytest.mark.parametrize(("share", "heads"), [(50, ()), (75, (CHIEF,)), (100, (CHIEF, DIRECTOR))])
def test_where_nobody_fills_the_place_the_next_above_is_told_and_it_is_said(share, heads):
    found = reached_by(
        share, holders=[AGENT], units=UNITS, heads_of=lambda unit: [] if unit == SERVICE else HEADS[unit]
    )
    assert found.heads == heads
    assert found.vacant == ((SERVICE,) if heads else ())


def test_a_head_who_holds_the_task_answers_to_the_next_above():
    found = reached_by(75, holders=[HEAD], units=UNITS, heads_of=lambda unit: HEADS[unit])
    assert (found.holders, found.heads, found.vacant) == ((HEAD,), (CHIEF,), ())


def test_a_task_that_nobody_holds_is_the_heads_from_the_start():
    assert reached_by(50, holders=[], units=UNITS, heads_of=lambda unit: HEADS[unit]).heads == (HEAD,)


def test_at_the_top_there_is_nobody_above():
    found = reached_by(100, holders=[PRESIDENT], units=(DISTRICT,), heads_of=lambda unit: HEADS[unit])
    assert (found.holders, found.heads) == ((PRESIDENT,), ())


@pytest.mark.parametrize(("share", "heads"), [(75, (PRESIDENT,)), (100, (PRESIDENT,))])
def test_a_task_of_the_director_is_told_to_the_president(share, heads):
    assert reached_by(share, holders=[DIRECTOR], units=(DISTRICT,), heads_of=lambda unit: HEADS[unit]).heads == heads
