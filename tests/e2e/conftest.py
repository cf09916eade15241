"""A browser, a server on a loopback port, and the checks that every page must pass.

``serve(app)`` returns the address of an app; ``open_page(address, …)`` returns an ``OpenedPage`` that kept everything
the browser complained of; ``opened.assert_sound()`` checks accessibility, overflow, errors and outside requests.
"""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any, Protocol
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import Browser, Page, Response, sync_playwright
from playwright.sync_api import Error as PlaywrightError
from werkzeug.serving import WSGIRequestHandler, make_server

from docflow.web.assets import BUILT, build_assets
from docflow.web.catalogues import compile_catalogues

from .district import District, OpenDistrict, served_district
from .gallery import make_gallery

HEIGHTS = {1366: 768, 390: 844, 320: 640}
AXE_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@dataclass
class OpenedPage:
    """A page in the browser, with what went wrong on it."""

    page: Page
    response: Response
    complaints: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)

    def listeners(self) -> dict[str, Callable[[Any], None]]:
        """Return what hears the browser's complaints and requests, by event."""
        return {
            "console": lambda line: self.complaints.append(line.text) if line.type == "error" else None,
            "pageerror": lambda error: self.complaints.append(str(error)),
            "request": lambda request: self.requests.append(request.url),
        }

    def overflow(self) -> int:
        """Return by how many pixels the page is wider than the window."""
        return int(self.page.evaluate("document.documentElement.scrollWidth - window.innerWidth"))

    def axe_violations(self) -> list[str]:
        """Return the rules that the page breaks at its top, each with the elements that break it.

        Further down a line that is half behind what stays in view would count as a target too small to hit.
        """
        self.page.evaluate("scrollTo(0, 0)")
        results = Axe().run(
            self.page, options={"runOnly": {"type": "tag", "values": AXE_TAGS}, "resultTypes": ["violations"]}
        )
        return [
            f"{rule['id']}: {node['html'][:160]}" for rule in results.response["violations"] for node in rule["nodes"]
        ]

    def outside_requests(self) -> list[str]:
        """Return the addresses asked of another host than the page's own."""
        own = urlsplit(self.page.url).netloc
        return [url for url in self.requests if url.startswith("http") and urlsplit(url).netloc != own]

    def assert_sound(self) -> None:
        """Check that the page is accessible, fits, and that the browser had nothing to complain of."""
        assert self.complaints == []
        assert self.outside_requests() == []
        assert self.overflow() <= 0
        assert self.axe_violations() == []


class OpenPage(Protocol):
    def __call__(
        self,
        address: str,
        *,
        locale: str = ...,
        width: int = ...,
        scheme: str = ...,
        javascript: bool = ...,
        cookies: Mapping[str, str] = ...,
        is_first_visit: bool = ...,
    ) -> OpenedPage: ...


class QuietHandler(WSGIRequestHandler):
    def log(self, type: str, message: str, *args: Any) -> None:
        """Say nothing: a failing test prints what matters."""


@pytest.fixture(scope="session")
def built_interface() -> None:
    """Make the assets and the binary catalogues, as set-up does."""
    build_assets(BUILT)
    compile_catalogues()


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """Run the system's Chromium while tests of this folder last.

    Its driver keeps an event loop in the thread of the tests: whatever came after it could start none of its own, and
    signing a PDF does.
    """
    executable = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    assert executable, "the tests of pages need Chromium: apt-get install chromium"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def serve(built_interface: None) -> Iterator[Callable[[Flask], str]]:
    """Serve apps on free loopback ports until the tests end."""
    servers = []

    def start(app: Flask) -> str:
        server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=QuietHandler)
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        servers.append((server, thread))
        return f"http://127.0.0.1:{server.port}"

    yield start
    for server, thread in servers:
        server.shutdown()
        thread.join()
        server.server_close()


