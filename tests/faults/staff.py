"""Staff of a day who send letters on, draft acts and decide on them with their PIN."""

from __future__ import annotations

import re
from collections.abc import Sequence
from uuid import UUID, uuid4

from benchmarks.browsers import BROKEN, Refused, values_of
from tests.faults.people import CHANGED, FORM_EXPIRED, BeginAgain, FormReader, Person, Registrar, says_come_again
from tests.faults.town import Town

PIN = "4711-92"


class Router(Person):
    """A clerk who sends registered letters on; ``notes``: the letter by what was written on sending it."""

    username, address = "clerk", "10.5.0.3"
    tries = 1

    def __init__(self, town: Town, seed: str, registrar: Registrar) -> None:
        """Take where to work, the dice, and who registers what is sent on."""
        super().__init__(town, seed)
        self.notes: dict[str, UUID] = {}
        self._registrar = registrar

    def act(self) -> None:
        """Send one letter to a unit, and look whether it is sent before sending it again."""
        if not self._registrar.registered:
            return
        document_id = self.draw.choice(self._registrar.registered)
        page = self.read(f"/d/{document_id}/route")
        units = [value for value in values_of(page, "to") if value.startswith("unit:")]
        note = f"envoi {uuid4().hex}"
        form = {"instruction": "information", "to": self.draw.choice(units), "note": note}
        while note not in self.read(f"/d/{document_id}").text:
            self._send_once(f"/d/{document_id}/route", form)
        self.notes[note] = document_id
        self.done += 1

    def _send_once(self, path: str, form: dict[str, str]) -> None:
        assert self._desk is not None
        try:
            self._desk.post("send", path, {"csrf_token": self.token} | form)
        except Refused as refusal:
            if refusal.status == FORM_EXPIRED:
                raise BeginAgain from refusal
            if not says_come_again(refusal):
                raise
        except (*BROKEN, OSError):
            return


class Author(Person):
    """An agent who drafts acts and sends them on a circuit; ``sent``: subjects of those that are on their way."""

    username, address, brings_work = "agent", "10.5.0.4", True

    def __init__(self, town: Town, seed: str, circuits: Sequence[str]) -> None:
        """Take where to work, the dice and the circuits."""
        super().__init__(town, seed)
        self.sent: list[str] = []
        self._circuits = circuits

    def act(self) -> None:
        """Draft one act and send it, and look whether it is sent when it cannot be sent twice."""
        page = self.read("/drafts/new")
        unit = FormReader(page.text).choices["unit"][0]
        page = self.send("/drafts/new", {"kind": "letter", "unit": unit, "languages": "fr", "template": ""})
        draft, subject = page.path.partition("?")[0], f"Acte {uuid4().hex}"
        said = {"subject_fr": subject, "addressee_fr": "M. Alami", "body_fr": "En réponse à votre lettre, merci."}
        try:
            self.send(draft, {**FormReader(page.text).fields, **said})
        except Refused as refusal:
            if refusal.status not in CHANGED:
                raise
        form = FormReader(self.read(f"{draft}/send").text).fields
        try:
            self.send(f"{draft}/send", {**form, "circuit": self.draw.choice(self._circuits), "amount": ""})
        except Refused as refusal:
            if refusal.status not in CHANGED or not _is_on_its_way(self.read(draft).text):
                raise
        self.sent.append(subject)
        self.done += 1


def _is_on_its_way(text: str) -> bool:
    return 'id="circuit-title"' in text


class Decider(Person):
    """Somebody who signs what waits for them; ``decided``: what was answered for."""

    def __init__(self, town: Town, seed: str, username: str, number: int) -> None:
        """Take where to work, the dice, who it is, and the last part of their address."""
        super().__init__(town, seed)
        self.username, self.address = username, f"10.5.0.{number}"
        self.decided: set[UUID] = set()
        self._has_key = False
        self._looked = 0
        self._refused: UUID | None = None

    @property
    def progress(self) -> int:
        """How often the queue was answered for: it may be empty while decisions can be undone."""
        return self._looked

    def act(self) -> None:
        """Approve the first act that waits, and sign it."""
        if not self._has_key:
            self.send("/approvals/signature", {"pin": PIN, "again": PIN})
            self._has_key = True
        page = self.read("/approvals")
        self._looked += 1
        found = re.search(r'action="/approvals/([0-9a-f-]{36})"', page.text)
        if found is None:
            return
        ask = UUID(found[1])
        try:
            self.send(f"/approvals/{ask}", {"choice": "approve", "comment": "", "pin": PIN, "back_to": "0"})
        except Refused as refusal:
            if refusal.status not in {*CHANGED, 404} or ask == self._refused:
                raise
            # It may have been decided by what broke off, or be asked of one whose power has not begun by a clock that
            # went back meanwhile; where it still waits, it is not refused twice.
            self._refused = ask
            return
        self.decided.add(ask)
        self.done += 1
