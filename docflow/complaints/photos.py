"""What a citizen encloses: looked at behind the wall when it comes, made a harmless picture by a job afterwards."""

from __future__ import annotations

import io
from pathlib import Path
from typing import BinaryIO, Final
from uuid import UUID

import structlog
from sqlalchemy import select

from docflow.complaints.deps import Deps
from docflow.complaints.models import ComplaintDraft, ComplaintPhoto
from docflow.complaints.queries import draft_of, photos_of_draft
from docflow.complaints.rules import MOST_PHOTOS, PHOTO_BYTES, PHOTO_PAGES
from docflow.core.actor import PUBLIC_SITE, SYSTEM
from docflow.core.errors import Conflict, DocFlowError, NotFound, Unavailable
from docflow.core.jobs import JobRequest
from docflow.core.making import MakingState
from docflow.core.uow import UnitOfWork
from docflow.documents.rules import display_file_name
from docflow.ingest.enclosures import store_enclosure
from docflow.pdf.limits import SourceLimits
from docflow.pdf.previews import make_photograph, make_preview
from docflow.pdf.raster import extract_page
from docflow.pdf.source import SourceFile
from docflow.storage.operations import forget_unnamed, name_blob
from docflow.storage.rules import BlobKind, BlobRef

logger = structlog.get_logger()

CLEANED_TYPE: Final = "image/jpeg"
"""Of photographs once what the camera noted is gone."""


def limits_of(deps: Deps) -> SourceLimits:
    """Return what an enclosed file may weigh and cost."""
    return SourceLimits(
        max_pages=PHOTO_PAGES, max_size_bytes=PHOTO_BYTES, max_page_pixels=deps.settings.max_page_pixels
    )


def look_at(deps: Deps, stream: BinaryIO) -> tuple[BlobRef, SourceFile]:
    """Store an enclosed file and look at it behind the wall; one that is refused is left to the sweeper.

    Raises:
        InvalidInput: ``file_empty``, ``file_too_large`` with ``limit_bytes``, and those of a file that cannot be read.
        Unavailable: ``storage_unavailable``, ``page_child_failed``.
    """
    return store_enclosure(deps.blob_store, stream, limits=limits_of(deps))


def add_photo(deps: Deps, secret: str, stream: BinaryIO, *, name: str) -> ComplaintPhoto:
    """Enclose a file in a draft.

    Raises:
        NotFound: ``complaint_draft_gone``.
        Conflict: ``photos_too_many`` with ``limit``.
        InvalidInput, Unavailable: those of ``look_at``.
    """
    blob, source = look_at(deps, stream)
    with deps.transactions.writing(PUBLIC_SITE) as uow:
        draft = locked_draft(uow, secret)
        given = photos_of_draft(uow.session, draft.id)
        same = next((one for one in given if one.original_sha256 == blob.sha256), None)
        if same is not None:
            return same
        if len(given) >= MOST_PHOTOS:
            raise Conflict("photos_too_many", limit=MOST_PHOTOS)
        draft.kept_at = uow.now
        return keep_photo(uow, blob, source, name=name, draft_id=draft.id)


def keep_photo(
    uow: UnitOfWork,
    blob: BlobRef,
    source: SourceFile,
    *,
    name: str,
    draft_id: UUID | None = None,
    complaint_id: UUID | None = None,
) -> ComplaintPhoto:
    """Keep a file that was looked at, and ask for the picture that may be shown."""
    name_blob(uow, blob, media_type=source.media_type)
    photo = ComplaintPhoto(
        draft_id=draft_id,
        complaint_id=complaint_id,
        name=display_file_name(name),
        media_type=source.media_type,
        given_at=uow.now,
        original_sha256=blob.sha256,
        original_size_bytes=blob.size_bytes,
    )
    uow.session.add(photo)
    uow.session.flush()
    uow.enqueue(
        JobRequest(
            name="complaints.reduce",
            payload={"photo_id": str(photo.id)},
            unique_key=f"complaints.reduce:{photo.id}",
            priority=11,
            max_attempts=3,
        )
    )
    return photo


