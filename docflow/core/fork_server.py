"""The warm process's side: one line in, one fork, one line out; it ends with its parent, or unasked for a while."""

from __future__ import annotations

import gc
import json
import os
import resource
import select
import signal
import sys
import traceback
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from docflow.core.errors import DocFlowError, InvalidInput, Unavailable

IDLE_S = 600
Operations: TypeAlias = Mapping[str, Callable[[dict[str, Any]], dict[str, Any]]]


def serve(operations: Operations, *, failure: str) -> int:
    """Answer requests until the parent's pipe closes; what is loaded by now is shared by every fork.

    ``failure`` is the code of the refusal for a fork that ends without an answer.
    """
    # Ctrl-C goes to every process of the terminal; the parent decides when this one ends.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # The garbage collector would copy what forks share.
    gc.collect()
    gc.freeze()
    requests, answers = sys.stdin.buffer, sys.stdout.buffer
    while select.select([requests], [], [], IDLE_S)[0]:
        line = requests.readline()
        if not line:
            break
        answer = _served(json.loads(line), operations, failure) + b"\n"
        try:
            answers.write(answer)
            answers.flush()
        except BrokenPipeError:
            # Whoever asked was killed meanwhile.
            break
    return 0


def _served(request: dict[str, Any], operations: Operations, failure: str) -> bytes:
    """Do one request in a fork and return its answer, or what became of the fork."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        _work(request, operations, writing)
    os.close(writing)
    content, is_late = _content_of(reading, wall_s=request["limits"]["wall_s"])
    if is_late:
        os.kill(child, signal.SIGKILL)
    _, status, usage = os.wait4(child, 0)
    if is_late:
        return _refusal(InvalidInput("file_too_slow", limit_s=request["limits"]["wall_s"]))
    if os.WIFSIGNALED(status):
        return _refusal(InvalidInput("file_poisonous", signal=os.WTERMSIG(status)))
    if not content or os.WEXITSTATUS(status):
        return _refusal(Unavailable(failure, exit_code=os.WEXITSTATUS(status)))
    answer = json.loads(content)
    answer["cpu_s"] = round(usage.ru_utime + usage.ru_stime, 4)
    return json.dumps(answer).encode()


def _content_of(reading: int, *, wall_s: float) -> tuple[bytes, bool]:
    """Return all that the child writes, and whether it took too long."""
    parts: list[bytes] = []
    with os.fdopen(reading, "rb", buffering=0) as stream:
        while select.select([stream], [], [], wall_s)[0]:
            part = stream.read(65_536)
            if not part:
                return b"".join(parts), False
            parts.append(part)
    return b"", True


def _work(request: dict[str, Any], operations: Operations, writing: int) -> None:
    """Answer one request under limits, then end this fork without any of its parent's clean-up."""
    code = 1
    try:
        # What a library prints must not be taken for an answer, nor the next request be read here.
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        os.dup2(2, 1)
        _apply_limits(request["limits"])
        try:
            content = json.dumps(operations[request["operation"]](request)).encode()
        except DocFlowError as refusal:
            content = _refusal(refusal)
        except MemoryError:
            content = _refusal(InvalidInput("file_too_demanding"))
        with os.fdopen(writing, "wb") as stream:
            stream.write(content)
        code = 0
    except Exception as error:
        # The boundary of a fork. Where it failed is told, never what the file says.
        last = traceback.extract_tb(error.__traceback__)[-1]
        sys.stderr.write(f"a fork failed: {type(error).__name__} at {last.filename}:{last.lineno}\n")
        sys.stderr.flush()
    finally:
        os._exit(code)


def _apply_limits(limits: dict[str, Any]) -> None:
    """Bound memory, processor time and core dumps before the file is opened."""
    space = limits["address_space_bytes"]
    resource.setrlimit(resource.RLIMIT_AS, (space, space))
    resource.setrlimit(resource.RLIMIT_CPU, (limits["cpu_s"], limits["cpu_s"] + 1))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _refusal(error: DocFlowError) -> bytes:
    kind = "Unavailable" if isinstance(error, Unavailable) else "InvalidInput"
    return json.dumps({"error": error.code, "params": error.params, "class": kind}, default=str).encode()
