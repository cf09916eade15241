"""What one request asked of the database, kept for the rooms that ask the same to show their parts of one page.

A page is drawn by many rooms that know nothing of one another: each asks which document it is, and what its reader may
see of it. Below the pages nobody knows of requests: the memory is kept in the context of the thread. It lasts as long
as one request works on its answer, sessions that read alone look into it, and whatever is written empties it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Mapping
from contextvars import ContextVar
from functools import wraps
from typing import Any, Concatenate, Final, ParamSpec, TypeAlias, TypeVar

from sqlalchemy.orm import Session

Asked = ParamSpec("Asked")
Answer = TypeVar("Answer")
Key = TypeVar("Key", bound=Hashable)
Memory: TypeAlias = dict[tuple[Any, ...], Any]

MEMORY: Final = "docflow_memory"
"""Where a session that reads has the memory of its request."""

_memory: ContextVar[Memory | None] = ContextVar("docflow_memory", default=None)


def begin_remembering() -> None:
    """Begin with nothing; what is asked from now on in this thread is remembered."""
    _memory.set({})


def stop_remembering() -> None:
    """Ask everything anew from now on in this thread."""
    _memory.set(None)


def forget() -> None:
    """Forget what was asked so far, because it may be otherwise now."""
    memory = _memory.get()
    if memory is not None:
        memory.clear()


def for_readers() -> dict[Any, Any]:
    """Return what a session that reads is given to know its request's memory by."""
    return {MEMORY: _memory.get()}


def asked_once(
    ask: Callable[Concatenate[Session, Asked], Answer],
) -> Callable[Concatenate[Session, Asked], Answer]:
    """Let a question be asked once in a request; its answer must not be changed by whoever gets it.

    The arguments after the session are what tells questions apart, so they can be hashed. A refusal is not remembered.
    """

    @wraps(ask)
    def answer(session: Session, /, *args: Asked.args, **said: Asked.kwargs) -> Answer:
        memory: Memory | None = session.info.get(MEMORY)
        if memory is None:
            return ask(session, *args, **said)
        question = (ask, args, *said.items())
        if question not in memory:
            memory[question] = ask(session, *args, **said)
        found: Answer = memory[question]
        return found

    return answer


def each_asked_once(
    ask: Callable[[Session, Collection[Key]], Mapping[Key, Answer]],
) -> Callable[[Session, Collection[Key]], Mapping[Key, Answer]]:
    """Let each of several things be asked about once in a request, and together those that nobody asked about yet.

    ``ask`` leaves out what there is nothing to say about.
    """

    @wraps(ask)
    def answer(session: Session, keys: Collection[Key], /) -> Mapping[Key, Answer]:
        memory: Memory | None = session.info.get(MEMORY)
        known: dict[Key, Answer | None] = {} if memory is None else memory.setdefault((ask,), {})
        if unknown := [key for key in keys if key not in known]:
            known |= dict.fromkeys(unknown) | dict(ask(session, unknown))
        return {key: found for key in keys if (found := known[key]) is not None}

    return answer
