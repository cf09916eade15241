"""Bytes on their way to a browser, under a name: those of the store, and papers made just now."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO
from urllib.parse import quote

from flask import current_app, redirect, stream_with_context
from werkzeug.wrappers import Response

from docflow.storage.ports import BlobStore
from docflow.storage.rules import BlobRef

CHUNK_BYTES = 256 * 1024
ADDRESS_SECONDS = 300
"""How long an address of the object storage is good for."""


def deliver_blob(store: BlobStore, ref: BlobRef, *, name: str, media_type: str) -> Response:
    """Return a file of the store as a download, from the storage itself where it gives temporary addresses.

    The caller has checked the right to read it and noted its opening.
    """
    address = store.temporary_address(ref, file_name=name, media_type=media_type, seconds=ADDRESS_SECONDS)
    if address is not None:
        return redirect(address)
    response = current_app.response_class(
        stream_with_context(_chunks(store, ref)), mimetype=media_type, headers={"Content-Length": str(ref.size_bytes)}
    )
    # RFC 6266: a name in Arabic travels percent-encoded; headers carry Latin letters only.
    response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name, safe='')}"
    response.headers["Cache-Control"] = "private, no-store"
    return response


def pdf_response(content: bytes, *, name: str) -> Response:
    """Return a PDF to be shown; nothing but its reader keeps it."""
    response: Response = current_app.response_class(content, mimetype="application/pdf")
    response.headers["Content-Disposition"] = f'inline; filename="{name}"'
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _chunks(store: BlobStore, ref: BlobRef) -> Iterator[bytes]:
    stream: BinaryIO
    with store.open(ref.kind, ref.sha256) as stream:
        while chunk := stream.read(CHUNK_BYTES):
            yield chunk
