"""``docflow bench relevance`` and ``docflow bench search``: what search finds, and how fast."""

from __future__ import annotations

import argparse
import json
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

import structlog

from docflow.bootstrap import open_search_index
from docflow.cli.made_up_home import made_up_home
from docflow.cli.output import emit
from docflow.cli.web_bench import measure_operation
from docflow.core.errors import InvalidInput
from docflow.search.baseline import measure_fts
from docflow.search.finding import PAGE_SIZE
from docflow.search.measuring import Corpus, measure_analysis, measure_index, measure_queries, peak_rss_bytes
from docflow.search.relevance import Case, Outcome, run_cases

ENGINES = ("tantivy", "whoosh")
MOST_FOR_WHOOSH = 2_000
"""It indexes a hundred documents a second, and 100,000 were never finished."""

logger = structlog.get_logger()


def add_bench_commands(bench_commands: Any) -> None:
    """Add ``relevance`` and ``search`` to the measures of ``docflow bench``."""
    relevance = bench_commands.add_parser("relevance", help="try each case of a file on a throw-away index")
    relevance.add_argument("cases", metavar="CASES.json", type=Path)
    _add_common(relevance)
    relevance.set_defaults(run=run_relevance)
    search = bench_commands.add_parser("search", help="index made-up documents and time queries")
    search.add_argument("--documents", type=int, default=10_000)
    search.add_argument("--queries", type=int, default=25, help="queries of each kind")
    search.add_argument("--rows", type=int, default=100_000, help="most documents of the database behind the operation")
    search.add_argument("--alone", action="store_true", help="without SQLite FTS5 and Whoosh beside it")
    _add_common(search)
    search.set_defaults(run=run_search)


def _add_common(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--engine", choices=ENGINES, default=ENGINES[0])
    parser.add_argument("--json", action="store_true")


def run_relevance(options: argparse.Namespace) -> int:
    """Print how many cases pass, by class, and those that fail; 1 when one fails."""
    cases = _read_cases(options.cases)
    with tempfile.TemporaryDirectory() as folder:
        index = open_search_index(f"{options.engine}://{folder}/index")
        outcomes = run_cases(cases, index)
        index.close()
    failed = [outcome for outcome in outcomes if not outcome.is_passed]
    lines = [f"{len(cases) - len(failed)} / {len(cases)}", *(_line(outcome) for outcome in failed)]
    answer = {
        "cases": len(cases),
        "passed": len(cases) - len(failed),
        "by_class": _by_class(outcomes),
        "failed": [_failed(outcome) for outcome in failed],
    }
    emit(answer, as_json=options.json, text="\n".join(lines))
    return 1 if failed else 0


def _read_cases(path: Path) -> list[Case]:
    try:
        cases = [Case.from_json(value) for value in json.loads(path.read_text("utf-8"))]
    except (OSError, ValueError, KeyError, TypeError) as failure:
        raise InvalidInput("relevance_cases_unreadable", file=path.name) from failure
    if not cases:
        # Nothing tried is not everything passed.
        raise InvalidInput("relevance_cases_unreadable", file=path.name)
    return cases


def _by_class(outcomes: tuple[Outcome, ...]) -> dict[str, dict[str, int]]:
    cases = Counter(outcome.case.kind for outcome in outcomes)
    passed = Counter(outcome.case.kind for outcome in outcomes if outcome.is_passed)
    return {kind: {"cases": count, "passed": passed[kind]} for kind, count in cases.items()}


def _failed(outcome: Outcome) -> dict[str, Any]:
    return {
        "class": outcome.case.kind,
        "query": outcome.case.query,
        "missing": list(outcome.missing),
        "unwanted": list(outcome.unwanted),
    }


def _line(outcome: Outcome) -> str:
    missing, unwanted = " | ".join(outcome.missing), " | ".join(outcome.unwanted)
    return f"{outcome.case.kind}: {outcome.case.query}: missing [{missing}], unwanted [{unwanted}]"


def run_search(options: argparse.Namespace) -> int:
    """Print the speed of indexing and of queries: the engine alone, whole answers of the index, then with the database.

    ``operation`` is what a page of twenty results asks, with the permissions and rows of a database, half of it by
    somebody who sees one unit. ``beside`` are SQLite FTS5 on the same documents and Whoosh on the first of them.
    """
    corpus = Corpus(max(1, options.documents))
    queries = max(1, options.queries)
    with tempfile.TemporaryDirectory() as folder:
        index = open_search_index(f"{options.engine}://{folder}/index")
        answer: dict[str, Any] = {
            "engine_name": options.engine,
            "analysis_us_a_word": measure_analysis(Corpus(min(corpus.documents, MOST_FOR_WHOOSH))),
            "index": measure_index(index, corpus),
            "engine": measure_queries(index, corpus, queries=queries, is_whole_answer=False),
            "answer": measure_queries(index, corpus, queries=queries, is_whole_answer=True),
            "queries_a_kind": queries,
        }
        index.close()
        answer["peak_rss_bytes"] = peak_rss_bytes()
        # Of many documents the rest takes long: what is known already is not lost with it.
        logger.info("index_measured", **answer)
        if not options.alone:
            answer["beside"] = {
                "sqlite_fts5": measure_fts(Path(folder), corpus, queries=queries),
                "whoosh": _measure_whoosh(folder, Corpus(min(corpus.documents, MOST_FOR_WHOOSH)), queries=queries),
            }
    with made_up_home(Corpus(min(corpus.documents, options.rows)), engine=options.engine) as runtime:
        answer["operation"] = measure_operation(runtime, corpus, queries=queries, page_size=PAGE_SIZE)
    answer["operation_documents"] = min(corpus.documents, options.rows)
    emit(answer, as_json=options.json, text=json.dumps(answer, indent=2))
    return 0


def _measure_whoosh(folder: str, corpus: Corpus, *, queries: int) -> dict[str, Any]:
    index = open_search_index(f"whoosh://{folder}/whoosh")
    built = measure_index(index, corpus)
    times = measure_queries(index, corpus, queries=queries, is_whole_answer=False)
    index.close()
    return {"documents": corpus.documents, "index": built, "engine": times}
