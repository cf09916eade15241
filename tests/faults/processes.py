"""The product as real processes on a throw-away home, to be killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from docflow.bootstrap import Runtime, bootstrap
from docflow.core.orphans import die_with_parent
from docflow.search.indexing import make_first_index
from docflow.settings import Settings

ROOT = Path(__file__).parents[2]
LONGEST_WAIT_S = 90


class Installation:
    """A composed runtime of this process, and the processes that share its home, database and storage."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.runtime: Runtime = bootstrap(settings)
        make_first_index(self.runtime)
        self._processes: list[subprocess.Popen[bytes]] = []
        self.aside = settings.home / "aside"
        """Where the processes write temporary files."""
        self.aside.mkdir(exist_ok=True)
        self._log = (settings.home / "processes.log").open("ab")

    def start(self, command: Sequence[str]) -> subprocess.Popen[bytes]:
        """Start a process of the product in a group of its own."""
        own = {
            "DOCFLOW_HOME": str(self.settings.home),
            "DOCFLOW_DATABASE_URL": self.settings.database_address,
            "DOCFLOW_STORAGE_URL": self.settings.storage_address,
            "DOCFLOW_JOB_LEASE_S": str(self.settings.job_lease_s),
            "TMPDIR": str(self.aside),
        }
        kept = {name: value for name, value in os.environ.items() if not name.startswith("DOCFLOW_")}
        process = subprocess.Popen(
            [sys.executable, *command],
            env=kept | own,
            cwd=ROOT,
            stdout=self._log,
            stderr=self._log,
            start_new_session=True,
            preexec_fn=die_with_parent,
        )
        self._processes.append(process)
        return process

    def start_worker(self) -> subprocess.Popen[bytes]:
        """Start a worker as the supervisor does."""
        return self.start(["-m", "workers.main"])

    def stop(self) -> None:
        """End every process that still runs, and close what this process holds."""
        for process in self._processes:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        self.runtime.search_index.close()
        self.runtime.transactions.engine.dispose()
        self._log.close()


def pause(seconds: float) -> None:
    threading.Event().wait(seconds)


def wait_until(
    is_so: Callable[[], bool], what: str, *, longest_s: float = LONGEST_WAIT_S, every_s: float = 0.05
) -> None:
    """Return when something has come about; fail when it never does."""
    deadline = time.monotonic() + longest_s
    while not is_so():
        if time.monotonic() > deadline:
            raise AssertionError(f"it never came about: {what}")
        pause(every_s)
