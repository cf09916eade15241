"""The parent's side of sealing: a warm process that forks one child, with limits, for every file.

Loading the libraries takes ten times as long as sealing a letter; they are loaded once, before any file is seen. Each
file is then handled in a fork of that process, which a hostile file may crash or exhaust without harm.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import weakref
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from docflow.core.errors import DocFlowError, InvalidInput, Unavailable
from docflow.pdf.limits import DEFAULT_LIMITS, SourceLimits

SERVER_MODULE = "docflow.stamping.adapters.workshop_main"
ERRORS: dict[str, type[DocFlowError]] = {"InvalidInput": InvalidInput, "Unavailable": Unavailable}


class Workshop:
    """Does operations on files in forks of one warm process; started when first used, and anew after it ended."""

    def __init__(self, *, limits: SourceLimits = DEFAULT_LIMITS) -> None:
        """Take the limits of one operation."""
        self._limits = limits
        self._lock = threading.Lock()
        self._server: subprocess.Popen[bytes] | None = None
        self._owner = 0

    @property
    def process_id(self) -> int | None:
        """The warm process, or none while there is none."""
        return None if self._server is None else self._server.pid

    def ask(
        self, operation: str, request: Mapping[str, object], *, limits: SourceLimits | None = None
    ) -> dict[str, Any]:
        """Return the answer to one operation.

        Raises:
            InvalidInput: the child's refusal; ``file_poisonous``, ``file_too_slow``, ``file_too_demanding``.
            Unavailable: the child's; ``sealing_child_failed`` when the process does not run.
        """
        message = (
            json.dumps({"operation": operation, "limits": asdict(limits or self._limits), **request}).encode() + b"\n"
        )
        with self._lock:
            line = self._exchange(message)
        if not line:
            raise Unavailable("sealing_child_failed")
        answer: dict[str, Any] = json.loads(line)
        if "error" in answer:
            raise ERRORS[answer["class"]](answer["error"], **answer["params"])
        return answer

    def close(self) -> None:
        """End the process."""
        with self._lock:
            if self._server is not None and self._owner == os.getpid():
                _end(self._server)
            self._server = None

    def _exchange(self, message: bytes) -> bytes:
        """Send a line and read one; a server that went away meanwhile is started once more."""
        for _ in range(2):
            server = self._running()
            try:
                assert server.stdin is not None  # noqa: S101 - opened as a pipe below
                assert server.stdout is not None  # noqa: S101 - as above
                server.stdin.write(message)
                server.stdin.flush()
                line = server.stdout.readline()
            except OSError:
                line = b""
            if line:
                return line
            _end(server)
            self._server = None
        return b""

    def _running(self) -> subprocess.Popen[bytes]:
        # A process that was forked from this one must not speak through its parent's pipe.
        if self._server is None or self._owner != os.getpid() or self._server.poll() is not None:
            self._server = subprocess.Popen(  # noqa: S603 - the command is this interpreter and a module of ours
                [sys.executable, "-m", SERVER_MODULE],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                # A process that forks must have no threads, and numpy would start some that nothing here needs.
                env={**os.environ, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"},
            )
            self._owner = os.getpid()
            weakref.finalize(self, _end_if_own, self._server, os.getpid())
        return self._server


def _end_if_own(server: subprocess.Popen[bytes], owner: int) -> None:
    if owner == os.getpid():
        _end(server)


def _end(server: subprocess.Popen[bytes]) -> None:
    for pipe in (server.stdin, server.stdout):
        if pipe is not None:
            try:
                pipe.close()
            except OSError:
                continue
    try:
        server.wait(timeout=2)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()
