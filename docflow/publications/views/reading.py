"""What everybody reads: lists, posts, office hours."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from docflow.accounts.units import all_units, unit_names
from docflow.publications.front import listed
from docflow.publications.hours import WEEK_DAYS
from docflow.publications.labels import DAY_LABELS, POST_KIND_LABELS, SECTION_LABELS
from docflow.publications.markup import plain_text
from docflow.publications.opening import contact, opening_hours
from docflow.publications.ports import Deps
from docflow.publications.queries import (
    all_categories,
    categories_out,
    category_named,
    files_of,
    post_out,
    posts_out,
)
from docflow.publications.rules import SECTIONS, PostKind, Section
from docflow.publications.screen import shown_post
from docflow.web.guards import public
from docflow.web.shell import current_language

DESCRIPTION_LENGTH = 200
ENDPOINTS = {Section.NEWS: "publications.news", Section.PUBLICATIONS: "publications.library"}


def add_reading(blueprint: Blueprint, deps: Deps) -> None:
    """Add the pages that everybody reads."""

    @blueprint.get("/news")
    @public
    def news() -> str:
        return _render_section(deps, Section.NEWS)

    @blueprint.get("/publications")
    @public
    def library() -> str:
        return _render_section(deps, Section.PUBLICATIONS)

    @blueprint.get("/<any(news, publications):section>/<slug>")
    @public
    def post(section: str, slug: str) -> str | Response:
        return _render_post(deps, Section(section), slug)

    @blueprint.get("/office-hours")
    @public
    def hours() -> str:
        now = deps.clock.now()
        with deps.transactions.reading() as session:
            found, reached = opening_hours(session, now), contact(session)
        return render_template(
            "publications/hours.html",
            hours=found,
            contact=reached,
            days=[(str(DAY_LABELS[number]), number) for number in range(WEEK_DAYS)],
            language=current_language(),
        )


def _render_section(deps: Deps, section: Section) -> str:
    now, language = deps.clock.now(), current_language()
    with deps.transactions.reading() as session:
        theme = request.args.get("theme", "")
        category = category_named(session, theme) if theme else None
        asked = request.args.get("page", 1, type=int)
        category_id = None if category is None else category.id
        found = posts_out(session, section, now=now, category_id=category_id, page=asked)
        files = files_of(session, [one.id for one in found.posts])
        themes = categories_out(session, section, now=now)
        categories = {one.id: one for one in all_categories(session)}
    return render_template(
        "publications/section.html",
        section=section,
        title=SECTION_LABELS[section],
        endpoint=ENDPOINTS[section],
        found=found,
        posts=listed(found.posts, section, files=files, categories=categories, language=language),
        themes=themes,
        category=category,
        kind_labels=POST_KIND_LABELS,
        language=language,
        public_url=deps.settings.public_url.rstrip("/"),
    )


def _render_post(deps: Deps, section: Section, slug: str) -> str | Response:
    now, language = deps.clock.now(), current_language()
    with deps.transactions.reading() as session:
        found = post_out(session, slug, now=now)
        own = SECTIONS[PostKind(found.kind)]
        if own is not section:
            # An editor said later what it is: who kept its address is led to where it stands now.
            return redirect(url_for("publications.post", section=own.value, slug=slug), 301)
        files = files_of(session, [found.id])[found.id]
        categories = {one.id: one for one in all_categories(session)}
        names = unit_names(all_units(session), locale=language)
    category = None if found.category_id is None else categories.get(found.category_id)
    unit = "" if found.unit_id is None else names.get(found.unit_id, "")
    shown = shown_post(found, language=language, files=files, category=category, unit=unit)
    said = shown.summary or plain_text(found.text.body(language)).replace("\n", " ")
    return render_template(
        "publications/post.html",
        post=found,
        shown=shown,
        section=section,
        section_title=SECTION_LABELS[section],
        endpoint=ENDPOINTS[section],
        category=category,
        kind_labels=POST_KIND_LABELS,
        description=_shortened(said),
        public_url=deps.settings.public_url.rstrip("/"),
    )


def _shortened(text: str) -> str:
    """Return the beginning of a text, cut between words."""
    if len(text) <= DESCRIPTION_LENGTH:
        return text
    return text[:DESCRIPTION_LENGTH].rpartition(" ")[0] + "…"
