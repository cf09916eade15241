"""The parent's side of warm processes that do each piece of work on a stranger's file in a fork with limits.

Loading the libraries takes longer than most of the work; they are loaded once, before any file is seen. A hostile file
may crash or exhaust its fork without harm to the next one.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import weakref
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from functools import cached_property
from typing import Any, Final

from docflow.core.errors import DocFlowError, InvalidInput, Unavailable
from docflow.core.fork_server import CONTINUED

PATIENCE_S: Final = 0.5
"""How long one waits for a process that is busy: starting another takes as long, and all of a processor."""
ERRORS: dict[str, type[DocFlowError]] = {"InvalidInput": InvalidInput, "Unavailable": Unavailable}


class _Rest:
    """The second line of a request, asked for once; ``refusal`` says why there is none."""

    def __init__(self, later: Callable[[], Mapping[str, object]]) -> None:
        self._later = later
        self.refusal: DocFlowError | None = None

    @cached_property
    def line(self) -> bytes:
        try:
            return _line(self._later())
        except DocFlowError as refusal:
            self.refusal = refusal
            return _line(None)


def _line(value: object) -> bytes:
    return json.dumps(value).encode() + b"\n"


class WarmForks:
    """Asks a module of ours that runs ``fork_server.serve``; started when first used, and anew after it ended."""

    def __init__(self, module: str, *, failure: str, takes_turns: bool, is_quiet: bool) -> None:
        """Take the module and the code of the refusal when no process of it runs.

        Where threads do not take turns, one that finds the process busy for longer than a moment starts another for its
        own request, so that nobody waits for a slow file of somebody else; one process is kept. ``is_quiet`` drops what
        libraries print.
        """
        self._command = [sys.executable, "-m", module]
        self._failure = failure
        self._turn: AbstractContextManager[object] = threading.Lock() if takes_turns else nullcontext()
        self._stderr = subprocess.DEVNULL if is_quiet else None
        self._change = threading.Condition()
        self._idle: subprocess.Popen[bytes] | None = None
        self._running: set[subprocess.Popen[bytes]] = set()
        self._owner = 0

    @property
    def process_id(self) -> int | None:
        """The process that waits for the next request, or none while there is none."""
        return None if self._idle is None else self._idle.pid

    def ask(
        self,
        operation: str,
        request: Mapping[str, object],
        *,
        limits: Mapping[str, object],
        later: Callable[[], Mapping[str, object]] | None = None,
    ) -> dict[str, Any]:
        """Return the answer to one operation.

        ``later`` gives the rest of the request, for which the fork waits only when it can do nothing more without it.

        Raises:
            DocFlowError: that of ``later``.
            InvalidInput: the fork's refusal; ``file_poisonous(signal)`` when it was killed by a limit or by a crash of
                the library that parsed the file; ``file_too_slow(limit_s)``, ``file_too_demanding``.
            Unavailable: the fork's, or the failure when the process does not run or the fork gave no answer.
        """
        rest = None if later is None else _Rest(later)
        message = _line({"operation": operation, "limits": limits, CONTINUED: rest is not None, **request})
        with self._turn:
            line = self._exchange(message, rest)
        if rest is not None and rest.refusal is not None:
            raise rest.refusal
        answer: dict[str, Any] = json.loads(line)
        if "error" in answer:
            raise ERRORS[answer["class"]](answer["error"], **answer["params"])
        return answer

    def close(self) -> None:
        """End the process that waits."""
        server = self._taken()
        if server is not None:
            self._end(server)

    def _exchange(self, message: bytes, rest: _Rest | None) -> bytes:
        """Send a line and read one; a process that went away meanwhile is started once more."""
        exit_code: int | None = None
        for _ in range(2):
            server = self._taken() or self._started()
            try:
                assert server.stdin is not None  # noqa: S101 - opened as a pipe below
                assert server.stdout is not None  # noqa: S101 - as above
                server.stdin.write(message)
                server.stdin.flush()
                if rest is not None:
                    server.stdin.write(rest.line)
                    server.stdin.flush()
                line = server.stdout.readline()
            except OSError:
                line = b""
            except BaseException:
                # Half of a request was said: what would be said next must not be taken for its end.
                self._end(server)
                raise
            if line.endswith(b"\n"):
                self._kept(server)
                return line
            self._end(server)
            exit_code = server.returncode
        raise Unavailable(self._failure, exit_code=exit_code)

    def _taken(self) -> subprocess.Popen[bytes] | None:
        """Return the process that waits, or that does so in a moment, for the caller alone."""
        with self._change:
            self._belongs_here()
            if self._running:
                self._change.wait_for(lambda: self._idle is not None or not self._running, PATIENCE_S)
            server, self._idle = self._idle, None
        if server is not None and server.poll() is not None:
            self._end(server)
            return None
        return server

    def _kept(self, server: subprocess.Popen[bytes]) -> None:
        """Let the process wait for the next request, or end if another one does already."""
        with self._change:
            if self._idle is None:
                self._idle = server
                self._change.notify()
                return
        self._end(server)

    def _started(self) -> subprocess.Popen[bytes]:
        server = subprocess.Popen(  # noqa: S603 - the command is this interpreter and a module of ours
            self._command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._stderr,
            # A process that forks must have no threads, and numpy would start some that nothing here needs.
            env={**os.environ, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"},
        )
        self._running.add(server)
        return server

    def _belongs_here(self) -> None:
        """Forget the processes of the parent if this one was forked: two must not speak through one pipe."""
        if self._owner != os.getpid():
            self._idle, self._running, self._owner = None, set(), os.getpid()
            weakref.finalize(self, _end_own, self._running, self._owner)

    def _end(self, server: subprocess.Popen[bytes]) -> None:
        with self._change:
            self._running.discard(server)
            self._change.notify_all()
        _end(server)


def _end_own(running: set[subprocess.Popen[bytes]], owner: int) -> None:
    if owner == os.getpid():
        for server in running:
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
