"""The correction queue in the browser: the screens, the keyboard, and the same as plain forms."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, NoReturn
from uuid import UUID

import pytest

from docflow.bootstrap import Runtime
from docflow.core.errors import Unavailable
from docflow.corrections.operations import Seen, correct_page
from docflow.corrections.rules import Edit, lines_of
from docflow.documents.models import Page
from docflow.documents.queries import PageView, page_views
from docflow.ocr.ports import EngineState
from tests.conftest import GOLDEN, actor, deposit, run_jobs
from tests.rooms.ingest.test_readers import letter_with_a_scan

from .copies import copy_of
from .district import ARABIC, District, OpenDistrict
from .views import seen_twice

pytestmark = pytest.mark.xdist_group("corrections")
"""On one worker: its district is made once."""

SCREENS = {
    "queue": ("clerk", "/corrections"),
    "filtered": ("clerk2", "/corrections?language=fr"),
    "end": ("clerk", "/corrections/end"),
    "proof": ("clerk", "/corrections/{doubtful}/2"),
    "proof of a page not in doubt": ("clerk", "/corrections/{doubtful}/1?from=document"),
    "not read": ("clerk", "/corrections/{unread}/2"),
    "not read, on the document page": ("clerk", "/d/{unread}?page=2"),
    "versions": ("clerk", "/d/{corrected}?tab=text&page=2"),
}  # fmt: skip


class Broken:
    """A reader that crashes on every page."""

    def read_lines(self, *_: object, **__: object) -> NoReturn:
        raise Unavailable("tesseract_failed", exit_code=-9)

    def state(self) -> EngineState:
        return EngineState((), frozenset())


def read_scan(runtime: Runtime) -> str:
    """Read the letter of which the second page is in doubt."""
    document = deposit(runtime, (GOLDEN / "scans" / ARABIC).read_bytes(), name=ARABIC)
    run_jobs(runtime)
    with runtime.transactions.writing(actor(runtime, "clerk")) as uow:
        for view in page_views(uow.session, document.id, page_index=1):
            uow.session.get_one(Page, view.page.id).needs_review = True
    return str(document.id)


def fail_scan(runtime: Runtime) -> str:
    document = deposit(runtime, letter_with_a_scan(), name="lettre.pdf")
    reader, runtime.__dict__["line_reader"] = runtime.line_reader, Broken()
    for _ in range(4):
        run_jobs(runtime)
        runtime.clock.move(minutes=5)
    runtime.__dict__["line_reader"] = reader
    return str(document.id)


def view_of(runtime: Runtime, document_id: str, page_index: int = 1) -> PageView:
    with runtime.transactions.reading() as session:
        return page_views(session, UUID(document_id), page_index=page_index)[0]


def correct(runtime: Runtime, document_id: str, *, by: str, lines: dict[int, str]) -> None:
    view = view_of(runtime, document_id)
    newest = view.text_version
    with runtime.transactions.writing(actor(runtime, by)) as uow:
        correct_page(uow, view.page.id, edit=Edit(lines=lines), seen=Seen(newest, newest))


@pytest.fixture(scope="module")
def district(open_district: OpenDistrict) -> Iterator[District]:
    with open_district() as made:
        runtime, names = made.runtime, made.names
        names["doubtful"] = read_scan(runtime)
        names.update({name: copy_of(runtime, names["doubtful"]) for name in ("corrected", "typed", "plain")})
        names["unread"] = fail_scan(runtime)
        correct(runtime, names["corrected"], by="clerk2", lines={0: "سطر صححه موظف"})
        yield made


@pytest.mark.parametrize(("screen", "locale", "width", "scheme"), seen_twice(SCREENS))
def test_every_screen_is_accessible_fits_and_asks_nothing_outside(
    visit: Callable[..., Any], screen: str, locale: str, width: int, scheme: str
) -> None:
    username, path = SCREENS[screen]

    opened = visit(username, path, locale=locale, width=width, scheme=scheme)

    assert opened.response.status == 200
    opened.assert_sound()


def zones_on(page: Any) -> Sequence[str]:
    return page.eval_on_selector_all(".b--on", "zones => zones.map(zone => zone.dataset.field)")


def test_words_are_corrected_from_the_keyboard_alone(visit: Callable[..., Any], district: District) -> None:
    before = view_of(district.runtime, district.names["typed"])
    opened = visit("clerk", "/corrections/{typed}/2", locale="fr")
    page = opened.page
    fields = page.eval_on_selector_all("[data-doubt]", "fields => fields.map(field => field.id)")
    focused = "document.activeElement.id"

    assert page.evaluate(focused) == fields[0]
    assert zones_on(page) == [fields[0]]
    page.keyboard.type("بالمقاطعات،")
    page.keyboard.press("Enter")
    assert page.evaluate(focused) == fields[1]
    assert zones_on(page) == [fields[1]]
    page.keyboard.type("خطأ")
    page.keyboard.press("Escape")
    assert page.locator(f"#{fields[1]}").input_value() == before.words[int(fields[1].split("-")[1])].text
    page.keyboard.press("Shift+Enter")
    assert page.evaluate(focused) == fields[0]
    assert page.locator(f"[data-mark={fields[0]}]").inner_text() == "بالمقاطعات،"
    for _ in fields:
        page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.value") == "save"
    with page.expect_navigation():
        page.keyboard.press("Control+Enter")

    after = view_of(district.runtime, district.names["typed"])
    place = int(fields[0].split("-")[1])
    assert after.text_version == before.text_version + 1
    assert (after.words[place].text, after.words[place].box) == ("بالمقاطعات،", before.words[place].box)
    assert [word.text for word in after.words[place + 1 :]] == [word.text for word in before.words[place + 1 :]]
    assert "/corrections/" in page.url
    assert district.names["typed"] not in page.url
    opened.assert_sound()


def test_the_word_in_focus_is_brought_into_sight_on_a_phone(visit: Callable[..., Any]) -> None:
    page = visit("clerk", "/corrections/{doubtful}/2", width=390).page

    for field in page.locator("[data-doubt]").all():
        field.focus()
        box = page.evaluate(
            "() => { const zone = document.querySelector('.b--check.b--on').getBoundingClientRect();"
            " const stage = document.querySelector('.stage').getBoundingClientRect();"
            " const field = document.activeElement.getBoundingClientRect();"
            " return stage.top >= 0 && field.top >= stage.bottom && field.bottom <= innerHeight"
            " && zone.top >= stage.top - 1 && zone.bottom <= stage.bottom + 1 && zone.left >= stage.left - 1"
            " && zone.right <= stage.right + 1; }"
        )
        assert box, field.get_attribute("id")


def test_a_line_is_edited_whole_with_what_was_typed_for_its_words(
    visit: Callable[..., Any], district: District
) -> None:
    page = visit("clerk", "/corrections/{doubtful}/2").page
    word = page.locator("[data-doubt]").first
    line = word.get_attribute("data-line")
    word.fill("كلمة")

    page.locator(f"details:has(#{line}) summary").click()
    page.wait_for_function("id => document.activeElement.id === id", arg=line)

    assert "كلمة" in page.locator(f"#{line}").input_value().split()
    assert zones_on(page) == [line]
    assert page.locator(".b--line.b--on").count() == 1


def test_pages_are_passed_over_from_the_keyboard_and_what_was_typed_is_asked_about(visit: Callable[..., Any]) -> None:
    opened = visit("clerk", "/corrections/{doubtful}/2", locale="fr", is_first_visit=True)
    page, asked = opened.page, []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    first = page.url

    with page.expect_navigation():
        page.keyboard.press("Alt+Enter")
    second = page.url
    page.keyboard.type("saisi")
    with page.expect_navigation():
        page.keyboard.press("Alt+Shift+Enter")

    assert second.split("?")[0] != first.split("?")[0] == page.url.split("?")[0]
    assert asked == ["beforeunload"]


def test_a_line_missed_at_the_end_is_added_and_found(visit: Callable[..., Any], district: District) -> None:
    page = visit("clerk", "/corrections/{plain}/1?from=document", locale="fr").page

    page.get_by_text("Ajouter des lignes après la dernière").click()
    page.wait_for_function("() => document.activeElement.matches('textarea')")
    page.keyboard.type("خاتمة منسية")
    with page.expect_navigation():
        page.keyboard.press("Control+Enter")

    assert view_of(district.runtime, district.names["plain"], page_index=0).text.endswith("\nخاتمة منسية")
    run_jobs(district.runtime)
    page.goto(district.address + "/search?q=خاتمة منسية")
    assert page.locator(".result").count() == 1


def test_without_scripts_the_screen_is_a_form_that_enter_sends(visit: Callable[..., Any], district: District) -> None:
    document_id = district.names["plain"]
    before = view_of(district.runtime, document_id)
    page = visit("clerk", "/corrections/{plain}/2?from=document", locale="fr", javascript=False).page
    place = int(page.locator("[data-doubt]").first.get_attribute("id").split("-")[1])

    page.locator("[data-doubt]").first.fill("كلمتان اثنتان")
    with page.expect_navigation():
        page.locator("[data-doubt]").first.press("Enter")

    after = view_of(district.runtime, document_id)
    assert [word.text for word in after.words[place : place + 2]] == ["كلمتان", "اثنتان"]
    assert len(after.words) == len(before.words) + 1
    assert page.locator(".changes ins").first.text_content() == "كلمتان اثنتان"
    run_jobs(district.runtime)
    page.goto(district.address + "/search?q=كلمتان")
    assert page.locator(".result").count() == 1


def test_the_second_of_two_people_chooses_on_a_page_that_shows_both_changes(
    visit: Callable[..., Any], district: District
) -> None:
    document_id = district.names["corrected"]
    opened = visit("clerk", "/corrections/{corrected}/2", locale="fr")
    page = opened.page
    page.locator(".proof summary").nth(1).click()
    page.locator("#line-1").fill("كلمتي")
    correct(district.runtime, document_id, by="clerk2", lines={1: "سطر زميلي"})

    with page.expect_navigation():
        page.keyboard.press("Control+Enter")

    opened.complaints = [line for line in opened.complaints if "409" not in line]
    opened.assert_sound()
    assert page.locator(".changes").nth(0).locator("ins").text_content() == "سطر زميلي"
    assert "كلمتي" in page.locator(".changes").nth(1).inner_text()
    with page.expect_navigation():
        page.get_by_role("button", name="Garder la mienne").click()
    text = view_of(district.runtime, document_id).text
    assert "كلمتي" in text
    assert "سطر زميلي" not in text


def test_a_page_that_was_not_read_is_read_again_from_its_screen(visit: Callable[..., Any], district: District) -> None:
    page = visit("clerk2", "/corrections/{unread}/2", locale="fr", javascript=False).page

    with page.expect_navigation():
        page.get_by_role("button", name="Relire").click()
    run_jobs(district.runtime)

    view = view_of(district.runtime, district.names["unread"])
    assert (view.page.state, view.page.error_code) == ("read", None)
    assert len(lines_of(view.words)) > 10
