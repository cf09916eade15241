"""The parts of the interface, seen by a browser."""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import Any

import pytest

PAGES = ["/", "/register", "/search", "/public", "/closed", "/fault/unavailable"]


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize(
    ("locale", "width", "scheme"),
    [("ar", 1366, "light"), ("fr", 1366, "dark"), ("ar", 390, "dark"), ("fr", 390, "light")],
)
def test_every_page_is_accessible_fits_and_asks_nothing_outside(
    open_page: Any, gallery: str, path: str, locale: str, width: int, scheme: str
) -> None:
    opened = open_page(gallery + path, locale=locale, width=width, scheme=scheme)

    if opened.response.status >= 400:
        opened.complaints = [line for line in opened.complaints if "Failed to load resource" not in line]
    opened.assert_sound()
    assert opened.page.locator("html").get_attribute("lang") == locale


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("locale", ["ar", "fr"])
def test_no_page_overflows_the_smallest_phone(open_page: Any, gallery: str, path: str, locale: str) -> None:
    assert open_page(gallery + path, locale=locale, width=320).overflow() <= 0


@pytest.mark.parametrize("locale", ["ar", "fr"])
def test_a_first_visit_asks_for_at_most_ten_files_and_120_kilobytes(open_page: Any, gallery: str, locale: str) -> None:
    opened = open_page(gallery + "/search", locale=locale, is_first_visit=True)
    opened.page.wait_for_function("() => document.fonts.status === 'loaded'")

    sizes = opened.page.evaluate("performance.getEntriesByType('resource').map(entry => entry.encodedBodySize)")
    html = len(gzip.compress(opened.response.body()))
    assert len(sizes) + 1 <= 10
    assert sum(sizes) + html <= 120_000


def test_a_language_changes_and_the_reader_stays_on_the_page(open_page: Any, gallery: str) -> None:
    opened = open_page(gallery + "/search?k=c", locale="ar", javascript=False)

    with opened.page.expect_navigation():
        opened.page.get_by_role("button", name="Français").click()

    assert opened.page.url == gallery + "/search?k=c"
    assert opened.page.locator("html").get_attribute("dir") == "ltr"


def test_the_words_of_the_page_are_copied_in_logical_order(open_page: Any, gallery: str) -> None:
    page = open_page(gallery + "/register").page

    copied = page.evaluate(
        "() => { const range = document.createRange(); range.selectNodeContents(document.querySelector('.words'));"
        " getSelection().removeAllRanges(); getSelection().addRange(range); return getSelection().toString(); }"
    )

    assert [line for line in copied.splitlines() if line.strip()] == ["محمد الإدريسي", "Rabat, le 12/11/2026"]


def test_a_recognised_word_lies_over_its_picture(open_page: Any, gallery: str) -> None:
    page = open_page(gallery + "/register").page

    placed = page.evaluate(
        "() => { const sheet = document.querySelector('.sheet').getBoundingClientRect();"
        " const word = document.querySelector('.words tspan').getBoundingClientRect();"
        " const scale = 1240 / sheet.width;"
        " return [(word.left - sheet.left) * scale, (word.right - sheet.left) * scale]; }"
    )

    assert placed[0] == pytest.approx(1000, abs=12)
    assert placed[1] == pytest.approx(1120, abs=12)


def test_a_field_in_focus_shows_its_zone(open_page: Any, gallery: str) -> None:
    page = open_page(gallery + "/register").page

    page.locator("#cin").focus()

    assert page.locator('[data-field="cin"]').get_attribute("class") == "b--check b--on"
    assert "b--on" not in (page.locator('[data-field="subject"]').get_attribute("class") or "")


def test_zones_can_be_hidden_without_scripts(open_page: Any, gallery: str) -> None:
    page = open_page(gallery + "/register", javascript=False).page

    page.locator("label:has(.zones)").click()

    assert not page.locator(".boxes").is_visible()


@pytest.mark.parametrize("width", [390, 1366])
def test_the_picture_grows_fits_and_turns(open_page: Any, gallery: str, width: int) -> None:
    page = open_page(gallery + "/register", width=width).page
    stage = page.locator(".stage").bounding_box()

    def box_after(button: str) -> Any:
        page.locator(f"button[{button}]").click()
        return page.locator(".page").bounding_box()

    fitted = box_after('data-fit="width"')
    grown = box_after('data-zoom="1"')
    again = box_after('data-fit="width"')
    whole = box_after('data-fit="page"')
    turned = box_after("data-turn")

    assert stage["width"] - 60 < fitted["width"] <= stage["width"]
    assert grown["width"] == pytest.approx(fitted["width"] * 1.25, abs=1)
    assert again["width"] == fitted["width"]
    assert whole["height"] <= stage["height"]
    assert turned["width"] > turned["height"]


def test_two_fingers_enlarge_what_lies_between_them(open_page: Any, gallery: str) -> None:
    page = open_page(gallery + "/register", width=390).page
    page.locator('button[data-fit="width"]').click()
    before = page.locator(".page").bounding_box()

    page.evaluate(
        """() => {
          const stage = document.querySelector(".stage");
          const { left, top, width, height } = stage.getBoundingClientRect();
          const fingers = (apart) => [-apart, apart].map((side, identifier) => new Touch({
            identifier, target: stage, clientX: left + width / 2 + side, clientY: top + height / 2,
          }));
          const send = (type, touches) => stage.dispatchEvent(
            new TouchEvent(type, { touches, bubbles: true, cancelable: true }));
          send("touchstart", fingers(40));
          send("touchmove", fingers(80));
          send("touchend", []);
        }"""
    )
    after = page.locator(".page").bounding_box()
    stage = page.locator(".stage").bounding_box()

    assert after["width"] == pytest.approx(before["width"] * 2, abs=2)
    assert after["x"] + after["width"] / 2 == pytest.approx(stage["x"] + stage["width"] / 2, abs=3)


