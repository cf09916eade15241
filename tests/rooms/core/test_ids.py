"""Identifiers that have the order in which they were made."""

from __future__ import annotations

import time
from uuid import RFC_4122

from docflow.core.ids import new_id


def test_identifiers_have_the_order_in_which_they_were_made() -> None:
    made = [new_id() for _ in range(200)]

    assert made == sorted(made)
    assert len(set(made)) == 200


def test_an_identifier_is_of_version_7_and_tells_its_millisecond() -> None:
    before = time.time_ns() // 1_000_000
    made = new_id()
    after = time.time_ns() // 1_000_000

    assert (made.version, made.variant) == (7, RFC_4122)
    assert before <= made.int >> 80 <= after
