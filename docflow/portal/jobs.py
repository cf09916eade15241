"""The handler that forgets what addresses asked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from docflow.core.capability import JobContext
from docflow.portal.operations import forget_attempts
from docflow.stamping.ports import Deps


def forget(deps: Deps, _payload: Mapping[str, Any], _context: JobContext) -> None:
    """Forget the addresses whose window is over."""
    forget_attempts(deps.transactions)
