"""``docflow ingest``, ``show`` and ``export``."""

from __future__ import annotations

import argparse
import shutil
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import or_, select

from docflow.bootstrap import Runtime
from docflow.cli.output import described_line, emit, error_object, whole_file
from docflow.cli.registering import register_as_read, wait_for_seals
from docflow.cli.session import acting, add_common, open_runtime
from docflow.core.actor import Actor
from docflow.core.errors import DocFlowError, InvalidInput, NotFound
from docflow.core.jobs import Job, JobState
from docflow.documents.models import Document, PageText
from docflow.documents.operations import Deposit
from docflow.documents.queries import (
    BATCH_ORDER,
    PageView,
    can_see_content,
    document_content_for,
    document_for,
    page_views,
)
from docflow.documents.rules import DocumentState
from docflow.documents.sources import Source, sources_of
from docflow.documents.texts import versions_by_page
from docflow.ingest.operations import IncomingFile, deposit_file, open_batch
from docflow.stamping.queries import sealed_revision_of
from docflow.storage.rules import BlobKind

DEFAULT_REGISTER = "incoming"


def add_commands(commands: Any) -> None:
    """Add the commands of this file."""
    ingest = commands.add_parser("ingest", help="deposit files")
    ingest.add_argument("files", nargs="+", type=Path, metavar="FILE")
    ingest.add_argument(
        "--register",
        metavar="CODE",
        help="register whose desk they come to (incoming); with --wait they get their number in it by what is read",
    )
    ingest.add_argument(
        "--collate",
        action="store_true",
        help="fronts, then backs: the second half of each file is the backs of its first half, in reverse order",
    )
    ingest.add_argument("--wait", action="store_true", help="wait until they are searchable")
    add_common(ingest, has_actor=True)
    ingest.set_defaults(run=run_ingest)
    show = commands.add_parser("show", help="one document")
    show.add_argument("id")
    show.add_argument(
        "--versions", action="store_true", help="every version of each page's text, the first reading first"
    )
    add_common(show, has_actor=True)
    show.set_defaults(run=run_show)
    export = commands.add_parser("export", help="one of a document's files")
    export.add_argument("id")
    export.add_argument("--what", choices=("original", "searchable", "sealed"), default="original")
    export.add_argument(
        "--source", type=int, default=1, metavar="N", help="which original, when the document holds pages of several"
    )
    export.add_argument("-o", "--output", type=Path, required=True, metavar="FILE")
    add_common(export, has_actor=True)
    export.set_defaults(run=run_export)


def run_ingest(options: argparse.Namespace) -> int:
    """Deposit each file, wait if asked, print a line a file; a file never stops the others."""
    runtime = open_runtime()
    actor = acting(runtime, options)
    lines: list[dict[str, Any]] = []
    starts: dict[str, float] = {}
    batch_id = _open_batch(runtime, actor)
    for path in options.files:
        said = Deposit(
            file_name=path.name,
            register_code=options.register or DEFAULT_REGISTER,
            batch_id=batch_id,
            has_backs_last=options.collate,
        )
        lines.append(_deposit(runtime, actor, path, said))
        starts[str(path)] = time.monotonic()
        if not options.wait:
            _print_line(lines[-1], options)
    if options.wait:
        waiting = {line["document_id"]: line for line in lines if line["document_id"] is not None}
        _work_until_searchable(runtime, waiting, starts)
        if options.register is not None:
            _register(runtime, actor, lines, register_code=options.register)
        for line in lines:
            _print_line(line, options)
    return 1 if any(line["error"] is not None for line in lines) else 0


def _register(runtime: Runtime, actor: Actor, lines: list[dict[str, Any]], *, register_code: str) -> None:
    """Give each document of the files its number; of a stack, each of its documents."""
    done: list[UUID] = []
    for line in lines:
        if line["error"] is not None:
            continue
        for document in line.get("documents", [line]):
            document_id = UUID(document["document_id"])
            try:
                document["register_number"] = register_as_read(runtime, actor, document_id, register_code=register_code)
            except DocFlowError as error:
                line["error"] = error_object(error)
            else:
                done.append(document_id)
    wait_for_seals(runtime, done)


def _print_line(line: dict[str, Any], options: argparse.Namespace) -> None:
    problem = f" {described_line(line['error'])}" if line["error"] else ""
    emit(line, as_json=options.json, text=f"{line['file']}: {line['state']}{problem}")


def _open_batch(runtime: Runtime, actor: Actor) -> UUID | None:
    """Open the batch in which a clerk can arrange what comes in now; who may not deposit is told so file by file."""
    if not actor.can("documents.deposit"):
        return None
    with runtime.transactions.writing(actor) as uow:
        return open_batch(uow).id


def _deposit(runtime: Runtime, actor: Actor, path: Path, said: Deposit) -> dict[str, Any]:
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
                incoming=IncomingFile(stream, said),
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
        for document_id, documents in settled.items():
            line = waiting.pop(document_id)
            _tell(line, documents)
            if line["error"] is None:
                line["seconds_to_searchable"] = round(time.monotonic() - starts[line["file"]], 3)
            print(f"{total - len(waiting)}/{total}", end="\r", file=sys.stderr)
        if not has_worked and not settled:
            if not _is_work_left(runtime):
                return
            time.sleep(0.1)


