"""The handlers of the room's jobs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from docflow.core.capability import JobContext
from docflow.records.ports import Deps
from docflow.records.prints import forget_prints, make_print


def make(deps: Deps, payload: Mapping[str, Any], context: JobContext) -> None:
    """Make a print of a case file."""
    make_print(deps, UUID(payload["print_id"]), is_last_attempt=context.is_last_attempt)


def forget(deps: Deps, _payload: Mapping[str, Any], _context: JobContext) -> None:
    """Drop old prints."""
    forget_prints(deps)
