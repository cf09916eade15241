"""The page of results as the server makes it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Engine, event

from tests.conftest import run_jobs
from tests.factories.documents import read_document
from tests.factories.sessions import signed_in_client

MOST_STATEMENTS = 14


@contextmanager
def statements_of(engine: Engine) -> Iterator[list[str]]:
    """Collect the statements that a block sends, without the frame of transactions."""
    sent: list[str] = []

    def keep(_connection, _cursor, statement, *_rest):
        if not statement.startswith(("BEGIN", "PRAGMA")):
            sent.append(statement)

    event.listen(engine, "before_cursor_execute", keep)
    try:
        yield sent
    finally:
        event.remove(engine, "before_cursor_execute", keep)


def test_a_page_of_fifty_results_asks_the_database_a_fixed_number_of_times(runtime):
    for number in range(52):
        read_document(runtime, f"permis {number}", "suite de la lettre", unit="TRV", subject=f"Permis {number}")
    run_jobs(runtime)
    client = signed_in_client(runtime, "clerk")
    client.get("/search?q=permis")

    with statements_of(runtime.transactions.engine) as sent:
        page = client.get("/search?q=permis&size=50")

    assert page.get_data(as_text=True).count("data-row") == 50
    assert len(sent) <= MOST_STATEMENTS, sent


def test_a_page_beyond_the_last_leads_to_the_last(sqlite_runtime):
    read_document(sqlite_runtime, "permis")
    run_jobs(sqlite_runtime)

    answer = signed_in_client(sqlite_runtime, "clerk").get("/search?q=permis&page=9")

    assert (answer.status_code, answer.headers["Location"]) == (302, "/search?q=permis&page=1")
