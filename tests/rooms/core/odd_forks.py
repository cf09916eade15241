"""A warm process whose operations do what hostile files make libraries do."""

from __future__ import annotations

import ctypes
import os
import resource
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from docflow.core.enclosure import Openings
from docflow.core.errors import InvalidInput
from docflow.core.fork_server import Operations, serve


def _echo(request: dict[str, Any]) -> dict[str, Any]:
    return {"word": request["word"]}


def _who(_request: dict[str, Any]) -> dict[str, Any]:
    return {"server": os.getppid()}


def _echo_later(request: dict[str, Any]) -> dict[str, Any]:
    said = request["later"]()
    return {"word": request["word"], "later": None if said is None else said["word"]}


def _crash(_request: dict[str, Any]) -> dict[str, Any]:
    ctypes.string_at(0)
    return {}


def _spin(_request: dict[str, Any]) -> dict[str, Any]:
    while True:
        pass


def _spin_a_little(_request: dict[str, Any]) -> dict[str, Any]:
    while time.process_time() < 0.4:
        pass
    return {}


def _swell(_request: dict[str, Any]) -> dict[str, Any]:
    return {"size": len(bytearray(2**30))}


def _refuse(_request: dict[str, Any]) -> dict[str, Any]:
    raise InvalidInput("file_damaged")


def _open(request: dict[str, Any]) -> dict[str, Any]:
    return {"content": Path(request["path"]).read_text()}


def _fail(_request: dict[str, Any]) -> dict[str, Any]:
    raise ValueError


def _chatter(_request: dict[str, Any]) -> dict[str, Any]:
    sys.stdout.write('{"word": "not an answer"}\n')
    sys.stdout.flush()
    return {"read": sys.stdin.read()}


def _limits(_request: dict[str, Any]) -> dict[str, Any]:
    return {"most_s": resource.getrlimit(resource.RLIMIT_CPU)[0]}


_rehearsed: list[int] = []


def _rehearse() -> None:
    _rehearsed.append(os.getpid())


def _tell(_request: dict[str, Any]) -> dict[str, Any]:
    return {"was_rehearsed_here": _rehearsed == [os.getpid()]}


def _attempt(request: dict[str, Any]) -> dict[str, Any]:
    """Do what a file that took over its parser would do; return the error of each attempt, or that it went well."""
    attempts = {
        "tcp": lambda: socket.create_connection(("127.0.0.1", request["port"]), timeout=2).close(),
        "udp": lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM).close(),
        "unix": lambda: socket.socket(socket.AF_UNIX).connect(request["unix"]),
        "read": lambda: Path(request["secret"]).read_bytes(),
        "list": lambda: list(Path(request["folder"]).iterdir()),
        "write": lambda: Path(request["folder"], "new").write_bytes(b"x"),
        "link": lambda: os.link(request["path"], f"{request['folder']}/linked"),
        "change": lambda: Path(request["path"]).write_bytes(b"x"),
        "environment": lambda: Path("/proc", str(os.getppid()), "environ").read_bytes(),
        "run": lambda: subprocess.run(["/bin/true"], check=True),
        "kill": lambda: os.kill(os.getppid(), signal.SIGTERM),
        "own": lambda: Path(request["path"]).read_bytes(),
        "out": lambda: Path(request["out"]).write_bytes(b"done"),
        "pair": lambda: [one.close() for one in socket.socketpair()],
        "library": lambda: __import__("wave"),
    }
    found = {}
    for name, attempt in attempts.items():
        try:
            attempt()
        except OSError as error:
            found[name] = type(error).__name__
        else:
            found[name] = "done"
    return found


OPERATIONS: Operations = {
    "attempt": _attempt,
    "attempt_online": _attempt,
    "echo": _echo,
    "echo_later": _echo_later,
    "who": _who,
    "crash": _crash,
    "spin": _spin,
    "spin_a_little": _spin_a_little,
    "swell": _swell,
    "refuse": _refuse,
    "open": _open,
    "fail": _fail,
    "chatter": _chatter,
    "limits": _limits,
    "tell": _tell,
    "tell_badly_prepared": _tell,
}


def opened_for(request: Mapping[str, Any]) -> Openings:
    return Openings(network=request["operation"] == "attempt_online")


if __name__ == "__main__":
    REHEARSALS = {"tell": _rehearse, "tell_badly_prepared": lambda: _fail({}), "spin_a_little": _rehearse}
    raise SystemExit(
        serve(
            OPERATIONS,
            failure="no_answer",
            rehearsals=REHEARSALS,
            opens=opened_for,
            may_rehearse=lambda: "BUSY" not in os.environ,
        )
    )