class Desks:
    """Pages of the browser, each in a context as one reader's browser, used again by later tests.

    A fresh context asks for every asset again and a fresh page starts a process, which together are more than half of
    looking at a page.
    """

    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        self._free: dict[tuple[str, bool], list[Page]] = {}
        self._taken: list[tuple[tuple[str, bool], Page]] = []
        self._strangers: list[Page] = []

    def take(self, *, locale: str, javascript: bool, is_new: bool) -> Page:
        """Return a page that nobody uses, in a context that holds only cached files; a new one not even those."""
        key = (locale, javascript)
        free = self._free.setdefault(key, [])
        if free and not is_new:
            page = free.pop()
        else:
            page = self._browser.new_context(locale=locale, java_script_enabled=javascript).new_page()
        if is_new:
            self._strangers.append(page)
        else:
            self._taken.append((key, page))
        return page

    def leave(self) -> None:
        """Clear what a test leaves behind, and keep its pages for the next."""
        for key, page in self._taken:
            for other in page.context.pages:
                if other is not page:
                    other.close()
            with suppress(PlaywrightError):
                page.evaluate("localStorage.clear(); sessionStorage.clear()")
            page.goto("about:blank")
            page.context.clear_cookies()
            self._free[key].append(page)
        for page in self._strangers:
            page.context.close()
        self._taken, self._strangers = [], []


@pytest.fixture(scope="package")
def desks(browser: Browser) -> Desks:
    return Desks(browser)


@pytest.fixture
def open_page(desks: Desks) -> Iterator[OpenPage]:
    """Open addresses, each as one reader: language, width, colour scheme, cookies, with or without scripts.

    ``is_first_visit``: in a browser that was never here, or of which the test sets the clock, the answers to dialogs or
    the requests.
    """
    held: list[tuple[Page, Any, Callable[[Any], None]]] = []

    def open_address(
        address: str,
        *,
        locale: str = "ar",
        width: int = 1366,
        scheme: str = "light",
        javascript: bool = True,
        cookies: Mapping[str, str] = MappingProxyType({}),
        is_first_visit: bool = False,
    ) -> OpenedPage:
        page = desks.take(locale=locale, javascript=javascript, is_new=is_first_visit)
        site = "{0.scheme}://{0.netloc}".format(urlsplit(address))
        page.context.add_cookies([{"name": name, "value": value, "url": site} for name, value in cookies.items()])
        page.set_viewport_size({"width": width, "height": HEIGHTS.get(width, 768)})
        page.emulate_media(color_scheme="dark" if scheme == "dark" else "light", reduced_motion="reduce")
        opened = OpenedPage(page=page, response=None)  # type: ignore[arg-type]
        for event, heard in opened.listeners().items():
            page.on(event, heard)
            held.append((page, event, heard))
        response = page.goto(address)
        assert response is not None
        opened.response = response
        return opened

    yield open_address
    for page, event, heard in held:
        page.remove_listener(event, heard)
    desks.leave()


@pytest.fixture(scope="session")
def open_district(
    tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path, serve: Callable[[Flask], str]
) -> OpenDistrict:
    """Serve a district: a copy of the one in a home, or a new one, of people and units without a document."""

    def opened(like: Path | None = None) -> AbstractContextManager[District]:
        home = tmp_path_factory.mktemp("district")
        if like is None:
            shutil.copy(sqlite_template, home / "docflow.sqlite")
        else:
            shutil.copytree(like, home, dirs_exist_ok=True)
        return served_district(home, serve)

    return opened


@pytest.fixture
def visit(district: District, open_page: OpenPage) -> Callable[..., OpenedPage]:
    """Open a path of the staff site of the module's ``district`` as somebody."""

    def visit_path(username: str, path: str, *, locale: str = "ar", **how: Any) -> OpenedPage:
        cookies = district.cookies(username, locale=locale)
        return open_page(district.address + path.format(**district.names), locale=locale, cookies=cookies, **how)

    return visit_path


@pytest.fixture(scope="session")
def gallery(serve: Callable[[Flask], str]) -> str:
    """Return the address of the app that shows every part of the interface."""
    return serve(make_gallery())
