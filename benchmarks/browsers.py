"""Browsers of the measures: a connection each, cookies kept, redirections followed, times noted; next to no cost."""

from __future__ import annotations

import html
import http.client
import re
import select
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import quote, urlencode
from uuid import uuid4

BROKEN = (ConnectionError, http.client.HTTPException, TimeoutError)
TRIES = 20
TIMEOUT_S = 60


class Refused(Exception):
    """An answer that nobody expected."""

    def __init__(self, page: Page) -> None:
        """Keep the answer."""
        super().__init__(f"{page.status} {page.path}")
        self.status, self.page = page.status, page


@dataclass(frozen=True, slots=True)
class Page:
    """An answer, once redirections were followed."""

    status: int
    path: str
    headers: dict[str, str]
    text: str

    def links(self, start: str) -> list[str]:
        """Return the addresses of the page that begin so."""
        found = re.findall(r'href="([^"#?]*)', self.text)
        return sorted({address for address in found if address.startswith(start) and len(address) > len(start)})

    def slips(self) -> tuple[str, str]:
        """Return number and secret of a receipt."""
        number, secret = (
            re.sub(r"<[^>]*>", "", found) for found in re.findall(r'slip__number">(.*?)</dd>', self.text, re.S)
        )
        return number.strip(), secret.strip()

    def problem(self) -> str:
        """Return what a refusal says."""
        found = re.search(r'class="problem">.*?<h1>(.*?)</h1>\s*<p>(.*?)</p>', self.text, re.S)
        return "" if found is None else html.unescape(f"{found[1]}: {found[2]}")


