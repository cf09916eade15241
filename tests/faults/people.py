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

from benchmarks.browsers import BROKEN, TRIES, Browser, Page, Refused, Shared, csrf_of, values_of
from tests.faults.town import PASSWORD, Town
from tests.rooms.ingest.letters import letter_about

T = TypeVar("T")
PATIENCE_S = 240
AWAY = frozenset({429, 500, 502, 503, 504, 507})
"""Answers that say to come again; whatever else is refused is a fault of the product or of the person."""
CLOCK_WRONG = ("L’horloge de cette machine indique", "تشير ساعة هذا الجهاز إلى")
FORM_EXPIRED, TOO_OFTEN = 400, 429
CHANGED = frozenset({409, 422})
"""Answers to a form that was taken already, or that the page no longer offers."""
THOUGHT_S = (0.2, 0.8)


class BeginAgain(Exception):
    """What a page was for is over: its form expired, or whoever looks at it is signed in no more."""


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
        self._desk: Browser | None = None
        self.token = ""

    def run(self) -> None:
        """Do it again and again."""
        try:
            while not self.is_over.is_set():
                try:
                    if not (self.brings_work and self.town.is_behind()):
                        self.act()
                except BeginAgain:
                    self.close()
                time.sleep(self.draw.uniform(*THOUGHT_S) * self.town.calm)
        except Exception as error:  # the day reports it
            page = error.page.text if isinstance(error, Refused) else ""
            why = re.sub(r"<[^>]*>|\s+", " ", "".join(re.findall(r"data-error-summary.*?</ul>", page, re.S)))
            self.failed.append(f"{self.said}: {type(error).__name__}: {error} {why}"[:400])
        finally:
            self.close()

    def close(self) -> None:
        """Close what is open, and be signed in no more."""
        self._desk = None
        while self._browsers:
            self._browsers.pop().close()

    def browser(self, port: int, address: str, *, language: str) -> Browser:
        """Return a browser at one of the sites."""
        made = Browser(port, address, self.shared, language=language, tries=self.tries)
        self._browsers.append(made)
        return made

    username = address = ""
    gives_up: frozenset[int] = frozenset({FORM_EXPIRED})
    """Answers at which they leave what they began."""
    brings_work = False
    """Whether they wait while much is still to be done of what they brought."""
    tries = TRIES
    """How often a browser asks again by itself when an answer breaks off."""

    @property
    def said(self) -> str:
        """Who it is, in a word or two."""
        return f"{type(self).__name__} {self.username}".strip()

    @property
    def progress(self) -> int:
        """How often something came about that shows that everything works."""
        return self.done

    def act(self) -> None:
        """Do the thing once; ``done`` counts what was acknowledged."""
        raise AssertionError("every person does something")

    def insist(self, ask: Callable[[], T]) -> T:
        """Ask until it is answered, as somebody does who reads that the service is away for a moment.

        Raises:
            BeginAgain: The form was of a session that is over.
        """
        deadline = time.monotonic() + PATIENCE_S
        while True:
            try:
                return ask()
            except Refused as refusal:
                if refusal.status in self.gives_up:
                    raise BeginAgain from refusal
                if not says_come_again(refusal) or time.monotonic() > deadline:
                    raise
            except (*BROKEN, OSError):
                if time.monotonic() > deadline:
                    raise
            time.sleep(1)

    def at_desk(self, ask: Callable[[Browser], Page]) -> Page:
        """Ask at the staff site, signed in as ``username``.

        Raises:
            BeginAgain: The session is over; the next question signs in again.
        """
        if self._desk is None:
            browser = self.browser(self.town.port, self.address, language="fr")
            page = self.insist(lambda: browser.get("sign in", "/sign-in"))
            said = {"csrf_token": csrf_of(page), "username": self.username, "password": PASSWORD}
            self.token = csrf_of(self.insist(lambda: browser.post("sign in", "/sign-in", said)))
            self._desk = browser
        desk = self._desk
        page = self.insist(lambda: ask(desk))
        if page.path.startswith("/sign-in"):
            raise BeginAgain
        return page

    def read(self, path: str) -> Page:
        """Look at a page of the staff site."""
        return self.at_desk(lambda desk: desk.get("read", path))

    def send(self, path: str, form: dict[str, str]) -> Page:
        """Send a form to the staff site."""
        return self.at_desk(lambda desk: desk.post("send", path, {"csrf_token": self.token} | form))


def says_come_again(refusal: Refused) -> bool:
    """Return whether it passes: something is away, or the clock is wrong until the operator has set it right."""
    return refusal.status in AWAY or any(words in refusal.page.text for words in CLOCK_WRONG)


class Sender(Person):
    """A clerk who scans letters into a batch; ``kept``: SHA-256 of each file that was answered for, by its name."""

    username, address, brings_work = "clerk", "10.5.0.1", True

    def __init__(self, town: Town, seed: str) -> None:
        """Take where to work and the dice."""
        super().__init__(town, seed)
        self.kept: dict[str, str] = {}
        self._batch = ""
        self._letter: tuple[str, bytes] | None = None

    def act(self) -> None:
        """Send one letter under a key, again and again until it is answered for."""
        if not self._batch:
            made = self.send("/batches", {})
            self._batch = "/batches/" + made.path.split("/")[2].partition("?")[0]
        key, content = self._letter = self._letter or _new_letter()
        file = ("file", f"{key}.pdf", "application/pdf", content)
        path = f"{self._batch}/file"
        self.at_desk(lambda desk: desk.post_file("send", path, {"csrf_token": self.token, "key": key}, file))
        self.kept[f"{key}.pdf"] = hashlib.sha256(content).hexdigest()
        self._letter = None
        self.done += 1


def _new_letter() -> tuple[str, bytes]:
    key = uuid4().hex
    return key, letter_about(f"envoi {key}")


class Registrar(Person):
    """A clerk who registers what was read; ``registered``: documents whose number was shown."""

    username, address = "clerk", "10.5.0.2"

    def __init__(self, town: Town, seed: str) -> None:
        """Take where to work and the dice."""
        super().__init__(town, seed)
        self.registered: list[UUID] = []
        self._refused = ""

    def act(self) -> None:
        """Register one of the letters that wait."""
        page = self.read("/register")
        waiting = [path for path in page.links("/register/") if re.fullmatch(r"/register/[0-9a-f-]{36}", path)]
        if not waiting:
            return
        path = self.draw.choice(waiting)
        page = self.read(path)
        if page.path != path:
            return
        form = FormReader(page.text).fields | {"action": "register"}
        form["unit"] = form.get("unit") or self.draw.choice(FormReader(page.text).choices["unit"])
        form["subject"] = form.get("subject") or "Lettre"
        form["register"] = form.get("register") or "incoming"
        try:
            self.send(path, form)
        except Refused as refusal:
            if refusal.status not in CHANGED or path == self._refused:
                raise
            # Its time of arrival lies in the future when the clock was set back meanwhile: the form is filled in anew.
            self._refused = path
            return
        self.registered.append(UUID(path.rpartition("/")[2]))
        self.done += 1


class Depositor(Person):
    """A citizen who complains; ``receipts``: secret and place by the number that was shown."""

    # Who pressed too often while the clock was wrong is told to come back later: somebody else comes.
    gives_up, brings_work = frozenset({FORM_EXPIRED, TOO_OFTEN}), True

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
            if page.path == "/complaints":
                raise BeginAgain
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
