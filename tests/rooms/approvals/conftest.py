"""The sealing process of this room's tests, warm once a worker."""

from __future__ import annotations

import pytest

from docflow.bootstrap import Runtime
from docflow.stamping.adapters.workshop import Workshop
from tests.rooms.stamping.conftest import shared_workshop, with_workshop

__all__ = ["shared_workshop"]


@pytest.fixture
def signing(sqlite_runtime: Runtime, shared_workshop: Workshop) -> Runtime:
    """The product on SQLite, with a sealing process that is warm already."""
    return with_workshop(sqlite_runtime, shared_workshop)


@pytest.fixture
def signing_on_both(runtime: Runtime, shared_workshop: Workshop) -> Runtime:
    """The product on each engine in turn, with a sealing process that is warm already."""
    return with_workshop(runtime, shared_workshop)
