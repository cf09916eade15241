"""Servers of the suite, one private set a run, and the product composed on either database."""

from __future__ import annotations

import gc
import io
import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zlib import crc32

import pytest
from argon2 import PasswordHasher
from flask import Flask
from jinja2 import FileSystemBytecodeCache
from sqlalchemy import create_engine, delete, text
from werkzeug.routing import Rule

import docflow.bootstrap
from docflow.accounts import passwords
from docflow.accounts.demo import fill_demo_district
from docflow.accounts.queries import actor_named
from docflow.bootstrap import Runtime, bootstrap
from docflow.core.actor import Actor
from docflow.core.db import open_engine
from docflow.core.ids import new_id
from docflow.core.jobs import Job
from docflow.documents.models import Document
from docflow.documents.operations import Deposit
from docflow.ingest.operations import IncomingFile, deposit_file
from docflow.schema import migrate
from docflow.search.indexing import make_first_index
from docflow.settings import Settings
from docflow.stamping.adapters.workshop import Workshop
from tests.pristine import PristineDatabase, PristineDatabases
from tests.servers import PrivateServers, RabbitServer

TESTS = Path(__file__).parent
GOLDEN = TESTS / "golden"
DATABASES = ("sqlite", "postgresql")
DEMO_PASSWORD = "demo-pass-2026"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add what is said to tests on the command line."""
    parser.addoption("--pictures", type=Path, help="where the pictures of the whole story go")
    parser.addoption("--part", choices=["quick", "long", "all"], default="all", help="quick and long make up all")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Keep the tests of one part: ``make test`` runs the quick one, ``make test-long`` what is left."""
    part = config.getoption("--part")
    if part != "all":
        left = [item for item in items if is_quick(item) != (part == "quick")]
        config.hook.pytest_deselected(items=left)
        items[:] = [item for item in items if is_quick(item) == (part == "quick")]


def is_quick(item: pytest.Item) -> bool:
    """Return whether a test is of the quick part: neither in a browser nor of faults, and on one database.

    Of a test that runs on both databases the quick part has one, by the name of the test: half of them on each.
    """
    if item.path.is_relative_to(TESTS / "e2e") or item.path.is_relative_to(TESTS / "faults"):
        return False
    parameters = getattr(getattr(item, "callspec", None), "params", {})
    database = parameters.get("database_url")
    name = getattr(item, "originalname", item.name)
    return database is None or database == DATABASES[crc32(name.encode()) % len(DATABASES)]


class FrozenClock:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.instant = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)

    def now(self) -> datetime:
        return self.instant

    def move(self, **by: float) -> None:
        self.instant += timedelta(**by)


def pytest_configure(config: pytest.Config) -> None:
    # Only the controlling process starts servers; the workers of xdist find their addresses in the environment.
    if not hasattr(config, "workerinput"):
        config.stash[SERVERS] = PrivateServers()


def pytest_unconfigure(config: pytest.Config) -> None:
    servers = config.stash.get(SERVERS, None)
    if servers is not None:
        servers.stop()


SERVERS = pytest.StashKey[PrivateServers]()


@pytest.fixture(scope="session", autouse=True)
def cheap_passwords() -> Iterator[None]:
    """Hash passwords with the least work; the real cost would be most of the suite's time."""
    original = passwords.hasher
    cheap = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    passwords.hasher = lambda: cheap
    yield
    passwords.hasher = original


