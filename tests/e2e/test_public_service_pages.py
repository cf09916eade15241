"""The pages by which the public is received, as a browser shows them: accessible, fitting, asking nothing outside."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from docflow.appointments.tickets import call_next, give_ticket, sit_down
from tests.conftest import actor
from tests.factories.offices import office
from tests.factories.requests import fill_catalogue

from .district import District, OpenDistrict

pytestmark = pytest.mark.xdist_group("public-service")
"""On one worker: its district is made once."""


@pytest.fixture(scope="module")
def district(open_district: OpenDistrict) -> Iterator[District]:
    """An office where somebody is called and somebody waits, and the usual catalogue."""
    with open_district() as made:
        where = office(made.runtime)
        fill_catalogue(made.runtime)
        with made.runtime.transactions.writing(actor(made.runtime, "counter")) as uow:
            sit_down(uow, where.id, desk_number=1)
            for is_priority in (False, True):
                give_ticket(uow, where.id, is_priority=is_priority)
            call_next(uow, where.id)
        yield made


@pytest.mark.parametrize(
    ("path", "locale", "width"),
    [
        ("/appointments/etat-civil", "ar", 390),
        ("/display/etat-civil", "fr", 1366),
        ("/procedures/inscription-scolaire", "fr", 320),
        ("/requests/new/acces-information", "ar", 390),
    ],
)
def test_pages_of_the_public_site_are_sound(
    open_page: Any, district: District, path: str, locale: str, width: int
) -> None:
    open_page(district.public_address + path, locale=locale, width=width).assert_sound()