@pytest.mark.parametrize(("width", "height"), [(390, 300), (1366, 300)])
def test_every_entry_of_the_account_menu_can_be_pressed_in_a_low_window(
    open_page: Any, gallery: str, width: int, height: int
) -> None:
    page = open_page(gallery + "/search").page
    page.set_viewport_size({"width": width, "height": height})

    page.locator("[data-menu] > summary").click()
    entries = page.locator(".menu__list :is(a, button):visible").all()

    assert entries
    for entry in entries:
        # The bar of tabs at the foot of a phone lies over the page: what it covers takes no press.
        entry.click(trial=True, timeout=2000)


def test_the_search_shortcut_works_on_an_arabic_keyboard(open_page: Any, gallery: str) -> None:
    page = open_page(gallery + "/search").page

    page.evaluate(
        "document.body.dispatchEvent(new KeyboardEvent('keydown',"
        " {key: 'ن', code: 'KeyK', ctrlKey: true, bubbles: true, cancelable: true}))"
    )

    assert page.evaluate("document.activeElement.id") == "top-search"


def test_j_moves_down_the_list_and_is_a_letter_while_typing(open_page: Any, gallery: str) -> None:
    page = open_page(gallery + "/search").page

    page.keyboard.press("j")
    page.keyboard.press("j")
    second = page.evaluate("document.activeElement.getAttribute('href')")
    page.locator("#top-search").focus()
    page.keyboard.type("jk")

    assert second == "?d=1"
    assert page.locator("#top-search").input_value() == "jk"


def test_each_file_is_sent_by_itself_and_a_refusal_says_why(open_page: Any, gallery: str, tmp_path: Path) -> None:
    good = tmp_path / "letter.pdf"
    bad = tmp_path / "bad.pdf"
    good.write_bytes(b"%PDF-1.7 good")
    bad.write_bytes(b"%PDF-1.7 bad")
    page = open_page(gallery + "/").page

    page.locator("#batch-files").set_input_files([good, bad])
    page.wait_for_selector("#batch [data-state=failed]")
    page.wait_for_selector("#batch #file-10")

    assert page.locator("#batch > li").count() == 2
    assert "bad.pdf" in page.locator("#batch [data-state=failed] .err").inner_text()


def test_a_stream_replaces_the_named_element(open_page: Any, gallery: str) -> None:
    page = open_page(gallery + "/").page

    page.wait_for_selector("#live-line:text-is('3/12')")

    assert page.locator("#progress").get_attribute("aria-busy") is None


def test_a_form_is_not_sent_twice(open_page: Any, gallery: str) -> None:
    opened = open_page(gallery + "/register")
    opened.page.evaluate(
        "() => { window.blocked = []; const form = document.querySelector('form[data-once]');"
        " document.addEventListener('submit', (event) => { window.blocked.push(event.defaultPrevented);"
        " event.preventDefault(); }); form.requestSubmit(); form.requestSubmit(); }"
    )

    assert opened.page.evaluate("window.blocked") == [False, True]


def test_the_question_before_an_action_opens_and_closes(open_page: Any, gallery: str) -> None:
    page = open_page(gallery + "/").page

    page.locator("[data-opens=ask]").click()
    shown = page.locator("#ask").is_visible()
    page.locator("#ask [data-closes]").click()

    assert shown
    assert not page.locator("#ask").is_visible()


def test_without_a_stream_the_page_is_asked_again_until_the_work_is_done(open_page: Any, gallery: str) -> None:
    page = open_page(gallery + "/search", is_first_visit=True).page
    page.clock.install()
    page.goto(gallery + "/polled")
    first = int(page.locator("#turn").inner_text())

    for turn in ("2", "3"):
        with page.expect_response("**/polled"):
            page.clock.run_for(3100)
        page.wait_for_function("turn => document.getElementById('turn').textContent === turn", arg=turn)
    page.clock.run_for(9000)

    assert first == 1
    assert page.locator("#turn").inner_text() == "3"
    assert page.locator("#reading").get_attribute("data-live") is None


def test_a_session_about_to_end_is_announced_and_can_be_kept(open_page: Any, gallery: str) -> None:
    page = open_page(gallery + "/search", is_first_visit=True).page
    page.clock.install()
    page.goto(gallery + "/search")

    page.clock.run_for((1800 - 180) * 1000)
    early = page.locator("#session-warning").is_visible()
    page.clock.run_for(61_000)
    warned = page.locator("#session-warning").is_visible()
    with page.expect_response("**/session/stay") as kept:
        page.locator("[data-stay]").click()
    page.wait_for_selector("#session-warning", state="hidden")

    assert (early, warned, kept.value.status) == (False, True, 204)


def test_a_chosen_key_picks_a_decision_only_outside_of_fields(open_page: Any, gallery: str) -> None:
    page = open_page(gallery + "/register").page
    page.evaluate("document.querySelector('input[value=r]').dataset.key = 'V'")

    page.locator("#subject").focus()
    page.keyboard.press("v")
    while_typing = page.locator("input[value=r]").is_checked()
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("v")

    assert (while_typing, page.locator("input[value=r]").is_checked()) == (False, True)
