"""The designer of stamps in the browser: sound in both languages, with pictures that follow what is typed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask

from docflow.accounts.queries import OPERATOR
from docflow.app import create_staff_app
from docflow.bootstrap import bootstrap
from docflow.search.indexing import make_first_index
from docflow.settings import Settings
from docflow.stamping.designing import keep_design
from docflow.stamping.rules import StampDesign
from tests.conftest import DEMO_PASSWORD, FrozenClock

from .district import District

VIEWS = [("ar", 1366, "light"), ("fr", 1366, "dark"), ("ar", 390, "light"), ("fr", 390, "dark")]
ADDRESS = "/admin/stamps"


@pytest.fixture(scope="module")
def district(
    tmp_path_factory: pytest.TempPathFactory, sqlite_template: Any, serve: Callable[[Flask], str]
) -> Iterator[District]:
    home = tmp_path_factory.mktemp("stamps")
    (home / "docflow.sqlite").write_bytes(sqlite_template.read_bytes())
    runtime = bootstrap(Settings(home=home, demo_password=DEMO_PASSWORD), clock=FrozenClock())
    make_first_index(runtime)
    for version, name in enumerate(("Arrondissement Hay Hassani", "Arrondissement Aïn Chock")):
        with runtime.transactions.writing(OPERATOR) as uow:
            keep_design(uow, StampDesign(name_ar="مقاطعة الحي الحسني", name_fr=name), expected_version=version)
    yield District(
        runtime=runtime,
        address=serve(create_staff_app(runtime)),
        public_address="",
        batch_id="",
        stack_id="",
        documents={},
    )
    runtime.sealer.close()  # type: ignore[attr-defined]
    runtime.access_log.flush()
    runtime.search_index.close()
    runtime.transactions.engine.dispose()


@pytest.fixture
def visit(district: District, open_page: Any) -> Callable[..., Any]:
    def visit_page(path: str = ADDRESS, *, locale: str = "fr", **how: Any) -> Any:
        return open_page(
            district.address + path, locale=locale, cookies=district.cookies("admin", locale=locale), **how
        )

    return visit_page


def widths_drawn(page: Any) -> list[int]:
    return page.evaluate("[...document.querySelectorAll('.stamps img')].map((image) => image.naturalWidth)")


@pytest.mark.parametrize(("locale", "width", "scheme"), VIEWS)
def test_the_designer_is_accessible_fits_and_shows_both_stamps(
    visit: Callable[..., Any], locale: str, width: int, scheme: str
) -> None:
    opened = visit(locale=locale, width=width, scheme=scheme)

    assert opened.response.status == 200
    opened.assert_sound()
    assert all(drawn > 800 for drawn in widths_drawn(opened.page))


def test_the_pictures_follow_what_is_typed(visit: Callable[..., Any]) -> None:
    page = visit().page
    before = page.locator(".stamps img").first.get_attribute("src")

    page.fill("#name_fr", "Commune de Casablanca")
    page.wait_for_function(
        "(before) => document.querySelector('.stamps img').getAttribute('src') !== before", arg=before
    )

    assert "Commune" in page.locator(".stamps img").first.get_attribute("src")
    assert "csrf" not in page.url


def test_a_colour_too_light_is_told_beside_the_pictures(visit: Callable[..., Any]) -> None:
    page = visit().page

    page.fill("#arrival_colour", "#ffee00")

    page.wait_for_selector(".stamps .note--bad")
    assert "#ffee00" in page.locator(".stamps .note--bad").inner_text()


def test_without_scripts_a_button_shows_the_stamps(visit: Callable[..., Any]) -> None:
    page = visit(javascript=False).page

    page.fill("#name_fr", "Commune de Casablanca")
    page.click("button[name=look]")

    assert page.input_value("#name_fr") == "Commune de Casablanca"
    assert "Commune" in page.locator(".stamps img").first.get_attribute("src")
    assert "csrf" not in page.url
