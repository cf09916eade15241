"""The whole product as real processes on servers of its own, each of which can be taken away for a while."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import Any

from benchmarks.serving import processes_under
from docflow.bootstrap import Runtime, bootstrap
from docflow.demo import fill_demo
from docflow.schema import migrate
from docflow.settings import Settings
from tests.faults.processes import ROOT, die_with_parent, wait_until
from tests.servers import S3_KEY, S3_SECRET, PrivateServers, free_port, wait_for_port

PASSWORD = "demo-pass-2026"
STORE_BYTES = 65_536
SLOW_S = 3.0
REFUSAL = b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


class Line(StrEnum):
    """How the line to the store is."""

    OPEN = "open"
    CLOSED = "closed"
    """Every connection is refused."""
    SLOW = "slow"
    """Each connection waits ``SLOW_S`` before anything goes through."""
    FAILING = "failing"
    """Every request is answered 503."""


class StoreLine:
    """A line to the store that can be closed, slowed down or made to fail."""

    def __init__(self, target: int) -> None:
        """Listen on a port of its own, and pass everything on to the target."""
        self._target = target
        self.state = Line.OPEN
        self._open: set[socket.socket] = set()
        self._server = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._server.getsockname()[1])
        threading.Thread(target=self._accept, daemon=True).start()

    def set(self, state: Line) -> None:
        """Change how the line is; connections under way end when it does not stay open."""
        self.state = state
        if state is not Line.OPEN:
            for one in list(self._open):
                _shut(one)

    def stop(self) -> None:
        """Listen no longer."""
        self._server.close()
        self.set(Line.CLOSED)

    def _accept(self) -> None:
        while True:
            try:
                client, _address = self._server.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        state = self.state
        if state is Line.SLOW:
            time.sleep(SLOW_S)
        try:
            if state is Line.FAILING:
                client.recv(STORE_BYTES)
                client.sendall(REFUSAL)
            if state in {Line.CLOSED, Line.FAILING}:
                _shut(client)
                return
            server = socket.create_connection(("127.0.0.1", self._target))
        except OSError:
            _shut(client)
            return
        self._open |= {client, server}
        threading.Thread(target=_carry, args=(client, server), daemon=True).start()
        _carry(server, client)
        self._open -= {client, server}


def _carry(source: socket.socket, target: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while data := source.recv(STORE_BYTES):
            target.sendall(data)
    _shut(source)
    _shut(target)


def _shut(one: socket.socket) -> None:
    with contextlib.suppress(OSError):
        one.shutdown(socket.SHUT_RDWR)
    one.close()


class Servers(PrivateServers):
    """PostgreSQL and an S3 server of this town alone; the database can crash and be started again."""

    def __init__(self) -> None:
        """Start both."""
        self._commands: dict[str, tuple[list[object], dict[str, Any]]] = {}
        self._running: dict[str, subprocess.Popen[bytes]] = {}
        kept = {name: os.environ.get(name) for name in ("DOCFLOW_TEST_PG_PORT", "DOCFLOW_TEST_S3_PORT")}
        super().__init__()
        self.database_port = int(os.environ["DOCFLOW_TEST_PG_PORT"])
        self.store_port = int(os.environ["DOCFLOW_TEST_S3_PORT"])
        for name, value in kept.items():
            os.environ.pop(name)
            if value is not None:
                os.environ[name] = value

    def crash_database(self) -> None:
        """End it without any goodbye, as a machine that fails does."""
        process = self._running["postgresql"]
        process.send_signal(signal.SIGQUIT)
        process.wait()

    def start_database(self) -> None:
        """Start it again on what it had written."""
        command, options = self._commands["postgresql"]
        self._start("postgresql", command, **options)
        wait_for_port(self.database_port)

    def _start(self, name: str, command: list[object], **options: Any) -> None:
        self._commands[name] = (command, options)
        super()._start(name, command, **options)
        self._running[name] = self._processes[-1]


class Town:
    """``docflow serve`` with the people of the demonstration and none of its letters, on PostgreSQL and S3."""

    def __init__(self, folder: Path, servers: Servers) -> None:
        """Take an empty folder and the servers; nothing runs yet."""
        self.servers = servers
        self.line = StoreLine(servers.store_port)
        self.home, self.temporary = folder / "home", folder / "tmp"
        for made in (self.home, self.temporary):
            made.mkdir(exist_ok=True)
        self.port, self.public_port = free_port(), free_port()
        self.log = folder / "serve.log"
        self._said = {
            "DATABASE_URL": f"postgresql://docflow@127.0.0.1:{servers.database_port}/postgres",
            "STORAGE_URL": f"s3+http://{S3_KEY}:{S3_SECRET}@127.0.0.1:{self.line.port}/town",
        }
        settings = {name.lower(): value for name, value in self._said.items()}
        self.settings = Settings(home=self.home, job_lease_s=3, demo_password=PASSWORD, **settings)  # type: ignore[arg-type]
        self.runtime: Runtime = bootstrap(self.settings)
        migrate(self.runtime.transactions.engine)
        fill_demo(self.runtime)

    def start(self) -> None:
        """Start all of it, and wait until both sites answer."""
        said = {
            **self._said,
            "HOME": self.home,
            "PORT": self.port,
            "PUBLIC_PORT": self.public_port,
            "PUBLIC_URL": f"http://127.0.0.1:{self.public_port}",
            "TRUSTED_PROXIES": 1,
            "JOB_LEASE_S": self.settings.job_lease_s,
        }
        kept = {name: value for name, value in os.environ.items() if not name.startswith("DOCFLOW_")}
        environment = kept | {f"DOCFLOW_{name}": str(value) for name, value in said.items()}
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [str(Path(sys.executable).with_name("docflow")), "serve"],
                env=environment | {"TMPDIR": str(self.temporary)},
                cwd=ROOT,
                stdout=log,
                stderr=log,
                preexec_fn=die_with_parent,
            )
        wait_until(self.is_up, "both sites answer", longest_s=180)

    def is_up(self) -> bool:
        """Return whether the staff site has everything it needs and the public site answers."""
        return _answers(self.port, "/readyz") and _answers(self.public_port, "/healthz")

    def kill_all(self) -> None:
        """Kill what starts the others, whom the kernel ends with it."""
        self.process.kill()
        self.process.wait()

    def kill(self, is_wanted: Callable[[str], bool], *, which: int = 0) -> None:
        """Kill one of the processes whose command is wanted; nothing where none runs just now."""
        found = self.process_ids(is_wanted)
        if found:
            os.kill(found[which % len(found)], signal.SIGKILL)

    def process_ids(self, is_wanted: Callable[[str], bool]) -> list[int]:
        """Return the processes of the town whose command is wanted."""
        found = processes_under(self.process.pid)
        return sorted(pid for pid, (_parent, command) in found.items() if is_wanted(command))

    def stop(self) -> None:
        """Stop all of it."""
        self.process.terminate()
        self.process.wait(60)
        self.runtime.search_index.close()
        self.runtime.transactions.engine.dispose()
        self.line.stop()


def _answers(port: int, path: str) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=5) as answer:
            return bool(answer.status == 200)
    except (OSError, urllib.error.URLError):
        return False
