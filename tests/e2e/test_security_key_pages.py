"""A security key is added and used in Chromium, with an authenticator that the browser itself plays."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace

import pytest
from playwright.sync_api import Page
from werkzeug.serving import make_server

from docflow.app import create_staff_app
from tests.conftest import DEMO_PASSWORD

from .conftest import OpenedPage, OpenPage, QuietHandler
from .district import District, OpenDistrict

pytestmark = pytest.mark.xdist_group("product")


@pytest.fixture
def named(open_district: OpenDistrict, built_interface: None) -> Iterator[District]:
    """A district whose staff site is reached by a name: browsers bind keys to one, and ``localhost`` is safe enough."""
    with open_district() as made:
        server = make_server("127.0.0.1", 0, made.runtime, threaded=True, request_handler=QuietHandler)
        address = f"http://localhost:{server.port}"
        settings = made.runtime.settings.model_copy(update={"staff_url": address})
        server.app = create_staff_app(replace(made.runtime, settings=settings))
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield replace(made, address=address)
        server.shutdown()
        thread.join()
        server.server_close()


def plug_in(page: Page) -> None:
    """Give the browser a key on USB that its owner touches at once."""
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    options = {"protocol": "ctap2", "transport": "usb", "hasUserVerification": True, "isUserVerified": True}
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": options})


def sign_in(opened: OpenedPage, address: str) -> None:
    opened.page.goto(f"{address}/sign-in")
    opened.page.fill("#username", "clerk")
    opened.page.fill("#password", DEMO_PASSWORD)
    opened.page.click("main button[type=submit]")


@pytest.mark.parametrize(("locale", "width"), [("ar", 390), ("fr", 1366)])
def test_a_key_is_added_and_then_asked_for_at_the_door(
    named: District, open_page: OpenPage, locale: str, width: int
) -> None:
    opened = open_page(f"{named.address}/sign-in", locale=locale, width=width, is_first_visit=True)
    page, complaints = opened.page, opened.complaints
    plug_in(page)
    sign_in(opened, named.address)
    page.goto(f"{named.address}/account/factor")
    page.fill("#key-name", "Bleue")
    page.fill("#current-key", "guessed")
    page.click("#keys [data-key-only] button")
    page.wait_for_selector("[data-key-said]:visible")
    # The browser itself tells of an answer that refuses.
    assert [line for line in complaints if "403" not in line] == []
    complaints.clear()

    page.fill("#current-key", DEMO_PASSWORD)
    page.click("#keys [data-key-only] button")
    page.wait_for_selector(".codes li")
    assert page.locator(".codes li").count() == 10
    page.goto(f"{named.address}/account/factor")
    assert page.locator("#keys .sessions b").inner_text() == "Bleue"
    opened.assert_sound()

    page.context.clear_cookies()
    sign_in(opened, named.address)
    page.wait_for_url("**/sign-in/code**")
    assert page.locator("#code").count() == 0
    opened.assert_sound()
    page.click("[data-key-button]")
    page.wait_for_url(lambda url: "/sign-in" not in url)
    assert page.locator(".menu__who").count() == 1


def test_where_no_key_can_be_asked_the_page_says_so(named: District, open_page: OpenPage) -> None:
    number = named.address.replace("localhost", "127.0.0.1")
    cookies = named.cookies("clerk", locale="fr")

    elsewhere = open_page(f"{number}/account/factor", locale="fr", cookies=cookies).page.locator("#keys")
    assert named.address in elsewhere.locator("[data-key-unable]").inner_text()
    assert not elsewhere.locator("#key-name").is_visible()

    page = open_page(f"{named.address}/account/factor", locale="fr", cookies=cookies, javascript=False).page
    assert page.locator("[data-key-unable]").is_visible()
    assert not page.locator("#key-name").is_visible()
