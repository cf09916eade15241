"""The form of numbers and the year they belong to."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from docflow.core.errors import InvalidInput
from docflow.registry.rules import NumberFormat, is_code, new_verification_code, register_year


def test_a_number_is_written_as_its_register_says():
    assert NumberFormat("A-{year}-{number:06}").label(year=2026, number=145) == "A-2026-000145"
    assert NumberFormat("ARR.{year}/{number}").label(year=2026, number=145) == "ARR.2026/145"


@pytest.mark.parametrize(
    "pattern",
    [
        "A-{number:06}",
        "A-{year}",
        "{year}{number:06}",
        "A-{year}-{number}-{number}",
        "A {year}-{number}",
        "{year}-1{number}",
        "{year}/{number}",
        "A-{number}/{year}",
        "A-{year}-{number}-5",
    ],
)
def test_a_form_that_could_give_one_number_twice_or_cannot_be_typed_is_refused(pattern):
    with pytest.raises(InvalidInput) as refusal:
        NumberFormat(pattern)
    assert refusal.value.code == "number_format_invalid"


@given(
    st.tuples(st.integers(2000, 2100), st.integers(1, 10**7)), st.tuples(st.integers(2000, 2100), st.integers(1, 10**7))
)
def test_two_entries_never_have_one_number(one, other):
    form = NumberFormat("A-{year}-{number:06}")
    labels = [form.label(year=year, number=number) for year, number in (one, other)]
    assert (labels[0] == labels[1]) == (one == other)


def test_the_year_is_the_one_of_casablanca():
    assert register_year(datetime(2026, 12, 31, 22, 59, tzinfo=UTC)) == 2026
    assert register_year(datetime(2026, 12, 31, 23, 1, tzinfo=UTC)) == 2027


def test_a_verification_code_is_told_from_what_is_none():
    assert is_code(new_verification_code(), length=12)
    assert not is_code("0123456789IL", length=12)
