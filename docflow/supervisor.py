"""Starts both sites and the workers in the foreground, restarts what dies, stops all of it together."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Sequence
from dataclasses import dataclass, field

import structlog

from docflow.accounts.demo import PEOPLE, demo_password
from docflow.bootstrap import Runtime
from docflow.demo import fill_demo, fill_demo_letters
from docflow.search.indexing import ask_for_missing_index

logger = structlog.get_logger()

PR_SET_PDEATHSIG = 1
FASTEST_RESTART_S = 1.0
STOP_TIMEOUT_S = 20
READY_TIMEOUT_S = 60


@dataclass
class Child:
    """A process under supervision."""

    name: str
    command: Sequence[str]
    process: subprocess.Popen[bytes] | None = None
    started_at: float = field(default=0.0)

    def start(self) -> None:
        """Start it; the kernel ends it when the supervisor dies, however that happens."""
        self.process = subprocess.Popen(self.command, preexec_fn=_die_with_parent, start_new_session=True)  # noqa: S603
        self.started_at = time.monotonic()


def serve(runtime: Runtime) -> int:
    """Run both sites and the workers until SIGINT or SIGTERM; return the exit code."""
    is_new_demo = runtime.settings.demo and fill_demo(runtime)
    ask_for_missing_index(runtime)
    children = _children(runtime)
    is_stopping = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: is_stopping.set())
    # The staff site first and alone: it answers sooner than if everything were loaded at once on few cores.
    children[0].start()
    is_up = _wait_until_up(runtime, is_stopping)
    for child in children[1:]:
        child.start()
    if is_up:
        _announce(runtime)
    if is_new_demo:
        # Nobody waits for the letters of the demonstration: they come in while its pages are looked at.
        threading.Thread(target=fill_demo_letters, args=(runtime,), daemon=True).start()
    while not is_stopping.wait(0.2):
        for child in children:
            _restart_if_dead(child)
    _stop(children)
    return 0


def _children(runtime: Runtime) -> list[Child]:
    settings = runtime.settings
    gunicorn = [sys.executable, "-m", "gunicorn", "--config", "python:docflow.gunicorn_config"]
    processes, threads = str(settings.web_processes), str(settings.web_threads)
    # What somebody of the staff pastes into the search box is cut by the product, whatever its length, not refused by
    # the server; the public site keeps the server's limit.
    sites = [
        ("staff", settings.port, processes, ["--limit-request-line", "0"]),
        ("public", settings.public_port, "1", []),
    ]
    return [
        Child(
            name,
            [
                *gunicorn,
                "--bind",
                f"{settings.host}:{port}",
                "--workers",
                number,
                "--threads",
                threads,
                *options,
                f"docflow.wsgi:{name}()",
            ],
        )
        for name, port, number, options in sites
    ] + [Child(f"worker-{number}", [sys.executable, "-m", "workers.main"]) for number in range(settings.workers)]


def _restart_if_dead(child: Child) -> None:
    process = child.process
    if process is None or process.poll() is None or time.monotonic() - child.started_at < FASTEST_RESTART_S:
        return
    logger.warning("process_restarted", name=child.name, exit_code=process.returncode)
    child.start()


def _stop(children: Sequence[Child]) -> None:
    deadline = time.monotonic() + STOP_TIMEOUT_S
    for child in children:
        if child.process is not None and child.process.poll() is None:
            child.process.terminate()
    for child in children:
        if child.process is None:
            continue
        try:
            child.process.wait(timeout=max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            child.process.kill()
            child.process.wait()


def _wait_until_up(runtime: Runtime, is_stopping: threading.Event) -> bool:
    settings = runtime.settings
    host = "127.0.0.1" if settings.host == "0.0.0.0" else settings.host  # noqa: S104 - compared, not bound
    address = f"http://{host}:{settings.port}/healthz"
    deadline = time.monotonic() + READY_TIMEOUT_S
    while not is_stopping.is_set() and time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(address, timeout=2):
                return True
        except OSError:
            time.sleep(0.05)
    return False


def _announce(runtime: Runtime) -> None:
    settings = runtime.settings
    lines = [
        "",
        f"DocFlow is ready: http://{settings.host}:{settings.port}",
        f"Public site:      http://{settings.host}:{settings.public_port}",
    ]
    if settings.demo:
        names = ", ".join(person.username for person in PEOPLE)
        lines += [f"Demo accounts:    {names}", f"Password:         {demo_password(settings)}"]
    print("\n".join([*lines, "Stop with Ctrl-C.", ""]), flush=True)  # noqa: T201 - the answer to `make run`


def _die_with_parent() -> None:
    ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() == 1:
        os._exit(1)
