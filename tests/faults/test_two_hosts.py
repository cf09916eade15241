"""Two hosts on one database, store and broker: one is killed, one is stopped; the other does all of it once."""

from __future__ import annotations

import http.cookiejar
import json
import os
import signal
import subprocess
import sys
import urllib.parse
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import psutil
import pytest
from sqlalchemy import func, select

from docflow.bootstrap import Runtime, bootstrap
from docflow.core.ids import new_id
from docflow.core.jobs import Job, JobState
from docflow.core.orphans import die_with_parent
from docflow.documents.models import Document
from docflow.health import check_broker
from docflow.search.indexing import make_first_index
from docflow.settings import Settings
from docflow.web.assets import BUILT, build_assets
from tests.conftest import DEMO_PASSWORD, deposit
from tests.faults.processes import ROOT, wait_until
from tests.faults.test_kill_web import CSRF
from tests.faults.test_kill_workers import (
    assert_nothing_left_behind,
    assert_nothing_lost_or_doubled,
    assert_storage_is_sound,
    is_settled,
    picture_about,
)
from tests.pristine import PristineDatabases
from tests.rooms.ingest.letters import letter_about
from tests.servers import PrivateServers, RabbitServer, free_port

# A client of RabbitMQ leaves the socket of a connection that was refused to the collector of garbage.
pytestmark = [
    pytest.mark.xdist_group("faults"),
    pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning"),
]

LEASE_S = 3
FIRST, SECOND = ("abricotier", "bananier", "cerisier"), ("dattier", "eucalyptus", "figuier")


class Host:
    """Both sites, a worker and a relay as ``docflow serve`` starts them, in a home of their own."""

    def __init__(self, folder: Path, name: str, shared: Settings) -> None:
        self.home = folder / name
        self.home.mkdir()
        self.port = free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        self._log = (folder / f"{name}.log").open("ab")
        self._own = {
            "DOCFLOW_HOME": str(self.home),
            "DOCFLOW_SHARED_HOME": str(shared.keys_home),
            "DOCFLOW_DATABASE_URL": shared.database_address,
            "DOCFLOW_STORAGE_URL": shared.storage_address,
            "DOCFLOW_SEARCH_URL": shared.search_address,
            "DOCFLOW_BROKER_URL": shared.broker_address,
            "DOCFLOW_JOB_LEASE_S": str(LEASE_S),
            "DOCFLOW_PORT": str(self.port),
            "DOCFLOW_PUBLIC_PORT": str(free_port()),
            "DOCFLOW_WORKERS": "1",
        }
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("DOCFLOW_")}
        self._process = subprocess.Popen(
            [sys.executable, "-c", "import sys; from docflow.cli import main; sys.exit(main())", "serve"],
            env=kept | self._own,
            cwd=ROOT,
            stdout=self._log,
            stderr=self._log,
            start_new_session=True,
            preexec_fn=die_with_parent,
        )

    def is_up(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.address}/readyz", timeout=5) as answer:
                return bool(json.load(answer)["ok"])
        except OSError:
            return False

    def processes(self) -> list[psutil.Process]:
        assert self._process is not None
        supervisor = psutil.Process(self._process.pid)
        return [supervisor, *supervisor.children(recursive=True)]

    def signal_all(self, number: signal.Signals) -> None:
        for process in self.processes():
            process.send_signal(number)

    def kill(self) -> None:
        if self._process is None:
            return
        for process in self.processes():
            process.send_signal(signal.SIGKILL)
        self._process.wait()
        self._process = None

    def stop(self) -> None:
        self.kill()
        self._log.close()

    def holds_a_job(self, runtime: Runtime) -> bool:
        own = {str(process.pid) for process in self.processes()}
        with runtime.transactions.reading() as session:
            owners = session.scalars(select(Job.owner).where(Job.state == JobState.RUNNING, Job.lane.is_(None))).all()
        return any(owner is not None and owner.split(":")[1] in own for owner in owners)


