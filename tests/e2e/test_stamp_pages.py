"""The designer of stamps in the browser: sound in both languages, with pictures that follow what is typed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from docflow.accounts.queries import OPERATOR
from docflow.stamping.designing import keep_design
from docflow.stamping.rules import StampDesign

from .district import District, OpenDistrict

pytestmark = pytest.mark.xdist_group("stamps")
"""On one worker: its district is made once."""

VIEWS = [("ar", 1366, "light"), ("fr", 1366, "dark"), ("ar", 390, "light"), ("fr", 390, "dark")]
ADDRESS = "/admin/stamps"


@pytest.fixture(scope="module")
def district(open_district: OpenDistrict) -> Iterator[District]:
    with open_district() as made:
        for version, name in enumerate(("Arrondissement Hay Hassani", "Arrondissement Aïn Chock")):
            with made.runtime.transactions.writing(OPERATOR) as uow:
                keep_design(uow, StampDesign(name_ar="مقاطعة الحي الحسني", name_fr=name), expected_version=version)
        yield made


def widths_drawn(page: Any) -> list[int]:
    return page.evaluate("[...document.querySelectorAll('.stamps img')].map((image) => image.naturalWidth)")


@pytest.mark.parametrize(("locale", "width", "scheme"), VIEWS)
def test_the_designer_is_accessible_fits_and_shows_both_stamps(
    visit: Callable[..., Any], locale: str, width: int, scheme: str
) -> None:
    opened = visit("admin", ADDRESS, locale=locale, width=width, scheme=scheme)

    assert opened.response.status == 200
    opened.assert_sound()
    assert all(drawn > 800 for drawn in widths_drawn(opened.page))


def test_the_pictures_follow_what_is_typed(visit: Callable[..., Any]) -> None:
    page = visit("admin", ADDRESS, locale="fr").page
    before = page.locator(".stamps img").first.get_attribute("src")

    page.fill("#name_fr", "Commune de Casablanca")
    page.wait_for_function(
        "(before) => document.querySelector('.stamps img').getAttribute('src') !== before", arg=before
    )

    assert "Commune" in page.locator(".stamps img").first.get_attribute("src")
    assert "csrf" not in page.url


def test_a_colour_too_light_is_told_beside_the_pictures(visit: Callable[..., Any]) -> None:
    page = visit("admin", ADDRESS, locale="fr").page

    page.fill("#arrival_colour", "#ffee00")

    page.wait_for_selector(".stamps .note--bad")
    assert "#ffee00" in page.locator(".stamps .note--bad").inner_text()


def test_without_scripts_a_button_shows_the_stamps(visit: Callable[..., Any]) -> None:
    page = visit("admin", ADDRESS, locale="fr", javascript=False).page

    page.fill("#name_fr", "Commune de Casablanca")
    with page.expect_navigation():
        page.click("button[name=look]")

    assert page.input_value("#name_fr") == "Commune de Casablanca"
    assert "Commune" in page.locator(".stamps img").first.get_attribute("src")
    assert "csrf" not in page.url
