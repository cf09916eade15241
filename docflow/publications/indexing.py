"""The index of the public site: a separate one, in which nothing but what everybody may read ever stands.

It is behind the same port as the index of the staff, at an address of its own. What comes out or is changed is brought
to it by a job; what is over or withdrawn is hidden by every question at once, and taken out by the job.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final, Protocol
from uuid import UUID

from sqlalchemy import ColumnElement, not_, or_, select, update
from sqlalchemy.orm import Session

from docflow.core.actor import SYSTEM
from docflow.core.errors import DocFlowError
from docflow.pdf.plain_text import plain_page_text
from docflow.pdf.raster import extract_page
from docflow.publications.files import limits_of
from docflow.publications.markup import plain_text
from docflow.publications.models import PublicFile, PublicPost
from docflow.publications.ports import Deps as RoomDeps
from docflow.publications.queries import files_of, is_out
from docflow.search.indexing import build_first
from docflow.search.ports import IndexEntry, SearchIndex
from docflow.storage.rules import BlobKind

PUBLIC_TOKEN: Final = "public"  # noqa: S105 - a scope token, not a secret
BATCH: Final = 100
READ_PAGES: Final = 60
"""Pages of one PDF whose words are searched."""


class Deps(RoomDeps, Protocol):
    """What indexing works with."""

    @property
    def public_index(self) -> SearchIndex:
        """The index of the public site."""
        ...


def index_posts(deps: Deps) -> int:
    """Bring every post that is out and changed to the index, and take out the others; return how many.

    The index is committed before the database says so: a crash between the two only repeats the work.
    """
    if deps.public_index.status().needs_rebuild:
        rebuild_public_index(deps)
    done = 0
    while True:
        _read_files(deps)
        now = deps.clock.now()
        with deps.transactions.reading() as session:
            posts = session.scalars(select(PublicPost).where(_lags(now)).order_by(PublicPost.id).limit(BATCH)).all()
            shown = [post for post in posts if _is_out(post, now)]
            entries = _entries(session, shown)
        if not posts:
            return done
        deps.public_index.apply(entries, [str(post.id) for post in posts if post not in shown])
        _mark(deps, {post.id: post.version if post in shown else None for post in posts})
        done += len(posts)


def make_first_public_index(deps: Deps) -> None:
    """Make the empty index of an installation without posts, so that the first question already has an answer."""
    if deps.public_index.status().state != "missing":
        return
    with deps.transactions.reading() as session:
        has_posts = session.scalar(select(PublicPost.id).limit(1)) is not None
    if not has_posts:
        build_first(deps.public_index, lambda: rebuild_public_index(deps))


def hidden_ids(session: Session, now: datetime) -> frozenset[str]:
    """Return the posts that the index may still hold and nobody reads any more."""
    rows = session.scalars(select(PublicPost.id).where(PublicPost.indexed_version.is_not(None), not_(is_out(now))))
    return frozenset(str(post_id) for post_id in rows)


def rebuild_public_index(deps: Deps) -> int:
    """Build a new index beside the one that answers, of everything that is out, and put it in its place.

    Return how many posts it holds. What changes meanwhile lags behind it, and is brought to it by the next job.
    """
    rebuild = deps.public_index.start_rebuild()
    held: dict[UUID, int | None] = {}
    try:
        _read_files(deps)
        now, after = deps.clock.now(), None
        while True:
            with deps.transactions.reading() as session:
                posts = _out_after(session, after, now)
                rebuild.add(_entries(session, posts))
            if not posts:
                break
            held.update({post.id: post.version for post in posts})
            after = posts[-1].id
        rebuild.swap()
    except BaseException:
        rebuild.abandon()
        raise
    with deps.transactions.writing(SYSTEM) as uow:
        uow.session.execute(update(PublicPost).values(indexed_version=None))
    _mark(deps, held)
    return len(held)


def public_index_difference(deps: Deps) -> tuple[int, int]:
    """Return how many posts the index lacks or shows in an old version, and how many it holds that are not out."""
    held = dict(deps.public_index.versions())
    now, after, lacking = deps.clock.now(), None, 0
    while True:
        with deps.transactions.reading() as session:
            posts = _out_after(session, after, now)
        if not posts:
            return lacking, len(held)
        lacking += sum(held.pop(str(post.id), None) != post.version for post in posts)
        after = posts[-1].id


def _out_after(session: Session, after: UUID | None, now: datetime) -> Sequence[PublicPost]:
    """Return the next posts that are out, in the order of their identifiers."""
    statement = select(PublicPost).where(is_out(now)).order_by(PublicPost.id).limit(BATCH)
    return session.scalars(statement if after is None else statement.where(PublicPost.id > after)).all()


def _lags(now: datetime) -> ColumnElement[bool]:
    is_old = PublicPost.indexed_version.is_(None) | (PublicPost.indexed_version != PublicPost.version)
    return or_(is_out(now) & is_old, not_(is_out(now)) & PublicPost.indexed_version.is_not(None))


def _is_out(post: PublicPost, now: datetime) -> bool:
    is_begun = post.state == "published" and post.publish_at is not None and post.publish_at <= now
    return is_begun and (post.ends_at is None or post.ends_at > now)


def _mark(deps: Deps, versions: dict[UUID, int | None]) -> None:
    with deps.transactions.writing(SYSTEM) as uow:
        for post_id, version in versions.items():
            # What was indexed is no change of the post: its version stays.
            uow.session.execute(update(PublicPost).where(PublicPost.id == post_id).values(indexed_version=version))


def _read_files(deps: Deps) -> None:
    """Read the words of PDFs that have some; a scan without a text of its own is found by its title."""
    with deps.transactions.reading() as session:
        unread = session.scalars(
            select(PublicFile).where(~PublicFile.is_picture, PublicFile.text.is_(None)).limit(BATCH)
        ).all()
    for kept in unread:
        text = _text_of(deps, kept)
        with deps.transactions.writing(SYSTEM) as uow:
            uow.session.execute(update(PublicFile).where(PublicFile.id == kept.id).values(text=text))


def _text_of(deps: Deps, kept: PublicFile) -> str:
    pages = []
    with deps.blob_store.local_copy(BlobKind.PUBLIC, kept.sha256) as path:
        for page_index in range(min(kept.page_count, READ_PAGES)):
            try:
                image = extract_page(path, page_index, limits=limits_of(deps.settings))
            except DocFlowError:
                continue
            words = " ".join(word.text for word in image.words)
            pages.append(words or plain_page_text(path, page_index, limits=limits_of(deps.settings)).text)
    return "\n".join(page for page in pages if page)


def _entries(session: Session, posts: Sequence[PublicPost]) -> list[IndexEntry]:
    files = files_of(session, [post.id for post in posts])
    return [_entry(post, files[post.id]) for post in posts]


def _entry(post: PublicPost, files: Sequence[PublicFile]) -> IndexEntry:
    tokens = frozenset({PUBLIC_TOKEN})
    return IndexEntry(
        document_id=str(post.id),
        version=post.version,
        subject=f"{post.text.title_ar}\n{post.text.title_fr}",
        sender="",
        addressee="",
        reference="",
        register_number="",
        kind=post.kind,
        languages=(),
        unit="" if post.category_id is None else str(post.category_id),
        document_date=None,
        arrived_at=post.publish_at or post.changed_at,
        pages=page_texts(post, files, language="ar"),
        metadata_tokens=tokens,
        content_tokens=tokens,
    )


def page_texts(post: PublicPost, files: Sequence[PublicFile], *, language: str) -> tuple[str, ...]:
    """Return what is searched of a post beside its title: its text in a language, in the other, then its files."""
    text = post.text
    languages = (language, "fr" if language == "ar" else "ar")
    said = [f"{text.summary(one)}\n{plain_text(text.body(one))}".strip() for one in languages]
    return (*said, *(f"{one.name}\n{one.text or ''}".strip() for one in files if not one.is_picture))
