"""The scan page, the batch page and its live progress."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Sequence
from threading import BoundedSemaphore
from typing import BinaryIO, cast
from uuid import UUID

from flask import (
    Blueprint,
    current_app,
    flash,
    jsonify,
    redirect,
    render_template,
    request,
    stream_with_context,
    url_for,
)
from flask_babel import force_locale
from werkzeug.datastructures import FileStorage
from werkzeug.wrappers import Response

from docflow.accounts.visibility import desk_tokens
from docflow.core.actor import Actor
from docflow.core.errors import DocFlowError, InvalidInput, Unavailable
from docflow.documents.labels import STATE_LABELS
from docflow.documents.models import Document
from docflow.documents.operations import Deposit
from docflow.documents.queries import batch_states
from docflow.ingest.models import Batch
from docflow.ingest.operations import IncomingFile, deposit_file, open_batch, retry_document
from docflow.ingest.ports import Deps
from docflow.ingest.queries import FileProgress, batch_for, batch_progress, own_batches
from docflow.web.bodies import takes_up_to
from docflow.web.guards import requires
from docflow.web.identity import current_actor
from docflow.web.shell import current_language

FORM_OVERHEAD_BYTES = 1024 * 1024
FILES_A_FORM = 50
POLL_S = 1.0
STREAM_S = 300
"""A stream ends after a while and the browser opens another, so that a forgotten page frees its thread."""


def make_blueprint(deps: Deps) -> Blueprint:
    """Return the pages of this room."""
    blueprint = Blueprint("ingest", __name__, template_folder="templates")
    streams = BoundedSemaphore(max(1, deps.settings.web_threads // 2))

    @blueprint.get("/scan")
    @requires("documents.deposit")
    def scan() -> str:
        with deps.transactions.reading() as session:
            actor = current_actor()
            batches = own_batches(session, actor)
            states = batch_states(session, actor, [batch.id for batch in batches])
        return render_template(
            "ingest/scan.html", batches=batches, states=states, keeps_desk=bool(desk_tokens(actor.tokens))
        )

    @blueprint.post("/batches")
    @requires("documents.deposit")
    def start() -> Response:
        with deps.transactions.writing(current_actor()) as uow:
            batch = open_batch(uow)
        return redirect(url_for("ingest.batch", batch_id=batch.id))

    @blueprint.get("/batches/<uuid:batch_id>")
    @requires("documents.deposit")
    def batch(batch_id: UUID) -> str:
        found, files = _load(deps, batch_id)
        return render_template(
            "ingest/batch.html",
            batch=found,
            files=files,
            is_settled=all(file.is_settled for file in files),
            max_bytes=deps.settings.max_file_bytes,
            max_pages=deps.settings.max_file_pages,
            state_labels=STATE_LABELS,
            failure_text=_failure_text,
        )

    @blueprint.post("/batches/<uuid:batch_id>/file")
    @requires("documents.deposit")
    @takes_up_to(deps.settings.max_file_bytes + FORM_OVERHEAD_BYTES)
    def take_file(batch_id: UUID) -> Response:
        _load(deps, batch_id)
        given = request.files.get("file")
        if given is None:
            raise InvalidInput("no_file_given")
        document = _deposit(deps, batch_id, given, key=request.form.get("key"))
        return jsonify(html=_line(FileProgress(document, 0, None)), document_id=str(document.id))

    @blueprint.post("/batches/<uuid:batch_id>/files")
    @requires("documents.deposit")
    @takes_up_to(deps.settings.max_file_bytes * FILES_A_FORM)
    def take_files(batch_id: UUID) -> Response:
        _load(deps, batch_id)
        given = [file for file in request.files.getlist("files") if file.filename]
        if not given:
            raise InvalidInput("no_file_given")
        for file in given:
            try:
                _deposit(deps, batch_id, file, key=None)
            except InvalidInput as error:
                # A file never stops the others.
                flash(f"{file.filename}: {_text_of(error)}", "bad")
        return redirect(url_for("ingest.batch", batch_id=batch_id))

    @blueprint.post("/batches/<uuid:batch_id>/retry/<uuid:document_id>")
    @requires("documents.deposit")
    def retry(batch_id: UUID, document_id: UUID) -> Response:
        with deps.transactions.writing(current_actor()) as uow:
            retry_document(uow, document_id)
        return redirect(url_for("ingest.batch", batch_id=batch_id))

    @blueprint.get("/batches/<uuid:batch_id>/events")
    @requires("documents.deposit")
    def events(batch_id: UUID) -> Response:
        actor, locale = current_actor(), current_language()
        _load(deps, batch_id)
        if not streams.acquire(blocking=False):
            # Each stream holds a thread; beyond half of them the page asks again by itself instead.
            raise Unavailable("too_many_streams")
        response = current_app.response_class(
            stream_with_context(_events(deps, actor, batch_id, locale=locale)), mimetype="text/event-stream"
        )
        response.call_on_close(streams.release)
        response.headers["Cache-Control"] = "no-store"
        response.headers["X-Accel-Buffering"] = "no"
        return response

    return blueprint


def _load(deps: Deps, batch_id: UUID) -> tuple[Batch, list[FileProgress]]:
    actor = current_actor()
    with deps.transactions.reading() as session:
        return batch_for(session, actor, batch_id), list(batch_progress(session, actor, batch_id))


def _deposit(deps: Deps, batch_id: UUID, file: FileStorage, *, key: str | None) -> Document:
    return deposit_file(
        deps.transactions,
        deps.blob_store,
        current_actor(),
        incoming=IncomingFile(
            cast("BinaryIO", file.stream),
            Deposit(
                file_name=file.filename or "",
                batch_id=batch_id,
                key=key[:40] if key else None,
                has_backs_last="backs_last" in request.form,
            ),
        ),
        max_bytes=deps.settings.max_file_bytes,
    )


def _events(deps: Deps, actor: Actor, batch_id: UUID, *, locale: str) -> Iterator[str]:
    shown: dict[str, str] = {}
    ends_at = time.monotonic() + STREAM_S
    yield ": open\n\n"
    while time.monotonic() < ends_at:
        with deps.transactions.reading() as session:
            files = list(batch_progress(session, actor, batch_id))
        with force_locale(locale):
            parts = _parts(files)
        for target, (html, after) in parts.items():
            if shown.get(target) != html:
                shown[target] = html
                yield _message({"target": target, "html": html, "after": after})
        if files and all(file.is_settled for file in files):
            yield _message({"done": True})
            return
        # A comment now and then shows the server that the reader is still there.
        yield ": wait\n\n"
        time.sleep(POLL_S)


def _parts(files: Sequence[FileProgress]) -> dict[str, tuple[str, str | None]]:
    """Return what the page shows of a batch, by the name of the element, with the element that it follows.

    A document that was split from a stack comes while the page is open, and has no element there yet.
    """
    names = [f"file-{file.document.id}" for file in files]
    lines = {
        name: (_line(file), before if file.document.deposit_id else None)
        for name, before, file in zip(names, [None, *names], files, strict=False)
    }
    return {**lines, "batch-summary": (render_template("ingest/_summary.html", files=files), None)}


def _message(value: dict[str, object]) -> str:
    return f"data: {json.dumps(value, ensure_ascii=False)}\n\n"


def _line(file: FileProgress) -> str:
    return render_template("ingest/_file.html", file=file, state_labels=STATE_LABELS, failure_text=_failure_text)


def _failure_text(document: Document) -> str:
    return _text_of(InvalidInput(document.error_code or "reading_failed", **document.error_params))


def _text_of(error: DocFlowError) -> str:
    return str(current_app.extensions["docflow_error_texts"].text_of(error))
