"""What the room needs from outside."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from docflow.core.capability import Capability
from docflow.routing.ports import Deps as RoutingDeps
from docflow.search.ports import SearchIndex


class Deps(RoutingDeps, Protocol):
    """The runtime as this room sees it: what route sheets are made with, and the rooms, which explain their acts."""

    @property
    def search_index(self) -> SearchIndex:
        """The index, whose results are filed."""
        ...

    @property
    def capabilities(self) -> Sequence[Capability]:
        """The rooms."""
        ...
