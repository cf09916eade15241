"""Whether a process without a port gets on with its work is told by files that its loops touch."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from docflow.bootstrap import Runtime
from docflow.core.pulse import OLDEST_S, Pulse, silent
from docflow.jobs.ports import Share


def asked(home: Path, *names: str) -> subprocess.CompletedProcess[str]:
    """Ask as the health check of a container does."""
    command = [sys.executable, "-m", "docflow.core.pulse", *names]
    return subprocess.run(command, env=os.environ | {"DOCFLOW_HOME": str(home)}, capture_output=True, text=True)


def test_a_loop_that_works_beats_and_one_that_does_not_is_named(sqlite_runtime: Runtime) -> None:
    home = sqlite_runtime.settings.home
    assert silent(home, ["lanes", "others"]) == ["lanes", "others"]

    rounds = iter([False, False, True])
    sqlite_runtime.make_runner(Share.LANES).run_until(lambda: next(rounds), wait=lambda _: None)

    assert silent(home, ["lanes", "others"]) == ["others"]
    assert asked(home, "lanes").returncode == 0
    refused = asked(home, "lanes", "others")
    assert (refused.returncode, refused.stderr.strip()) == (1, "silent: others")
    assert asked(home).returncode == 1


def test_a_beat_of_long_ago_is_none(tmp_path: Path) -> None:
    Pulse(tmp_path, "relay").beat()
    assert silent(tmp_path, ["relay"]) == []
    long_ago = time.time() - OLDEST_S - 5
    os.utime(tmp_path / "pulse" / "relay", (long_ago, long_ago))
    assert silent(tmp_path, ["relay"]) == ["relay"]


def test_a_loop_whose_queue_does_not_answer_is_silent(sqlite_runtime: Runtime, monkeypatch: pytest.MonkeyPatch) -> None:
    runner = sqlite_runtime.make_runner(Share.OTHERS)

    def away(*_args: object) -> None:
        raise OSError("away")

    monkeypatch.setattr(sqlite_runtime.job_queue, "claim", away)
    with pytest.raises(OSError, match="away"):
        runner.run_until(lambda: False, wait=lambda _: None)
    assert silent(sqlite_runtime.settings.home, ["others"]) == ["others"]
