"""The staff site killed in the middle of uploads keeps every file it answered for, and shows none by half."""

from __future__ import annotations

import hashlib
import http.client
import http.cookiejar
import json
import os
import random
import re
import signal
import subprocess
import threading
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import select

from docflow.core.ids import new_id
from docflow.core.temporaries import PREFIX
from docflow.documents.models import Document
from docflow.ingest.queries import batch_progress
from docflow.settings import Settings
from docflow.storage.rules import BlobKind
from docflow.storage.scrubbing import check_storage
from docflow.web.assets import BUILT, build_assets
from tests.conftest import DEMO_PASSWORD, actor
from tests.faults.processes import Installation, pause, wait_until
from tests.rooms.ingest.letters import letter_about
from tests.servers import free_port

pytestmark = pytest.mark.xdist_group("faults")
"""One after the other: each of these trials takes the whole machine."""

KILLS = 5
SENDERS = 3
SEED = 20260302
CSRF = re.compile(r'name="csrf_token" value="([^"]+)"')


class Site:
    """The staff site as gunicorn serves it, started again after each kill on the same port."""

    def __init__(self, installation: Installation) -> None:
        self.installation = installation
        self.port = free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        self.process = self._start()

    def kill(self) -> None:
        """Kill the master and its workers at one blow, and start them again."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self.process = self._start()

    def kill_process_of_pages(self) -> None:
        """Kill what answers, and leave it to the master to make another one."""
        before = self._processes_of_pages()
        for process_id in before:
            os.kill(process_id, signal.SIGKILL)
        wait_until(lambda: bool(self._processes_of_pages() - before) and self._answers(), "another process answers")

    def _processes_of_pages(self) -> set[int]:
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text()
        return {int(child) for child in children.split()}

    def _start(self) -> subprocess.Popen[bytes]:
        gunicorn = ["-m", "gunicorn", "--config", "python:docflow.gunicorn_config"]
        process = self.installation.start(
            [*gunicorn, "--bind", f"127.0.0.1:{self.port}", "--threads", "6", "docflow.wsgi:staff()"]
        )
        wait_until(self._answers, "the site answers")
        return process

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.address}/healthz", timeout=5):
                return True
        except OSError:
            return False


class Clerk:
    """A browser of a clerk: signed in through the form, sending files to a batch."""

    def __init__(self, site: Site) -> None:
        self.address = site.address
        jar = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        self.browser = urllib.request.build_opener(jar)
        self.token = self._token("/sign-in")
        self._post("/sign-in", {"username": "clerk", "password": DEMO_PASSWORD})
        self.token = self._token("/scan")
        self.batch = self._post("/batches", {}).split("/batches/")[1].split("?")[0]

    def send(self, content: bytes, *, key: str) -> UUID | None:
        """Send a file; return its document once the site has answered for it, none when the line broke."""
        mark = f"----{new_id().hex}"
        head = '--{}\r\nContent-Disposition: form-data; name="{}"'
        body = (head.format(mark, "key") + f"\r\n\r\n{key}\r\n").encode()
        body += (head.format(mark, "file") + f'; filename="{key}.pdf"\r\n\r\n').encode() + content
        body += f"\r\n--{mark}--\r\n".encode()
        request = urllib.request.Request(
            f"{self.address}/batches/{self.batch}/file",
            data=body,
            headers={"Content-Type": f"multipart/form-data; boundary={mark}", "X-CSRFToken": self.token},
        )
        try:
            with self.browser.open(request, timeout=30) as answer:
                return UUID(json.load(answer)["document_id"])
        except urllib.error.HTTPError as refusal:
            refusal.close()
            raise
        except (OSError, http.client.HTTPException, ValueError):
            return None

    def _token(self, path: str) -> str:
        with self.browser.open(f"{self.address}{path}", timeout=30) as answer:
            found = CSRF.search(answer.read().decode())
        assert found is not None, path
        return found[1]

    def _post(self, path: str, fields: dict[str, str]) -> str:
        form = urllib.parse.urlencode(fields | {"csrf_token": self.token}).encode()
        with self.browser.open(f"{self.address}{path}", data=form, timeout=30) as answer:
            return str(answer.url)


class Sender(threading.Thread):
    """Sends one file after the other; after a broken line, half of them again under the same key."""

    def __init__(self, clerk: Clerk, number: int, is_over: threading.Event) -> None:
        super().__init__()
        self.clerk = clerk
        self.number = number
        self.is_over = is_over
        self.acknowledged: dict[UUID, str] = {}
        self.sent: dict[str, str] = {}
        self.broken = 0
        self.raised: list[BaseException] = []

    def run(self) -> None:
        chance = random.Random(SEED + self.number)
        try:
            while not self.is_over.is_set():
                self._send_one(chance)
        except BaseException as error:  # the test's own thread reports it
            self.raised.append(error)

    def _send_one(self, chance: random.Random) -> None:
        key = f"{self.number}-{len(self.sent)}"
        padding = chance.randbytes(chance.randrange(100_000, 750_000)).hex().encode()
        content = letter_about(f"envoi {key}") + b"\n%" + padding
        self.sent[key] = hashlib.sha256(content).hexdigest()
        document_id = self.clerk.send(content, key=key)
        while document_id is None:
            self.broken += 1
            if chance.random() < 0.5:
                return
            self.is_over.wait(0.2)
            document_id = self.clerk.send(content, key=key)
        self.acknowledged[document_id] = key


@pytest.fixture
def site(tmp_path: Path, database_url: str) -> Iterator[Site]:
    build_assets(BUILT)
    installation = Installation(Settings(home=tmp_path, database_url=database_url, job_lease_s=2))  # type: ignore[arg-type]
    yield Site(installation)
    installation.stop()


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_site_killed_during_uploads_keeps_what_it_answered_for(site: Site) -> None:
    chance, is_over, clerk = random.Random(SEED), threading.Event(), Clerk(site)
    senders = [Sender(clerk, number, is_over) for number in range(SENDERS)]
    for sender in senders:
        sender.start()

    for turn in range(KILLS):
        pause(chance.uniform(0.5, 1.5))
        (site.kill_process_of_pages if turn % 2 else site.kill)()
    pause(1)
    is_over.set()
    for sender in senders:
        sender.join()

    # Each process of pages has one folder for what it writes aside, and five were killed with theirs.
    assert len(list(site.installation.aside.glob(f"{PREFIX}*"))) == 1
    assert [error for sender in senders for error in sender.raised] == []
    assert sum(sender.broken for sender in senders) > 0
    acknowledged = {document_id: key for sender in senders for document_id, key in sender.acknowledged.items()}
    sent = {key: sha256 for sender in senders for key, sha256 in sender.sent.items()}
    assert_kept(site, acknowledged, sent)


def assert_kept(site: Site, acknowledged: dict[UUID, str], sent: dict[str, str]) -> None:
    runtime = site.installation.runtime
    with runtime.transactions.reading() as session:
        documents = {document.id: document for document in session.scalars(select(Document))}
    keys = [document.file_name.removesuffix(".pdf") for document in documents.values()]
    assert len(acknowledged) >= SENDERS
    assert set(acknowledged) <= set(documents)
    assert len(keys) == len(set(keys))
    for document_id, key in acknowledged.items():
        assert documents[document_id].file_name == f"{key}.pdf"
    for document in documents.values():
        assert document.original_sha256 == sent[document.file_name.removesuffix(".pdf")]
    report = check_storage(runtime.transactions, runtime.blob_store)
    assert (report.missing, report.altered) == ([], [])
    for item in list(runtime.blob_store.objects()):
        with runtime.blob_store.open(BlobKind.ORIGINAL, item.sha256) as stream:
            assert hashlib.sha256(stream.read()).hexdigest() == item.sha256
    with runtime.transactions.reading() as session:
        shown = batch_progress(session, actor(runtime, "clerk"), UUID(str(next(iter(documents.values())).batch_id)))
    assert {file.document.id for file in shown} == set(documents)
