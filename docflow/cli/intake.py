"""``docflow ingest``, ``show`` and ``export``."""

from __future__ import annotations

import argparse
import shutil
import sys
import time
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import select

from docflow.bootstrap import Runtime
from docflow.cli.output import emit, error_object
from docflow.cli.session import acting, add_common, open_runtime
from docflow.core.actor import Actor
from docflow.core.errors import DocFlowError, InvalidInput, NotFound
from docflow.core.jobs import Job, JobState
from docflow.documents.models import Document
from docflow.documents.operations import Deposit
from docflow.documents.queries import document_content_for, document_for, page_views
from docflow.documents.rules import DocumentState
from docflow.ingest.operations import IncomingFile, deposit_file
from docflow.storage.rules import BlobKind


def add_commands(commands: Any) -> None:
    """Add the commands of this file."""
    ingest = commands.add_parser("ingest", help="deposit files")
    ingest.add_argument("files", nargs="+", type=Path, metavar="FILE")
    ingest.add_argument("--register", default="incoming", help="register whose desk they come to")
    ingest.add_argument("--wait", action="store_true", help="wait until they are searchable")
    add_common(ingest, has_actor=True)
    ingest.set_defaults(run=run_ingest)
    show = commands.add_parser("show", help="one document")
    show.add_argument("id")
    add_common(show, has_actor=True)
    show.set_defaults(run=run_show)
    export = commands.add_parser("export", help="one of a document's files")
    export.add_argument("id")
    export.add_argument("--what", choices=("original", "searchable", "sealed"), default="original")
    export.add_argument("-o", "--output", type=Path, required=True, metavar="FILE")
    add_common(export, has_actor=True)
    export.set_defaults(run=run_export)


def run_ingest(options: argparse.Namespace) -> int:
    """Deposit each file, wait if asked, print a line a file; a file never stops the others."""
    runtime = open_runtime()
    actor = acting(runtime, options)
    lines: list[dict[str, Any]] = []
    starts: dict[str, float] = {}
    for path in options.files:
        lines.append(_deposit(runtime, actor, path, register=options.register))
        starts[str(path)] = time.monotonic()
        if not options.wait:
            _print_line(lines[-1], options)
    if options.wait:
        waiting = {line["document_id"]: line for line in lines if line["document_id"] is not None}
        _work_until_searchable(runtime, waiting, starts)
        for line in lines:
            _print_line(line, options)
    return 1 if any(line["error"] is not None for line in lines) else 0


def _print_line(line: dict[str, Any], options: argparse.Namespace) -> None:
    problem = f" {line['error']['message']}" if line["error"] else ""
    emit(line, as_json=options.json, text=f"{line['file']}: {line['state']}{problem}")


def _deposit(runtime: Runtime, actor: Actor, path: Path, *, register: str) -> dict[str, Any]:
    line: dict[str, Any] = {
        "file": str(path),
        "document_id": None,
        "state": DocumentState.FAILED.value,
        "pages": 0,
        "register_number": None,
        "seconds_to_searchable": None,
        "error": None,
    }
    try:
        try:
            stream = path.open("rb")
        except OSError as error:
            raise InvalidInput("file_unreadable", file=path.name, reason=error.strerror or "") from error
        with stream:
            document = deposit_file(
                runtime.transactions,
                runtime.blob_store,
                actor,
                incoming=IncomingFile(stream, Deposit(file_name=path.name, register_code=register)),
                max_bytes=runtime.settings.max_file_bytes,
            )
    except DocFlowError as error:
        return line | {"error": error_object(error)}
    return line | {"document_id": str(document.id), "state": document.state}


def _work_until_searchable(runtime: Runtime, waiting: dict[str, dict[str, Any]], starts: dict[str, float]) -> None:
    runner = runtime.make_runner()
    total = len(waiting)
    while waiting:
        # Jobs are run here too: with no worker alive, this process is the worker.
        has_worked = runner.run_one()
        settled = _settled(runtime, list(waiting))
        for document in settled:
            line = waiting.pop(str(document.id))
            line["state"] = document.state
            line["pages"] = document.page_count
            if document.state == DocumentState.FAILED:
                error = InvalidInput(document.error_code or "reading_failed", **document.error_params)
                line["error"] = error_object(error)
            else:
                line["seconds_to_searchable"] = round(time.monotonic() - starts[line["file"]], 3)
            print(f"{total - len(waiting)}/{total}", end="\r", file=sys.stderr)
        if not has_worked and not settled:
            if not _is_work_left(runtime):
                return
            time.sleep(0.1)


def _settled(runtime: Runtime, ids: list[str]) -> list[Document]:
    with runtime.transactions.reading() as session:
        return list(
            session.scalars(
                select(Document).where(
                    Document.id.in_([UUID(document_id) for document_id in ids]),
                    Document.state.in_((DocumentState.READY, DocumentState.FAILED)),
                    Document.indexed_version >= Document.content_version,
                )
            )
        )


def _is_work_left(runtime: Runtime) -> bool:
    with runtime.transactions.reading() as session:
        left = select(Job.id).where(Job.state.in_((JobState.READY, JobState.RUNNING)), Job.name.not_like("%.sweep"))
        return session.scalar(left.limit(1)) is not None


def run_show(options: argparse.Namespace) -> int:
    """Print one document, its pages and texts as far as the actor may see them."""
    runtime = open_runtime()
    actor = acting(runtime, options)
    document_id = parse_id(options.id)
    with runtime.transactions.reading() as session:
        document = document_for(session, actor, document_id)
        shown: dict[str, Any] = {
            "document_id": str(document.id),
            "state": document.state,
            "file_name": document.file_name,
            "media_type": document.media_type,
            "size_bytes": document.size_bytes,
            "sha256": document.original_sha256,
            "register_number": None,
            "deposited_at": document.deposited_at.isoformat(),
            "subject": document.subject,
            "sender": document.sender,
            "addressee": document.addressee,
            "reference": document.reference,
            "document_date": document.document_date,
            "kind": document.kind,
            "languages": document.languages.split(),
            "page_count": document.page_count,
        }
        try:
            document_content_for(session, actor, document_id)
        except DocFlowError:
            views = []
        else:
            views = list(page_views(session, document_id))
    shown["pages"] = [
        {
            "page_number": view.page.page_index + 1,
            "state": view.page.state,
            "confidence": view.page.confidence,
            "needs_review": view.page.needs_review,
            "text": view.text,
        }
        for view in views
    ]
    emit(shown, as_json=True)
    return 0


def run_export(options: argparse.Namespace) -> int:
    """Write one of a document's files."""
    runtime = open_runtime()
    actor = acting(runtime, options)
    with runtime.transactions.reading() as session:
        document = document_content_for(session, actor, parse_id(options.id))
    files = {"original": document.original_sha256, "searchable": document.searchable_sha256}
    sha256 = files.get(options.what)
    if sha256 is None:
        raise NotFound("export_missing", what=options.what)
    with runtime.blob_store.open(BlobKind(options.what), sha256) as stream, options.output.open("wb") as target:
        shutil.copyfileobj(stream, target)
    runtime.access_log.opened(actor, document.id, what=options.what, at=runtime.clock.now())
    runtime.access_log.flush()
    emit({"file": str(options.output), "sha256": sha256}, as_json=options.json, text=str(options.output))
    return 0


def parse_id(value: str) -> UUID:
    """Read a document's identifier.

    Raises:
        NotFound: ``document_unknown``.
    """
    try:
        return UUID(value)
    except ValueError as error:
        raise NotFound("document_unknown") from error
