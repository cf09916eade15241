"""Every process of a running installation is replaced while requests come, and none of these is refused or cut off."""

from __future__ import annotations

import http.client
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import urllib.request
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from docflow.core.orphans import die_with_parent
from docflow.web.assets import BUILT, build_assets
from tests.faults.processes import ROOT, wait_until
from tests.servers import free_port

pytestmark = pytest.mark.xdist_group("faults")

ASKERS = 3


class Serving:
    """``docflow serve`` on a home of its own."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.ports = [free_port(), free_port()]
        kept = {name: value for name, value in os.environ.items() if not name.startswith("DOCFLOW_")}
        staff, public = map(str, self.ports)
        own = {"DOCFLOW_HOME": str(home), "DOCFLOW_PORT": staff, "DOCFLOW_PUBLIC_PORT": public, "DOCFLOW_WORKERS": "0"}
        self.environment = kept | own
        self.log = (home / "serve.log").open("ab")
        self.process = self.run("serve", stdout=self.log, stderr=self.log, cwd=home)
        wait_until(lambda: "DocFlow is ready" in (home / "serve.log").read_text(), "the site is up")

    def run(self, *words: str, **options: object) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [Path(sys.executable).with_name("docflow"), *words],
            env=self.environment,
            preexec_fn=die_with_parent,
            **options,  # type: ignore[call-overload]
        )

    def restart(self) -> dict[str, object]:
        asked = self.run("restart", "--json", stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, cwd=ROOT)
        return json.loads(asked.communicate(timeout=90)[0])

    def has_replaced(self, name: str) -> bool:
        lines = (self.home / "serve.log").read_text().splitlines()
        return any("process_replaced" in line and name in line for line in lines)

    def stop(self) -> None:
        self.process.send_signal(signal.SIGTERM)
        assert self.process.wait(timeout=30) == 0
        self.log.close()


@pytest.fixture
def serving(tmp_path: Path, sqlite_template: Path) -> Iterator[Serving]:
    build_assets(BUILT)
    shutil.copy(sqlite_template, tmp_path / "docflow.sqlite")
    running = Serving(tmp_path)
    yield running
    running.stop()


class Asker(threading.Thread):
    """Asks one page after the other, each on a connection of its own, as a proxy does."""

    def __init__(self, port: int, is_over: threading.Event) -> None:
        super().__init__()
        self.port = port
        self.is_over = is_over
        self.answers: Counter[object] = Counter()

    def run(self) -> None:
        while not self.is_over.is_set():
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/healthz", timeout=30) as answer:
                    self.answers[answer.status] += 1
            except (OSError, http.client.HTTPException) as error:
                self.answers[repr(error)] += 1


def test_requests_all_along_a_restart_are_all_answered(serving: Serving) -> None:
    is_over = threading.Event()
    askers = [Asker(port, is_over) for port in serving.ports for _ in range(ASKERS)]
    for asker in askers:
        asker.start()
    slow = begin_slow_form(serving.ports[0])

    said = []
    asking = threading.Thread(target=lambda: said.append(serving.restart()))
    asking.start()
    wait_until(lambda: serving.has_replaced("staff"), "the staff site is new")
    slow_answer = end_slow_form(slow)
    asking.join()
    is_over.set()
    for asker in askers:
        asker.join()

    answers = sum((asker.answers for asker in askers), Counter())
    assert [answer["ok"] for answer in said] == [True]
    assert set(answers) == {200}
    assert answers[200] > 50
    assert slow_answer.startswith(b"HTTP/1.1 400")
    log = (serving.home / "serve.log").read_text()
    assert log.count("process_replaced") == 2
    assert "process_restarted" not in log


def begin_slow_form(port: int) -> socket.socket:
    """Send half of a form: a request that is under way when the process that reads it is told to end."""
    sender = socket.create_connection(("127.0.0.1", port), timeout=30)
    head = (
        "POST /sign-in HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 19\r\n"
    )
    sender.sendall(head.encode() + b"\r\nusername=")
    return sender


def end_slow_form(sender: socket.socket) -> bytes:
    sender.sendall(b"somebody12")
    with sender:
        return sender.recv(4096)


def test_what_cannot_come_up_leaves_the_old_in_its_place(serving: Serving) -> None:
    # A file of settings that is wrong is read by the new processes alone.
    (serving.home / "docflow.toml").write_text('max_file_pages = "many"\n')

    said = serving.restart()

    assert said["error"]["code"] == "restart_failed"
    with urllib.request.urlopen(f"http://127.0.0.1:{serving.ports[0]}/healthz", timeout=30) as answer:
        assert answer.status == 200


def test_where_nothing_serves_it_says_so(tmp_path: Path, sqlite_template: Path, capsys, monkeypatch) -> None:
    from docflow.cli import main

    shutil.copy(sqlite_template, tmp_path / "docflow.sqlite")
    monkeypatch.setenv("DOCFLOW_HOME", str(tmp_path))

    assert main(["restart", "--json"]) == 1

    assert json.loads(capsys.readouterr().out)["error"]["code"] == "nothing_serves"
