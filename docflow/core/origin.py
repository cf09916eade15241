"""By which request, and by which job, what happens now was asked for; it goes along into every job that is asked for.

Below the pages nobody knows of requests: the names are kept in the context of the thread, as those of log lines are.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Final
from uuid import UUID

import structlog

TAKEN_AS_GIVEN: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{7,63}")
"""What a proxy may call a request, so that neither a log nor a page can be made to say something else by it."""


@dataclass(frozen=True, slots=True)
class Origin:
    """What asks: ``request_id`` began the chain, ``job_id`` is the job under way, if any."""

    request_id: str | None = None
    job_id: UUID | None = None


_current: ContextVar[Origin] = ContextVar("docflow_origin", default=Origin())  # noqa: B039 - it cannot be changed


def current_origin() -> Origin:
    """Return what the work of this thread was asked for by; nothing, where nobody said so."""
    return _current.get()


def new_request_id() -> str:
    """Return a name for a request, 16 hexadecimal digits."""
    return secrets.token_hex(8)


def request_id_of(given: str | None) -> str:
    """Return the name that a trusted proxy gave a request, or a new one when it gave none or not a plain one."""
    return given if given is not None and TAKEN_AS_GIVEN.fullmatch(given) else new_request_id()


def begin_request(request_id: str) -> None:
    """Let this request be what everything is asked for by until the next one, and name it in every line of the log."""
    _current.set(Origin(request_id))
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(request_id=request_id)


def end_request() -> None:
    """Let nothing that this thread does later be taken for the work of a request that is over."""
    _current.set(Origin())
    structlog.contextvars.clear_contextvars()


@contextmanager
def in_job(job_id: UUID, *, request_id: str | None, parent_job_id: UUID | None) -> Iterator[None]:
    """Let a job be what everything is asked for by, at the end of its own chain."""
    named = {"job_id": str(job_id), "request_id": request_id, "parent_job_id": parent_job_id and str(parent_job_id)}
    token = _current.set(Origin(request_id, job_id))
    try:
        with structlog.contextvars.bound_contextvars(**{name: value for name, value in named.items() if value}):
            yield
    finally:
        _current.reset(token)
