"""The runtime as this room sees it."""

from __future__ import annotations

from typing import Protocol

from docflow.registry.deps import Deps as RegistryDeps


class Deps(RegistryDeps, Protocol):
    """What the pages of requests work with: what the registry does."""
