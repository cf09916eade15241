"""What the room needs from outside."""

from __future__ import annotations

from typing import Protocol

from docflow.registry.deps import Deps as RegistryDeps


class Deps(RegistryDeps, Protocol):
    """The runtime as this room sees it: what the registry works with, as the route sheet is one of its papers."""
