"""The periodic work of this room."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from docflow.core.capability import JobContext
from docflow.stamping.ports import Deps
from docflow.stamping.renewing import renew_archives


def renew(deps: Deps, _payload: Mapping[str, Any], _context: JobContext) -> None:
    """Renew the archive time-stamps that end soon."""
    renew_archives(deps)
