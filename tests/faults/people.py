"""People of a day: they send files, register, deposit and sign, and insist until they are answered."""

from __future__ import annotations

import hashlib
import random
import re
import threading
import time
from collections.abc import Callable
from html.parser import HTMLParser
from typing import TypeVar
from uuid import UUID, uuid4

from benchmarks.browsers import BROKEN, Browser, Page, Refused, Shared, csrf_of, values_of
from tests.faults.town import PASSWORD, Town
from tests.rooms.ingest.letters import letter_about

T = TypeVar("T")
PATIENCE_S = 240
AWAY = frozenset({429, 500, 502, 503, 504, 507})
"""Answers that say to come again; whatever else is refused is a fault of the product or of the person."""
THOUGHT_S = (0.2, 0.8)


class Person(threading.Thread):
    """Somebody who does one thing after the other until the day is over."""

    def __init__(self, town: Town, seed: str) -> None:
        """Take where to work and the dice."""
        super().__init__(daemon=True)
        self.town, self.draw = town, random.Random(seed)
        self.shared = Shared()
        self.is_over = threading.Event()
        self.done = 0
        self.failed: list[str] = []
        self._browsers: list[Browser] = []

    def run(self) -> None:
        """Do it again and again."""
        try:
            while not self.is_over.is_set():
                self.act()
                time.sleep(self.draw.uniform(*THOUGHT_S))
        except Exception as error:  # the day reports it
            self.failed.append(f"{type(self).__name__}: {type(error).__name__}: {error}"[:300])
        finally:
            self.close()

    def close(self) -> None:
        """Close what is open."""
        while self._browsers:
            self._browsers.pop().close()

    def browser(self, port: int, address: str, *, language: str) -> Browser:
        """Return a browser at one of the sites."""
        made = Browser(port, address, self.shared, language=language)
        self._browsers.append(made)
        return made

    def act(self) -> None:
        """Do the thing once; ``done`` counts what was acknowledged."""
        raise AssertionError("every person does something")

    def insist(self, ask: Callable[[], T]) -> T:
        """Ask until it is answered, as somebody does who reads that the service is away for a moment."""
        deadline = time.monotonic() + PATIENCE_S
        while True:
            try:
                return ask()
            except Refused as refusal:
                if refusal.status not in AWAY or time.monotonic() > deadline:
                    raise
            except (*BROKEN, OSError):
                if time.monotonic() > deadline:
                    raise
            time.sleep(1)

    def signed_in(self, name: str, address: str) -> Browser:
        """Return a browser in which somebody of the staff signed in."""
        browser = self.browser(self.town.port, address, language="fr")
        page = self.insist(lambda: browser.get("sign in", "/sign-in"))
        said = {"csrf_token": csrf_of(page), "username": name, "password": PASSWORD}
        self.insist(lambda: browser.post("sign in", "/sign-in", said))
        return browser


class Sender(Person):
    """A clerk who scans letters into a batch; ``kept``: SHA-256 of each file that was answered for, by its name."""

    def __init__(self, town: Town, seed: str) -> None:
        """Take where to work and the dice."""
        super().__init__(town, seed)
        self.kept: dict[str, str] = {}
        self._browser: Browser | None = None

    def act(self) -> None:
        """Send one letter under a key, again and again until it is answered for."""
        if self._browser is None:
            self._browser = self.signed_in("clerk", "10.5.0.1")
            page = self.insist(lambda: self._read("/scan"))
            self._batch = self.insist(lambda: self._post("/batches", {"csrf_token": csrf_of(page)})).path.split("/")[2]
            self._batch = self._batch.partition("?")[0]
            self._token = csrf_of(page)
        key = uuid4().hex
        content = letter_about(f"envoi {key}")
        self.insist(lambda: self._send(key, content))
        self.kept[f"{key}.pdf"] = hashlib.sha256(content).hexdigest()
        self.done += 1

    def _read(self, path: str) -> Page:
        assert self._browser is not None
        return self._browser.get("read", path)

    def _post(self, path: str, form: dict[str, str]) -> Page:
        assert self._browser is not None
        return self._browser.post("post", path, form)

    def _send(self, key: str, content: bytes) -> Page:
        assert self._browser is not None
        form = {"csrf_token": self._token, "key": key}
        return self._browser.post_file(
            "send", f"/batches/{self._batch}/file", form, ("file", f"{key}.pdf", "application/pdf", content)
        )


