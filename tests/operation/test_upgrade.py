"""A database of fifteen versions ago, with letters in it, is brought up whole; what cannot be is refused in words."""

from __future__ import annotations

import json
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import Engine, inspect, text
from sqlalchemy.exc import DBAPIError

from docflow.audit.queries import kept_anchors, statement_of, verify_journal
from docflow.audit.rules import PlacedAnchor
from docflow.bootstrap import bootstrap
from docflow.cli import main
from docflow.core.db import open_engine
from docflow.core.errors import Conflict
from docflow.core.ids import new_id
from docflow.health import check_database
from docflow.schema import migrate, newest_schema, schema_of
from docflow.search.finding import Question, find
from docflow.search.indexing import rebuild_index
from docflow.settings import Settings
from tests.conftest import FrozenClock, actor, admin_execute
from tests.factories.documents import read_document
from tests.factories.registry import registered
from tests.operation.older import put_rows, read_kept, rows_of
from tests.servers import PrivateServers

BEFORE = "0041_text_bands"
LAST_ASKED = "SELECT id FROM assignments ORDER BY sent_at DESC, id LIMIT 1"
REGISTERED_AT = (
    "SELECT d.registered_at, e.registered_at FROM documents d JOIN register_entries e ON e.document_id = d.id"
)
ANSWERED_AT = """
    SELECT d.answered_at, a.closed_at FROM documents d
    LEFT JOIN assignments a ON a.document_id = d.id AND a.state = 'done'
    WHERE d.answered_at IS NOT NULL OR a.id IS NOT NULL
"""

RAISED = {"content_version", "scope_version"}
"""Of documents: more people see some, and the index must follow."""


