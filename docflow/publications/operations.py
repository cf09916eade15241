"""Writing, publishing and withdrawing what everybody reads."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from itertools import count
from uuid import UUID

from sqlalchemy import select

from docflow.accounts.models import OrgUnit
from docflow.core.errors import Conflict, InvalidInput, NotFound
from docflow.core.ids import new_id
from docflow.core.jobs import JobRequest
from docflow.core.uow import UnitOfWork
from docflow.publications.models import PostVersion, PublicCategory, PublicPost
from docflow.publications.rules import PostKind, PostState, PostText, another_slug, slug_of
from docflow.registry.rules import reason_of

INDEX_LANE = "public_index"
"""One writer at a time."""
EDITING = "publications.write"
"""What an editor may do; the administrator gives it with the role."""


@dataclass(frozen=True, slots=True)
class PostSetup:
    """What an editor says of a post."""

    kind: PostKind
    text: PostText
    category_id: UUID | None = None
    unit_id: UUID | None = None


def begin_post(uow: UnitOfWork, setup: PostSetup) -> PublicPost:
    """Begin a post, which nobody but editors sees.

    Raises:
        PermissionDenied: without ``publications.write``.
        InvalidInput: ``post_too_long``, ``post_untitled``, ``choice_unknown``.
    """
    uow.require(EDITING)
    return start_post(uow, setup)


def start_post(uow: UnitOfWork, setup: PostSetup) -> PublicPost:
    """Begin a post for somebody whose right to it the caller has checked.

    Raises:
        InvalidInput: ``post_too_long``, ``post_untitled``, ``choice_unknown``.
    """
    said = _checked(uow, setup)
    post = PublicPost(
        id=new_id(),
        kind=said.kind,
        slug="",
        category_id=said.category_id,
        unit_id=said.unit_id,
        content=said.text.as_row(),
        began_at=uow.now,
        began_by_name=uow.actor.name,
        changed_at=uow.now,
        changed_by_name=uow.actor.name,
    )
    post.slug = _free_slug(uow, post)
    uow.session.add(post)
    uow.session.flush()
    _keep_version(uow, post)
    uow.record("publications.begun", subject_kind="post", subject_id=post.id, kind_of_post=post.kind)
    return post


def change_post(uow: UnitOfWork, post_id: UUID, setup: PostSetup, *, expected_version: int) -> PublicPost:
    """Change a post; of one that everybody reads they read the new text at once, and the old one is kept.

    Raises:
        PermissionDenied: without ``publications.write``.
        NotFound: ``post_unknown``.
        Conflict: ``post_changed`` with ``name``.
        InvalidInput: ``post_too_long``, ``post_untitled``, ``choice_unknown``; ``post_incomplete`` of one that is
            published.
    """
    post = _editable(uow, post_id, expected_version=expected_version)
    said = _checked(uow, setup)
    if post.state == PostState.PUBLISHED:
        said.text.check_complete()
    is_new_text = said.text != post.text
    post.kind, post.category_id, post.unit_id = said.kind, said.category_id, said.unit_id
    post.content = said.text.as_row()
    post.changed_at, post.changed_by_name = uow.now, uow.actor.name
    if post.publish_at is None:
        post.slug = _free_slug(uow, post)
    if is_new_text:
        post.text_version += 1
        _keep_version(uow, post)
    if post.state == PostState.PUBLISHED:
        ask_to_index(uow, post)
    uow.record("publications.changed", subject_kind="post", subject_id=post.id, post_version=post.text_version)
    return post


def publish_post(
    uow: UnitOfWork, post_id: UUID, *, publish_at: datetime | None, ends_at: datetime | None, expected_version: int
) -> PublicPost:
    """Let everybody read a post, at once or from an instant on, for good or until another.

    Raises:
        PermissionDenied: without ``publications.write``.
        NotFound: ``post_unknown``.
        Conflict: ``post_changed`` with ``name``.
        InvalidInput: ``post_incomplete``; ``post_dates_reversed``.
    """
    post = _editable(uow, post_id, expected_version=expected_version)
    post.text.check_complete()
    was_out = post.state == PostState.PUBLISHED and post.publish_at is not None and post.publish_at <= uow.now
    # What is out already keeps the day on which it came out.
    begins = post.publish_at if was_out and publish_at is None else max(publish_at or uow.now, uow.now)
    if begins is None or (ends_at is not None and ends_at <= begins):
        raise InvalidInput("post_dates_reversed")
    post.state, post.publish_at, post.ends_at, post.reason = PostState.PUBLISHED, begins, ends_at, ""
    ask_to_index(uow, post)
    uow.record(
        "publications.published",
        subject_kind="post",
        subject_id=post.id,
        post_version=post.text_version,
        from_instant=begins.isoformat(),
    )
    return post


def withdraw_post(uow: UnitOfWork, post_id: UUID, *, reason: str) -> PublicPost:
    """Take a post from the public site at once; that it was there stays written, with the reason.

    Raises:
        PermissionDenied: without ``publications.write``.
        NotFound: ``post_unknown``.
        Conflict: ``post_not_published``.
        InvalidInput: ``reason_missing``, ``field_too_long``.
    """
    post = _editable(uow, post_id)
    if post.state != PostState.PUBLISHED:
        raise Conflict("post_not_published")
    post.state, post.reason = PostState.WITHDRAWN, reason_of(reason)
    ask_to_index(uow, post)
    uow.record("publications.withdrawn", subject_kind="post", subject_id=post.id)
    return post


@dataclass(frozen=True, slots=True)
class ThemeSetup:
    """What a theme is called."""

    name_ar: str
    name_fr: str
    is_active: bool = True


def keep_category(uow: UnitOfWork, category_id: UUID | None, setup: ThemeSetup) -> PublicCategory:
    """Add a theme, or change what it is called and whether it is offered.

    Raises:
        PermissionDenied: without ``publications.write``.
        NotFound: ``category_unknown``.
        InvalidInput: ``category_incomplete``.
        Conflict: ``category_exists``.
    """
    uow.require(EDITING)
    name_ar, name_fr = (" ".join(name.split())[:120] for name in (setup.name_ar, setup.name_fr))
    if not name_ar or not name_fr:
        raise InvalidInput("category_incomplete")
    same = select(PublicCategory.id).where(
        (PublicCategory.name_ar == name_ar) | (PublicCategory.name_fr == name_fr), PublicCategory.id != category_id
    )
    if category_id is None:
        same = select(PublicCategory.id).where(
            (PublicCategory.name_ar == name_ar) | (PublicCategory.name_fr == name_fr)
        )
    if uow.session.scalar(same.limit(1)) is not None:
        raise Conflict("category_exists")
    if category_id is None:
        category = PublicCategory(id=new_id(), slug="")
        category.slug = _unused(uow, PublicCategory, slug_of(name_fr, otherwise="theme"), own=category.id)
        uow.session.add(category)
    else:
        found = uow.session.get(PublicCategory, category_id)
        if found is None:
            raise NotFound("category_unknown")
        category = found
    category.name_ar, category.name_fr, category.is_active = name_ar, name_fr, setup.is_active
    uow.session.flush()
    uow.record("publications.category_kept", subject_kind="public_category", subject_id=category.id)
    return category


def ask_to_index(uow: UnitOfWork, post: PublicPost) -> None:
    """Ask for a post to be brought to the index or taken out of it: now, and when it comes out or ends."""
    uow.enqueue(JobRequest(name="publications.index", unique_key="publications.index", lane=INDEX_LANE, priority=10))
    # One that waits for its moment must not absorb one for now, so that their keys differ.
    for moment in (post.publish_at, post.ends_at):
        if moment is not None and moment > uow.now:
            uow.enqueue(
                JobRequest(
                    name="publications.index",
                    unique_key=f"publications.index:{post.id}:{moment:%Y%m%d%H%M%S}",
                    lane=INDEX_LANE,
                    priority=10,
                    delay_s=(moment - uow.now).total_seconds(),
                )
            )


def _editable(uow: UnitOfWork, post_id: UUID, *, expected_version: int | None = None) -> PublicPost:
    uow.require(EDITING)
    post = uow.session.get(PublicPost, post_id, with_for_update=True)
    if post is None:
        raise NotFound("post_unknown")
    if expected_version is not None and post.version != expected_version:
        raise Conflict("post_changed", name=post.changed_by_name)
    return post


def _checked(uow: UnitOfWork, setup: PostSetup) -> PostSetup:
    text = setup.text.cleaned()
    if not text.title_ar and not text.title_fr:
        raise InvalidInput("post_untitled")
    for table, chosen in ((PublicCategory, setup.category_id), (OrgUnit, setup.unit_id)):
        if chosen is not None and uow.session.get(table, chosen) is None:
            raise InvalidInput("choice_unknown")
    return PostSetup(setup.kind, text, setup.category_id, setup.unit_id)


def _keep_version(uow: UnitOfWork, post: PublicPost) -> None:
    uow.session.add(
        PostVersion(
            post_id=post.id,
            number=post.text_version,
            content=post.content,
            kept_at=uow.now,
            kept_by_name=uow.actor.name,
        )
    )


def _free_slug(uow: UnitOfWork, post: PublicPost) -> str:
    return _unused(uow, PublicPost, slug_of(post.text.title_fr, otherwise=post.kind), own=post.id)


def _unused(uow: UnitOfWork, table: type[PublicPost] | type[PublicCategory], slug: str, *, own: UUID) -> str:
    """Return a slug that no other row has; two that are made at the same moment are told apart by the database."""
    tried = slug
    for number in count(2):
        if uow.session.scalar(select(table.id).where(table.slug == tried, table.id != own)) is None:
            return tried
        tried = another_slug(slug, number)
    raise AssertionError
