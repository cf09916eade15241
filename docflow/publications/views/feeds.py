"""What machines read: feeds, the site map, and what robots may look at."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Protocol
from uuid import UUID

from flask import Blueprint, Response, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from docflow.district.queries import KnownDistrict
from docflow.publications.feed import Feed, FeedItem, SitePage, atom, in_language, rss, sitemap
from docflow.publications.labels import SECTION_LABELS
from docflow.publications.markup import plain_text
from docflow.publications.models import PublicFile, PublicPost
from docflow.publications.ports import Deps
from docflow.publications.queries import FEED_LENGTH, all_categories, all_out, files_of, newest_out
from docflow.publications.rules import LANGUAGES, SECTIONS, PostKind, Section
from docflow.web.guards import public
from docflow.web.shell import current_language

FEED_TYPES = {"atom": "application/atom+xml", "rss": "application/rss+xml"}
KEPT_S = 300
SUMMARY_LENGTH = 500
HOURS = "publications.hours"
MOST_IN_MAP = 10_000
"""Of 50,000 addresses that a site map may hold, each post having two."""
PRIVATE_PATHS = ("/track", "/v/", "/verify")
"""What robots leave alone: what is there belongs to whoever holds a receipt or a paper."""


class FeedDeps(Deps, Protocol):
    """What feeds work with."""

    @property
    def district(self) -> KnownDistrict:
        """What the administration is called."""
        ...


def add_feeds(blueprint: Blueprint, deps: FeedDeps) -> None:
    """Add what machines read."""

    @blueprint.get("/<any(news, publications):section>.<any(atom, rss):form>")
    @public
    def feed(section: str, form: str) -> AnyResponse:
        made = _feed(deps, Section(section), form)
        return _kept(atom(made) if form == "atom" else rss(made), media_type=FEED_TYPES[form])

    @blueprint.get("/sitemap.xml")
    @public
    def site_map() -> AnyResponse:
        base = deps.settings.public_url.rstrip("/")
        with deps.transactions.reading() as session:
            posts = all_out(session, now=deps.clock.now(), most=MOST_IN_MAP)
        pages = [SitePage(f"{base}{path}") for path in ("/", *(f"/{section}" for section in Section), url_for(HOURS))]
        pages += [SitePage(_address(base, post), post.changed_at) for post in posts]
        return _kept(sitemap(pages, languages=LANGUAGES), media_type="application/xml")

    @blueprint.get("/robots.txt")
    @public
    def robots() -> AnyResponse:
        lines = ["User-agent: *", *(f"Disallow: {path}" for path in PRIVATE_PATHS)]
        lines.append(f"Sitemap: {deps.settings.public_url.rstrip('/')}{url_for('publications.site_map')}")
        return _kept("\n".join([*lines, ""]).encode(), media_type="text/plain")


def _feed(deps: FeedDeps, section: Section, form: str) -> Feed:
    language, base = current_language(), deps.settings.public_url.rstrip("/")
    with deps.transactions.reading() as session:
        posts = newest_out(session, section, now=deps.clock.now(), most=FEED_LENGTH)
        files = files_of(session, [post.id for post in posts])
        names = {one.id: one.name(language) for one in all_categories(session)}
    brand = deps.district.name.said(language)
    items = [_item(post, files[post.id], language=language, base=base, names=names) for post in posts]
    return Feed(
        own_address=in_language(f"{base}/{section}.{form}", language),
        page_address=in_language(f"{base}/{section}", language),
        title=f"{SECTION_LABELS[section]} · {brand}",
        author=brand,
        language=language,
        updated_at=max((item.updated_at for item in items), default=datetime.fromtimestamp(0, tz=UTC)),
        items=items,
    )


def _item(
    post: PublicPost, files: Sequence[PublicFile], *, language: str, base: str, names: Mapping[UUID, str]
) -> FeedItem:
    text = post.text
    published = post.publish_at or post.changed_at
    return FeedItem(
        address=in_language(_address(base, post), language),
        title=text.title(language),
        summary=text.summary(language) or plain_text(text.body(language))[:SUMMARY_LENGTH],
        published_at=published,
        updated_at=max(published, post.changed_at),
        category="" if post.category_id is None else names.get(post.category_id, ""),
        files=[
            (f"{base}{url_for('publications.file', file_id=one.id)}", one.name, one.size_bytes)
            for one in files
            if not one.is_picture
        ],
    )


def _address(base: str, post: PublicPost) -> str:
    return f"{base}/{SECTIONS[PostKind(post.kind)]}/{post.slug}"


def _kept(content: bytes, *, media_type: str) -> AnyResponse:
    """Return what a reader keeps for some minutes and then asks for again only if it changed."""
    response = Response(content, content_type=f"{media_type}; charset=utf-8")
    response.add_etag()
    response.headers["Cache-Control"] = f"public, max-age={KEPT_S}"
    return response.make_conditional(request)
