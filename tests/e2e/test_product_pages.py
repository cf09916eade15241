"""The screens of the product, seen by a browser over documents that were really read."""

from __future__ import annotations

import gzip
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from docflow.accounts.factors import FactorCipher, begin_factor
from docflow.app import create_staff_app
from docflow.documents.models import Document
from tests.conftest import DEMO_PASSWORD, GOLDEN, actor, run_jobs
from tests.factories.registry import registered

from .district import FRENCH, District, OpenDistrict, fill_batch, fill_stack
from .views import seen_twice

pytestmark = pytest.mark.xdist_group("product")
"""On one worker: its district is made once."""

SCREENS = {
    "sign-in": ("", "/sign-in"),
    "password": ("agent", "/account/password"),
    "scan": ("clerk", "/scan"),
    "batch": ("clerk", "/batches/{batch}"),
    "separators": ("clerk", "/separators"),
    "arrange": ("clerk", "/batches/{stack}/arrange"),
    "details": ("clerk", "/d/{ar}"),
    "signed": ("clerk", "/d/{signed}"),
    "edit": ("clerk", "/d/{fr}/edit"),
    "text": ("clerk", "/d/{ar}?tab=text&page=2"),
    "history": ("clerk", "/d/{fr}?tab=history"),
    "hit": ("clerk", "/d/{fr}?q=éclairage&at=0"),
    "unreadable": ("clerk", "/d/{bad}"),
    "metadata only": ("auditor", "/d/{fr}"),
    "newest": ("clerk", "/search"),
    "found": ("clerk", "/search?q=réclamation&language=fr"),
    "close": ("clerk", "/search?q=eclairaje"),
    "nothing": ("clerk", "/search?q=(zzqq"),
    "account": ("agent", "/account"),
    "second factor": ("agent", "/account/factor"),
    "rules of signing in": ("admin", "/admin/second-factor"),
    "notifications": ("agent", "/notifications"),
    "handovers": ("head", "/handovers"),
    "first routing": ("admin", "/admin/first-routes"),
    "people": ("admin", "/admin/users"),
    "person": ("admin", "/admin/users/{person}"),
    "units": ("admin", "/admin/units"),
    "jobs": ("admin", "/admin/jobs"),
    "health": ("admin", "/admin/health"),
    "journal": ("auditor", "/journal?kind=document"),
    "post": ("editor", "/site/posts/new"),
    "figures": ("head", "/stats"),
    "own figures": ("agent", "/stats"),
    "paper": ("head", "/stats/paper"),
    "line": ("auditor", "/journal/1"),
    "groups of the directory": ("admin", "/admin/directory"),
    "personal data": ("archivist", "/personal-data"),
    "who looked for whom": ("archivist", "/personal-data/log"),
}


@pytest.fixture(scope="module")
def district(open_district: OpenDistrict) -> Iterator[District]:
    """A batch and a stack, read."""
    with open_district() as made:
        made.names.update(fill_batch(made.runtime), stack=fill_stack(made.runtime))
        with made.runtime.transactions.writing(actor(made.runtime, "agent")) as uow:
            begin_factor(uow, FactorCipher(made.runtime.secret_key))
        made.names["person"] = str(actor(made.runtime, "agent").person_id)
        yield made


@pytest.mark.parametrize(("screen", "locale", "width", "scheme"), seen_twice(SCREENS))
def test_every_screen_is_accessible_fits_and_asks_nothing_outside(
    visit: Callable[..., Any], screen: str, locale: str, width: int, scheme: str
) -> None:
    username, path = SCREENS[screen]

    opened = visit(username, path, locale=locale, width=width, scheme=scheme)

    assert opened.response.status == 200
    assert opened.page.locator("html").get_attribute("lang") == locale
    opened.assert_sound()


@pytest.mark.parametrize(("locale", "width"), [("ar", 1366), ("fr", 390)])
def test_what_everybody_reads_is_accessible_and_fits(
    open_page: Any, district: District, locale: str, width: int
) -> None:
    for path in ("", "/news", "/office-hours", "/find", "/subscriptions"):
        open_page(f"{district.public_address.rstrip('/')}{path}", locale=locale, width=width).assert_sound()


@pytest.mark.parametrize(("locale", "width"), [("ar", 390), ("fr", 1366)])
def test_pages_are_sound_where_the_staff_sign_in_through_a_directory(
    open_page: Any, district: District, serve: Callable[[Flask], str], locale: str, width: int
) -> None:
    there = {"oidc_issuer": "https://id.example.ma", "oidc_client_id": "docflow"}
    settings = district.runtime.settings.model_copy(update=there)
    address = serve(create_staff_app(replace(district.runtime, settings=settings)))
    for username, path in (("", "/sign-in"), ("admin", "/admin/directory"), ("admin", "/admin/users/{person}")):
        cookies = district.cookies(username, locale=locale)
        opened = open_page(address + path.format(**district.names), locale=locale, width=width, cookies=cookies)
        assert opened.response.status == 200
        opened.assert_sound()


