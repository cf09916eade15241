"""How the supervisor starts its processes."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator

import pytest

from docflow.children import Child


@pytest.fixture
def child() -> Iterator[Child]:
    made = Child("worker", (sys.executable, "-c", "import time; time.sleep(60)"), log_format="text")
    made.start()
    yield made
    made.kill()


def test_a_child_stays_in_the_session_where_giving_way_counts_and_out_of_reach_of_the_terminal(child: Child) -> None:
    assert child.process is not None
    assert os.getsid(child.process.pid) == os.getsid(0)
    assert os.getpgid(child.process.pid) == child.process.pid != os.getpgid(0)
