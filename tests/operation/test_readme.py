"""Every search that the README names finds something in the demonstration, asked by whom it names."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from docflow.bootstrap import Runtime, bootstrap
from docflow.cli import make_parser
from docflow.demo import fill_demo, fill_demo_letters
from docflow.documents.models import Document
from docflow.documents.queries import page_texts
from docflow.schema import migrate
from docflow.search.finding import Question, find
from docflow.search.indexing import index_pending, make_first_index
from docflow.settings import Settings
from tests.conftest import DEMO_PASSWORD, FrozenClock, actor

README = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
ASKED = re.findall(r"^\| `(\w+)` \| `([^`]+)` \| (.+) \|$", README, re.M)
"""Who asks, the question, what is said of the answer."""
TYPED = re.findall(r"^\.venv/bin/docflow (search .+)$", README, re.M)

pytestmark = pytest.mark.xdist_group("readme")


@pytest.fixture(scope="module")
def demonstration(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Runtime]:
    """The demonstration as ``make run`` makes it."""
    home = tmp_path_factory.mktemp("demonstration")
    runtime = bootstrap(Settings(home=home, demo_password=DEMO_PASSWORD), clock=FrozenClock())
    migrate(runtime.transactions.engine)
    make_first_index(runtime)
    fill_demo(runtime)
    fill_demo_letters(runtime)
    index_pending(runtime)
    yield runtime
    runtime.search_index.close()
    runtime.transactions.engine.dispose()


def texts(runtime: Runtime, documents: list[Document]) -> str:
    with runtime.transactions.reading() as session:
        pages = page_texts(session, [document.id for document in documents])
    return "\n".join(" ".join([document.subject, *pages[document.id]]) for document in documents)


def found(runtime: Runtime, username: str, text: str) -> list[Document]:
    answer = find(runtime, actor(runtime, username), Question(text), now=runtime.clock.now())
    return [result.document for result in answer.results]


def test_the_readme_names_searches_and_who_asks_them() -> None:
    assert len(ASKED) >= 5
    assert len(TYPED) >= 1
    assert README.count("docflow search") == len(TYPED)
    assert "archivist" in {username for username, _, _ in ASKED}


@pytest.mark.parametrize(("username", "question", "said"), ASKED, ids=[question for _, question, _ in ASKED])
def test_each_search_finds_the_words_that_it_is_said_to_find(
    demonstration: Runtime, username: str, question: str, said: str
) -> None:
    documents = found(demonstration, username, question)

    there = texts(demonstration, documents)
    words = re.findall(r"`([^`]+)`", said)
    absent = re.findall(r"no `([^`]+)`", said)
    assert documents
    assert words
    assert [word for word in words if (word in there) == (word in absent)] == []


@pytest.mark.parametrize("command", TYPED)
def test_each_search_of_a_terminal_finds_something_as_whom_it_names(demonstration: Runtime, command: str) -> None:
    options = make_parser().parse_args(shlex.split(command))

    assert found(demonstration, options.username, options.query)


def test_the_demonstration_holds_closed_matters_and_open_ones(demonstration: Runtime) -> None:
    with demonstration.transactions.reading() as session:
        registered = session.scalars(select(Document).where(Document.is_registered)).all()

    assert sum(not document.is_open for document in registered) >= 4
    assert sum(document.is_open for document in registered) >= 4
