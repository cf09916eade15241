"""What the room needs from outside."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from docflow.core.capability import ClosingRule
from docflow.registry.deps import Deps as RegistryDeps


class Deps(RegistryDeps, Protocol):
    """The runtime as this room sees it: what the registry works with, as the route sheet is one of its papers."""

    @property
    def closing_rules(self) -> Sequence[ClosingRule]:
        """What must be done before matters of other rooms are closed."""
        ...
