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

from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError

from benchmarks.serving import processes_under
from docflow.bootstrap import Runtime, bootstrap
from docflow.core.jobs import Job, JobState
from docflow.core.orphans import die_with_parent
from docflow.demo import fill_demo
from docflow.schema import migrate
from docflow.settings import Settings
from tests.faults.processes import ROOT, wait_until
from tests.servers import (
    PG_PORT,
    S3_KEY,
    S3_PORT,
    S3_SECRET,
    PrivateServers,
    RabbitServer,
    free_port,
    wait_for_postgresql,
)

DOCFLOW = str(Path(sys.executable).with_name("docflow"))
LOOK_S = 0.5
PASSWORD = "demo-pass-2026"
CALM = 2.0
MOST_WAITING = 20
STORE_BYTES = 65_536
DATABASE_DISK_BYTES = 1_500_000_000
SLOW_S = 3.0
FAKE_CLOCK = max(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"), default=None)
"""What lets a process see another time than the machine's (Debian: ``faketime``), where it is installed."""
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


class FakeClock:
    """How far the clocks of some processes are from the machine's; they look at a file now and then."""

    LOOKED_AT_S = 1

    def __init__(self, folder: Path) -> None:
        """Take a folder that these processes may read."""
        self._file = folder / "clock"
        self.set(0)

    def set(self, seconds: int) -> None:
        """Put the clocks forward, or back."""
        part = self._file.with_suffix(".part")
        part.write_text(f"{seconds:+d}\n")
        part.replace(self._file)

    def environment(self) -> dict[str, str]:
        """Return what processes need in their environment; nothing where the library is missing.

        Time that only counts on, and the times of files, stay the machine's: no setting of a clock changes those.
        """
        if FAKE_CLOCK is None:
            return {}
        return {
            "LD_PRELOAD": str(FAKE_CLOCK),
            "FAKETIME_TIMESTAMP_FILE": str(self._file),
            "FAKETIME_CACHE_DURATION": str(self.LOOKED_AT_S),
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
            "FAKETIME_DISABLE_SHM": "1",
            "NO_FAKE_STAT": "1",
        }


class Servers(PrivateServers):
    """PostgreSQL, an S3 server and perhaps RabbitMQ of this town alone; the database can crash and be started again."""

    def __init__(self, *, is_long: bool = False) -> None:
        """Start all of them; for a long day with a broker, a clock and a small disk of the database."""
        self._commands: dict[str, tuple[list[object], dict[str, Any]]] = {}
        self._running: dict[str, subprocess.Popen[bytes]] = {}
        self._is_long = is_long
        self.broker: RabbitServer | None = None
        kept = {name: os.environ.get(name) for name in (PG_PORT, S3_PORT)}
        super().__init__()
        self.database_port = int(os.environ[PG_PORT])
        self.store_port = int(os.environ[S3_PORT])
        for name, value in kept.items():
            os.environ.pop(name)
            if value is not None:
                os.environ[name] = value
        if is_long:
            self.broker = RabbitServer()
            self.broker.start()

    def stop(self) -> None:
        """Stop all of them."""
        if self.broker is not None:
            self.broker.stop()
        folder = self.database_folder
        super().stop()
        subprocess.run(["umount", "--lazy", str(folder)], capture_output=True, check=False)

    @property
    def database_folder(self) -> Path:
        """Where the database keeps everything."""
        return self._folder / "postgresql"

    @property
    def is_database_disk_small(self) -> bool:
        """Whether that is a file system of its own."""
        return self.database_folder.is_mount()

    def crash_database(self) -> None:
        """End it without any goodbye, as a machine that fails does."""
        process = self._running["postgresql"]
        process.send_signal(signal.SIGQUIT)
        process.wait()

    def start_database(self) -> None:
        """Start it again on what it had written, unless it runs."""
        if self._running["postgresql"].poll() is None:
            return
        command, options = self._commands["postgresql"]
        self._start("postgresql", command, **options)
        wait_for_postgresql(self.database_port)

    def _start_s3(self) -> int:
        """Take the server of the suite where there is one: nothing happens to it, but to the line that leads there."""
        return int(os.environ[S3_PORT]) if S3_PORT in os.environ else super()._start_s3()

    def _start_postgresql(self) -> int:
        self.clock = FakeClock(self._folder)
        if self._is_long:
            mount_small(self.database_folder, DATABASE_DISK_BYTES)
        return super()._start_postgresql()

    def _start(self, name: str, command: list[object], **options: Any) -> None:
        if name == "postgresql" and self._is_long:
            options["env"] = os.environ | self.clock.environment()
        self._commands[name] = (command, options)
        super()._start(name, command, **options)
        self._running[name] = self._processes[-1]


def mount_small(path: Path, size_bytes: int) -> bool:
    """Give a folder a small disk of its own where that may be made; return whether it was."""
    path.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", f"size={size_bytes}", "tmpfs", str(path)]
    return os.geteuid() == 0 and subprocess.run(command, capture_output=True, check=False).returncode == 0


class Town:
    """``docflow serve`` with the people of the demonstration and none of its letters, on PostgreSQL and S3."""

    def __init__(self, folder: Path, servers: Servers, *, is_long: bool = False) -> None:
        """Take an empty folder and the servers; nothing runs yet. In a long day more works, and people are calmer."""
        self.servers, self.calm, self.workers = servers, CALM if is_long else 1, 2 if is_long else 1
        self.line = StoreLine(servers.store_port)
        self.clock = FakeClock(folder)
        self.has_fake_clock = is_long and FAKE_CLOCK is not None
        self.home, self.temporary = folder / "home", folder / "tmp"
        self.index = self.home / "index"
        self._looked_at, self._is_behind = 0.0, False
        for made in (self.home, self.temporary):
            made.mkdir(exist_ok=True)
        self.port, self.public_port = free_port(), free_port()
        self.log = folder / "serve.log"
        self._said = {
            "DATABASE_URL": f"postgresql://docflow@127.0.0.1:{servers.database_port}/postgres",
            "STORAGE_URL": f"s3+http://{S3_KEY}:{S3_SECRET}@127.0.0.1:{self.line.port}/town",
        }
        if servers.broker is not None:
            # With a broker a host says where what all hosts share is; here there is one host.
            shared = {"SHARED_HOME": str(self.home / "shared"), "SEARCH_URL": f"tantivy://{self.index}"}
            self._said |= shared | {"BROKER_URL": servers.broker.url}
        settings = {name.lower(): value for name, value in self._said.items()}
        self.settings = Settings(home=self.home, job_lease_s=3, demo_password=PASSWORD, **settings)  # type: ignore[arg-type]
        self.runtime: Runtime = bootstrap(self.settings)
        migrate(self.runtime.transactions.engine)
        fill_demo(self.runtime)

    def start(self) -> None:
        """Start all of it, and wait until both sites answer."""
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [DOCFLOW, "serve"],
                env=self._environment(),
                cwd=ROOT,
                stdout=log,
                stderr=log,
                preexec_fn=die_with_parent,
            )
        wait_until(self.is_up, "both sites answer", longest_s=300, every_s=LOOK_S)

    def command(self, *words: str) -> int:
        """Run a command as the operator; return its exit code."""
        with self.log.open("ab") as log:
            done = subprocess.run(
                [DOCFLOW, *words], env=self._environment(), cwd=ROOT, stdout=log, stderr=log, check=False, timeout=120
            )
        return done.returncode

    def _environment(self) -> dict[str, str]:
        said = {
            **self._said,
            "HOME": self.home,
            "PORT": self.port,
            "PUBLIC_PORT": self.public_port,
            "PUBLIC_URL": f"http://127.0.0.1:{self.public_port}",
            "TRUSTED_PROXIES": 1,
            "JOB_LEASE_S": self.settings.job_lease_s,
            "WORKERS": self.workers,
        }
        kept = {name: value for name, value in os.environ.items() if not name.startswith("DOCFLOW_")}
        fake = self.clock.environment() if self.has_fake_clock else {}
        own = {f"DOCFLOW_{name}": str(value) for name, value in said.items()}
        return kept | own | fake | {"TMPDIR": str(self.temporary)}

    def is_up(self) -> bool:
        """Return whether the staff site has everything it needs and the public site answers."""
        return _answers(self.port, "/readyz") and _answers(self.public_port, "/healthz")

    def is_behind(self) -> bool:
        """Return whether so many jobs wait that nobody would bring more; looked up once a second."""
        if time.monotonic() - self._looked_at > 1:
            self._looked_at = time.monotonic()
            try:
                with self.runtime.transactions.reading() as session:
                    ready = select(func.count()).where(Job.state == JobState.READY)
                    self._is_behind = (session.scalar(ready) or 0) > MOST_WAITING
            except SQLAlchemyError:
                self._is_behind = False
        return self._is_behind

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