@pytest.fixture
def shared(
    pristine_databases: PristineDatabases, tmp_path: Path, rabbit: RabbitServer
) -> Iterator[tuple[Settings, Runtime]]:
    with pristine_databases.lent() as database:
        settings = Settings(
            home=tmp_path / "home",
            shared_home=tmp_path / "shared",
            database_url=database,  # type: ignore[arg-type]
            storage_url=PrivateServers.storage_url(f"hosts-{new_id().hex}"),  # type: ignore[arg-type]
            search_url=f"tantivy://{tmp_path / 'index'}",  # type: ignore[arg-type]
            broker_url=rabbit.url,  # type: ignore[arg-type]
            job_lease_s=LEASE_S,
        )
        runtime = bootstrap(settings)
        make_first_index(runtime)
        yield settings, runtime
        runtime.search_index.close()
        runtime.transactions.engine.dispose()


@pytest.fixture
def hosts(shared: tuple[Settings, Runtime], tmp_path: Path) -> Iterator[tuple[Host, Host]]:
    if not BUILT.exists():
        build_assets(BUILT)
    made = (Host(tmp_path, "first", shared[0]), Host(tmp_path, "second", shared[0]))
    yield made
    for host in made:
        host.stop()


def signed_in_at(host: Host) -> urllib.request.OpenerDirector:
    jar = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
    browser = urllib.request.build_opener(jar)
    with browser.open(f"{host.address}/sign-in", timeout=20) as page:
        token = CSRF.search(page.read().decode())
    assert token is not None
    form = {"username": "clerk", "password": DEMO_PASSWORD, "csrf_token": token.group(1)}
    browser.open(f"{host.address}/sign-in", urllib.parse.urlencode(form).encode(), timeout=20).close()
    return browser


def send(runtime: Runtime, words: tuple[str, ...]) -> dict[str, UUID]:
    """Deposit a scan and typed letters."""
    contents = {word: letter_about(f"le {word} du jardin", pages=2) for word in words}
    contents[words[0]] = picture_about(words[0])
    return {word: deposit(runtime, content, name=f"{word}.pdf").id for word, content in contents.items()}


def is_read(runtime: Runtime) -> bool:
    with runtime.transactions.reading() as session:
        return session.scalar(select(func.count()).select_from(Document).where(Document.state != "ready")) == 0


def test_what_one_host_leaves_the_other_does_once(shared, hosts, rabbit) -> None:
    runtime = shared[1]
    first, second = hosts
    for host in hosts:
        host.start()
    wait_until(lambda: first.is_up() and second.is_up() and rabbit.listeners() == 2, "both hosts are at their posts")

    # Who signed in at one host is known at the other.
    browser = signed_in_at(first)
    for host in hosts:
        with browser.open(f"{host.address}/scan", timeout=20) as page:
            assert page.url == f"{host.address}/scan"

    acknowledged = send(runtime, FIRST)
    wait_until(lambda: first.holds_a_job(runtime), "the first host is at work", longest_s=30)
    first.kill()
    rabbit.purge()
    wait_until(lambda: is_settled(runtime), "the second host did everything")
    assert check_broker(runtime)[1].ok
    with browser.open(f"{second.address}/scan", timeout=20) as page:
        assert page.url == f"{second.address}/scan"

    first.start()
    wait_until(lambda: first.is_up() and rabbit.listeners() == 2, "the first host is back")
    acknowledged |= send(runtime, SECOND)
    wait_until(lambda: first.holds_a_job(runtime), "the first host is at work again", longest_s=30)
    first.signal_all(signal.SIGSTOP)
    wait_until(lambda: is_read(runtime), "the second host read what the silent one held")
    wait_until(lambda: check_broker(runtime)[1].ok, "a relay leads", longest_s=15)
    # The silent one goes on where it was, and finds its leases gone.
    first.signal_all(signal.SIGCONT)
    wait_until(lambda: is_settled(runtime), "everything is read and indexed")
    wait_until(first.is_up, "the first host answers again")

    assert_nothing_lost_or_doubled(runtime, acknowledged)
    assert_nothing_left_behind(runtime)
    assert_storage_is_sound(runtime)
