"""Feeds (RFC 4287, RSS 2.0) and the site map (sitemaps.org), written as XML by the standard library."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from typing import Final
from xml.etree.ElementTree import Element, SubElement, register_namespace, tostring

ATOM: Final = "http://www.w3.org/2005/Atom"
SITEMAP: Final = "http://www.sitemaps.org/schemas/sitemap/0.9"
XHTML: Final = "http://www.w3.org/1999/xhtml"
NOT_XML: Final = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that no XML document may hold (XML 1.0, 2.2)."""


@dataclass(frozen=True, slots=True)
class FeedItem:
    """A post in a feed; ``files`` are address, name and size in bytes of its PDFs."""

    address: str
    title: str
    summary: str
    published_at: datetime
    updated_at: datetime
    category: str = ""
    files: Sequence[tuple[str, str, int]] = ()


@dataclass(frozen=True, slots=True)
class Feed:
    """A feed in one language: its own address, the page that it follows, and its newest items."""

    own_address: str
    page_address: str
    title: str
    author: str
    language: str
    updated_at: datetime
    items: Sequence[FeedItem]


@dataclass(frozen=True, slots=True)
class SitePage:
    """A page of the site map: its address without a language, and when it last changed, if that is known."""

    address: str
    changed_at: datetime | None = None


def atom(feed: Feed) -> bytes:
    """Return a feed in Atom."""
    register_namespace("", ATOM)
    root = Element(f"{{{ATOM}}}feed", {"{http://www.w3.org/XML/1998/namespace}lang": feed.language})
    _add(root, "id", feed.own_address)
    _add(root, "title", feed.title)
    _add(root, "updated", feed.updated_at.isoformat())
    _add(root, "link", rel="self", href=feed.own_address, type="application/atom+xml")
    _add(root, "link", rel="alternate", href=feed.page_address, type="text/html")
    _add(_add(root, "author"), "name", feed.author)
    for item in feed.items:
        entry = _add(root, "entry")
        _add(entry, "id", item.address)
        _add(entry, "title", item.title)
        _add(entry, "link", rel="alternate", href=item.address, type="text/html")
        _add(entry, "published", item.published_at.isoformat())
        _add(entry, "updated", item.updated_at.isoformat())
        if item.category:
            _add(entry, "category", term=item.category)
        _add(entry, "summary", item.summary)
        for address, name, size_bytes in item.files:
            _add(
                entry, "link", rel="enclosure", href=address, title=name, length=str(size_bytes), type="application/pdf"
            )
    return _written(root)


def rss(feed: Feed) -> bytes:
    """Return a feed in RSS 2.0."""
    root = Element("rss", {"version": "2.0"})
    channel = SubElement(root, "channel")
    said = {"title": feed.title, "link": feed.page_address, "description": feed.title, "language": feed.language}
    for name, text in said.items():
        SubElement(channel, name).text = _kept(text)
    SubElement(channel, "lastBuildDate").text = format_datetime(feed.updated_at)
    for item in feed.items:
        entry = SubElement(channel, "item")
        for name, text in {"title": item.title, "link": item.address, "description": item.summary}.items():
            SubElement(entry, name).text = _kept(text)
        SubElement(entry, "guid", {"isPermaLink": "true"}).text = item.address
        SubElement(entry, "pubDate").text = format_datetime(item.published_at)
        if item.category:
            SubElement(entry, "category").text = _kept(item.category)
        for address, _name, size_bytes in item.files[:1]:
            SubElement(entry, "enclosure", {"url": address, "length": str(size_bytes), "type": "application/pdf"})
    return _written(root)


def sitemap(pages: Sequence[SitePage], *, languages: Sequence[str]) -> bytes:
    """Return the site map: each page in each language, with the others beside it."""
    register_namespace("", SITEMAP)
    register_namespace("xhtml", XHTML)
    root = Element(f"{{{SITEMAP}}}urlset")
    for page in pages:
        for language in languages:
            url = SubElement(root, f"{{{SITEMAP}}}url")
            SubElement(url, f"{{{SITEMAP}}}loc").text = in_language(page.address, language)
            if page.changed_at is not None:
                SubElement(url, f"{{{SITEMAP}}}lastmod").text = page.changed_at.isoformat()
            for other in languages:
                link = {"rel": "alternate", "hreflang": other, "href": in_language(page.address, other)}
                SubElement(url, f"{{{XHTML}}}link", link)
    return _written(root)


def in_language(address: str, language: str) -> str:
    """Return the address of a page in a language."""
    return f"{address}{'&' if '?' in address else '?'}lang={language}"


def _add(parent: Element, name: str, text: str = "", /, **attributes: str) -> Element:
    made = SubElement(parent, f"{{{ATOM}}}{name}", {key: _kept(value) for key, value in attributes.items()})
    if text:
        made.text = _kept(text)
    return made


def _kept(text: str) -> str:
    return NOT_XML.sub("", text)


def _written(root: Element) -> bytes:
    return bytes(tostring(root, encoding="utf-8", xml_declaration=True))
