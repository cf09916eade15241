"""The pages of a stack, arranged in the browser from the keyboard, by mouse, and without scripts."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from playwright.sync_api import Page

from tests.conftest import run_jobs
from tests.rooms.ingest.sheets import code_sheet, letter, stack_pdf

from .district import District, OpenDistrict, fill_stack

ARRANGE = "/batches/{stack}/arrange"


@pytest.fixture(scope="module")
def read_stack(open_district: OpenDistrict) -> District:
    """A stack that was read once, in a district that nobody serves any more."""
    with open_district() as made:
        made.names["stack"] = fill_stack(made.runtime)
    return made


@pytest.fixture
def district(open_district: OpenDistrict, read_stack: District) -> Iterator[District]:
    """A stack of its own for each test."""
    with open_district(read_stack.runtime.settings.home) as made:
        made.names.update(read_stack.names)
        yield made


def groups(page: Page) -> list[int]:
    """Return how many pages each document has."""
    return [
        section.locator(".sheet-card:not(.sheet-card--out)").count() for section in page.locator("section.doc").all()
    ]


def focused(page: Page) -> str:
    return str(page.evaluate("document.activeElement.id"))


def test_a_stack_is_arranged_from_the_keyboard_and_the_focus_stays_on_the_page(visit: Callable[..., Any]) -> None:
    page = visit("clerk", ARRANGE).page
    assert groups(page) == [2, 1]

    for key in ("j", "j", "j"):
        page.keyboard.press(key)
    third = focused(page)
    with page.expect_response("**/arrange"):
        # The key of S on an Arabic keyboard gives another letter; its place counts.
        page.evaluate(
            "document.activeElement.dispatchEvent("
            "new KeyboardEvent('keydown', {key: 'س', code: 'KeyS', bubbles: true, cancelable: true}))"
        )
    page.wait_for_selector("section.doc >> nth=2")
    assert groups(page) == [1, 1, 1]
    assert focused(page) == third

    with page.expect_response("**/arrange"):
        page.keyboard.press("f")
    page.wait_for_function("() => document.querySelectorAll('section.doc').length === 2")
    for key, version in (("u", 3), ("u", 4), ("y", 5)):
        with page.expect_response("**/arrange"):
            page.keyboard.press(key)
        page.wait_for_selector(f"input[name=version][value='{version}']", state="attached")
    assert groups(page) == [1, 1, 1]


def test_pages_are_dropped_put_back_and_moved_by_mouse_and_the_page_stays_sound(visit: Callable[..., Any]) -> None:
    opened = visit("clerk", ARRANGE, locale="fr")
    page = opened.page

    page.get_by_role("button", name="Remettre").first.click()
    page.wait_for_selector("input[name=version][value='1']", state="attached")
    assert groups(page) == [3, 1]
    page.get_by_label("Page 3").first.locator("input[type=checkbox]").check()
    page.get_by_role("button", name="Amener ici les pages choisies").nth(1).click()
    page.wait_for_selector("input[name=version][value='2']", state="attached")
    assert groups(page) == [2, 2]
    page.get_by_role("button", name="Tourner la page 1 d'un quart de tour").first.click()
    page.wait_for_selector("[data-turn='90']")

    opened.assert_sound()


def test_without_scripts_the_same_forms_do_the_same(visit: Callable[..., Any]) -> None:
    page = visit("clerk", ARRANGE, locale="fr", javascript=False).page

    with page.expect_navigation():
        page.get_by_role("button", name="Séparer avant la page 2").click()
    assert groups(page) == [1, 1, 1]
    with page.expect_navigation():
        page.get_by_role("button", name="Annuler : Séparer avant une page").click()
    assert groups(page) == [2, 1]


def test_what_somebody_changed_meanwhile_is_said_in_place_and_nothing_is_lost(visit: Callable[..., Any]) -> None:
    opened = visit("clerk", ARRANGE, locale="fr")
    other = visit("clerk2", ARRANGE, locale="fr", javascript=False).page
    with other.expect_navigation():
        other.get_by_role("button", name="Écarter la page 1").first.click()

    opened.page.get_by_role("button", name="Séparer avant la page 2").click()
    opened.page.wait_for_selector("#arrange [role=alert]")

    assert groups(opened.page) == [1, 1]
    opened.complaints = [
        line for line in opened.complaints if "Failed to load resource" not in line and "409" not in line
    ]
    opened.assert_sound()


def test_files_chosen_together_stand_in_the_order_in_which_they_were_chosen(
    visit: Callable[..., Any],
    tmp_path: Path,
) -> None:
    names = ["fronts.pdf", "backs.pdf", "annex.pdf"]
    for name in names:
        (tmp_path / name).write_bytes(stack_pdf(letter("un banc")))
    with pikepdf.open(tmp_path / names[0], allow_overwriting_input=True) as heavy:
        heavy.Root.Ballast = heavy.make_stream(random.Random(1).randbytes(6_000_000))
        heavy.save()
    page = visit("clerk", "/scan", locale="fr").page
    page.get_by_role("button", name="Nouveau lot").click()

    page.locator("input[type=file]").set_input_files([tmp_path / name for name in names])
    page.wait_for_selector("#files-of-batch li[id^=file-] >> nth=2")
    page.reload()

    assert [text.strip() for text in page.locator("#files-of-batch .name").all_inner_texts()] == names


def test_the_documents_of_a_stack_appear_on_the_page_of_the_batch_while_it_is_open(
    visit: Callable[..., Any],
    district: District,
    tmp_path: Path,
) -> None:
    (tmp_path / "stack.pdf").write_bytes(stack_pdf(letter("un arbre"), code_sheet(), letter("une fuite")))
    page = visit("clerk", "/scan", locale="fr").page
    page.get_by_role("button", name="Nouveau lot").click()
    page.locator("input[type=file]").set_input_files(tmp_path / "stack.pdf")
    page.wait_for_selector("#files-of-batch li[id^=file-]")

    run_jobs(district.runtime)
    page.wait_for_selector("#files-of-batch li[data-state=ready] >> nth=1")

    assert page.locator("#files-of-batch .about").all_text_contents() == ["un arbre", "une fuite"]
    page.get_by_role("link", name="Organiser les pages").click()
    page.wait_for_url("**/arrange")
    assert groups(page) == [1, 1]
