"""PostgreSQL and an S3 server, private to one run of the suite, on free loopback ports."""

from __future__ import annotations

import atexit
import contextlib
import json
import os
import pwd
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

import pika
import psycopg

from docflow.core.orphans import die_with_parent

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
        wait_for_postgresql(postgresql_port)
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
        with (self._folder / f"{name}.log").open("ab") as log:
            self._processes.append(
                subprocess.Popen(
                    [str(part) for part in command], stdout=log, stderr=log, preexec_fn=die_with_parent, **options
                )
            )

    def _start_postgresql(self) -> int:
        port = free_port()
        programs = max(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name))
        data = self._folder / "postgresql"
        data.mkdir(exist_ok=True)
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


def wait_for_postgresql(port: int) -> None:
    """Wait until it takes connections: it listens for a moment before."""
    deadline = time.monotonic() + START_S
    while True:
        try:
            psycopg.connect(f"postgresql://docflow@127.0.0.1:{port}/postgres").close()
        except psycopg.OperationalError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)
        else:
            return


class RabbitServer:
    """RabbitMQ with an epmd of its own, on loopback ports; ``kill`` and ``start`` again keep its messages."""

    def __init__(self) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="docflow-rabbitmq-"))
        self._folder.chmod(0o755)
        self._ports = {name: free_port() for name in ("amqp", "distribution", "epmd")}
        self._user = pwd.getpwnam("rabbitmq") if os.geteuid() == 0 else None
        for name, content in (("enabled_plugins", "[]."), ("rabbitmq.conf", "log.console.level = warning\n")):
            (self._folder / name).write_text(content)
        for path in (self._folder, *self._folder.iterdir()):
            if self._user is not None:
                os.chown(path, self._user.pw_uid, self._user.pw_gid)
        self._epmd = self._popen("epmd", ["epmd", "-port", self._ports["epmd"], "-address", "127.0.0.1"])
        self._server: subprocess.Popen[bytes] | None = None
        atexit.register(self.stop)

    @property
    def url(self) -> str:
        return f"amqp://guest:guest@127.0.0.1:{self._ports['amqp']}/%2F"

    def start(self) -> None:
        """Start it, or start it again, and wait until it answers."""
        self._server = self._popen("rabbitmq", ["/usr/lib/rabbitmq/bin/rabbitmq-server"])
        wait_for_port(self._ports["amqp"])

    def kill(self) -> None:
        """End it without a word; a node of this name can be started again at once."""
        if self._server is not None:
            os.killpg(self._server.pid, signal.SIGKILL)
            self._server.wait()
            self._server = None

    def purge(self) -> None:
        """Drop every message, as an operator may."""
        with pika.BlockingConnection(pika.URLParameters(self.url)) as connection:
            for name in ("docflow.lanes", "docflow.others"):
                with contextlib.suppress(pika.exceptions.ChannelClosedByBroker):
                    connection.channel().queue_purge(name)

    def listeners(self) -> int:
        """Return how many workers take messages of the longer queue."""
        with pika.BlockingConnection(pika.URLParameters(self.url)) as connection:
            try:
                found = connection.channel().queue_declare("docflow.others", passive=True)
            except pika.exceptions.ChannelClosedByBroker:
                return 0
            return int(found.method.consumer_count)

    def pause(self, *, is_paused: bool) -> None:
        """Let it answer nobody, as if it were cut off, or answer again."""
        assert self._server is not None
        os.killpg(self._server.pid, signal.SIGSTOP if is_paused else signal.SIGCONT)

    def stop(self) -> None:
        self.kill()
        if self._epmd.poll() is None:
            self._epmd.kill()
            self._epmd.wait()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _popen(self, name: str, command: list[object]) -> subprocess.Popen[bytes]:
        folder = self._folder
        own = {
            "HOME": str(folder),
            "ERL_EPMD_PORT": str(self._ports["epmd"]),
            "ERL_EPMD_ADDRESS": "127.0.0.1",
            "RABBITMQ_NODENAME": f"docflow{self._ports['amqp']}@localhost",
            "RABBITMQ_NODE_IP_ADDRESS": "127.0.0.1",
            "RABBITMQ_NODE_PORT": str(self._ports["amqp"]),
            "RABBITMQ_DIST_PORT": str(self._ports["distribution"]),
            "RABBITMQ_MNESIA_BASE": str(folder / "data"),
            "RABBITMQ_LOG_BASE": str(folder / "log"),
            "RABBITMQ_LOGS": "-",
            "RABBITMQ_CONFIG_FILE": str(folder / "rabbitmq.conf"),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(folder / "enabled_plugins"),
            # The script becomes the server then, which can end with the suite, and does not stay beside it.
            "RUNNING_UNDER_SYSTEMD": "1",
            # One scheduler that does not spin: a node takes half a processor's second at rest otherwise.
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "+S 1:1 +sbwt none +sbwtdcpu none +sbwtdio none "
            "-kernel inet_dist_use_interface {127,0,0,1}",
        }
        as_user: dict[str, Any] = (
            {} if self._user is None else {"user": self._user.pw_uid, "group": self._user.pw_gid, "extra_groups": []}
        )
        with (folder / f"{name}.log").open("ab") as log:
            return subprocess.Popen(
                [str(part) for part in command],
                env={"PATH": os.environ["PATH"], "LANG": "C.UTF-8"} | own,
                cwd=folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=die_with_parent,
                **as_user,
            )
