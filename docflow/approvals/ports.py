"""What the room needs from outside."""

from __future__ import annotations

from typing import Protocol

from docflow.audit.access_log import AccessLog
from docflow.stamping.ports import Deps as StampingDeps
from docflow.stamping.ports import PersonKeys


class Deps(StampingDeps, Protocol):
    """The runtime as this room sees it: what signing needs, the keys of people, the log of openings."""

    @property
    def person_keys(self) -> PersonKeys:
        """Where the keys of people are."""
        ...

    @property
    def access_log(self) -> AccessLog:
        """Notes openings of content."""
        ...