class Registrar(Person):
    """A clerk who registers what was read; ``registered``: documents whose number was shown."""

    def __init__(self, town: Town, seed: str) -> None:
        """Take where to work and the dice."""
        super().__init__(town, seed)
        self.registered: set[UUID] = set()
        self._browser: Browser | None = None

    def act(self) -> None:
        """Register one of the letters that wait."""
        if self._browser is None:
            self._browser = self.signed_in("clerk", "10.5.0.2")
        browser = self._browser
        page = self.insist(lambda: browser.get("waiting", "/register"))
        waiting = [path for path in page.links("/register/") if re.fullmatch(r"/register/[0-9a-f-]{36}", path)]
        if not waiting:
            return
        path = self.draw.choice(waiting)
        page = self.insist(lambda: browser.get("form", path))
        if page.path != path:
            return
        form = FormReader(page.text).fields | {"action": "register"}
        form["unit"] = form.get("unit") or self.draw.choice(FormReader(page.text).choices["unit"])
        form["subject"] = form.get("subject") or "Lettre"
        form["register"] = form.get("register") or "incoming"
        self.insist(lambda: browser.post("register", path, form))
        self.registered.add(UUID(path.rpartition("/")[2]))
        self.done += 1


class Depositor(Person):
    """A citizen who complains; ``receipts``: secret and place by the number that was shown."""

    def __init__(self, town: Town, seed: str) -> None:
        """Take where to work and the dice."""
        super().__init__(town, seed)
        self.receipts: dict[str, tuple[str, str]] = {}
        self._count = 0

    def act(self) -> None:
        """Deposit one complaint question by question, from an address of its own."""
        self._count += 1
        address = f"10.6.{self._count // 250}.{self._count % 250 + 1}"
        self.close()
        ask = self.browser(self.town.public_port, address, language="ar")
        page = self.insist(lambda: ask.get("start", "/complaints"))
        page = self.insist(lambda: ask.post("answer", "/complaints", {"csrf_token": csrf_of(page)}))
        place = f"زنقة {self.draw.randrange(10**12)}"
        answers: dict[str, dict[str, str]] = {
            "kind": {"kind": "complaint"},
            "category": {},
            "courts": {"courts": "no"},
            "place": {"place": place},
            "text": {"text": "المصباح لا يشتغل منذ شهر."},
            "photos": {"goes_on": "1"},
            "contact": {"name": "نادية بنعلي", "phone": "0612345678"},
            "review": {},
        }
        for question, form in answers.items():
            if question == "category":
                form["category"] = self.draw.choice(values_of(page, "category"))
            said = {"csrf_token": csrf_of(page), **form}
            page = self.insist(lambda path=f"/complaints/new/{question}", said=said: ask.post("answer", path, said))  # type: ignore[misc]
            if "/elsewhere" in page.path:
                page = self.insist(lambda: ask.get("question", "/complaints/new/courts"))
        number, secret = page.slips()
        self.receipts[number] = (secret, place)
        self.done += 1


class FormReader(HTMLParser):
    """The fields of the form that holds a version, as a browser would send them, and what its lists offer."""

    def __init__(self, text: str) -> None:
        """Read a page."""
        super().__init__()
        self.fields: dict[str, str] = {}
        self.choices: dict[str, list[str]] = {}
        self._form: dict[str, str] = {}
        self._list = self._text = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note what a control says."""
        said = {name: value or "" for name, value in attrs}
        name = said.get("name", "")
        if tag == "form":
            self._form = {}
        elif tag == "input" and name and (said.get("type") not in {"radio", "checkbox"} or "checked" in said):
            if said.get("type") not in {"submit", "image", "file"}:
                self._form[name] = said.get("value", "")
        elif tag == "select":
            self._list = name
            self.choices[name] = []
        elif tag == "option" and self._list:
            if said.get("value"):
                self.choices[self._list].append(said["value"])
            if "selected" in said or self._list not in self._form:
                self._form[self._list] = said.get("value", "")
        elif tag == "textarea":
            self._text = name
            self._form[name] = ""

    def handle_data(self, data: str) -> None:
        """Note what stands in a larger field."""
        if self._text:
            self._form[self._text] += data

    def handle_endtag(self, tag: str) -> None:
        """Note where a control ends."""
        if tag == "textarea":
            self._text = ""
        elif tag == "select":
            self._list = ""
        elif tag == "form" and "version" in self._form:
            self.fields = self._form
