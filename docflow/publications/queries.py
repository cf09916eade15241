"""Reading what is published: for everybody what is out now, for editors all of it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias
from uuid import UUID

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from docflow.core.errors import NotFound
from docflow.publications.models import PostVersion, PublicCategory, PublicFile, PublicPost
from docflow.publications.rules import NEWS_PAGE, SECTIONS, PostState, Section

Ordered: TypeAlias = "InstrumentedAttribute[datetime] | InstrumentedAttribute[datetime | None]"
EDITOR_PAGE = 50
FEED_LENGTH = 30


@dataclass(frozen=True, slots=True)
class PostPage:
    """A page of a list: its posts, and how many pages there are."""

    posts: Sequence[PublicPost]
    page: int
    page_count: int


def is_out(now: datetime) -> ColumnElement[bool]:
    """Return the condition that everybody reads a post at an instant; no job has to run for it to be exact."""
    return (
        (PublicPost.state == PostState.PUBLISHED)
        & (PublicPost.publish_at <= now)
        & (PublicPost.ends_at.is_(None) | (PublicPost.ends_at > now))
    )


def is_in(section: Section) -> ColumnElement[bool]:
    """Return the condition that a post stands in a section of the public site."""
    return PublicPost.kind.in_([kind for kind, own in SECTIONS.items() if own is section])


def posts_out(
    session: Session, section: Section, *, now: datetime, category_id: UUID | None = None, page: int = 1
) -> PostPage:
    """Return a page of what everybody reads in a section, the newest first."""
    wanted = is_out(now) & is_in(section)
    if category_id is not None:
        wanted &= PublicPost.category_id == category_id
    return _page(session, wanted, page=page, length=NEWS_PAGE, order=PublicPost.publish_at)


def newest_out(session: Session, section: Section, *, now: datetime, most: int) -> Sequence[PublicPost]:
    """Return the newest posts that everybody reads in a section."""
    return session.scalars(
        select(PublicPost)
        .where(is_out(now), is_in(section))
        .order_by(PublicPost.publish_at.desc(), PublicPost.id.desc())
        .limit(most)
    ).all()


def all_out(session: Session, *, now: datetime, most: int) -> Sequence[PublicPost]:
    """Return what everybody reads in all sections, the newest first."""
    return session.scalars(
        select(PublicPost).where(is_out(now)).order_by(PublicPost.publish_at.desc(), PublicPost.id.desc()).limit(most)
    ).all()


def post_out(session: Session, slug: str, *, now: datetime) -> PublicPost:
    """Return a post that everybody reads, in whichever section it stands.

    Raises:
        NotFound: ``post_unknown``, whether it never was, waits for its day or was withdrawn.
    """
    found = session.scalar(select(PublicPost).where(PublicPost.slug == slug, is_out(now)))
    if found is None:
        raise NotFound("post_unknown")
    return found


def file_out(session: Session, file_id: UUID, *, now: datetime) -> PublicFile:
    """Return a file of a post that everybody reads.

    Raises:
        NotFound: ``post_unknown``.
    """
    found = session.scalar(
        select(PublicFile)
        .join(PublicPost, PublicPost.id == PublicFile.post_id)
        .where(PublicFile.id == file_id, is_out(now))
    )
    if found is None:
        raise NotFound("post_unknown")
    return found


def categories_out(session: Session, section: Section, *, now: datetime) -> Sequence[PublicCategory]:
    """Return the themes under which everybody finds something in a section, by name."""
    used = select(PublicPost.category_id).where(is_out(now), is_in(section))
    return session.scalars(
        select(PublicCategory).where(PublicCategory.id.in_(used)).order_by(PublicCategory.name_fr)
    ).all()


def post_with_id(session: Session, post_id: UUID) -> PublicPost:
    """Return a post as editors know it.

    Raises:
        NotFound: ``post_unknown``.
    """
    found = session.get(PublicPost, post_id)
    if found is None:
        raise NotFound("post_unknown")
    return found


def all_posts(session: Session, *, state: PostState | None, page: int) -> PostPage:
    """Return a page of what editors work on, the last changed first."""
    wanted = PublicPost.state == state if state is not None else PublicPost.id.is_not(None)
    return _page(session, wanted, page=page, length=EDITOR_PAGE, order=PublicPost.changed_at)


def files_of(session: Session, post_ids: Collection[UUID]) -> Mapping[UUID, Sequence[PublicFile]]:
    """Return what is attached to some posts, in the order in which it was."""
    found: dict[UUID, list[PublicFile]] = {post_id: [] for post_id in post_ids}
    rows = select(PublicFile).where(PublicFile.post_id.in_(post_ids)).order_by(PublicFile.added_at, PublicFile.id)
    for one in session.scalars(rows):
        found[one.post_id].append(one)
    return found


def picture_of(files: Sequence[PublicFile]) -> PublicFile | None:
    """Return the picture among what is attached to a post."""
    return next((one for one in files if one.is_picture), None)


def versions_of(session: Session, post_id: UUID) -> Sequence[PostVersion]:
    """Return the texts that a post had, the newest first."""
    return session.scalars(
        select(PostVersion).where(PostVersion.post_id == post_id).order_by(PostVersion.number.desc())
    ).all()


def all_categories(session: Session) -> Sequence[PublicCategory]:
    """Return every theme, by name."""
    return session.scalars(select(PublicCategory).order_by(PublicCategory.name_fr)).all()


def category_named(session: Session, slug: str) -> PublicCategory:
    """Return a theme by its name in addresses.

    Raises:
        NotFound: ``category_unknown``.
    """
    found = session.scalar(select(PublicCategory).where(PublicCategory.slug == slug))
    if found is None:
        raise NotFound("category_unknown")
    return found


def _page(session: Session, wanted: ColumnElement[bool], *, page: int, length: int, order: Ordered) -> PostPage:
    total = session.scalar(select(func.count()).select_from(PublicPost).where(wanted)) or 0
    page_count = max(1, -(-total // length))
    page = min(max(1, page), page_count)
    statement = select(PublicPost).where(wanted).order_by(order.desc(), PublicPost.id.desc())
    return PostPage(session.scalars(statement.offset((page - 1) * length).limit(length)).all(), page, page_count)
