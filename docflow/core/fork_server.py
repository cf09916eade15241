"""The warm process's side: one line in, one fork, one line out; it ends with its parent, or unasked for a while."""

from __future__ import annotations

import gc
import json
import math
import os
import resource
import select
import signal
import sys
import time
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from docflow.core.enclosure import Openings, prepare, shut_in
from docflow.core.errors import DocFlowError, InvalidInput, Unavailable

IDLE_S = 600
PAUSE_S = 0.05
READY = b"\n"
CONTINUED = "is_continued"
"""In a request: another line follows, with what was not known yet."""
LATER = "later"
"""In the request that an operation gets: what waits for that line and returns it, or none if there is none."""
Operations: TypeAlias = Mapping[str, Callable[[dict[str, Any]], dict[str, Any]]]
Rehearsals: TypeAlias = Mapping[str, Callable[[], object]]


Opens: TypeAlias = Callable[[Mapping[str, Any]], Openings]


@dataclass(frozen=True, slots=True)
class _Shutting:
    """What can be asked for, and what each request needs open."""

    operations: Operations
    opens: Opens


@dataclass(frozen=True, slots=True)
class _Fork:
    """A child that does one request: its process, where the request is written, where the answer is read."""

    process_id: int
    requests: int
    answers: int

    @property
    def is_ready(self) -> bool:
        """Whether it rehearsed to the end, or ended."""
        return bool(select.select([self.answers], [], [], 0)[0])


def has_free_processor() -> bool:
    """Return whether fewer processes want a processor than there are, over the last minute."""
    return os.getloadavg()[0] < (os.cpu_count() or 1)


def serve(
    operations: Operations,
    *,
    failure: str,
    rehearsals: Rehearsals | None = None,
    opens: Opens | None = None,
    may_rehearse: Callable[[], bool] = has_free_processor,
) -> int:
    """Answer requests until the parent's pipe closes; what is loaded by now is shared by every fork.

    A fork copies each page of memory that it writes to, which is a third of the time of a short operation. Somebody who
    asks for an operation with a rehearsal is likely to ask again: a fork that went through it is kept for them, made
    when nothing is asked for a moment, so that it takes no time from what follows at once. It costs as much as the
    operation itself: on a busy machine, where others would wait for it, there is none.

    Args:
        operations: what can be asked for, by name.
        failure: the code of the refusal for a fork that ends without an answer.
        rehearsals: operations that somebody waits for, each with an example of it.
        opens: what a request needs beyond the files that it names; nothing, where nobody says.
        may_rehearse: whether there is time for a rehearsal now.
    """
    shuts = _Shutting(operations, opens or (lambda _request: Openings()))
    # Ctrl-C goes to every process of the terminal; the parent decides when this one ends.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    prepare()
    # The garbage collector would copy what forks share.
    gc.collect()
    gc.freeze()
    rehearsed: dict[str, _Fork] = {}
    owed: dict[str, Callable[[], object]] = {}
    requests, answers = sys.stdin.buffer, sys.stdout.buffer
    while True:
        if not select.select([requests], [], [], PAUSE_S if owed else IDLE_S)[0]:
            if not owed:
                break
            name, rehearsal = owed.popitem()
            if may_rehearse():
                rehearsed[name] = _forked(shuts, rehearsal)
            continue
        line = requests.readline()
        if not line:
            break
        request = json.loads(line)
        name = request["operation"]
        fork = _ready(rehearsed, name) or _forked(shuts)
        _tell(fork, line)
        if request.get(CONTINUED):
            _tell(fork, requests.readline())
        os.close(fork.requests)
        try:
            answers.write(_served(fork, failure, wall_s=request["limits"]["wall_s"]) + b"\n")
            answers.flush()
        except BrokenPipeError:
            # Whoever asked was killed meanwhile.
            break
        if rehearsals and name in rehearsals and name not in rehearsed:
            owed[name] = rehearsals[name]
    return 0


def _ready(rehearsed: dict[str, _Fork], name: str) -> _Fork | None:
    """Return the fork kept for an operation, or none when there is none or it is not ready."""
    fork = rehearsed.get(name)
    if fork is None or not fork.is_ready:
        return None
    del rehearsed[name]
    if os.read(fork.answers, len(READY)) == READY:
        return fork
    os.close(fork.requests)
    os.close(fork.answers)
    os.waitpid(fork.process_id, 0)
    return None


def _forked(shuts: _Shutting, rehearsal: Callable[[], object] | None = None) -> _Fork:
    """Return a fork that waits for its request, after the rehearsal if there is one."""
    reading, requests = os.pipe()
    answers, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(requests)
        os.close(answers)
        _work(shuts, rehearsal, reading, writing)
    os.close(reading)
    os.close(writing)
    return _Fork(child, requests, answers)


def _tell(fork: _Fork, line: bytes) -> None:
    """Write a line for a fork, unless it ended: what it said before that is its answer."""
    try:
        while line:
            line = line[os.write(fork.requests, line) :]
    except BrokenPipeError:
        return


def _served(fork: _Fork, failure: str, *, wall_s: float) -> bytes:
    """Return the answer of a fork that was told everything, or what became of it."""
    content, is_late = _content_of(fork.answers, wall_s=wall_s)
    if is_late:
        os.kill(fork.process_id, signal.SIGKILL)
    _, status, usage = os.wait4(fork.process_id, 0)
    if is_late:
        return _refusal(InvalidInput("file_too_slow", limit_s=wall_s))
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


def _work(shuts: _Shutting, rehearsal: Callable[[], object] | None, reading: int, writing: int) -> None:
    """Answer one request under limits, then end this fork without any of its parent's clean-up."""
    code = 1
    try:
        # What a library prints must not be taken for an answer, nor the next request be read here.
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        os.dup2(2, 1)
        if rehearsal is not None:
            rehearsal()
            os.write(writing, READY)
        with os.fdopen(reading, "rb") as said, os.fdopen(writing, "wb") as answered:
            # Not to the end: later forks hold the other side of this pipe as well.
            line = said.readline()
            # Nothing to read: the warm process ended, and so does what it kept.
            if line:
                request = json.loads(line)
                request[LATER] = lambda: json.loads(said.readline() or b"null")
                answered.write(_answer(shuts, request))
        code = 0
    except Exception as error:
        # The boundary of a fork. Where it failed is told, never what the file says.
        last = traceback.extract_tb(error.__traceback__)[-1]
        sys.stderr.write(f"a fork failed: {type(error).__name__} at {last.filename}:{last.lineno}\n")
        sys.stderr.flush()
    finally:
        os._exit(code)


def _answer(shuts: _Shutting, request: dict[str, Any]) -> bytes:
    _apply_limits(request["limits"])
    try:
        shut_in(request, shuts.opens(request))
        return json.dumps(shuts.operations[request["operation"]](request)).encode()
    except DocFlowError as refusal:
        return _refusal(refusal)
    except MemoryError:
        return _refusal(InvalidInput("file_too_demanding"))


def _apply_limits(limits: dict[str, Any]) -> None:
    """Bound memory, processor time and core dumps before the file is opened."""
    space = limits["address_space_bytes"]
    resource.setrlimit(resource.RLIMIT_AS, (space, space))
    # A rehearsal is not the file's.
    cpu_s = limits["cpu_s"] + math.floor(time.process_time())
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_s, cpu_s + 1))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _refusal(error: DocFlowError) -> bytes:
    kind = "Unavailable" if isinstance(error, Unavailable) else "InvalidInput"
    return json.dumps({"error": error.code, "params": error.params, "class": kind}, default=str).encode()
