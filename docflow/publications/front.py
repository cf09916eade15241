"""What the first page of the public site shows: what is new, and whether it is open."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from docflow.publications.models import PublicCategory, PublicContact, PublicFile, PublicPost
from docflow.publications.opening import OpeningHours, contact, opening_hours
from docflow.publications.queries import all_categories, files_of, newest_out
from docflow.publications.rules import Section
from docflow.publications.screen import ShownPost, shown_post

NEWEST = 3


@dataclass(frozen=True, slots=True)
class Listed:
    """A post in a list, with where it is read."""

    section: Section
    slug: str
    shown: ShownPost


@dataclass(frozen=True, slots=True)
class FrontPage:
    """The newest of both sections, the hours, and where the district is reached."""

    news: Sequence[Listed]
    publications: Sequence[Listed]
    hours: OpeningHours
    contact: PublicContact


def front_page(session: Session, *, now: datetime, language: str) -> FrontPage:
    """Return what the first page shows at an instant."""
    newest = {section: newest_out(session, section, now=now, most=NEWEST) for section in Section}
    files = files_of(session, [post.id for posts in newest.values() for post in posts])
    categories = {one.id: one for one in all_categories(session)}
    lists = {
        section: listed(posts, section, files=files, categories=categories, language=language)
        for section, posts in newest.items()
    }
    return FrontPage(lists[Section.NEWS], lists[Section.PUBLICATIONS], opening_hours(session, now), contact(session))


def listed(
    posts: Sequence[PublicPost],
    section: Section,
    *,
    files: Mapping[UUID, Sequence[PublicFile]],
    categories: Mapping[UUID, PublicCategory],
    language: str,
) -> Sequence[Listed]:
    """Return posts as a list shows them."""
    return [
        Listed(
            section,
            post.slug,
            shown_post(
                post,
                language=language,
                files=files[post.id],
                category=None if post.category_id is None else categories.get(post.category_id),
            ),
        )
        for post in posts
    ]
