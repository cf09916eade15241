"""What is written about figures: that somebody took them along."""

from __future__ import annotations

from docflow.core.uow import UnitOfWork


def note_export(uow: UnitOfWork, *, table: str, file_format: str) -> None:
    """Note in the journal that a table of figures was exported.

    Raises:
        PermissionDenied: without ``stats.read``.
    """
    uow.require("stats.read")
    uow.record("reports.exported", subject_kind="figures", subject_id=table, format=file_format)
