"""A warm process whose operations do what hostile files make libraries do."""

from __future__ import annotations

import os
import resource
import signal
import sys
import time
from pathlib import Path
from typing import Any

from docflow.core.errors import InvalidInput
from docflow.core.fork_server import Operations, serve


def _echo(request: dict[str, Any]) -> dict[str, Any]:
    return {"word": request["word"]}


def _echo_later(request: dict[str, Any]) -> dict[str, Any]:
    said = request["later"]()
    return {"word": request["word"], "later": None if said is None else said["word"]}


def _crash(_request: dict[str, Any]) -> dict[str, Any]:
    os.kill(os.getpid(), signal.SIGSEGV)
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


OPERATIONS: Operations = {
    "echo": _echo,
    "echo_later": _echo_later,
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


if __name__ == "__main__":
    REHEARSALS = {"tell": _rehearse, "tell_badly_prepared": lambda: _fail({}), "spin_a_little": _rehearse}
    raise SystemExit(serve(OPERATIONS, failure="no_answer", rehearsals=REHEARSALS))
