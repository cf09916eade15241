"""What is written about the yearly report: that somebody took it."""

from __future__ import annotations

from typing import Final

from docflow.core.uow import UnitOfWork

REPORTS: Final = "complaints.report"


def note_report(uow: UnitOfWork, *, year: int, file_format: str) -> None:
    """Note in the journal that the report or the open data of a year was made.

    Raises:
        PermissionDenied: without ``complaints.report``.
    """
    uow.require(REPORTS)
    uow.record(
        "complaints.report_made", subject_kind="complaint_setup", subject_id="", year=str(year), format=file_format
    )
