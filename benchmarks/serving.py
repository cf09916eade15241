"""The product started for real in a fresh home and watched from outside: what it costs, its processes killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

from sqlalchemy import func, select

from benchmarks.browsers import Browser, Shared
from docflow.bootstrap import Runtime, bootstrap
from docflow.core.jobs import Job, JobState
from docflow.settings import Settings
from tests.servers import free_port

PASSWORD = "demo-pass-2026"
ROLES = ("wsgi:staff", "wsgi:public", "workers.main", "workers.relay", "workshop_main", "child_main")
QUIET_S = 6
SETTLED_WITHIN_S = 900


class District:
    """The product as it is started for real, and what its processes cost."""

    def __init__(self, home: Path, **own: str) -> None:
        """Take a folder for the home and other settings; nothing runs yet."""
        self.port, self.public_port = free_port(), free_port()
        self.home, self._own = home, own
        self.settings = Settings(home=home, demo_password=PASSWORD, **own)  # type: ignore[arg-type]

    def start(self) -> Runtime:
        """Start it, wait until the demonstration is read and nothing is left to do, and return the runtime."""
        said = {
            **{name.upper(): value for name, value in self._own.items()},
            "HOME": self.home,
            "DEMO": 1,
            "DEMO_PASSWORD": PASSWORD,
            "PORT": self.port,
            "PUBLIC_PORT": self.public_port,
            "PUBLIC_URL": f"http://127.0.0.1:{self.public_port}",
            "TRUSTED_PROXIES": 1,
        }
        environment = os.environ | {f"DOCFLOW_{name}": str(value) for name, value in said.items()}
        command = [str(Path(sys.executable).with_name("docflow")), "serve"]
        self._log = (self.home.parent / "serve.log").open("wb")
        self.process = subprocess.Popen(command, env=environment, stdout=self._log, stderr=self._log)
        deadline = time.monotonic() + 300
        while not self._is_up():
            assert self.process.poll() is None, "it did not start"
            assert time.monotonic() < deadline, "it did not start in time"
            time.sleep(1)
        runtime = bootstrap(self.settings)
        self.settle(runtime)
        return runtime

    def settle(self, runtime: Runtime) -> float:
        """Wait until no job is due for some seconds; return how long it took until then."""
        start = last_busy = time.monotonic()
        while time.monotonic() - last_busy < QUIET_S:
            with runtime.transactions.reading() as session:
                due = (Job.state == JobState.READY) & (Job.run_after <= runtime.clock.now())
                if session.scalar(select(func.count()).where(due | (Job.state == JobState.RUNNING))):
                    last_busy = time.monotonic()
            assert time.monotonic() - start < SETTLED_WITHIN_S, "jobs do not come to an end"
            time.sleep(0.5)
        return last_busy - start

    def processes(self) -> dict[int, tuple[int, str]]:
        """Return the parent and the command of every process of it."""
        return processes_under(self.process.pid)

    def kill(self, name: str) -> None:
        """End what answers on the public site, or a worker, as a machine that loses its memory does."""
        found = self.processes()
        if name == "web":
            masters = [pid for pid, (_, command) in found.items() if "docflow.wsgi:public" in command]
            pids = [pid for pid in masters if found[pid][0] in masters]
        else:
            pids = [
                pid for pid, (parent, line) in found.items() if "workers.main" in line and parent == self.process.pid
            ]
        os.kill(min(pids), signal.SIGKILL)

    def cpu_s(self) -> dict[str, float]:
        """Return seconds of the processor so far by what a process is; ``ended``: of those that are no more."""
        spent: Counter[str] = Counter()
        for pid, (_parent, command) in self.processes().items():
            own, ended = _cpu_s(pid)
            spent[next((name for name in ROLES if name in command), "other")] += own
            spent["ended" if pid == self.process.pid else "other"] += ended
        return dict(spent)

    def pss_bytes(self) -> int:
        """Return what all of it holds in memory, shared pages divided among those who share them."""
        total = 0
        for pid in self.processes():
            try:
                lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
            except OSError:
                continue
            total += sum(int(line.split()[1]) for line in lines if line.startswith("Pss:")) * 1024
        return total

    def stop(self) -> None:
        """Stop all of it."""
        self.process.terminate()
        self.process.wait(60)
        self._log.close()

    def _is_up(self) -> bool:
        try:
            return (
                Browser(self.public_port, "127.0.0.1", Shared(), language="fr").get("health", "/healthz").status == 200
            )
        except OSError:
            return False


def processes_under(root: int) -> dict[int, tuple[int, str]]:
    """Return the parent and the command of a process and of all that it started, by their numbers."""
    seen: dict[int, tuple[int, str]] = {}
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            parent = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
            seen[int(entry.name)] = parent, (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode()
        except (OSError, IndexError):
            continue
    wanted = {root}
    while more := {pid for pid, (parent, _) in seen.items() if parent in wanted} - wanted:
        wanted |= more
    return {pid: seen[pid] for pid in wanted if pid in seen}


def processor_s(root: int, name: str) -> float:
    """Return seconds of the processor so far of what a process started under a name, and of what that ended."""
    return sum(sum(_cpu_s(pid)) for pid, (_, command) in processes_under(root).items() if name in command)


def _cpu_s(pid: int) -> tuple[float, float]:
    """Return seconds of the processor of a process, and of its children that are no more."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0, 0.0
    tick = os.sysconf("SC_CLK_TCK")
    return sum(map(int, fields[11:13])) / tick, sum(map(int, fields[13:15])) / tick