@pytest.fixture(params=["sqlite", "postgresql"])
def older(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """A database as version 0041 left it, with what is kept of it."""
    name = f"older_{new_id().hex}"
    if request.param == "postgresql":
        admin_execute(f"CREATE DATABASE {name}")
    is_file = request.param == "sqlite"
    engine = open_engine(f"sqlite:///{tmp_path / 'docflow.sqlite'}" if is_file else PrivateServers.database_url(name))
    migrate(engine, revision=BEFORE)
    later = "SET LOCAL session_replication_role = replica" if not is_file else "PRAGMA defer_foreign_keys = ON"
    with engine.begin() as connection:
        connection.execute(text(later))
        put_rows(connection, read_kept("0041"))
    yield engine
    engine.dispose()
    if request.param == "postgresql":
        admin_execute(f"DROP DATABASE {name} WITH (FORCE)")


def kept_of(engine: Engine, asked: dict[str, list[str]]) -> dict[str, set[str]]:
    """The rows of some tables in those of their columns that are asked for, each as a text."""
    with engine.connect() as connection:
        rows = rows_of(connection)
    return {
        table: {json.dumps({name: row[name] for name in names if name in row}, sort_keys=True) for row in rows[table]}
        for table, names in asked.items()
        if table in rows
    }


def test_every_row_of_the_earlier_version_is_there_afterwards_and_the_product_works_with_it(
    older: Engine, tmp_path: Path, clock: FrozenClock
) -> None:
    with older.begin() as connection:
        # The kept rows are of two letters that wait; one is answered before the upgrade.
        connection.execute(
            text(f"UPDATE assignments SET state = 'done', closed_at = sent_at WHERE id = ({LAST_ASKED})")
        )
        before = rows_of(connection)
        later = {name: {column["name"] for column in inspect(connection).get_columns(name)} for name in before}

    migrate(older)

    with older.connect() as connection:
        assert schema_of(connection) == newest_schema()
        now = {table: {one["name"] for one in inspect(connection).get_columns(table)} for table in before}
    asked = {table: sorted(later[table] & now[table]) for table, rows in before.items() if rows}
    asked["documents"] = [name for name in asked["documents"] if name not in RAISED]
    assert sum(len(rows) for rows in before.values()) > 150
    expected = {
        table: {json.dumps({name: row[name] for name in names}, sort_keys=True) for row in before[table]}
        for table, names in asked.items()
    }
    found = kept_of(older, asked)
    assert {table: rows - found[table] for table, rows in expected.items() if rows - found[table]} == {}
    senders = {row["sender_key"] for row in before["register_entries"]} - {""}
    with older.connect() as connection:
        assert set(connection.scalars(text("SELECT sender_key FROM sender_starts"))) == senders != set()
        assert [row for row in connection.execute(text(REGISTERED_AT)) if row[0] is None or row[0] != row[1]] == []
        [(answered_at, closed_at)] = connection.execute(text(ANSWERED_AT)).all()
        assert answered_at == closed_at is not None
    older.dispose()
    runtime = bootstrap(
        Settings(home=tmp_path, database_url=older.url.render_as_string(hide_password=False)),  # type: ignore[arg-type]
        clock=clock,
    )
    rebuild_index(runtime)
    clerk, archivist = actor(runtime, "clerk"), actor(runtime, "archivist")
    found_letters = find(runtime, archivist, Question("lampadaire"), now=clock.now()).results
    assert [letter.page_numbers for letter in found_letters] == [(1,)]
    [letter] = find(runtime, clerk, Question("lampadaire"), now=clock.now()).results
    assert letter.document.register_number == "A-2026-000001"
    with runtime.transactions.reading() as session:
        anchors = [PlacedAnchor(statement_of(row), "database") for row in kept_anchors(session)]
        verdict = verify_journal(session, anchors)
    assert verdict.ok
    assert len(anchors) == 1
    entry = registered(runtime, read_document(runtime, "Une lettre.", by="clerk"))
    assert entry.label == "A-2026-000003"
    runtime.search_index.close()
    runtime.transactions.engine.dispose()


def test_a_migration_that_fails_on_its_way_leaves_the_database_as_it_was(older: Engine) -> None:
    with older.begin() as connection:
        # In the way of a table that comes much later than the first step.
        connection.execute(text("CREATE TABLE second_factors (person_id INTEGER)"))
    with older.connect() as connection:
        before = rows_of(connection)

    with pytest.raises(DBAPIError, match="second_factors"):
        migrate(older)

    with older.connect() as connection:
        assert schema_of(connection) == BEFORE
        assert rows_of(connection) == before


def test_of_two_that_migrate_one_is_told_to_wait(older: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    is_at_work, may_go_on, raised = threading.Event(), threading.Event(), []
    upgrade = command.upgrade

    def slowly(*arguments: object) -> None:
        is_at_work.set()
        may_go_on.wait(30)
        upgrade(*arguments)  # type: ignore[arg-type]

    def first() -> None:
        try:
            migrate(older)
        except BaseException as error:
            raised.append(error)

    monkeypatch.setattr(command, "upgrade", slowly)
    thread = threading.Thread(target=first)
    thread.start()
    assert is_at_work.wait(30)
    try:
        with pytest.raises(Conflict, match="migration_running"):
            migrate(older, is_waiting=False)
    finally:
        may_go_on.set()
        thread.join()

    assert raised == []
    migrate(older, is_waiting=False)
    with older.connect() as connection:
        assert schema_of(connection) == newest_schema()


def test_a_database_of_a_later_version_is_refused_in_words_and_left_alone(
    tmp_path: Path, sqlite_template: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copy(sqlite_template, tmp_path / "docflow.sqlite")
    monkeypatch.setenv("DOCFLOW_HOME", str(tmp_path))
    runtime = bootstrap(Settings(home=tmp_path))
    with runtime.transactions.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999_later'"))

    codes = [main([*words, "--json"]) for words in (["migrate"], ["serve"], ["jobs", "status"])]

    told = [json.loads(line)["error"] for line in capsys.readouterr().out.splitlines()]
    assert codes == [1, 1, 1]
    assert {error["code"] for error in told} == {"schema_newer"}
    assert "9999_later" in told[0]["message"]
    check = check_database(runtime)
    assert "newer than this program" in check.detail
    assert "docflow migrate" not in check.remedy
    runtime.transactions.engine.dispose()
