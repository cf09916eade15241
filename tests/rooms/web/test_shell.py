"""Language, headers, menu and assets."""

from __future__ import annotations

import re
from typing import Any

import pytest
from flask import Flask

from docflow.web.assets import BUILT, read_manifest


def token_of(page: str) -> str:
    found = re.search(r'name="csrf-token" content="([^"]+)"', page)
    assert found
    return found.group(1)


@pytest.mark.parametrize(
    ("accepted", "shown"),
    [("", "ar"), ("fr-MA,fr;q=0.9", "fr"), ("ar-MA", "ar"), ("en-GB,en", "ar"), ("de,fr;q=0.2", "fr")],
)
def test_the_language_follows_the_browser_and_is_arabic_by_default(app: Flask, accepted: str, shown: str) -> None:
    page = app.test_client().get("/1", headers={"Accept-Language": accepted}).text

    assert f'<html lang="{shown}" dir="{"rtl" if shown == "ar" else "ltr"}"' in page


def test_a_page_asked_for_twice_is_the_same_page_and_its_token_is_taken(app: Flask, monkeypatch: Any) -> None:
    client, other = app.test_client(), app.test_client()
    pages = []
    for second in (1_000_000_000, 1_000_000_007, 1_000_000_900):
        monkeypatch.setattr("itsdangerous.timed.time.time", lambda second=second: second)
        pages.append(client.get("/1").text)

    assert pages[0] == pages[1] != pages[2]
    assert token_of(other.get("/1").text) not in {token_of(page) for page in pages}
    for page in pages:
        assert client.post("/lang", data={"locale": "fr", "csrf_token": token_of(page)}).status_code == 303
    assert other.post("/lang", data={"locale": "fr", "csrf_token": token_of(pages[0])}).status_code == 400


def test_a_chosen_language_wins_over_the_browser_and_is_remembered_for_the_person(app: Flask, desk: Any) -> None:
    client = app.test_client()
    token = token_of(client.get("/1").text)

    answer = client.post("/lang", data={"locale": "fr", "next": "/3?x=1", "csrf_token": token})
    page = client.get("/1", headers={"Accept-Language": "ar"}).text

    assert (answer.status_code, answer.headers["Location"]) == (303, "/3?x=1")
    assert desk.remembered == ["fr"]
    assert '<html lang="fr"' in page


def test_a_cookie_keeps_the_language_of_a_visitor_without_account(app: Flask, desk: Any) -> None:
    desk.leave()
    client = app.test_client()
    client.post("/lang", data={"locale": "fr", "csrf_token": token_of(client.get("/sign-in").text)})
    desk.remembered.clear()

    assert '<html lang="fr"' in client.get("/sign-in").text


@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example", "/\\evil.example", ""])
def test_the_change_of_language_never_leads_to_another_site(app: Flask, elsewhere: str) -> None:
    client = app.test_client()
    token = token_of(client.get("/1").text)

    answer = client.post("/lang", data={"locale": "fr", "next": elsewhere, "csrf_token": token})

    assert answer.headers["Location"] == "/1"


def test_the_language_is_not_changed_by_another_site(app: Flask) -> None:
    answer = app.test_client().post("/lang", data={"locale": "fr"})

    assert answer.status_code == 400
    assert "Set-Cookie" not in answer.headers or "lang=" not in answer.headers["Set-Cookie"]


def test_every_answer_carries_the_strict_headers(app: Flask) -> None:
    for path in ("/1", "/nowhere", "/raise/bug"):
        headers = app.test_client().get(path).headers
        policy = headers["Content-Security-Policy"]
        assert "unsafe" not in policy
        assert "script-src 'self'" in policy
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert {part.strip() for part in headers["Vary"].split(",")} >= {"HX-Request", "Cookie", "Accept-Language"}
        assert headers["Cache-Control"] == "private, no-store"
        assert re.fullmatch(r"[0-9a-f]{16}", headers["X-Request-Id"])


def test_the_bar_holds_home_five_places_that_the_actor_may_use_and_more_and_the_account_menu_those_about_them(
    app: Flask,
) -> None:
    page = app.test_client().get("/3").text
    bar = page.partition('<nav class="nav"')[2].partition("</nav>")[0]
    account = page.partition('<div class="menu__list">')[2].partition("</div>")[0]

    assert re.findall(r"Menu (\d)", bar) == ["1", "3", "4", "5"]
    assert re.findall(r'<a href="/(\d)"', bar) == ["1", "1", "3", "4", "5", "7"]
    assert re.findall(r'<a href="/(\d)">', account) == ["8", "7"]
    assert '<span class="count">7</span>' in bar
    assert re.search(r'href="/3" aria-current="page"', bar)


def test_the_search_box_is_shown_to_those_who_may_search(app: Flask, desk: Any) -> None:
    with_box = app.test_client().get("/3").text
    desk.allow("other")
    without = app.test_client().get("/2").text

    assert 'id="top-search"' in with_box
    assert 'id="top-search"' not in without


def test_a_visitor_without_account_sees_no_menu(app: Flask, desk: Any) -> None:
    desk.leave()

    page = app.test_client().get("/sign-in").text

    assert 'class="nav"' not in page
    assert "session-idle" not in page


def test_an_asset_is_kept_for_ever_and_sent_compressed_to_who_accepts_it(app: Flask) -> None:
    name = read_manifest(BUILT)["docflow.css"]

    zipped = app.test_client().get(f"/assets/{name}", headers={"Accept-Encoding": "gzip"})
    plain = app.test_client().get(f"/assets/{name}")

    assert "immutable" in zipped.headers["Cache-Control"]
    assert zipped.headers["Content-Encoding"] == "gzip"
    assert zipped.mimetype == plain.mimetype == "text/css"
    assert "Content-Encoding" not in plain.headers
    assert len(zipped.data) < len(plain.data) / 3


@pytest.mark.parametrize("name", ["manifest.json", "..%2f..%2fshell.py", "docflow.css"])
def test_nothing_but_the_listed_assets_is_served(app: Flask, name: str) -> None:
    assert app.test_client().get(f"/assets/{name}").status_code == 404


def test_staying_signed_in_needs_a_session_and_a_token(app: Flask, desk: Any) -> None:
    client = app.test_client()
    token = token_of(client.get("/1").text)

    without = client.post("/session/stay")
    stayed = client.post("/session/stay", headers={"X-CSRFToken": token})
    desk.leave()
    gone = client.post("/session/stay", headers={"X-CSRFToken": token})

    assert [without.status_code, stayed.status_code, gone.status_code] == [400, 204, 303]
