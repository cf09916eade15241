"""A small app inside the shell, for requests without a browser."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from flask import Flask, render_template_string, request
from flask_babel import lazy_gettext

from docflow.core.actor import Actor, ActorKind
from docflow.core.capability import MenuEntry, MenuSection
from docflow.core.errors import Conflict, InvalidInput, TooManyRequests, Unavailable
from docflow.core.words import Words
from docflow.web.assets import BUILT, build_assets
from docflow.web.catalogues import compile_catalogues
from docflow.web.guards import public, requires, signed_in
from docflow.web.problem import install_problem_pages
from docflow.web.shell import Site, install_shell

PERSON = Actor(kind=ActorKind.PERSON, name="Salma", permissions=frozenset({"read"}))
NOBODY = Actor(kind=ActorKind.ANONYMOUS, name="")

PAGE = """{% extends "base.html" %}{% block title %}T{% endblock %}
{% block content %}<p id="words">{{ words }}</p>{% endblock %}"""


class Desk:
    """Who sits at the desk, and which language was remembered for them."""

    def __init__(self) -> None:
        self.actor = PERSON
        self.remembered: list[str] = []

    def allow(self, *permissions: str) -> None:
        self.actor = replace(PERSON, permissions=frozenset(permissions))

    def leave(self) -> None:
        self.actor = NOBODY


@pytest.fixture(scope="session")
def built_interface() -> None:
    """Make the assets and the binary catalogues, as set-up does."""
    build_assets(BUILT)
    compile_catalogues()


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.fixture
def app(built_interface: None, desk: Desk) -> Flask:
    """Return an app whose routes raise what their names say."""
    app = Flask(__name__, static_folder=None)
    app.secret_key = "only for tests"
    menu = [
        MenuEntry(f"page_{number}", f"Menu {number}", "inbox", "read" if number != 2 else "other",
                  MenuSection.OWN if number == 8 else MenuSection.MAIL,
                  count=(lambda actor: 7) if number == 1 else None)
        for number in range(1, 9)
    ]  # fmt: skip
    site = Site(
        brand=lambda: Words("مقاطعة الحي الحسني", "Arrondissement Hay Hassani"),
        home_endpoint="page_1", more_endpoint="page_7", places=lambda actor: [entry.endpoint for entry in menu],
        sign_in_endpoint="sign_in", search_endpoint="page_1", search_permission="read",
        session_idle_s=1800,
    )  # fmt: skip
    install_shell(
        app, menu=menu, current_actor=lambda: desk.actor, site=site,
        preferred_locale=lambda: desk.remembered[-1] if desk.remembered else None,
        remember_locale=desk.remembered.append,
    )  # fmt: skip
    too_large = lazy_gettext("This file is larger than the limit of %(size)s.")
    texts = {
        "file_too_large": too_large,
        "sized": lambda values: f"{values['limit_bytes']} / {values['year']} / {values['pixels']}",
    }
    install_problem_pages(app, texts)
    for number in range(1, 9):
        app.add_url_rule(f"/{number}", f"page_{number}", signed_in(lambda: render_template_string(PAGE, words="")))
    _add_refusals(app)
    return app


def _add_refusals(app: Flask) -> None:
    @app.get("/sign-in")
    @public
    def sign_in() -> str:
        return render_template_string(PAGE, words=request.args.get("next", ""))

    @app.post("/form")
    @public
    def form() -> str:
        return "taken"

    @app.get("/closed")
    @requires("admin")
    def closed() -> str:
        return "open"

    @app.get("/raise/<kind>")
    @public
    def refuse(kind: str) -> str:
        refusals: dict[str, Callable[[], Exception]] = {
            "large": lambda: InvalidInput("file_too_large", size="<b>25"),
            "lacking": lambda: InvalidInput("file_too_large"),
            "sized": lambda: InvalidInput("sized", limit_bytes=25_000_000, year=2026, pixels=121_000_000),
            "unknown": lambda: Conflict("a_code_without_text", secret="s3cret"),
            "limit": lambda: TooManyRequests("too_fast", retry_after_s=30),
            "away": lambda: Unavailable("storage_unreachable"),
            "bug": lambda: RuntimeError("s3cret"),
        }
        refusal = refusals[kind]()
        raise refusal
