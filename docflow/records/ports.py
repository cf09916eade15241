"""What the room needs from outside."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from docflow.core.capability import Capability
from docflow.routing.ports import Deps as RoutingDeps


class Deps(RoutingDeps, Protocol):
    """The runtime as this room sees it: what route sheets are made with, and the rooms, which explain their acts."""

    @property
    def capabilities(self) -> Sequence[Capability]:
        """The rooms."""
        ...
