"""The frame of every page: language, headers, menu, assets, and the words templates use."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

from flask import Blueprint, Flask, Response, g, redirect, request, url_for
from flask_babel import Babel, get_locale
from flask_wtf.csrf import CSRFProtect
from markupsafe import Markup
from werkzeug.wrappers import Response as AnyResponse

from docflow.core.actor import Actor, ActorKind
from docflow.core.capability import Counting, MenuEntry, SiteLink
from docflow.core.errors import NotFound
from docflow.core.words import Words
from docflow.web import formats
from docflow.web.assets import BUILT, is_compressed, read_manifest
from docflow.web.form_tokens import form_token
from docflow.web.guards import install_guards, public, signed_in
from docflow.web.icons import ICONS, MIRRORED_ICONS
from docflow.web.languages import (
    LANGUAGE_COOKIE,
    LANGUAGE_NAMES,
    LOCALES,
    asked_language,
    here_without_language,
    keep_asked_language,
    set_language,
)
from docflow.web.menu import Menu, MenuLink, menu_for, site_menu
from docflow.web.tracing import install_tracing
from docflow.web.urls import safe_next
from docflow.web.viewer import place_lines, place_zones

TRANSLATIONS: Final = Path(__file__).parent.parent / "translations"
BAR_LENGTH: Final = 5
"""Places in the bar, between the first page and *More*."""
TABS_LENGTH: Final = 3
"""Of these, in the tab bar of a phone."""
ASSET_AGE_S: Final = 365 * 24 * 3600
ASSET_TYPES: Final[Mapping[str, str]] = {
    "css": "text/css", "js": "text/javascript", "svg": "image/svg+xml", "woff2": "font/woff2",
}  # fmt: skip

FRAMED_BY_NOBODY: Final = "frame-ancestors 'none'"
CONTENT_SECURITY_POLICY: Final = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data: blob:",
        "font-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        FRAMED_BY_NOBODY,
        "base-uri 'none'",
    )
)

HTMX_CONFIG: Final = json.dumps(
    {
        "allowEval": False,
        "allowScriptTags": False,
        "includeIndicatorStyles": False,
        "selfRequestsOnly": True,
        "historyCacheSize": 0,
        "responseHandling": [
            {"code": "204", "swap": False},
            {"code": "[23]..", "swap": True},
            {"code": "[45]..", "swap": True, "error": True},
        ],
    }
)
"""No evaluated text, no injected style, nothing kept in the browser's storage, refusals shown where they are aimed."""


@dataclass(frozen=True, slots=True)
class Site:
    """What the frame of one site shows and where it leads; an empty endpoint leaves its link out."""

    brand: Callable[[], Words]
    """Returns the name of the administration."""
    home_endpoint: str = ""
    more_endpoint: str = ""
    """The page of all places, and (with a question) the answers of the command palette."""
    places: Callable[[Actor], Sequence[str]] = lambda actor: ()
    """Returns the endpoints of the bar's places for an actor, the most used first."""
    links: Sequence[SiteLink] = ()
    """The navigation of the public site."""
    takes_language: bool = False
    """Whether ``?lang=`` in an address chooses the language, so that each has addresses of its own."""
    search_endpoint: str = ""
    search_permission: str = ""
    """Held by those to whom the search box is shown; empty: everyone who is signed in."""
    suggest_endpoint: str = ""
    """Part of a page with suggestions, asked for as the reader types in the search box."""
    sign_in_endpoint: str = ""
    sign_out_endpoint: str = ""
    account_endpoint: str = ""
    notifications_endpoint: str = ""
    unread_count: Counting | None = None
    session_idle_s: int = 0
    """After how long without a request the session ends; 0 where nothing warns of it."""


@dataclass(frozen=True, slots=True)
class _Frame:
    """What the installed functions share."""

    site: Site
    menu: tuple[MenuEntry, ...]
    current_actor: Callable[[], Actor]
    deps: Any
    preferred_locale: Callable[[], str | None] | None
    remember_locale: Callable[[str], None] | None
    assets: Mapping[str, str]
    assets_dir: Path


