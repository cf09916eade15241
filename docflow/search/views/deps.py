"""The runtime as the pages of this room see it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from docflow.audit.access_log import AccessLog
from docflow.core.capability import Capability
from docflow.search.exporting import Deps as ExportDeps


class Deps(ExportDeps, Protocol):
    """What the pages work with: index, database, bytes, and the rooms, whose pages and acts are offered too."""

    @property
    def access_log(self) -> AccessLog:
        """Notes openings of content."""
        ...

    @property
    def capabilities(self) -> Sequence[Capability]:
        """The rooms."""
        ...
