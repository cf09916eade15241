"""Writers of one SQLite file wait in line: none is told that the database is locked."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import event, text

from docflow.core.db import READ_ONLY, open_engine

WRITERS = 16
WRITES = 10
HOLD = """
import sys
from sqlalchemy import text
from docflow.core.db import open_engine
with open_engine(sys.argv[1]).begin() as connection:
    connection.execute(text("INSERT INTO notes VALUES (1)"))
    print("writing", flush=True)
    sys.stdin.read()
"""


def impatient(connection, _record):
    """Without patience of its own SQLite refuses whoever is not alone, so that the line alone is tried."""
    connection.execute("PRAGMA busy_timeout=0")


@pytest.fixture
def address(tmp_path):
    url = f"sqlite:///{tmp_path / 'notes.sqlite'}"
    engine = open_engine(url)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE notes (value INTEGER)"))
    engine.dispose()
    return url


@pytest.fixture
def engine(address):
    engine = open_engine(address)
    event.listen(engine, "connect", impatient)
    yield engine
    engine.dispose()


def write(engine, value):
    with engine.begin() as connection:
        connection.execute(text("INSERT INTO notes VALUES (:value)"), {"value": value})


def count(engine):
    with engine.execution_options(**{READ_ONLY: True}).connect() as connection:
        return connection.scalar(text("SELECT count(*) FROM notes"))


def test_sixteen_that_write_at_once_all_get_their_turn(engine):
    with ThreadPoolExecutor(WRITERS) as pool:
        list(pool.map(lambda number: [write(engine, number) for _ in range(WRITES)], range(WRITERS)))

    assert count(engine) == WRITERS * WRITES


def test_a_writer_waits_for_another_process_and_readers_do_not(address, engine):
    with subprocess.Popen([sys.executable, "-c", HOLD, address], stdin=-1, stdout=-1, text=True) as other:
        assert other.stdout.readline() == "writing\n"
        with ThreadPoolExecutor(1) as pool:
            waiting = pool.submit(write, engine, 2)
            seen_meanwhile = count(engine)
            was_done = waiting.done()
            other.stdin.close()
            waiting.result(timeout=30)

    assert (seen_meanwhile, was_done, count(engine)) == (0, False, 2)


def test_the_turn_ends_with_a_transaction_that_fails(engine):
    for _ in range(3):
        with pytest.raises(ZeroDivisionError), engine.begin():
            1 / 0  # noqa: B018

    write(engine, 1)

    assert count(engine) == 1
