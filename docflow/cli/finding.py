"""``docflow search`` and ``docflow index``."""

from __future__ import annotations

import argparse
from typing import Any

from docflow.cli.output import emit
from docflow.cli.session import acting, add_common, open_runtime
from docflow.publications.indexing import public_index_difference, rebuild_public_index
from docflow.search.finding import Found, FoundDocument, Question, find
from docflow.search.indexing import index_difference, index_pending, rebuild_index


def add_commands(commands: Any) -> None:
    """Add the commands of this file."""
    search = commands.add_parser("search", help="find documents")
    search.add_argument("query", metavar="QUERY")
    search.add_argument("--limit", type=int, default=20)
    search.add_argument("--facets", action="store_true", help="count results by language, kind, unit and year")
    add_common(search, has_actor=True)
    search.set_defaults(run=run_search)
    index = commands.add_parser("index", help="the index").add_subparsers(metavar="ACTION", required=True)
    for name, function in (("status", run_index_status), ("rebuild", run_index_rebuild)):
        parser = index.add_parser(name)
        parser.add_argument("--public", action="store_true", help="the index of the public site, not that of the staff")
        add_common(parser)
        parser.set_defaults(run=function)


def run_search(options: argparse.Namespace) -> int:
    """Print what a query finds."""
    runtime = open_runtime()
    actor = acting(runtime, options)
    question = Question(options.query, limit=max(1, min(options.limit, 1000)), with_facets=options.facets)
    found = find(runtime, actor, question, now=runtime.clock.now())
    emit(_answer(found), as_json=options.json, text="\n".join(_line(result) for result in found.results))
    return 0


def _answer(found: Found) -> dict[str, Any]:
    return {
        "total": found.total,
        "seconds": found.seconds,
        "hits": [_hit(result) for result in found.results],
        "approximate": [_hit(result) for result in found.approximate],
        "did_you_mean": found.did_you_mean,
        "facets": {name: dict(counts) for name, counts in found.facets.items()},
        "hints": list(found.hints),
    }


def _hit(result: FoundDocument) -> dict[str, Any]:
    return {
        "document_id": str(result.document.id),
        "register_number": result.document.register_number or None,
        "subject": result.document.subject,
        "snippet": "".join(fragment.text for fragment in result.snippet),
        "score": result.score,
        "pages": list(result.page_numbers),
    }


def _line(result: FoundDocument) -> str:
    return f"{result.document.id}  {result.document.subject or result.document.file_name}"


def run_index_status(options: argparse.Namespace) -> int:
    """Print how an index is and whether it equals the database; 1 when it does not."""
    runtime = open_runtime()
    index = runtime.public_index if options.public else runtime.search_index
    status = index.status()
    lacking, surplus = None, None
    if status.is_usable:
        lacking, surplus = public_index_difference(runtime) if options.public else index_difference(runtime)
    answer = {
        "state": status.state,
        "documents": status.documents,
        "analyser_version": status.analyser_version,
        "size_bytes": status.size_bytes,
        "is_rebuilding": status.is_rebuilding,
        "lacking": lacking,
        "surplus": surplus,
    }
    emit(answer, as_json=options.json, text=str(answer))
    return 0 if status.state == "ok" and not lacking and not surplus else 1


def run_index_rebuild(options: argparse.Namespace) -> int:
    """Build an index anew beside the one that answers."""
    runtime = open_runtime()
    if options.public:
        documents = rebuild_public_index(runtime)
    else:
        documents = rebuild_index(runtime)
        index_pending(runtime)
    emit({"documents": documents}, as_json=options.json, text=f"{documents} documents indexed")
    return 0
