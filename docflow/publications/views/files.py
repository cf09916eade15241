"""Pictures and PDFs of posts: attached by editors, given to everybody while the post is out."""

from __future__ import annotations

from typing import BinaryIO, cast
from uuid import UUID

from flask import Blueprint, flash, redirect, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from docflow.core.errors import Conflict, InvalidInput, NotFound
from docflow.documents.delivery import deliver_blob
from docflow.publications.files import PDF, attach_file, limits_of, remove_file, take_file
from docflow.publications.models import PublicFile
from docflow.publications.operations import EDITING
from docflow.publications.ports import Deps
from docflow.publications.queries import file_out
from docflow.publications.views.editing import render_edit
from docflow.storage.rules import BlobKind, BlobRef
from docflow.web.bodies import takes_up_to
from docflow.web.confirmation import ask_first, is_confirmed
from docflow.web.formats import isolated
from docflow.web.guards import public, requires
from docflow.web.identity import current_actor
from docflow.web.pictures import picture_response

FORM_OVERHEAD_BYTES = 1024 * 1024
KEPT_S = 300
"""How long a browser or a cache keeps a file: so long a withdrawn one may still be seen where it was seen before."""


def add_files(blueprint: Blueprint, deps: Deps) -> None:
    """Add what attaches files, and what shows them to editors."""

    @blueprint.post("/site/posts/<uuid:post_id>/files")
    @requires(EDITING)
    @takes_up_to(deps.settings.max_file_bytes + FORM_OVERHEAD_BYTES)
    def attach(post_id: UUID) -> Response | tuple[str, int]:
        form = request.form
        try:
            taken = take_file(deps.blob_store, _posted_stream(), limits=limits_of(deps.settings))
            with deps.transactions.writing(current_actor()) as uow:
                attach_file(uow, post_id, taken, name=form.get("name", ""), name_fr=form.get("name_fr", ""))
        except (InvalidInput, Conflict) as refusal:
            return render_edit(deps, post_id, refusal=refusal), refusal.http_status
        flash(gettext("The file is attached."), "ok")
        return redirect(url_for("publications.edit", post_id=post_id), 303)

    @blueprint.post("/site/posts/<uuid:post_id>/files/<uuid:file_id>/remove")
    @requires(EDITING)
    def remove(post_id: UUID, file_id: UUID) -> str | Response:
        if not is_confirmed():
            name = _any(deps, file_id).name
            return ask_first(
                gettext("Remove the file %(name)s?", name=isolated(name)),
                [gettext("It disappears from the page of the citizens at once, and is kept nowhere else here.")],
                act=gettext("Remove"),
                back_url=url_for("publications.edit", post_id=post_id),
            )
        with deps.transactions.writing(current_actor()) as uow:
            remove_file(uow, post_id, file_id)
        flash(gettext("The file is removed."), "ok")
        return redirect(url_for("publications.edit", post_id=post_id), 303)

    @blueprint.get("/site/files/<uuid:file_id>")
    @requires(EDITING)
    def file(file_id: UUID) -> Response:
        return _pdf(deps, _any(deps, file_id))

    @blueprint.get("/site/pictures/<uuid:file_id>.<any(large, small):picture_size>")
    @requires(EDITING)
    def picture(file_id: UUID, picture_size: str) -> Response:
        return _picture(deps, _any(deps, file_id), picture_size)


def add_public_files(blueprint: Blueprint, deps: Deps) -> None:
    """Add what gives files to everybody."""

    @blueprint.get("/files/<uuid:file_id>")
    @public
    def file(file_id: UUID) -> Response:
        response = _pdf(deps, _out(deps, file_id))
        response.headers["Cache-Control"] = f"public, max-age={KEPT_S}"
        return response

    @blueprint.get("/pictures/<uuid:file_id>.<any(large, small):picture_size>")
    @public
    def picture(file_id: UUID, picture_size: str) -> Response:
        response = _picture(deps, _out(deps, file_id), picture_size)
        response.headers["Cache-Control"] = f"public, max-age={KEPT_S}"
        # Other sites of the city show the feed with its pictures.
        response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
        return response


def _posted_stream() -> BinaryIO:
    given = request.files.get("file")
    if given is None or not given.filename:
        raise InvalidInput("no_file_given")
    return cast("BinaryIO", given.stream)


def _any(deps: Deps, file_id: UUID) -> PublicFile:
    with deps.transactions.reading() as session:
        found = session.get(PublicFile, file_id)
    if found is None:
        raise NotFound("post_unknown")
    return found


def _out(deps: Deps, file_id: UUID) -> PublicFile:
    with deps.transactions.reading() as session:
        return file_out(session, file_id, now=deps.clock.now())


def _pdf(deps: Deps, kept: PublicFile) -> Response:
    if kept.is_picture:
        raise NotFound("post_unknown")
    blob = BlobRef(BlobKind.PUBLIC, kept.sha256, kept.size_bytes)
    name = kept.name if kept.name.lower().endswith(".pdf") else f"{kept.name}.pdf"
    return deliver_blob(deps.blob_store, blob, name=name.replace("/", "-"), media_type=PDF)


def _picture(deps: Deps, kept: PublicFile, size: str) -> Response:
    if not kept.is_picture or kept.small_sha256 is None:
        raise NotFound("post_unknown")
    kind, sha256 = (BlobKind.PUBLIC_SMALL, kept.small_sha256) if size == "small" else (BlobKind.PUBLIC, kept.sha256)

    def read() -> bytes:
        with deps.blob_store.open(kind, sha256) as stream:
            return stream.read()

    return picture_response(sha256, read)
