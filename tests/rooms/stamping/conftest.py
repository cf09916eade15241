"""One warm sealing process for all the tests of a worker, because starting it takes longer than most of them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from docflow.bootstrap import Runtime
from docflow.stamping.adapters.pades import PadesSealer
from docflow.stamping.adapters.workshop import Workshop
from docflow.stamping.keys import local_keys


@pytest.fixture(scope="session")
def shared_workshop() -> Iterator[Workshop]:
    running = Workshop()
    yield running
    running.close()


@pytest.fixture
def sealing(sqlite_runtime: Runtime, shared_workshop: Workshop) -> Runtime:
    """The product on SQLite, with the sealing process that is warm already."""
    return with_workshop(sqlite_runtime, shared_workshop)


@pytest.fixture
def sealing_on_both(runtime: Runtime, shared_workshop: Workshop) -> Runtime:
    """The product on each engine in turn, with the sealing process that is warm already."""
    return with_workshop(runtime, shared_workshop)


def with_workshop(runtime: Runtime, workshop: Workshop) -> Runtime:
    runtime.__dict__["sealer"] = PadesSealer(runtime.settings, local_keys(runtime.settings), workshop)
    return runtime
