"""A small app that shows every part of the interface once, for the tests of the shell only."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from io import BytesIO
from itertools import count
from pathlib import Path

from flask import Blueprint, Flask, Response, render_template, request
from PIL import Image, ImageDraw

from docflow.core.actor import Actor, ActorKind
from docflow.core.capability import MenuEntry, MenuSection
from docflow.core.errors import Conflict, InvalidInput, Unavailable
from docflow.core.words import Words
from docflow.web.guards import check_guards, public, requires, signed_in
from docflow.web.problem import install_problem_pages
from docflow.web.shell import Site, install_shell
from docflow.web.viewer import PageView, WordView, ZoneView

CLERK = Actor(kind=ActorKind.PERSON, name="سلمى بناني", permissions=frozenset({"read", "scan"}))
NOBODY = Actor(kind=ActorKind.ANONYMOUS, name="")
TEMPLATES = Path(__file__).parent / "gallery_templates"

MENU = (
    MenuEntry("pages.parts", "مهامي / Tâches", "list-todo", "read", MenuSection.MAIL),
    MenuEntry("pages.register", "التسجيل / Enregistrer", "file-plus", "scan", MenuSection.MAIL, count=lambda actor: 8),
    MenuEntry("pages.found", "البحث / Recherche", "search", "read", MenuSection.ARCHIVES),
    MenuEntry("pages.closed", "الإدارة / Administration", "settings", "admin", MenuSection.SETTINGS),
)

ZONES = [
    ZoneView(box=(640, 116, 1120, 170), label="2", field_id="sender"),
    ZoneView(box=(880, 292, 1090, 339), kind="check", label="3", field_id="cin"),
    ZoneView(box=(170, 633, 934, 687), label="1", field_id="subject"),
]
WORDS = [
    [WordView("محمد", (1000, 116, 1120, 170)), WordView("الإدريسي", (640, 116, 980, 170))],
    [WordView("Rabat,", (160, 100, 260, 140)), WordView("le", (270, 100, 300, 140)),
     WordView("12/11/2026", (310, 100, 480, 140))],
]  # fmt: skip


def make_gallery(*, actor: Actor = CLERK) -> Flask:
    """Return the app; ``actor`` is who every request comes from."""
    app = Flask(__name__, static_folder=None, template_folder=str(TEMPLATES))
    app.secret_key = "only for tests"
    site = Site(
        brand=lambda: Words("مقاطعة الحي الحسني", "Arrondissement Hay Hassani"),
        home_endpoint="pages.parts", places=lambda reader: [entry.endpoint for entry in MENU],
        search_endpoint="pages.found", sign_in_endpoint="pages.sign_in",
        sign_out_endpoint="pages.sign_out", account_endpoint="pages.parts", notifications_endpoint="pages.parts",
        unread_count=lambda reader: 3, session_idle_s=1800,
    )  # fmt: skip
    install_shell(app, menu=MENU, current_actor=lambda: actor, site=site)
    install_problem_pages(app, {"file_too_large": "%(name)s: %(size)s", "changed_meanwhile": "—"})
    app.register_blueprint(_pages())
    check_guards(app)
    return app


def _pages() -> Blueprint:
    pages = Blueprint("pages", __name__)

    @pages.get("/")
    @signed_in
    def parts() -> str:
        return render_template(
            "parts.html", now=datetime(2026, 11, 12, 9, 42, tzinfo=UTC), empty=request.args.get("empty")
        )

    @pages.route("/register", methods=["GET", "POST"])
    @requires("scan")
    def register() -> str:
        views = [PageView(n, f"/page.webp?n={n}", "/page.webp", 1240, 1754, url=f"?page={n}") for n in (1, 2)]
        return render_template(
            "register.html", pages=views, zones=ZONES, words=WORDS, posted=request.form.get("subject")
        )

    @pages.get("/search")
    @signed_in
    def found() -> str:
        return render_template("found.html")

    _add_other_pages(pages)
    _add_endpoints(pages)
    return pages


def _add_other_pages(pages: Blueprint) -> None:
    turns = count(1)

    @pages.get("/polled")
    @signed_in
    def polled() -> str:
        return render_template("polled.html", turn=next(turns))

    @pages.get("/closed")
    @requires("admin")
    def closed() -> str:
        return "closed"

    @pages.get("/public")
    @public
    def citizens() -> str:
        return render_template("citizens.html")

    @pages.get("/sign-in")
    @public
    def sign_in() -> str:
        return render_template("citizens.html")

    @pages.post("/sign-out")
    @signed_in
    def sign_out() -> str:
        return "out"


def _add_endpoints(pages: Blueprint) -> None:
    @pages.get("/page.webp")
    @public
    def picture() -> Response:
        image = Image.new("RGB", (1240, 1754), "#f3f1ea")
        draw = ImageDraw.Draw(image)
        for top in range(420, 1600, 60):
            draw.rectangle((170, top, 1120 - (top * 7) % 260, top + 14), fill="#77776f")
        buffer = BytesIO()
        image.save(buffer, "WEBP", quality=60)
        return Response(buffer.getvalue(), mimetype="image/webp")

    @pages.post("/files")
    @signed_in
    def take_file() -> Response:
        if request.files:
            name = request.files["file"].filename or ""
            if "bad" in name:
                raise InvalidInput("file_too_large", name=name, size="32")
            line = f'<li id="file-{len(name)}"><bdi class="name">received</bdi><span class="state">ok</span></li>'
            return Response(json.dumps({"html": line}), status=201, mimetype="application/json")
        return Response("no file", status=422)

    @pages.get("/events")
    @signed_in
    def events() -> Response:
        lines = [{"target": "live-line", "html": '<p id="live-line">3/12</p>'}, {"done": True}]
        return Response((f"data: {json.dumps(line)}\n\n" for line in lines), mimetype="text/event-stream")

    @pages.get("/fault/<kind>")
    @public
    def fault(kind: str) -> str:
        match kind:
            case "conflict":
                raise Conflict("changed_meanwhile")
            case "unavailable":
                raise Unavailable("storage_unreachable")
            case _:
                raise RuntimeError(kind)
