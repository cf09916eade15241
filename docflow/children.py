"""The processes that the supervisor starts, and the sockets that it hands them."""

from __future__ import annotations

import os
import select
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from docflow.core.errors import Conflict
from docflow.core.orphans import die_with_parent

READY_FD = "READY_FD"
"""Under this name a site is told where each of its processes writes a byte once it can answer."""
BACKLOG = 2048
"""How many requests wait while no process takes them, as gunicorn itself has it."""


def listen(host: str, port: int) -> socket.socket:
    """Return a socket that takes requests from now on, whichever process will answer them.

    Raises:
        Conflict: ``port_taken`` with ``port``.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=BACKLOG)
    except OSError as error:
        raise Conflict("port_taken", port=port, reason=error.strerror or "") from error


@dataclass
class Child:
    """A process under supervision; of a site with its socket, and how many processes of it must be ready."""

    name: str
    command: Sequence[str]
    log_format: str
    listener: socket.socket | None = None
    ready_count: int = 0
    process: subprocess.Popen[bytes] | None = None
    started_at: float = field(default=0.0)
    _ready: int = -1

    def another(self) -> Child:
        """Return the same, not started."""
        return Child(self.name, self.command, self.log_format, listener=self.listener, ready_count=self.ready_count)

    def start(self) -> None:
        """Start it; the kernel ends it when the supervisor dies, however that happens."""
        self._forget_ready()
        environment = os.environ | {"DOCFLOW_LOG_FORMAT": self.log_format}
        handed: list[int] = []
        if self.listener is not None:
            self._ready, told = os.pipe()
            handed = [self.listener.fileno(), told]
            environment[READY_FD] = str(told)
        # A group of its own, so that Ctrl-C is the supervisor's to answer, but no session: between sessions Linux
        # shares the processors out evenly (autogroup), and that workers give way would count for nothing.
        self.process = subprocess.Popen(  # noqa: S603 - the product's own programs
            self.command, preexec_fn=die_with_parent, process_group=0, pass_fds=handed, env=environment
        )
        if self.listener is not None:
            os.close(told)
        self.started_at = time.monotonic()

    @property
    def exit_code(self) -> int | None:
        """How it ended; none while it runs, or before it was started."""
        return None if self.process is None else self.process.poll()

    def wait_until_ready(self, timeout_s: float, is_stopping: threading.Event) -> bool:
        """Return whether all processes of the site can answer; false when it ended or the time is over."""
        deadline, ready = time.monotonic() + timeout_s, 0
        while ready < self.ready_count:
            if is_stopping.is_set() or self.exit_code is not None or time.monotonic() > deadline:
                return False
            if select.select([self._ready], [], [], 0.1)[0]:
                said = os.read(self._ready, self.ready_count)
                if not said:
                    return False
                ready += len(said)
        self._forget_ready()
        return True

    def terminate(self) -> None:
        """Tell it to finish what it does and end."""
        if self.process is not None and self.exit_code is None:
            self.process.terminate()

    def kill(self) -> None:
        """End it now, with all that it started."""
        self._forget_ready()
        if self.process is not None and self.exit_code is None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()

    def wait_or_kill(self, timeout_s: float) -> None:
        """Wait for its end, and end it by force when that takes too long."""
        if self.process is None:
            return
        try:
            self.process.wait(timeout=timeout_s)
        except subprocess.TimeoutExpired:
            self.kill()
        self._forget_ready()

    def _forget_ready(self) -> None:
        if self._ready >= 0:
            os.close(self._ready)
            self._ready = -1