class PageShell:
    """What ``base.html`` asks about this request; nothing is looked up before it is asked for."""

    def __init__(self, frame: _Frame) -> None:
        """Keep the frame."""
        self._frame = frame
        self.site = frame.site

    @property
    def locale(self) -> str:
        """Return the language of the page."""
        return current_language()

    @property
    def direction(self) -> str:
        """Return ``rtl`` or ``ltr``."""
        return "rtl" if self.locale == "ar" else "ltr"

    @property
    def brand(self) -> str:
        """Return the administration's name in the language of the page."""
        return self._frame.site.brand().said(self.locale)

    @property
    def other_locale(self) -> str:
        """Return the language offered beside the present one."""
        return LOCALES[1] if self.locale == LOCALES[0] else LOCALES[0]

    @property
    def other_language(self) -> str:
        """Return the name of that language in itself."""
        return LANGUAGE_NAMES[self.other_locale]

    @property
    def here(self) -> str:
        """Return the address to come back to after the language changed; empty when the page answers a POST."""
        return here_without_language() if request.method == "GET" else ""

    @property
    def actor(self) -> Actor | None:
        """Return who is signed in, or None."""
        actor = self._frame.current_actor()
        return None if actor.kind is ActorKind.ANONYMOUS else actor

    @property
    def can_search(self) -> bool:
        """Return whether the search box is shown to the actor."""
        actor, site = self.actor, self.site
        return bool(
            actor and site.search_endpoint and (not site.search_permission or actor.can(site.search_permission))
        )

    @property
    def menu(self) -> Sequence[MenuLink]:
        """Return the places of the top bar, those that this actor uses most."""
        return self._menu.bar

    @property
    def account(self) -> Sequence[MenuLink]:
        """Return the places of the account menu."""
        return self._menu.own

    @property
    def _menu(self) -> Menu:
        """Return the places that this actor may use and what is counted for them, asked for once a request."""
        if "menu" not in g:
            frame, actor = self._frame, self._frame.current_actor()
            places = self.site.places(actor)[:BAR_LENGTH]
            g.menu = menu_for(actor, frame.menu, places, self.site.unread_count, frame.deps)
        menu: Menu = g.menu
        return menu

    @property
    def site_menu(self) -> list[MenuLink]:
        """Return the navigation of the public site."""
        return site_menu(self.site.links)

    @property
    def tabs(self) -> Sequence[MenuLink]:
        """Return the places of a phone's tab bar, between the first page and *More*."""
        return self.menu[:TABS_LENGTH]

    @property
    def unread(self) -> int:
        """Return how many notifications wait for the actor."""
        return self._menu.unread


def install_shell(
    app: Flask,
    *,
    menu: Sequence[MenuEntry],
    current_actor: Callable[[], Actor],
    site: Site,
    deps: Any = None,
    preferred_locale: Callable[[], str | None] | None = None,
    remember_locale: Callable[[str], None] | None = None,
    assets_dir: Path = BUILT,
    is_behind_proxy: bool = False,
) -> None:
    """Give an app its frame: guards, CSRF, languages, headers, assets, and what templates call.

    ``deps`` is handed to the counts of the menu. ``preferred_locale`` returns the language a signed-in person chose and
    ``remember_locale`` keeps it, also of somebody who is about to sign in; give both or neither. ``is_behind_proxy``:
    what a proxy calls a request is believed. Register the blueprints after this, then call ``install_problem_pages``
    and ``check_guards``.

    Raises:
        AssetError: The assets were not built.
    """
    frame = _Frame(
        site=site,
        menu=tuple(menu),
        current_actor=current_actor,
        deps=deps,
        preferred_locale=preferred_locale,
        remember_locale=remember_locale,
        assets=read_manifest(assets_dir),
        assets_dir=assets_dir,
    )
    # The token lives as long as the session: a form left open over lunch must still be accepted.
    app.config.setdefault("WTF_CSRF_TIME_LIMIT", None)
    install_tracing(app, is_behind_proxy=is_behind_proxy)
    install_guards(app, current_actor=current_actor, sign_in_endpoint=site.sign_in_endpoint)
    CSRFProtect(app)
    app.jinja_env.globals["csrf_token"] = form_token
    app.context_processor(lambda: {"csrf_token": form_token})
    Babel(
        app,
        default_locale=LOCALES[0],
        default_translation_directories=str(TRANSLATIONS),
        default_timezone="Africa/Casablanca",
        locale_selector=lambda: _choose_locale(frame),
    )
    app.after_request(_set_headers)
    if site.takes_language:
        app.after_request(keep_asked_language)
    app.register_blueprint(_make_blueprint(frame))
    _fill_environment(app, frame)


def current_language() -> str:
    """Return ``ar`` or ``fr``, whichever the page is written in."""
    locale = get_locale()
    return str(locale.language) if locale else LOCALES[0]


def _choose_locale(frame: _Frame) -> str:
    """Return the language of the address, of the person's preference, of the cookie or the browser, else Arabic."""
    asked = asked_language() if frame.site.takes_language else None
    preferred = frame.preferred_locale() if frame.preferred_locale and not g.get("is_bare_page") else None
    for wanted in (asked, preferred, request.cookies.get(LANGUAGE_COOKIE)):
        if wanted in LOCALES:
            return wanted
    return request.accept_languages.best_match(LOCALES) or LOCALES[0]