def _tell(line: dict[str, Any], documents: Sequence[Document]) -> None:
    """Say what became of a file; of a stack, also of every document that it held."""
    first = documents[0]
    line["state"] = first.state
    line["pages"] = sum(document.page_count for document in documents)
    if first.state == DocumentState.FAILED:
        line["error"] = error_object(InvalidInput(first.error_code or "reading_failed", **first.error_params))
    if len(documents) > 1:
        line["documents"] = [
            {"document_id": str(document.id), "state": document.state, "pages": document.page_count}
            for document in documents
        ]


def _settled(runtime: Runtime, ids: list[str]) -> dict[str, list[Document]]:
    """Return the documents of the files that are read and indexed, by the identifier of the deposit."""
    wanted = [UUID(document_id) for document_id in ids]
    with runtime.transactions.reading() as session:
        documents = session.scalars(
            select(Document).where(or_(Document.id.in_(wanted), Document.deposit_id.in_(wanted))).order_by(*BATCH_ORDER)
        )
        stacks: dict[str, list[Document]] = {}
        for document in documents:
            stacks.setdefault(str(document.deposit_id or document.id), []).append(document)
    return {
        document_id: stack
        for document_id, stack in stacks.items()
        if all(
            document.state not in {DocumentState.QUEUED, DocumentState.READING}
            and document.indexed_version >= document.content_version
            for document in stack
        )
    }


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
            "sha256": document.original_sha256 or None,
            "register_number": document.register_number or None,
            "deposited_at": document.deposited_at.isoformat(),
            "subject": document.subject,
            "sender": document.sender,
            "addressee": document.addressee,
            "reference": document.reference,
            "document_date": document.document_date,
            "kind": document.kind,
            "languages": document.languages.split(),
            "page_count": document.page_count,
            "is_signed": document.is_signed,
        }
        views: Sequence[PageView] = ()
        sources: Sequence[Source] = ()
        versions: Mapping[int, Sequence[PageText]] = {}
        is_readable = can_see_content(session, actor, document_id)
        if is_readable:
            views = page_views(session, document_id)
            sources = [source for source in sources_of(session, actor, [document_id])[document_id] if source.is_open]
            versions = versions_by_page(session, document_id) if options.versions else {}
    shown["sources"] = [
        {
            "file_name": source.deposit.file_name,
            "sha256": source.deposit.original_sha256 or None,
            "page_numbers": list(source.page_numbers),
            "page_count": source.page_count,
        }
        for source in sources
    ]
    shown["searchable"] = _searchable(document) if is_readable else None
    shown["signatures"] = [
        {**signature, "verified": False} for source in sources for signature in source.deposit.signatures
    ]
    shown["pages"] = [
        {
            "page_number": view.page.page_index + 1,
            "state": view.page.state,
            "confidence": view.page.confidence,
            "needs_review": view.page.needs_review,
            "error": view.page.error_code,
            "review_outcome": view.page.review_outcome,
            "source": view.source,
            "text_version": view.text_version,
            "text": view.text,
        }
        | (
            {"versions": list(map(_version, versions[view.page.page_index]))}
            if view.page.page_index in versions
            else {}
        )
        for view in views
    ]
    emit(shown, as_json=True)
    return 0


def _searchable(document: Document) -> dict[str, Any] | None:
    if document.searchable_sha256 is None:
        return None
    return {
        "sha256": document.searchable_sha256,
        "size_bytes": document.searchable_size_bytes,
        "conformance": document.searchable_conformance or None,
        "obstacles": document.searchable_obstacles,
    }


def _version(kept: PageText) -> dict[str, Any]:
    return {
        "version": kept.version,
        "source": kept.source,
        "by": kept.author_name or None,
        "at": kept.created_at.isoformat(),
        "restored_from": kept.restored_from,
        "text": kept.text,
    }


def run_export(options: argparse.Namespace) -> int:
    """Write one of a document's files."""
    runtime = open_runtime()
    actor = acting(runtime, options)
    with runtime.transactions.reading() as session:
        document = document_content_for(session, actor, parse_id(options.id))
        sources = sources_of(session, actor, [document.id])[document.id]
        sealed = sealed_revision_of(session, document.id)
    originals = [source.deposit.original_sha256 for source in sources if source.is_open]
    files = {
        "original": (originals[options.source - 1] or None) if 0 < options.source <= len(originals) else None,
        "searchable": document.searchable_sha256,
        "sealed": None if sealed is None else sealed.blob.sha256,
    }
    sha256 = files.get(options.what)
    if sha256 is None:
        raise NotFound("export_missing", what=options.what)
    with (
        whole_file(options.output) as part,
        runtime.blob_store.open(BlobKind(options.what), sha256) as stream,
        part.open("wb") as target,
    ):
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
