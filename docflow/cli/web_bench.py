"""``docflow bench web``: how long the server takes for a page of results, on an installation of made-up documents."""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable, Sequence
from itertools import cycle
from typing import Any

from docflow.accounts.queries import actor_named
from docflow.accounts.sign_in import Credentials, sign_in
from docflow.accounts.views.door import COOKIE
from docflow.app import create_staff_app
from docflow.bootstrap import Runtime
from docflow.cli.made_up_home import PASSWORD, made_up_home
from docflow.cli.output import emit
from docflow.search.finding import Question, find
from docflow.search.measuring import Corpus, peak_rss_bytes, quantiles
from docflow.search.printing import to_text

PAGE_SIZE = 50
READER = "clerk"
READER_OF_ONE_UNIT = "agent"
QUERY_KINDS = ("term", "and", "or", "phrase", "prefix", "field_and_dates", "facets")
_WARMING_QUERIES = 10


def add_bench_commands(bench_commands: Any) -> None:
    """Add ``web`` to the measures of ``docflow bench``."""
    web = bench_commands.add_parser("web", help="time pages of results at the server")
    web.add_argument("--documents", type=int, default=20_000)
    web.add_argument("--queries", type=int, default=40, help="queries of each kind")
    web.add_argument("--json", action="store_true")
    web.set_defaults(run=run_web)


def run_web(options: argparse.Namespace) -> int:
    """Print half and nineteen twentieths of the times of pages with fifty results."""
    corpus = Corpus(max(1, options.documents))
    queries = max(1, options.queries)
    with made_up_home(corpus) as runtime:
        answer = {
            "documents": corpus.documents,
            "results_a_page": PAGE_SIZE,
            "operation": measure_operation(runtime, corpus, queries=queries, page_size=PAGE_SIZE),
            "search_page": measure_pages(runtime, corpus, queries=queries),
            "peak_rss_bytes": peak_rss_bytes(),
        }
    emit(answer, as_json=options.json, text=json.dumps(answer, indent=2))
    return 0


def measure_pages(runtime: Runtime, corpus: Corpus, *, queries: int) -> dict[str, Any]:
    """Ask pages in this process, one after the other, each question once; the first ones only warm it up."""
    client = create_staff_app(runtime).test_client()
    client.set_cookie(COOKIE, sign_in(runtime.transactions, Credentials(READER, PASSWORD, "127.0.0.1")))

    def ask(text: str) -> None:
        answer = client.get("/search", query_string={"q": text, "size": PAGE_SIZE})
        answer.get_data()

    return timed(ask, questions(corpus, queries))


def measure_operation(runtime: Runtime, corpus: Corpus, *, queries: int, page_size: int) -> dict[str, Any]:
    """Ask what the page asks, from the text of the question to the rows of the database, without the page.

    Two people take turns: one sees all documents, the other those of one unit.
    """
    with runtime.transactions.reading() as session:
        readers = cycle([actor_named(session, name, runtime.clock.now()) for name in (READER, READER_OF_ONE_UNIT)])

    def ask(text: str) -> None:
        find(runtime, next(readers), Question(text, limit=page_size), now=runtime.clock.now())

    return timed(ask, questions(corpus, queries))


def questions(corpus: Corpus, queries: int) -> list[str]:
    """Return the texts of questions of every kind, the kinds taking turns."""
    by_kind = [corpus.trees(kind, queries) for kind in QUERY_KINDS]
    return [to_text(tree) for turn in zip(*by_kind, strict=True) for tree in turn]


def timed(ask: Callable[[str], object], texts: Sequence[str]) -> dict[str, Any]:
    """Return the times of questions put one after the other, on the clock and of the processor."""
    for text in texts[:_WARMING_QUERIES]:
        ask(text)
    times = [_times(ask, text) for text in texts[_WARMING_QUERIES:] or texts]
    wall, cpu = (quantiles(list(column)) for column in zip(*times, strict=True))
    return {
        "p50_ms": wall.p50_ms,
        "p95_ms": wall.p95_ms,
        "cpu_p50_ms": cpu.p50_ms,
        "cpu_p95_ms": cpu.p95_ms,
        "queries": len(times),
        "clients": 1,
    }


def _times(ask: Callable[[str], object], text: str) -> tuple[float, float]:
    wall, cpu = time.perf_counter(), time.process_time()
    ask(text)
    return (time.perf_counter() - wall) * 1000, (time.process_time() - cpu) * 1000