@pytest.mark.parametrize(("username", "path", "status"), [("clerk", "/admin/users", 403), ("agent", "/d/{fr}", 404)])
def test_a_refused_page_says_so_in_the_readers_language(
    visit: Callable[..., Any], username: str, path: str, status: int
) -> None:
    opened = visit(username, path, locale="fr")

    opened.complaints = [line for line in opened.complaints if "Failed to load resource" not in line]
    opened.assert_sound()
    assert opened.response.status == status
    assert opened.page.locator("html").get_attribute("lang") == "fr"


@pytest.mark.parametrize("screen", ["sign-in", "arrange", "text", "hit", "found", "line"])
def test_the_language_changes_and_the_reader_stays_on_the_screen(visit: Callable[..., Any], screen: str) -> None:
    username, path = SCREENS[screen]
    page = visit(username, path, locale="ar", javascript=False).page
    before = page.url

    with page.expect_navigation():
        page.get_by_role("button", name="Français").click()

    assert page.url == before
    assert page.locator("html").get_attribute("lang") == "fr"


def test_a_clerk_uploads_registers_and_an_archivist_finds_the_word_boxed_on_its_page(
    visit: Callable[..., Any], district: District
) -> None:
    page = visit("clerk2", "/scan").page
    page.get_by_role("button", name="دفعة جديدة").click()
    for name in ("ar_clean_2026_0000.pdf", "mixed_office_2026_0004.pdf"):
        page.locator("input[type=file]").set_input_files(GOLDEN / "scans" / name)
        page.wait_for_selector(f"#files-of-batch li:has-text('{name}')[id^=file-]")
        run_jobs(district.runtime)
        page.wait_for_selector(f"li[data-state=ready]:has-text('{name}')")
    page.wait_for_selector("#batch-progress:not([aria-busy])")
    assert page.locator("#files-of-batch > li").count() == 2
    with district.runtime.transactions.reading() as session:
        sent = session.scalars(select(Document.id).order_by(Document.deposited_at.desc(), Document.id.desc()).limit(2))
        ids = list(sent)
    for document_id in ids:
        registered(district.runtime, document_id, by="clerk2")
    run_jobs(district.runtime)

    page = visit("archivist", "/search").page
    page.locator(".search--page input").fill("التتبع")
    page.keyboard.press("Enter")
    with page.expect_navigation():
        page.locator(".result .t a").first.click()
    words = page.locator(".words tspan").all_text_contents()
    boxes = page.locator(".boxes .b--hit rect")

    assert any("التتبع" in word for word in words)
    assert boxes.count() == sum("التتبع" in word for word in words)
    assert boxes.first.is_visible()


def test_without_scripts_files_are_sent_and_found(visit: Callable[..., Any], district: District) -> None:
    page = visit("clerk", "/scan", locale="fr", javascript=False).page
    page.get_by_role("button", name="Nouveau lot").click()
    page.locator("input[type=file]").set_input_files([GOLDEN / "scans" / "fr_clean_2026_0001.pdf"])
    with page.expect_navigation():
        page.locator("[data-upload-send]").click()
    waits = page.locator("#files-of-batch > li").get_attribute("data-state")
    refreshes = page.locator("noscript meta[http-equiv=refresh]").count()

    run_jobs(district.runtime)
    page.reload()
    with page.expect_navigation():
        page.locator("#files-of-batch li[data-state=ready] a").first.click()
    subject = page.locator("h1").inner_text()
    page.locator("#top-search").fill(subject)
    page.locator("#top-search").press("Enter")

    assert waits == "queued"
    assert refreshes == 1
    assert page.locator(".result .t").first.inner_text() == subject


def test_a_file_sent_again_carries_the_same_key(visit: Callable[..., Any], district: District) -> None:
    page = visit("clerk2", "/scan", is_first_visit=True).page
    page.get_by_role("button", name="دفعة جديدة").click()
    page.wait_for_selector("form[data-ready]")
    page.evaluate(
        "() => { const append = FormData.prototype.append; window.keys = [];"
        " FormData.prototype.append = function (name, ...rest) {"
        "  if (name === 'key') window.keys.push(rest[0]); return append.call(this, name, ...rest); }; }"
    )
    page.route("**/batches/*/file", lambda route: route.abort(), times=1)

    page.locator("input[type=file]").set_input_files(GOLDEN / "scans" / "fr_clean_2026_0001.pdf")
    page.locator("#files-of-batch [data-state=failed] button").click()
    page.wait_for_selector("#files-of-batch > li[id^=file-]")
    keys = page.evaluate("window.keys")
    run_jobs(district.runtime)

    assert len(keys) == 2
    assert keys[0] == keys[1]
    assert len(keys[0]) == 32


