"""The runtime as the pages of this room see it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from docflow.core.capability import Capability
from docflow.search.finding import Deps as FindingDeps


class Deps(FindingDeps, Protocol):
    """What the pages work with: the index, the database, and the rooms, whose pages are suggested too."""

    @property
    def capabilities(self) -> Sequence[Capability]:
        """The rooms."""
        ...
