"""The table columns of what is made in the background for somebody who asked: prints and archives."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, BigInteger, String
from sqlalchemy.orm import Mapped, mapped_column

from docflow.core.db import UtcDateTime
from docflow.core.errors import DocFlowError
from docflow.core.making import MakingState


class MadeForSomebody:
    """What each keeps of who asked, where it stands and its file; mixed into a table of a room."""

    asked_by: Mapped[UUID] = mapped_column(index=True)
    """The account that asked, to whose eyes it is held; no foreign key, it outlives it."""
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    """When."""
    state: Mapped[MakingState] = mapped_column(String(10), default=MakingState.WAITING)
    """Where it stands."""
    error_code: Mapped[str | None] = mapped_column(String(60))
    """Why it could not be made."""
    error_params: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    """Values of that text."""
    sha256: Mapped[str | None] = mapped_column(String(64))
    """The file."""
    size_bytes: Mapped[int] = mapped_column(BigInteger, default=0)
    """Its size."""

    def note_made(self, sha256: str, size_bytes: int) -> None:
        """Note the file that came of it."""
        self.state, self.sha256, self.size_bytes = MakingState.MADE, sha256, size_bytes

    def note_failed(self, refusal: DocFlowError) -> None:
        """Note why it could not be made."""
        self.state, self.error_code = MakingState.FAILED, refusal.code
        self.error_params = {name: str(value) for name, value in refusal.params.items()}
