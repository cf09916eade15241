"""Addresses of mail."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from docflow.core.errors import InvalidInput
from docflow.core.mail_addresses import ADDRESS_LIMIT, clean_address, masked_address


@pytest.mark.parametrize(
    "address", ["nadia@example.ma", "n.cherkaoui+lettre@mail.example.co.ma", "o'b@x-y.org", "1@a.ma"]
)
def test_addresses_that_people_have_are_taken(address):
    assert clean_address(f"  {address}\u200e\n") == address


@pytest.mark.parametrize(
    "address",
    [
        "", "nadia", "nadia@", "@example.ma", "nadia@example", "nadia@@example.ma", "na dia@example.ma",
        "nadia@example.ma\nBcc: all@example.ma", "nadia@example.ma,all@example.ma", "<nadia@example.ma>",
        "nadia@-example.ma", ".nadia@example.ma", "na..dia@example.ma", "نادية@example.ma", "nadia@example.1",
        f"{'n' * 65}@example.ma", f"n@{'e' * 60}.{'e' * 60}.{'e' * 60}.{'e' * 60}.{'e' * 60}.ma",
    ],
)  # fmt: skip
def test_what_is_no_address_or_two_is_refused(address):
    with pytest.raises(InvalidInput, match="mail_address_invalid"):
        clean_address(address)


@given(st.text(max_size=300))
def test_what_is_taken_stands_on_one_line_and_is_short(text):
    try:
        taken = clean_address(text)
    except InvalidInput:
        return
    assert taken.isascii()
    assert taken.isprintable()
    assert " " not in taken
    assert len(taken) <= ADDRESS_LIMIT
    assert taken not in masked_address(taken)
