"""The handlers of the room's jobs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from docflow.complaints.deps import Deps
from docflow.complaints.drafts import forget_drafts
from docflow.complaints.photos import reduce_photo
from docflow.core.capability import JobContext


def reduce(deps: Deps, payload: Mapping[str, Any], context: JobContext) -> None:
    """Make the picture of an enclosed file that may be shown."""
    reduce_photo(deps, UUID(payload["photo_id"]), is_last_attempt=context.is_last_attempt)


def forget(deps: Deps, _payload: Mapping[str, Any], _context: JobContext) -> None:
    """Forget the drafts whose day is over."""
    forget_drafts(deps.transactions)
