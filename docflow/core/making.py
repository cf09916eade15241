"""What is made in the background for somebody who asked: prints and exports."""

from __future__ import annotations

from enum import StrEnum


class MakingState(StrEnum):
    """Where something that somebody asked for stands."""

    WAITING = "waiting"
    MADE = "made"
    FAILED = "failed"
