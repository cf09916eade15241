"""Pictures and PDFs of posts, inspected as everything that comes in."""

from __future__ import annotations

import io
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final
from uuid import UUID

from sqlalchemy import func, select

from docflow.core.errors import Conflict, InvalidInput, NotFound
from docflow.core.ids import new_id
from docflow.core.uow import UnitOfWork
from docflow.pdf.limits import SourceLimits
from docflow.pdf.previews import Preview, make_reduced
from docflow.pdf.raster import extract_page
from docflow.pdf.source import inspect_source
from docflow.publications.models import PublicFile, PublicPost
from docflow.publications.operations import EDITING, ask_to_index
from docflow.settings import Settings
from docflow.storage.operations import forget_unnamed, name_blob
from docflow.storage.ports import BlobStore
from docflow.storage.rules import BlobKind, BlobRef

LARGE_WIDTH_PX: Final = 960
LARGE_BYTES: Final = 32_000
SMALL_WIDTH_PX: Final = 384
SMALL_BYTES: Final = 9_000
"""A first visit weighs 120 KB at most, 85 of which are letters, styles and words: there is room for one large picture,
or for the three small ones that a list shows."""
MOST_FILES: Final = 20
PICTURES: Final = frozenset({"jpeg", "png", "webp", "heic", "tiff"})
COPIED_BYTES: Final = 1024 * 1024
WEBP: Final = "image/webp"
PDF: Final = "application/pdf"


@dataclass(frozen=True, slots=True)
class Given:
    """A file as it was inspected and stored, not yet attached to anything."""

    is_picture: bool
    blob: BlobRef
    page_count: int = 0
    small: BlobRef | None = None
    width: int = 0
    height: int = 0
    text: str | None = None
    """The words of a PDF, where they are known."""


def limits_of(settings: Settings) -> SourceLimits:
    """Return what one file may weigh and cost."""
    return SourceLimits(
        max_size_bytes=settings.max_file_bytes,
        max_page_pixels=settings.max_page_pixels,
        max_pages=settings.max_file_pages,
    )


def take_file(store: BlobStore, stream: BinaryIO, *, limits: SourceLimits) -> Given:
    """Inspect a file in a child process and store it: a PDF as it is, a picture made anew from its pixels alone.

    Nothing of what a picture carries beside its pixels is kept: where it was taken, by which camera, another file
    behind it. The caller attaches it in a transaction; until then the sweeper may take it.

    Raises:
        InvalidInput: those of ``pdf.source.inspect_source`` and ``pdf.raster.extract_page``.
        Unavailable: ``storage_unavailable``.
    """
    with tempfile.TemporaryDirectory(prefix="docflow-public-") as folder:
        path = Path(folder) / "given"
        size = 0
        with path.open("wb") as kept:
            while chunk := stream.read(COPIED_BYTES):
                size += len(chunk)
                if size > limits.max_size_bytes:
                    raise InvalidInput("file_too_large", size_bytes=size, limit_bytes=limits.max_size_bytes)
                kept.write(chunk)
        source = inspect_source(path, limits=limits)
        if source.kind in PICTURES:
            pixels = extract_page(path, 0, limits=limits).pixels
            large = make_reduced(pixels, width=LARGE_WIDTH_PX, most_bytes=LARGE_BYTES)
            small = make_reduced(pixels, width=SMALL_WIDTH_PX, most_bytes=SMALL_BYTES)
            return Given(
                is_picture=True,
                blob=_put(store, BlobKind.PUBLIC, large),
                small=_put(store, BlobKind.PUBLIC_SMALL, small),
                width=large.width,
                height=large.height,
            )
        with path.open("rb") as whole:
            blob = store.put(BlobKind.PUBLIC, whole, media_type=PDF)
    return Given(is_picture=False, blob=blob, page_count=source.page_count)


def attach_file(uow: UnitOfWork, post_id: UUID, given: Given, *, name: str, name_fr: str = "") -> PublicFile:
    """Attach a file to a post; a second picture takes the place of the first.

    Raises:
        PermissionDenied: without ``publications.write``.
        NotFound: ``post_unknown``.
        InvalidInput: ``file_name_missing``; ``picture_undescribed``.
        Conflict: ``post_files_too_many`` with ``limit``.
    """
    uow.require(EDITING)
    post = uow.session.get(PublicPost, post_id, with_for_update=True)
    if post is None:
        raise NotFound("post_unknown")
    said, said_fr = (" ".join(text.split())[:200] for text in (name, name_fr))
    if given.is_picture and not (said and said_fr):
        raise InvalidInput("picture_undescribed")
    if not said:
        raise InvalidInput("file_name_missing")
    if given.is_picture:
        for one in uow.session.scalars(select(PublicFile).where(PublicFile.post_id == post_id, PublicFile.is_picture)):
            _drop(uow, one)
    elif _count(uow, post_id) >= MOST_FILES:
        raise Conflict("post_files_too_many", limit=MOST_FILES)
    for blob in (given.blob, given.small):
        if blob is not None:
            name_blob(uow, blob, media_type=WEBP if given.is_picture else PDF)
    kept = PublicFile(
        id=new_id(),
        post_id=post_id,
        is_picture=given.is_picture,
        name=said,
        name_fr=said_fr if given.is_picture else "",
        sha256=given.blob.sha256,
        size_bytes=given.blob.size_bytes,
        small_sha256=None if given.small is None else given.small.sha256,
        small_size_bytes=0 if given.small is None else given.small.size_bytes,
        width=given.width,
        height=given.height,
        page_count=given.page_count,
        text=given.text,
        added_at=uow.now,
    )
    uow.session.add(kept)
    post.changed_at, post.changed_by_name = uow.now, uow.actor.name
    ask_to_index(uow, post)
    uow.record("publications.file_attached", subject_kind="post", subject_id=post_id, sha256=given.blob.sha256)
    return kept


def remove_file(uow: UnitOfWork, post_id: UUID, file_id: UUID) -> None:
    """Take a file from a post.

    Raises:
        PermissionDenied: without ``publications.write``.
        NotFound: ``post_unknown``.
    """
    uow.require(EDITING)
    post = uow.session.get(PublicPost, post_id, with_for_update=True)
    kept = uow.session.get(PublicFile, file_id)
    if post is None or kept is None or kept.post_id != post_id:
        raise NotFound("post_unknown")
    sha256 = kept.sha256
    _drop(uow, kept)
    post.changed_at, post.changed_by_name = uow.now, uow.actor.name
    ask_to_index(uow, post)
    uow.record("publications.file_removed", subject_kind="post", subject_id=post_id, sha256=sha256)


def _drop(uow: UnitOfWork, kept: PublicFile) -> None:
    gone, small = [kept.sha256], [kept.small_sha256] if kept.small_sha256 else []
    uow.session.delete(kept)
    forget_unnamed(uow, BlobKind.PUBLIC, gone, named=PublicFile.sha256)
    forget_unnamed(uow, BlobKind.PUBLIC_SMALL, small, named=PublicFile.small_sha256)


def _count(uow: UnitOfWork, post_id: UUID) -> int:
    counted = select(func.count()).where(PublicFile.post_id == post_id, ~PublicFile.is_picture)
    return uow.session.scalar(counted) or 0


def _put(store: BlobStore, kind: BlobKind, picture: Preview) -> BlobRef:
    return store.put(kind, io.BytesIO(picture.webp), media_type=WEBP)
