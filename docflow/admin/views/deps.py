"""The runtime as the administrator's pages see it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from docflow.admin.views.directory import DirectoryDeps
from docflow.core.capability import Capability
from docflow.district.queries import KnownDistrict
from docflow.settings import Settings


class Deps(DirectoryDeps, Protocol):
    """The runtime as this room sees it."""

    @property
    def settings(self) -> Settings:
        """Where the code of the first start is kept."""
        ...

    @property
    def district(self) -> KnownDistrict:
        """The identity as this process knows it."""
        ...

    @property
    def capabilities(self) -> Sequence[Capability]:
        """The rooms, whose checks make the health page."""
        ...
