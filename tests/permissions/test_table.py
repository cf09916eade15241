"""What the documentation says about who comes in where is what happens."""

from __future__ import annotations

from tests.permissions.table import PAGE, page, rows


def test_every_address_lets_in_those_whom_the_documentation_names(sqlite_runtime):
    written = PAGE.read_text(encoding="utf-8").splitlines()
    assert page(rows(sqlite_runtime)).splitlines() == written
