"""Who may stand in for whom: the rules, at random."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from docflow.accounts.power_rules import (
    ACT_KINDS,
    PowerKind,
    Standing,
    check_conflicts,
    check_dates,
    check_held,
    formula,
    title_of,
)
from docflow.accounts.rules import Role
from docflow.core.errors import Conflict, InvalidInput
from docflow.documents.rules import DocumentKind

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
PEOPLE = [UUID(int=number) for number in range(1, 6)]
UNITS = [UUID(int=number) for number in range(100, 104)]

instants = st.integers(0, 20).map(lambda days: START + timedelta(days=days))
standings = st.builds(
    Standing,
    kind=st.sampled_from(PowerKind),
    principal_id=st.sampled_from(PEOPLE),
    holder_id=st.sampled_from(PEOPLE),
    starts_at=instants,
    ends_at=instants,
    act_kinds=st.frozensets(st.sampled_from(ACT_KINDS), max_size=2),
    unit_ids=st.frozensets(st.sampled_from(UNITS), max_size=2),
)


def standing(**changes):
    values = {
        "kind": PowerKind.DELEGATION,
        "principal_id": PEOPLE[0],
        "holder_id": PEOPLE[1],
        "starts_at": START,
        "ends_at": START + timedelta(days=5),
    }
    return Standing(**(values | changes))


def accepted(wanted):
    """The powers that are given when one after the other is asked for."""
    kept = []
    for one in wanted:
        try:
            check_dates(one, START)
            check_held(one, own_units=UNITS, stood_in_units=())
            check_conflicts(one, kept)
        except (Conflict, InvalidInput):
            continue
        kept.append(one)
    return kept


@given(st.lists(standings, max_size=12))
def test_there_is_never_a_second_interim_of_one_person_nor_two_who_stand_in_for_each_other(wanted):
    kept = accepted(wanted)
    for at in {one.starts_at for one in kept}:
        now = [one for one in kept if one.is_in_force(at)]
        interims = [one.principal_id for one in now if one.kind is PowerKind.INTERIM]
        assert len(interims) == len(set(interims))
        leads = {(one.principal_id, one.holder_id) for one in now}
        for _ in PEOPLE:
            leads |= {(a, d) for a, b in leads for c, d in leads if b == c}
        assert all(first != last for first, last in leads)


@given(standings, standings)
def test_a_conflict_between_two_powers_does_not_depend_on_which_came_first(one, other):
    assert one.overlaps(other) == other.overlaps(one)
    if one.starts_at < one.ends_at and other.starts_at < other.ends_at:
        assert (len(accepted([one, other])) == 2) == (len(accepted([other, one])) == 2)


@given(standings)
def test_powers_one_after_the_other_never_contradict_each_other(one):
    after = standing(
        kind=one.kind, principal_id=one.holder_id, holder_id=one.principal_id,
        starts_at=one.ends_at, ends_at=one.ends_at + timedelta(days=1),
    )  # fmt: skip
    if one.starts_at < one.ends_at and one.principal_id != one.holder_id:
        check_conflicts(after, [one])


@given(st.integers(-10, 10), st.integers(-10, 10))
def test_a_power_is_refused_exactly_when_it_is_reversed_or_begins_before_now(first, length):
    one = standing(starts_at=START + timedelta(days=first), ends_at=START + timedelta(days=first + length))
    if length > 0 and first >= 0:
        check_dates(one, START)
    else:
        with pytest.raises(InvalidInput) as refused:
            check_dates(one, START)
        assert refused.value.code == ("power_dates_reversed" if length <= 0 else "power_in_past")


@pytest.mark.parametrize(
    ("changes", "own", "stood_in", "code"),
    [
        ({"holder_id": PEOPLE[0]}, UNITS, (), "power_to_oneself"),
        ({}, (), (), "power_not_held"),
        ({}, (), UNITS, "power_not_passed_on"),
        ({"unit_ids": frozenset(UNITS[:2])}, UNITS[:1], (), "power_not_held"),
        ({"unit_ids": frozenset(UNITS[:2])}, UNITS[:1], UNITS[1:2], "power_not_passed_on"),
    ],
)
def test_nobody_gives_what_they_do_not_hold_by_their_own_function(changes, own, stood_in, code):
    with pytest.raises(InvalidInput) as refused:
        check_held(standing(**changes), own_units=own, stood_in_units=stood_in)
    assert refused.value.code == code


def test_the_same_power_is_not_given_twice_but_another_part_of_it_is():
    notes, letters = frozenset({"note"}), frozenset({"letter"})
    check_conflicts(standing(act_kinds=letters), [standing(act_kinds=notes)])
    with pytest.raises(Conflict) as refused:
        check_conflicts(standing(), [standing(act_kinds=notes)])
    assert refused.value.code == "power_given_already"


def test_each_power_has_its_own_formula_in_both_languages():
    title_ar, title_fr = title_of(Role.PRESIDENT, name_ar="مقاطعة الحي الحسني", name_fr="Arrondissement Hay Hassani")
    said = {"name_ar": "محمد الحسني", "name_fr": "Mohamed El Hassani", "title_ar": title_ar, "title_fr": title_fr}
    assert formula(PowerKind.DELEGATION, **said) == (
        "بتفويض من محمد الحسني، رئيس مجلس مقاطعة الحي الحسني",
        "par délégation de Mohamed El Hassani, président du conseil de l'arrondissement Hay Hassani",
    )
    assert formula(PowerKind.INTERIM, **said) == (
        "رئيس مجلس مقاطعة الحي الحسني بالنيابة",
        "président du conseil de l'arrondissement Hay Hassani par intérim",
    )


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("Division technique", "chef de la division technique"),
        ("Service de l'urbanisme", "chef du service de l'urbanisme"),
        ("Bureau d'ordre", "chef du bureau d'ordre"),
        ("Archives", "chef d'Archives"),
    ],
)
def test_a_french_title_takes_the_article_of_its_unit(name, title):
    assert title_of(Role.HEAD, name_ar="", name_fr=name)[1] == title


def test_kinds_of_act_are_kinds_of_document():
    assert set(ACT_KINDS) <= {kind.value for kind in DocumentKind}
