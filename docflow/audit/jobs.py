"""The nightly anchor."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import structlog

from docflow.audit.anchors import Deps, anchor_nightly
from docflow.core.capability import JobContext
from docflow.core.errors import Conflict

logger = structlog.get_logger()


def anchor(deps: Deps, _payload: Mapping[str, Any], _context: JobContext) -> None:
    """Anchor the journal once a night; asked for every hour, so that a machine that slept does it when it wakes."""
    try:
        anchor_nightly(deps)
    except Conflict as conflict:
        # Trying again mends no broken chain; ``docflow doctor`` says so until somebody looks.
        logger.error("journal_not_anchored", code=conflict.code, **conflict.params)  # noqa: TRY400 - no trace is wanted
