"""The handlers of the room's jobs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from docflow.core.capability import JobContext
from docflow.publications.indexing import Deps, index_posts


def index(deps: Deps, _payload: Mapping[str, Any], _context: JobContext) -> None:
    """Bring what came out, changed or ended to the index of the public site."""
    index_posts(deps)
