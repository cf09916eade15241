"""What a running ``docflow serve`` tells ``docflow restart``, through a file of the home."""

from __future__ import annotations

import fcntl
import json
import os
import signal
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final, Self

from docflow.core.errors import NotFound, Unavailable

FILE: Final = "serving.json"
LOCK: Final = "serving.lock"
LONGEST_S: Final = 300


class ServingState:
    """The file, held by the process that serves for as long as it does."""

    def __init__(self, home: Path) -> None:
        """Take the home; of two that serve it, the first one is asked to restart."""
        self._home = home
        self._lock = (home / LOCK).open("ab")
        self._state: dict[str, Any] = {"pid": os.getpid(), "replaced": 0, "failed": []}

    def __enter__(self) -> Self:
        """Say that this process serves."""
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return self
        self._write()
        return self

    def __exit__(self, *_error: object) -> None:
        """Let go of it."""
        self._lock.close()

    def tell_replaced(self, failed: Sequence[str]) -> None:
        """Say that the processes were replaced, but those named."""
        self._state |= {"replaced": self._state["replaced"] + 1, "failed": list(failed)}
        self._write()

    def _write(self) -> None:
        part = self._home / f".{FILE}.{os.getpid()}"
        part.write_text(json.dumps(self._state), encoding="utf-8")
        part.replace(self._home / FILE)


def ask_to_replace(home: Path) -> float:
    """Let the process that serves a home replace all its processes; return how many seconds that took.

    Raises:
        NotFound: ``nothing_serves``.
        Unavailable: ``restart_failed`` with the names of what did not come up; the old processes go on then.
    """
    if not _is_held(home / LOCK):
        raise NotFound("nothing_serves")
    before = _state(home)
    began = time.monotonic()
    os.kill(int(before["pid"]), signal.SIGHUP)
    while time.monotonic() - began < LONGEST_S and _is_held(home / LOCK):
        now = _state(home)
        if now["replaced"] > before["replaced"]:
            if now["failed"]:
                raise Unavailable("restart_failed", names=", ".join(now["failed"]))
            return time.monotonic() - began
        time.sleep(0.1)
    raise Unavailable("restart_failed", names="")


def _state(home: Path) -> dict[str, Any]:
    state: dict[str, Any] = json.loads((home / FILE).read_text(encoding="utf-8"))
    return state


def _is_held(path: Path) -> bool:
    if not path.exists():
        return False
    with path.open("ab") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False
