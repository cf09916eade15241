"""Versions of a draft side by side: what was removed and what was added, word by word."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, render_template, request
from werkzeug.wrappers import Response

from docflow.accounts.queries import names_shown
from docflow.core.errors import NotFound
from docflow.documents.delivery import deliver_blob
from docflow.drafting.comparing import changed_parts
from docflow.drafting.ports import Deps
from docflow.drafting.queries import draft_for, version_of, versions_of
from docflow.drafting.rules import Content
from docflow.storage.rules import BlobKind, BlobRef
from docflow.web.guards import requires
from docflow.web.identity import current_actor
from docflow.web.shell import current_language

PRESENT = 0
"""Stands for the text as it is now."""


def add_versions(blueprint: Blueprint, deps: Deps) -> None:
    """Add the comparison of versions, and the file of one."""

    @blueprint.get("/drafts/<uuid:draft_id>/versions")
    @requires("documents.read")
    def compare(draft_id: UUID) -> str:
        return _render(deps, draft_id)

    @blueprint.get("/drafts/<uuid:draft_id>/versions/<int:number>.pdf")
    @requires("documents.read")
    def version_file(draft_id: UUID, number: int) -> Response:
        actor = current_actor()
        with deps.transactions.reading() as session:
            draft = draft_for(session, actor, draft_id)
            version = version_of(session, draft_id, number)
        if version.sha256 is None or version.size_bytes is None:
            raise NotFound("draft_version_unknown")
        if draft.document_id is not None:
            deps.access_log.opened(actor, draft.document_id, what="original", at=deps.clock.now())
        ref = BlobRef(BlobKind.ORIGINAL, version.sha256, version.size_bytes)
        return deliver_blob(deps.blob_store, ref, name=f"version-{number}.pdf", media_type="application/pdf")


def _render(deps: Deps, draft_id: UUID) -> str:
    with deps.transactions.reading() as session:
        draft = draft_for(session, current_actor(), draft_id)
        versions = versions_of(session, draft_id)
        who = names_shown(
            session, [draft.kept_by_name, *(one.author_name for one in versions)], locale=current_language()
        )
    contents = {version.number: Content.from_row(version.content) for version in versions}
    contents[PRESENT] = Content.from_row(draft.content)
    new = _chosen("new", contents, default=PRESENT)
    old = _chosen("old", contents, default=_before(new, draft.newest))
    return render_template(
        "drafting/versions.html",
        draft=draft,
        versions=versions,
        who=who,
        old=old,
        new=new,
        parts=changed_parts(contents[old], contents[new]),
        subject=contents[PRESENT].subject,
    )


def _chosen(name: str, contents: dict[int, Content], *, default: int) -> int:
    number = request.args.get(name, default, type=int)
    return number if number in contents else default


def _before(number: int, newest: int) -> int:
    """Return the version to compare with: the one before, or the newest where it is the present text."""
    return newest if number == PRESENT else max(number - 1, 1)