@pytest.mark.parametrize(
    "name", ["invoice\u202efdp.exe.pdf", "../../etc/passwd.pdf", "x" * 240 + ".pdf", "<img src=x onerror=alert(1)>.pdf"]
)
def test_a_hostile_name_is_shown_as_text_and_fits(visit: Callable[..., Any], district: District, name: str) -> None:
    opened = visit("clerk2", "/scan", width=390)
    opened.page.get_by_role("button", name="دفعة جديدة").click()

    opened.page.locator("input[type=file]").set_input_files(
        {"name": name, "mimeType": "application/pdf", "buffer": b"%PDF-1.7\nnothing"}
    )
    opened.page.wait_for_selector("#files-of-batch > li[id^=file-]")
    run_jobs(district.runtime)
    opened.page.wait_for_selector("#files-of-batch > li[data-state=failed]")
    shown = opened.page.locator("#files-of-batch .name").inner_text()

    assert opened.complaints == []
    assert opened.overflow() <= 0
    assert not {"\u202e", "/"} & set(shown)


@pytest.mark.parametrize("question", ["(", '"', "😀", "a" * 10_000, "' OR 1=1 --", "<script>alert(1)</script>"])
def test_any_question_is_answered(visit: Callable[..., Any], question: str) -> None:
    opened = visit("archivist", "/search")
    opened.page.goto(opened.page.url + "?" + opened.page.evaluate("q => new URLSearchParams({q}).toString()", question))

    assert opened.page.locator(".found__head").is_visible()
    assert opened.complaints == []
    assert opened.overflow() <= 0


def test_a_second_click_opens_no_second_batch(visit: Callable[..., Any]) -> None:
    page = visit("head2", "/scan").page

    page.get_by_role("button", name="دفعة جديدة").dblclick()
    page.wait_for_url("**/batches/**")
    page.goto(page.url.split("/batches")[0] + "/scan")

    assert page.locator("tbody tr").count() == 1


def test_an_ended_session_leads_to_the_sign_in_and_back(visit: Callable[..., Any], district: District) -> None:
    page = visit("clerk2", "/d/{fr}?q=éclairage", locale="fr").page
    wanted = page.url
    page.context.clear_cookies()

    page.reload()
    page.locator("#username").fill("clerk2")
    page.locator("#password").fill(DEMO_PASSWORD)
    page.locator("main button[type=submit]").click()

    page.wait_for_selector(".b--hit", state="attached")
    assert page.url == wanted


def test_a_field_in_focus_shows_where_it_was_read(visit: Callable[..., Any]) -> None:
    page = visit("clerk", "/d/{fr}/edit").page

    page.locator("#document_date").focus()

    assert "b--on" in (page.locator('[data-field="document_date"]').get_attribute("class") or "")


def test_another_page_of_the_picture_leaves_what_is_typed_and_leaving_asks_first(visit: Callable[..., Any]) -> None:
    opened = visit("clerk", "/d/{ar}/edit", is_first_visit=True)
    page, asked = opened.page, []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    page.locator("#subject").fill("موضوع جديد")

    page.locator("[data-page-next]").click()
    page.wait_for_selector("[data-page-previous]")

    assert page.locator("#subject").input_value() == "موضوع جديد"
    assert "/pages/2.webp" in page.locator(".sheet img").get_attribute("src")
    assert asked == []
    opened.assert_sound()
    page.get_by_role("link", name="المهام").first.click()
    page.wait_for_function("() => true")
    assert asked == ["beforeunload"]
    assert page.locator("#subject").input_value() == "موضوع جديد"


def test_recognised_words_lie_over_their_picture(visit: Callable[..., Any]) -> None:
    page = visit("clerk", "/d/{ar}").page

    off = page.evaluate(
        "() => { const sheet = document.querySelector('.sheet').getBoundingClientRect();"
        " const scale = document.querySelector('.words').viewBox.baseVal.width / sheet.width;"
        " return [...document.querySelectorAll('.words text')].flatMap((line) =>"
        " [...line.querySelectorAll('tspan')].map("
        "  (word) => { const box = word.getBoundingClientRect();"
        "   const start = line.getAttribute('direction') === 'rtl' ? box.right : box.left;"
        "   return Math.abs((start - sheet.left) * scale - word.getAttribute('x')); })); }"
    )

    assert len(off) > 100
    assert sum(distance > 12 for distance in off) <= len(off) * 0.02


def test_a_first_visit_of_a_document_weighs_at_most_250_kilobytes(visit: Callable[..., Any]) -> None:
    opened = visit("clerk", "/d/{fr}", locale="fr", is_first_visit=True)
    opened.page.wait_for_load_state("networkidle")

    sizes = opened.page.evaluate("performance.getEntriesByType('resource').map(entry => entry.encodedBodySize)")

    assert FRENCH in opened.page.locator(".dl").inner_text()
    assert sum(sizes) + len(gzip.compress(opened.response.body())) <= 250_000
