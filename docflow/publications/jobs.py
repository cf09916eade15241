"""The handlers of the room's jobs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from docflow.core.capability import JobContext
from docflow.publications.asking import ask_units
from docflow.publications.indexing import index_posts
from docflow.publications.redacting import make_copy
from docflow.publications.subscribing import Deps, tell_subscribers


def index(deps: Deps, _payload: Mapping[str, Any], _context: JobContext) -> None:
    """Bring what came out, changed or ended to the index of the public site, and tell those who subscribed."""
    index_posts(deps)
    tell_subscribers(deps)


def redact(deps: Deps, payload: Mapping[str, Any], context: JobContext) -> None:
    """Make a redacted copy."""
    make_copy(deps, UUID(payload["redaction_id"]), is_last_attempt=context.is_last_attempt)


def ask(deps: Deps, _payload: Mapping[str, Any], _context: JobContext) -> None:
    """Ask units for content, and remind those that have not given it."""
    ask_units(deps)
