"""Who may enter."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

from docflow.web.guards import UnguardedRoute, check_guards, public


def test_an_app_with_a_route_without_guard_is_refused_and_named() -> None:
    app = Flask("bare", static_folder=None)
    app.add_url_rule("/a", "guarded", public(lambda: "a"))
    app.add_url_rule("/b", "forgotten", lambda: "b")

    with pytest.raises(UnguardedRoute, match="forgotten"):
        check_guards(app)


def test_an_app_whose_routes_all_declare_a_guard_is_accepted(app: Flask) -> None:
    check_guards(app)


def test_a_route_added_without_guard_after_the_check_answers_nothing(app: Flask) -> None:
    app.add_url_rule("/late", "late", lambda: "should not be read")

    answer = app.test_client().get("/late")

    assert answer.status_code == 500
    assert "should not be read" not in answer.text


def test_a_reader_who_is_not_signed_in_goes_to_sign_in_and_back(app: Flask, desk: Any) -> None:
    desk.leave()

    answer = app.test_client().get("/closed?a=1&b=%D8%B4")

    assert answer.status_code == 303
    assert answer.headers["Location"] == "/sign-in?next=/closed?a%3D1%26b%3D%D8%B4".replace("%D8%B4", "%25D8%25B4")


def test_a_part_of_a_page_sends_the_whole_browser_to_sign_in(app: Flask, desk: Any) -> None:
    desk.leave()

    answer = app.test_client().get("/closed", headers={"HX-Request": "true"})

    assert (answer.status_code, answer.headers["HX-Redirect"]) == (401, "/sign-in")


def test_a_json_client_that_is_not_signed_in_is_refused_in_json(app: Flask, desk: Any) -> None:
    desk.leave()

    answer = app.test_client().get("/closed", headers={"Accept": "application/json"})

    assert answer.status_code == 403
    assert answer.get_json()["code"] == "sign_in_needed"


def test_a_permission_opens_the_page_and_its_absence_closes_it(app: Flask, desk: Any) -> None:
    refused = app.test_client().get("/closed")
    desk.allow("admin")
    allowed = app.test_client().get("/closed")

    assert (refused.status_code, allowed.status_code, allowed.text) == (403, 200, "open")