class Shared:
    """What all browsers note."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self.is_over = self.is_hurried = False
        self.acknowledged: dict[str, tuple[str, str, str]] = {}
        self.asked_again: Counter[str] = Counter()
        self.errors: list[str] = []
        self._times: dict[str, list[float]] = defaultdict(list)

    def note(self, kind: str, seconds: float) -> None:
        """Note how long an answer took."""
        self._times[kind].append(seconds)

    def forget_times(self) -> None:
        """Forget what was noted while everything became warm."""
        self._times.clear()
        self.asked_again.clear()

    def times(self) -> dict[str, dict[str, float]]:
        """Return count, p50, p95 and the longest by kind, in milliseconds; ``all pages`` leaves the staff out."""
        told = dict(self._times)
        told["all pages"] = [
            one for kind, seconds in told.items() if not kind.startswith(("staff", "sign", "asset")) for one in seconds
        ]
        return {kind: _summary(seconds) for kind, seconds in sorted(told.items()) if seconds}

    def guarded(self, act: Callable[..., None], *args: Any) -> None:
        """Live somebody's life; what goes wrong in it is an error of the measure's answer."""
        try:
            act(*args)
        except Exception as error:
            self.errors.append(f"{threading.current_thread().name}: {type(error).__name__}: {error}"[:300])


class Browser:
    """One browser behind the proxy, with an address of its own."""

    def __init__(self, port: int, address: str, shared: Shared, *, language: str, tries: int = TRIES) -> None:
        """Take where the site is, the address that the proxy sees, the reader's language, and how patient they are."""
        self._port, self._shared, self._tries = port, shared, tries
        self._headers = {"X-Forwarded-For": address, "Accept-Language": language, "Accept": "text/html"}
        self._cookies: dict[str, str] = {}
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=TIMEOUT_S)
        self._has_assets = False

    def get(self, kind: str, path: str, **said: str) -> Page:
        """Ask for a page."""
        return self._asked(kind, "GET", path + (f"?{urlencode(said)}" if said else ""), b"", "")

    def post(self, kind: str, path: str, form: dict[str, str], *, file: bytes | None = None) -> Page:
        """Send a form, with a photograph if there is one."""
        if file is None:
            return self._asked(kind, "POST", path, urlencode(form).encode(), "application/x-www-form-urlencoded")
        return self.post_file(kind, path, form, ("files", "IMG_1.jpg", "image/jpeg", file))

    def post_file(self, kind: str, path: str, form: dict[str, str], file: tuple[str, str, str, bytes]) -> Page:
        """Send a form with a file: the field's name, the file's name, its media type and its bytes."""
        field, file_name, media_type, content = file
        mark = uuid4().hex
        parts = [
            f'--{mark}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}' for name, value in form.items()
        ]
        parts.append(f'--{mark}\r\nContent-Disposition: form-data; name="{field}"; filename="{file_name}"')
        head = "\r\n".join(parts) + f"\r\nContent-Type: {media_type}\r\n\r\n"
        body = head.encode() + content + f"\r\n--{mark}--\r\n".encode()
        return self._asked(kind, "POST", path, body, f"multipart/form-data; boundary={mark}")

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    def load_assets(self, page: Page) -> None:
        """Load what the page needs, once: it is kept for good then."""
        if self._has_assets:
            return
        self._has_assets = True
        for path in sorted(set(re.findall(r'(?:href|src)="(/assets/[^"#]*)', page.text))):
            self._asked("asset", "GET", path, b"", "")

    def _asked(self, kind: str, method: str, path: str, body: bytes, media_type: str) -> Page:
        start = time.monotonic()
        page = self._followed(kind, method, path, body, media_type)
        self._shared.note(kind, time.monotonic() - start)
        if page.status >= 400:
            raise Refused(page)
        return page

    def _followed(self, kind: str, method: str, path: str, body: bytes, media_type: str) -> Page:
        for _ in range(5):
            page = self._tried(kind, method, path, body, media_type)
            if page.status not in {301, 302, 303}:
                return page
            method, path, body, media_type = "GET", quote(page.headers["Location"], safe="/?&=%#:"), b"", ""
        return page

    def _tried(self, kind: str, method: str, path: str, body: bytes, media_type: str) -> Page:
        """Ask, and ask again after a second where the answer broke off, as somebody who reads does."""
        for attempt in range(self._tries):
            if self._connection.sock is not None and select.select([self._connection.sock], [], [], 0)[0]:
                # It was closed since: browsers see that at once, and open another without a word.
                self._connection.close()
            try:
                return self._once(method, path, body, media_type)
            except BROKEN:
                self._connection.close()
                if attempt == self._tries - 1:
                    raise
                self._shared.asked_again[kind] += 1
                time.sleep(1)
        raise AssertionError(path)

    def _once(self, method: str, path: str, body: bytes, media_type: str) -> Page:
        headers = self._headers | {"Cookie": "; ".join(f"{name}={value}" for name, value in self._cookies.items())}
        if media_type:
            headers["Content-Type"] = media_type
        self._connection.request(method, path, body or None, headers)
        answer = self._connection.getresponse()
        text = answer.read()
        for line in answer.headers.get_all("Set-Cookie") or ():
            for name, morsel in SimpleCookie(line).items():
                self._cookies[name] = morsel.value
        is_text = answer.headers.get_content_maintype() == "text"
        return Page(answer.status, path, dict(answer.headers), text.decode() if is_text else "")


def csrf_of(page: Page) -> str:
    """Return the token of the page's forms."""
    found = re.search(r'name="csrf-token" content="([^"]+)"', page.text)
    assert found is not None, page.path
    return found[1]


def values_of(page: Page, name: str) -> list[str]:
    """Return what a field of the page offers."""
    return re.findall(rf'name="{name}" value="([^"]+)"', page.text)


def _summary(seconds: Sequence[float]) -> dict[str, float]:
    ordered = sorted(seconds)
    at = {"p50": len(ordered) // 2, "p95": int(len(ordered) * 0.95), "max": len(ordered) - 1}
    return {"count": len(ordered)} | {name: round(ordered[index] * 1000, 1) for name, index in at.items()}
