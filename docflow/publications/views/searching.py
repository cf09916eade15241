"""The search of the public site."""

from __future__ import annotations

from flask import Blueprint, render_template, request

from docflow.allowances.operations import count_attempt, require_allowance
from docflow.allowances.rules import Purpose
from docflow.core.errors import Unavailable
from docflow.publications.finding import find_posts
from docflow.publications.indexing import Deps
from docflow.publications.labels import POST_KIND_LABELS
from docflow.publications.rules import SECTIONS, PostKind
from docflow.web.guards import public
from docflow.web.shell import current_language

LONGEST_WORDS = 300


def add_searching(blueprint: Blueprint, deps: Deps) -> None:
    """Add the page of results."""

    @blueprint.get("/find")
    @public
    def search() -> str | tuple[str, int]:
        words = request.args.get("q", "")[:LONGEST_WORDS]
        wanted = request.args.get("kind", "")
        kind = PostKind(wanted) if wanted in set(PostKind) else None
        page = max(1, request.args.get("page", 1, type=int))
        found, status = None, 200
        if words.strip():
            address = (request.remote_addr or "")[:64]
            require_allowance(deps.transactions, address, Purpose.SEARCH)
            count_attempt(deps.transactions, address, Purpose.SEARCH)
            try:
                found = find_posts(deps, words, kind=kind, page=page, language=current_language())
            except Unavailable as refusal:
                status = refusal.http_status
        shown = render_template(
            "publications/search.html",
            words=words,
            kind=kind,
            page=page,
            found=found,
            is_unavailable=status != 200,
            kind_labels=POST_KIND_LABELS,
            sections={kind.value: section.value for kind, section in SECTIONS.items()},
        )
        return shown, status
