"""Hosts of one installation have one time, one key and one folder of keys; a server is asked as is meant."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, func, select, text

from docflow.bootstrap import bootstrap
from docflow.core import server_clock
from docflow.core.belonging import adopt_marks, check_belonging
from docflow.core.db import open_engine
from docflow.core.errors import Conflict
from docflow.core.server_clock import ServerClock
from docflow.settings import Settings
from tests.servers import PrivateServers, free_port


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    made = open_engine(database_url)
    yield made
    made.dispose()


@pytest.fixture
def server() -> Iterator[Engine]:
    made = open_engine(PrivateServers.database_url("postgres"))
    yield made
    made.dispose()


class WrongDatetime(datetime):
    """A machine whose clock runs an hour behind."""

    @classmethod
    def now(cls, tz: object = None) -> datetime:
        return datetime.now(tz=UTC) - timedelta(hours=1)


def test_the_server_compiles_no_question(server: Engine) -> None:
    with server.connect() as connection:
        connection.rollback()
        assert connection.scalar(text("SHOW jit")) == "off"


def test_hosts_whose_clocks_are_apart_tell_the_time_of_the_server(
    server: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server_clock, "datetime", WrongDatetime)
    clock = ServerClock(server)

    with server.connect() as connection:
        before = connection.scalar(select(func.clock_timestamp()))
        told = clock.now()
        after = connection.scalar(select(func.clock_timestamp()))

    margin = timedelta(milliseconds=250)
    assert before - margin <= told <= after + margin
    assert clock.offset_s() == pytest.approx(-3600, abs=1)


def test_the_machines_own_time_is_told_while_the_server_is_away() -> None:
    engine = open_engine(f"postgresql://docflow@127.0.0.1:{free_port()}/docflow")

    assert abs(ServerClock(engine).now() - datetime.now(tz=UTC)) < timedelta(seconds=5)


def test_only_an_installation_on_a_server_asks_it_for_the_time(tmp_path: Path, database_url: str) -> None:
    runtime = bootstrap(Settings(home=tmp_path, database_url=database_url))  # type: ignore[arg-type]

    assert isinstance(runtime.clock, ServerClock) == database_url.startswith("postgresql")
    runtime.transactions.engine.dispose()


def test_a_host_with_another_key_or_folder_is_refused_until_it_is_adopted(engine: Engine, tmp_path: Path) -> None:
    shared, other = tmp_path / "shared", tmp_path / "other"
    for folder in (shared, other):
        folder.mkdir()

    check_belonging(engine, secret_key="one", shared_home=shared)
    check_belonging(engine, secret_key="one", shared_home=shared)
    with pytest.raises(Conflict) as refused:
        check_belonging(engine, secret_key="two", shared_home=shared)
    assert refused.value.params == {"what": "DOCFLOW_SECRET_KEY"}
    with pytest.raises(Conflict) as refused:
        check_belonging(engine, secret_key="one", shared_home=other)
    assert refused.value.params == {"what": "DOCFLOW_SHARED_HOME"}

    adopt_marks(engine, secret_key="two", shared_home=other)
    check_belonging(engine, secret_key="two", shared_home=other)
    with pytest.raises(Conflict):
        check_belonging(engine, secret_key="one", shared_home=shared)
