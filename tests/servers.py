"""PostgreSQL and an S3 server, private to one run of the suite, on free loopback ports."""

from __future__ import annotations

import atexit
import json
import os
import pwd
import random
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

PG_PORT, S3_PORT = "DOCFLOW_TEST_PG_PORT", "DOCFLOW_TEST_S3_PORT"
S3_KEY, S3_SECRET = "docflow-test", "docflow-test-secret"
START_S = 60


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def free_port_with_twin() -> int:
    """Return a port that is free together with the one 10,000 above, which SeaweedFS takes for itself."""
    for port in random.sample(range(20_000, 32_000), 200):
        with socket.socket() as low, socket.socket() as high:
            try:
                low.bind(("127.0.0.1", port))
                high.bind(("127.0.0.1", port + 10_000))
            except OSError:
                continue
            return port
    raise OSError("no free port")


class PrivateServers:
    """Starts both servers; ``stop`` ends them and removes what they wrote."""

    def __init__(self) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="docflow-tests-"))
        self._folder.chmod(0o755)
        self._processes: list[subprocess.Popen[bytes]] = []
        atexit.register(self.stop)
        # The slower of the two comes up while the other one is prepared.
        s3_port = self._start_s3()
        postgresql_port = self._start_postgresql()
        wait_for_port(postgresql_port)
        wait_for_port(s3_port)
        self._wait_for_s3(s3_port)
        os.environ[PG_PORT], os.environ[S3_PORT] = str(postgresql_port), str(s3_port)

    def stop(self) -> None:
        for process in self._processes:
            process.kill()
            process.wait()
        self._processes.clear()
        shutil.rmtree(self._folder, ignore_errors=True)

    @staticmethod
    def database_url(name: str) -> str:
        return f"postgresql://docflow@127.0.0.1:{os.environ[PG_PORT]}/{name}"

    @staticmethod
    def storage_url(bucket: str) -> str:
        return f"s3+http://{S3_KEY}:{S3_SECRET}@127.0.0.1:{os.environ[S3_PORT]}/{bucket}"

    def _start(self, name: str, command: list[object], **options: Any) -> None:
        with (self._folder / f"{name}.log").open("wb") as log:
            self._processes.append(subprocess.Popen([str(part) for part in command], stdout=log, stderr=log, **options))

    def _start_postgresql(self) -> int:
        port = free_port()
        programs = max(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name))
        data = self._folder / "postgresql"
        data.mkdir()
        # PostgreSQL refuses to run as root; Debian's package brings an account for it.
        user = pwd.getpwnam("postgres") if os.geteuid() == 0 else None
        if user is not None:
            os.chown(data, user.pw_uid, user.pw_gid)
        as_user: dict[str, Any] = (
            {} if user is None else {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
        )
        subprocess.run(
            [programs / "initdb", "-D", data, "-U", "docflow", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "-N"],
            check=True,
            capture_output=True,
            cwd=data,
            **as_user,
        )
        options = ["-c", "listen_addresses=127.0.0.1", "-c", f"unix_socket_directories={data}", "-c", "fsync=off"]
        command = [programs / "postgres", "-D", data, "-p", port, *options, "-c", "max_connections=200"]
        self._start("postgresql", command, cwd=data, **as_user)
        return port

    def _start_s3(self) -> int:
        ports = {name: free_port_with_twin() for name in ("s3", "master", "volume", "filer")}
        data = self._folder / "s3"
        data.mkdir()
        config = self._folder / "s3.json"
        identity = {
            "name": "docflow",
            "credentials": [{"accessKey": S3_KEY, "secretKey": S3_SECRET}],
            "actions": ["Admin", "Read", "List", "Tagging", "Write"],
        }
        config.write_text(json.dumps({"identities": [identity]}))
        program = Path(sys.executable).parent / "weed"
        self._start(
            "s3",
            [
                program,
                "server",
                "-ip=127.0.0.1",
                "-ip.bind=127.0.0.1",
                f"-dir={data}",
                "-volume.max=400",
                "-master.volumeSizeLimitMB=64",
                f"-master.port={ports['master']}",
                f"-volume.port={ports['volume']}",
                "-filer",
                f"-filer.port={ports['filer']}",
                "-s3",
                f"-s3.port={ports['s3']}",
                f"-s3.config={config}",
                "-s3.port.iceberg=0",
                "-s3.port.lance=0",
            ],
        )
        return ports["s3"]

    def _wait_for_s3(self, port: int) -> None:
        deadline = time.monotonic() + START_S
        while time.monotonic() < deadline:
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{port}/status", timeout=2):
                    return
            except urllib.error.HTTPError:
                return
            except OSError:
                time.sleep(0.2)
        raise TimeoutError("the S3 server did not start")


def wait_for_port(port: int) -> None:
    deadline = time.monotonic() + START_S
    while time.monotonic() < deadline:
        with socket.socket() as probe:
            probe.settimeout(1)
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise TimeoutError(f"nothing answers on port {port}")