def drop_photo(deps: Deps, secret: str, photo_id: UUID) -> None:
    """Take a file out of a draft.

    Raises:
        NotFound: ``complaint_draft_gone``.
    """
    with deps.transactions.writing(PUBLIC_SITE) as uow:
        draft = locked_draft(uow, secret)
        photo = uow.session.scalar(
            select(ComplaintPhoto).where(ComplaintPhoto.id == photo_id, ComplaintPhoto.draft_id == draft.id)
        )
        if photo is not None:
            forget_photos(uow, [photo])
        draft.kept_at = uow.now


def forget_photos(uow: UnitOfWork, photos: list[ComplaintPhoto]) -> None:
    """Drop files that are enclosed in nothing any more, and leave their bytes to the sweeper."""
    for photo in photos:
        uow.session.delete(photo)
    originals = [photo.original_sha256 for photo in photos]
    reduced = [photo.reduced_sha256 for photo in photos if photo.reduced_sha256 is not None]
    forget_unnamed(uow, BlobKind.ENCLOSURE, originals, named=ComplaintPhoto.original_sha256)
    forget_unnamed(uow, BlobKind.PHOTO, reduced, named=ComplaintPhoto.reduced_sha256)


def reduce_photo(deps: Deps, photo_id: UUID, *, is_last_attempt: bool) -> None:
    """Make the picture of an enclosed file from its pixels alone: nothing that a camera wrote beside them is kept.

    A photograph is replaced by those pixels at its full size. Of a PDF the picture is the first page, and the file
    stays. One of which no picture can be made is marked, and is shown by its name.
    """
    with deps.transactions.reading() as session:
        photo = session.get(ComplaintPhoto, photo_id)
    if photo is None or photo.state != MakingState.WAITING:
        return
    try:
        with deps.blob_store.local_copy(BlobKind.ENCLOSURE, photo.original_sha256) as path:
            pixels = extract_page(path, 0, limits=limits_of(deps)).pixels
        preview = make_preview(pixels)
        made = deps.blob_store.put(BlobKind.PHOTO, io.BytesIO(preview.webp), media_type="image/webp")
        cleaned = None
        if photo.media_type.startswith("image/"):
            stream = io.BytesIO(make_photograph(pixels))
            cleaned = deps.blob_store.put(BlobKind.ENCLOSURE, stream, media_type=CLEANED_TYPE)
    except DocFlowError as refusal:
        if isinstance(refusal, Unavailable) and not is_last_attempt:
            raise
        logger.warning("photo_not_reduced", photo_id=str(photo_id), error=refusal.code)
        with deps.transactions.writing(SYSTEM) as uow:
            kept = uow.session.get(ComplaintPhoto, photo_id, with_for_update=True)
            if kept is not None:
                kept.state = MakingState.FAILED
        return
    with deps.transactions.writing(SYSTEM) as uow:
        kept = uow.session.get(ComplaintPhoto, photo_id, with_for_update=True)
        if kept is None or kept.state != MakingState.WAITING:
            return
        name_blob(uow, made, media_type="image/webp")
        kept.state, kept.reduced_sha256, kept.reduced_size_bytes = MakingState.MADE, made.sha256, made.size_bytes
        kept.width, kept.height = preview.width, preview.height
        if cleaned is not None:
            given, kept.original_sha256 = kept.original_sha256, cleaned.sha256
            kept.original_size_bytes, kept.media_type = cleaned.size_bytes, CLEANED_TYPE
            kept.name = f"{Path(kept.name).stem}.jpg"
            name_blob(uow, cleaned, media_type=CLEANED_TYPE)
            forget_unnamed(uow, BlobKind.ENCLOSURE, [given], named=ComplaintPhoto.original_sha256)


def locked_draft(uow: UnitOfWork, secret: str) -> ComplaintDraft:
    """Return the draft of whoever holds its secret, locked, that was not deposited yet.

    Raises:
        NotFound: ``complaint_draft_gone``.
    """
    found = draft_of(uow.session, secret, uow.now)
    if found is None:
        raise NotFound("complaint_draft_gone")
    draft = uow.session.get_one(ComplaintDraft, found.id, with_for_update=True, populate_existing=True)
    if draft.complaint_id is not None:
        raise NotFound("complaint_draft_gone")
    return draft