@pytest.fixture(scope="session", autouse=True)
def compiled_templates(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Compile each template once for all the sites that tests make; one page takes a tenth of a second otherwise."""
    cache = FileSystemBytecodeCache(str(tmp_path_factory.mktemp("templates")))
    Flask.jinja_options = {**Flask.jinja_options, "bytecode_cache": cache}


@pytest.fixture(scope="session", autouse=True)
def compiled_addresses() -> Iterator[None]:
    """Compile what builds the address of each route once for all the sites that tests make: half of making a site."""
    original, kept = Rule._compile_builder, {}

    def compile_once(rule: Rule, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:
        key = (rule.rule, tuple(rule._trace), repr(rule.defaults), append_unknown)
        if key not in kept:
            kept[key] = original(rule, append_unknown)
        return kept[key]

    Rule._compile_builder = compile_once  # type: ignore[method-assign]
    yield
    Rule._compile_builder = original  # type: ignore[method-assign]


@pytest.fixture(scope="session", autouse=True)
def shared_workshop() -> Iterator[Workshop]:
    """One warm sealing process for all the tests of a worker, because starting it takes longer than most of them."""
    running = Workshop()
    docflow.bootstrap.Workshop = lambda: running  # type: ignore[assignment, misc]
    yield running
    docflow.bootstrap.Workshop = Workshop  # type: ignore[misc]
    running.close()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory, cheap_passwords: None) -> Path:
    """A migrated SQLite file with the demonstration district."""
    home = tmp_path_factory.mktemp("template")
    fill(home, f"sqlite:///{home / 'template.sqlite'}")
    with create_engine(f"sqlite:///{home / 'template.sqlite'}").connect() as connection:
        connection.execute(text("PRAGMA wal_checkpoint(TRUNCATE)"))
    return home / "template.sqlite"


@pytest.fixture(scope="session")
def postgresql_template(tmp_path_factory: pytest.TempPathFactory, cheap_passwords: None) -> str:
    """The name of a migrated PostgreSQL database with the demonstration district."""
    name = f"template_{new_id().hex}"
    admin_execute(f"CREATE DATABASE {name}")
    fill(tmp_path_factory.mktemp("home"), PrivateServers.database_url(name))
    return name


@pytest.fixture(scope="session")
def pristine_databases(postgresql_template: str) -> Iterator[PristineDatabases]:
    """Copies of that database, each for one test after the other."""

    def make() -> PristineDatabase:
        name = f"test_{new_id().hex}"
        admin_execute(f"CREATE DATABASE {name} TEMPLATE {postgresql_template} STRATEGY file_copy")
        return PristineDatabase(PrivateServers.database_url(name))

    databases = PristineDatabases(make)
    yield databases
    databases.close()


def fill(home: Path, url: str) -> None:
    settings = Settings(home=home, database_url=url, demo_password=DEMO_PASSWORD)
    runtime = bootstrap(settings, clock=FrozenClock())
    migrate(runtime.transactions.engine)
    fill_demo_district(runtime.transactions, settings)
    # A test counts the jobs of what it does, not those of making people.
    with runtime.transactions.engine.begin() as connection:
        connection.execute(delete(Job))
    runtime.transactions.engine.dispose()


def admin_execute(statement: str) -> None:
    engine = create_engine(
        PrivateServers.database_url("postgres").replace("postgresql://", "postgresql+psycopg://"),
        isolation_level="AUTOCOMMIT",
    )
    with engine.connect() as connection:
        connection.execute(text(statement))
    engine.dispose()


@pytest.fixture(params=DATABASES)
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database of its own for one test, on each engine in turn."""
    if request.param == "sqlite":
        shutil.copy(request.getfixturevalue("sqlite_template"), tmp_path / "docflow.sqlite")
        yield f"sqlite:///{tmp_path / 'docflow.sqlite'}"
        return
    with request.getfixturevalue("pristine_databases").lent() as url:
        yield url


@pytest.fixture(scope="session")
def rabbit_server() -> Iterator[RabbitServer]:
    """RabbitMQ, started by the first test that asks for it: it takes as long as a few dozen other tests."""
    server = RabbitServer()
    server.start()
    yield server
    server.stop()


@pytest.fixture
def rabbit(rabbit_server: RabbitServer) -> Iterator[RabbitServer]:
    """RabbitMQ without messages of earlier tests."""
    rabbit_server.purge()
    yield rabbit_server
    # Its client leaves sockets of broken connections to the collector: here, not in the middle of another test.
    gc.collect()


@pytest.fixture
def clock() -> FrozenClock:
    return FrozenClock()


@pytest.fixture
def settings(tmp_path: Path, database_url: str) -> Settings:
    return Settings(home=tmp_path, database_url=database_url, demo_password=DEMO_PASSWORD)


@pytest.fixture
def runtime(settings: Settings, clock: FrozenClock) -> Iterator[Runtime]:
    """The product, composed as it ships, on an empty home with the demonstration district."""
    composed = bootstrap(settings, clock=clock)
    make_first_index(composed)
    yield composed
    composed.access_log.flush()
    composed.search_index.close()
    composed.transactions.engine.dispose()


@pytest.fixture
def sqlite_runtime(tmp_path: Path, sqlite_template: Path, clock: FrozenClock) -> Iterator[Runtime]:
    """The product on SQLite only, for what does not depend on the engine."""
    shutil.copy(sqlite_template, tmp_path / "docflow.sqlite")
    composed = bootstrap(Settings(home=tmp_path, demo_password=DEMO_PASSWORD), clock=clock)
    make_first_index(composed)
    yield composed
    composed.access_log.flush()
    composed.search_index.close()
    composed.transactions.engine.dispose()


def actor(runtime: Runtime, username: str) -> Actor:
    """Return who somebody of the demonstration is."""
    with runtime.transactions.reading() as session:
        return actor_named(session, username, runtime.clock.now())


def deposit(
    runtime: Runtime, content: bytes, *, name: str = "letter.pdf", by: str = "clerk", **said: object
) -> Document:
    """Deposit bytes as somebody."""
    return deposit_file(
        runtime.transactions,
        runtime.blob_store,
        actor(runtime, by),
        incoming=IncomingFile(io.BytesIO(content), Deposit(file_name=name, **said)),  # type: ignore[arg-type]
        max_bytes=runtime.settings.max_file_bytes,
    )


def run_jobs(runtime: Runtime, *, most: int = 500) -> int:
    """Run every due job; return how many."""
    runner = runtime.make_runner()
    done = 0
    while done < most and runner.run_one():
        done += 1
    return done


@pytest.fixture
def new_engine(database_url: str) -> Callable[[], object]:
    return lambda: open_engine(database_url)
