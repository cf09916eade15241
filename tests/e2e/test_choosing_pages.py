"""Choosing results of a search: the box above the list and the boxes of its lines agree."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.conftest import run_jobs
from tests.factories.documents import read_document

from .district import District, OpenDistrict

pytestmark = pytest.mark.xdist_group("choosing")

ON_A_PAGE, FOUND = 20, 23


@pytest.fixture(scope="module")
def district(open_district: OpenDistrict) -> Iterator[District]:
    """More letters on pruning than a page of results holds, two on lamps, and one that comes close to them."""
    with open_district() as made:
        for number in range(FOUND):
            read_document(made.runtime, f"Demande d'élagage des arbres, allée {number}.", subject=f"Élagage {number}")
        for number in range(2):
            read_document(made.runtime, f"Panne du lampadaire {number}.", subject=f"Lampadaire {number}")
        read_document(made.runtime, "Panne du lampadoire.", subject="Un mot mal lu")
        run_jobs(made.runtime)
        yield made


@pytest.fixture
def results(visit: Callable[..., Any]) -> Callable[..., Any]:
    def opened(words: str, **how: Any) -> Any:
        return visit("clerk", f"/search?q={words}", **({"locale": "fr"} | how))

    return opened


def shown(page: Any) -> tuple[bool, bool, int]:
    """Return whether the box above is ticked, whether it says that some are, and how many lines are ticked."""
    above = page.locator("#all-results")
    ticked = page.locator("[data-found] [name=document]:checked").count()
    return above.is_checked(), above.evaluate("box => box.indeterminate"), ticked


@pytest.mark.parametrize(("locale", "width"), [("ar", 390), ("fr", 1366)])
def test_the_box_above_ticks_every_line_and_unticks_it(results: Callable[..., Any], locale: str, width: int) -> None:
    opened = results("élagage", locale=locale, width=width)
    above = opened.page.locator("#all-results")

    above.check()
    all_ticked, said = shown(opened.page), opened.page.locator("[data-chosen]").inner_text()
    broken, overflow = opened.axe_violations(), opened.overflow()
    above.uncheck()

    assert all_ticked == (True, False, ON_A_PAGE)
    assert said == above.locator("xpath=ancestor::label").inner_text()
    assert str(FOUND) in said
    assert (broken, overflow) == ([], 0)
    assert shown(opened.page) == (False, False, 0)
    assert opened.page.locator("[data-chosen]").is_hidden()


def test_a_line_unticked_leaves_the_others_and_the_box_above_says_that_some_are(results: Callable[..., Any]) -> None:
    page = results("élagage").page
    page.locator("#all-results").focus()
    page.keyboard.press("Space")
    page.locator("[data-found] [name=document]").nth(3).uncheck()
    some, said = shown(page), page.locator("[data-chosen]").inner_text()

    page.locator("#all-results").click()

    assert some == (False, True, ON_A_PAGE - 1)
    assert said == f"Choisis : {ON_A_PAGE - 1}"
    assert shown(page) == (True, False, ON_A_PAGE)


def test_ticking_each_line_of_a_page_is_all_only_where_no_other_page_follows(results: Callable[..., Any]) -> None:
    counted = []
    for words in ("élagage", "lampadaire"):
        page = results(words).page
        for box in page.locator("[data-found] [name=document]").all():
            box.check()
        counted.append(shown(page))

    assert counted == [(False, True, ON_A_PAGE), (True, False, 2)]


def test_lines_that_only_come_close_are_none_of_all(results: Callable[..., Any]) -> None:
    page = results("lampadaire").page
    close = page.locator("section [name=document]")
    close.check()
    said = page.locator("[data-chosen]").inner_text()

    page.locator("#all-results").check()

    assert said == "Choisis : 1"
    assert close.is_disabled()
    assert not close.is_checked()
    page.locator("#all-results").uncheck()
    assert close.is_enabled()


def test_what_is_ticked_is_what_the_list_holds(results: Callable[..., Any]) -> None:
    page = results("élagage").page
    held = []
    for undone in (0, 1):
        page.locator("#all-results").check()
        if undone:
            page.locator("[data-found] [name=document]").first.uncheck()
        with page.expect_download() as taken:
            page.get_by_role("button", name="CSV").click()
        held.append(len(taken.value.path().read_text(encoding="utf-8-sig").splitlines()) - 1)

    assert held == [FOUND, ON_A_PAGE - 1]
