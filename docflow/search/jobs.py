"""The handlers of the indexing lane."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from docflow.core.capability import JobContext
from docflow.search.exporting import Deps as ExportDeps
from docflow.search.exporting import forget_exports, make_export
from docflow.search.indexing import IndexDeps, ask_for_missing_index, index_pending, rebuild_index


def index_waiting(deps: IndexDeps, _payload: Mapping[str, Any], _context: JobContext) -> None:
    """Bring what changed to the index; an unusable index is built anew instead."""
    if not ask_for_missing_index(deps):
        index_pending(deps)


def export(deps: ExportDeps, payload: Mapping[str, Any], context: JobContext) -> None:
    """Make an archive of the files of results."""
    make_export(deps, UUID(payload["export_id"]), is_last_attempt=context.is_last_attempt)


def forget(deps: ExportDeps, _payload: Mapping[str, Any], _context: JobContext) -> None:
    """Drop old archives."""
    forget_exports(deps)


def rebuild(deps: IndexDeps, _payload: Mapping[str, Any], _context: JobContext) -> None:
    """Build the index anew, then bring what changed meanwhile."""
    rebuild_index(deps)
    index_pending(deps)
