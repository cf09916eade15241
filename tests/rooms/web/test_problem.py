"""How a refusal is told."""

from __future__ import annotations

import re

import pytest
from flask import Flask

FRENCH = {"Accept-Language": "fr"}


def test_a_refusal_is_a_page_in_the_readers_language_with_its_values(app: Flask) -> None:
    french = app.test_client().get("/raise/large", headers=FRENCH)
    arabic = app.test_client().get("/raise/large")

    assert french.status_code == arabic.status_code == 422
    assert "Ce fichier dépasse la limite de \u2068&lt;b&gt;25\u2069." in french.text
    assert "حجم هذا الملف يتجاوز الحد المسموح به" in arabic.text


def test_sizes_and_large_numbers_are_made_readable_and_years_are_not_grouped(app: Flask) -> None:
    answer = app.test_client().get("/raise/sized", headers=FRENCH)

    assert "\u206825 Mo\u2069 / 2026 / 121\u00a0000\u00a0000" in answer.text


def test_the_same_refusal_is_problem_json_for_a_program(app: Flask) -> None:
    answer = app.test_client().get("/raise/large", headers={**FRENCH, "Accept": "application/json"})

    assert answer.mimetype == "application/problem+json"
    assert answer.get_json()["code"] == "file_too_large"
    assert answer.get_json()["status"] == 422
    assert answer.get_json()["detail"] == "Ce fichier dépasse la limite de \u2068<b>25\u2069."


def test_the_api_answers_json_even_to_a_browser(app: Flask) -> None:
    answer = app.test_client().get("/api/v1/nothing", headers={"Accept": "text/html"})

    assert (answer.status_code, answer.mimetype) == (404, "application/problem+json")


def test_htmx_gets_a_notice_aimed_at_the_notices_of_the_page(app: Flask) -> None:
    answer = app.test_client().get("/raise/large", headers={**FRENCH, "HX-Request": "true"})

    assert answer.headers["HX-Retarget"] == "#notices"
    assert "<html" not in answer.text
    assert "Ce fichier dépasse" in answer.text


@pytest.mark.parametrize("kind", ["unknown", "lacking"])
def test_a_code_without_text_or_a_text_without_values_gets_the_general_text(app: Flask, kind: str) -> None:
    answer = app.test_client().get(f"/raise/{kind}", headers=FRENCH)

    assert "Revenez" in answer.text or "Rechargez" in answer.text
    assert "s3cret" not in answer.text
    assert "%(" not in answer.text


def test_a_fault_says_nothing_of_its_cause_and_gives_the_code_that_the_log_holds(app: Flask) -> None:
    answer = app.test_client().get("/raise/bug", headers=FRENCH)

    shown = re.search(r"[0-9A-F]{4}-[0-9A-F]{4}", answer.text)
    assert answer.status_code == 500
    assert "s3cret" not in answer.text
    assert shown
    assert answer.headers["X-Request-Id"].upper().startswith(shown.group().replace("-", ""))


@pytest.mark.parametrize("path", ["/raise/away", "/raise/bug"])
def test_the_page_of_a_fault_asks_neither_for_the_actor_nor_for_a_preference(
    app: Flask, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    calls: list[str] = []
    view = app.view_functions["refuse"]
    monkeypatch.setattr(type(app.jinja_env.globals["shell"]), "actor", property(lambda shell: calls.append("actor")))

    answer = app.test_client().get(path)

    assert view is not None
    assert answer.status_code in (500, 503)
    assert calls == []


def test_a_limit_says_when_to_come_back(app: Flask) -> None:
    answer = app.test_client().get("/raise/limit")

    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "30")


def test_a_form_without_its_token_is_explained(app: Flask) -> None:
    answer = app.test_client().post("/form", headers=FRENCH)

    assert answer.status_code == 400
    assert "Ce formulaire a expiré" in answer.text


def test_a_wrong_method_names_the_right_ones(app: Flask) -> None:
    app.config["WTF_CSRF_ENABLED"] = False

    answer = app.test_client().post("/sign-in")

    assert answer.status_code == 405
    assert "GET" in answer.headers["Allow"]