def _set_headers(response: Response) -> Response:
    """Set what every answer carries; a view may have set a stricter or longer-lived value itself."""
    headers = response.headers
    headers.setdefault("Content-Security-Policy", CONTENT_SECURITY_POLICY)
    headers.setdefault("X-Content-Type-Options", "nosniff")
    if FRAMED_BY_NOBODY in headers["Content-Security-Policy"]:
        # The older header knows no list of sites, and would forbid what a page allows to some.
        headers.setdefault("X-Frame-Options", "DENY")
    headers.setdefault("Referrer-Policy", "same-origin")
    headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
    headers.setdefault("Permissions-Policy", "camera=(self), geolocation=(), microphone=(), payment=(), usb=()")
    if request.endpoint != "shell.asset":
        for name in ("HX-Request", "Cookie", "Accept-Language"):
            response.vary.add(name)
        # A desk is shared: pages of letters must not stay in the browser after sign-out.
        headers.setdefault("Cache-Control", "private, no-store")
    return response


def _make_blueprint(frame: _Frame) -> Blueprint:
    """Return the shell's own routes: assets, language, keeping a session alive."""
    blueprint = Blueprint("shell", __name__, template_folder="templates")
    served = frozenset(frame.assets.values())

    @cache
    def read_asset(file_name: str) -> bytes:
        # All assets together are about 300 KB and never change under one name.
        return (frame.assets_dir / file_name).read_bytes()

    @blueprint.get("/assets/<name>")
    @public
    def asset(name: str) -> Response:
        if name not in served:
            raise NotFound("asset_unknown", name=name)
        is_zipped = is_compressed(name) and request.accept_encodings["gzip"] > 0
        response = Response(read_asset(f"{name}.gz" if is_zipped else name))
        response.mimetype = ASSET_TYPES[name.rpartition(".")[2]]
        if is_zipped:
            response.headers["Content-Encoding"] = "gzip"
        response.vary.add("Accept-Encoding")
        response.headers["Cache-Control"] = f"public, max-age={ASSET_AGE_S}, immutable"
        return response

    @blueprint.post("/lang")
    @public
    def change_language() -> AnyResponse:
        home = url_for(frame.site.home_endpoint) if frame.site.home_endpoint else "/"
        response = redirect(safe_next(request.form.get("next")) or home, 303)
        wanted = request.form.get("locale")
        if wanted in LOCALES:
            if frame.remember_locale:
                frame.remember_locale(wanted)
            set_language(response, wanted)
        return response

    if frame.site.session_idle_s:

        @blueprint.post("/session/stay")
        @signed_in
        def stay() -> AnyResponse:
            return Response(status=204)

    return blueprint


def _fill_environment(app: Flask, frame: _Frame) -> None:
    """Give templates their filters and functions."""
    environment = app.jinja_env
    environment.trim_blocks = True
    environment.lstrip_blocks = True

    def asset_url(name: str) -> str:
        return url_for("shell.asset", name=frame.assets[name])

    def icon(name: str, *, css: str = "") -> Markup:
        if name not in ICONS:
            raise LookupError(f"no icon is named {name!r}; the names are in docflow.web.icons")
        classes = " ".join(filter(None, ("icon", "icon--dir" if name in MIRRORED_ICONS else "", css)))
        return Markup('<svg class="{}" aria-hidden="true" focusable="false"><use href="{}#{}"/></svg>').format(
            classes, asset_url("icons.svg"), name
        )

    environment.globals.update(
        asset_url=asset_url,
        icon=icon,
        shell=PageShell(frame),
        htmx_config=HTMX_CONFIG,
        place_lines=place_lines,
        place_zones=place_zones,
        merged_query=merged_query,
    )
    environment.filters.update(
        local_datetime=formats.local_datetime,
        local_date=formats.local_date,
        local_time=formats.local_time,
        iso_instant=formats.iso_instant,
        file_size=formats.file_size,
        percent=formats.percent,
        number=formats.number,
        safe_name=formats.safe_name,
    )


def merged_query(**changes: object) -> str:
    """Return this page's address with some parameters of its query changed; None removes one.

    A change of filter or order goes back to the first page, unless ``page`` itself is given.
    """
    arguments: dict[str, Any] = request.args.to_dict(flat=False)
    if "page" not in changes:
        arguments.pop("page", None)
    arguments.update(changes)
    kept = {name: value for name, value in arguments.items() if value not in (None, "", [])}
    return url_for(request.endpoint or "", **{**(request.view_args or {}), **kept})
