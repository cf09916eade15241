"""The document page: picture and text, metadata, history, downloads."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from typing import Any
from uuid import UUID

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from markupsafe import Markup
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from docflow.accounts.queries import names_shown
from docflow.accounts.units import open_units
from docflow.audit.queries import acts_on
from docflow.audit.telling import Teller
from docflow.core.actor import Actor
from docflow.core.capability import HITS, HitFinder, ShownPage
from docflow.core.errors import Conflict, DocFlowError, InvalidInput, NotFound, PermissionDenied
from docflow.documents.delivery import deliver_blob
from docflow.documents.deps import Deps
from docflow.documents.editing import edit_metadata
from docflow.documents.forms import posted_metadata, posted_version
from docflow.documents.labels import (
    CONFIDENTIALITY_LABELS,
    KIND_LABELS,
    LANGUAGE_LABELS,
    OBSTACLE_LABELS,
    SOURCE_LABELS,
    STATE_LABELS,
)
from docflow.documents.models import Document
from docflow.documents.queries import (
    PageView,
    can_see_content,
    document_content_for,
    document_for,
    earlier_duplicates,
    page_texts,
    page_views,
    pages_of,
)
from docflow.documents.screen import OpenedPage, all_badges, badges_of, doubtful_values, opened_page, pictures_of
from docflow.documents.sources import Source, sources_of
from docflow.storage.rules import BlobKind, BlobRef
from docflow.web.guards import requires
from docflow.web.identity import current_actor
from docflow.web.pictures import picture_response
from docflow.web.problem import field_of
from docflow.web.shell import current_language
from docflow.web.viewer import HitWay

MOST_PAGES_READ = 200
"""Of one document, to find what was searched: one as long is opened at the page that its reader names."""
CARRIED = ("q", "at", "among")
"""Parts of an address that say from which results the reader came."""


def make_blueprint(deps: Deps) -> Blueprint:
    """Return the pages of this room."""
    blueprint = Blueprint("documents", __name__, template_folder="templates")

    @blueprint.get("/d/<uuid:document_id>")
    @requires("documents.read")
    def show(document_id: UUID) -> str:
        return _render_document(deps, document_id, tab=request.args.get("tab", "details"))

    @blueprint.route("/d/<uuid:document_id>/edit", methods=["GET", "POST"])
    @requires("documents.edit")
    def edit(document_id: UUID) -> str | Response | tuple[str, int]:
        if request.method == "GET":
            return _render_document(deps, document_id, tab="edit")
        try:
            with deps.transactions.writing(current_actor()) as uow:
                edit_metadata(
                    uow,
                    document_id,
                    metadata=posted_metadata(request.form, now=uow.now),
                    expected_version=posted_version(request.form),
                )
        except (InvalidInput, Conflict) as error:
            page = _render_document(deps, document_id, tab="edit", refusal=error)
            return page, error.http_status
        flash(gettext("The changes are kept."), "ok")
        return redirect(url_for("documents.show", document_id=document_id))

    @blueprint.get("/d/<uuid:document_id>/pages/<int:page_number>.webp")
    @requires("documents.read")
    def picture(document_id: UUID, page_number: int) -> Response:
        return _send_page(deps, document_id, page_number, kind=BlobKind.PAGE)

    @blueprint.get("/d/<uuid:document_id>/thumbnails/<int:page_number>.webp")
    @requires("documents.read")
    def thumbnail(document_id: UUID, page_number: int) -> Response:
        return _send_page(deps, document_id, page_number, kind=BlobKind.THUMBNAIL)

    @blueprint.get("/d/<uuid:document_id>/files/<what>")
    @requires("documents.read")
    def download(document_id: UUID, what: str) -> Response:
        return _send_file(deps, document_id, what)

    return blueprint


def _render_document(deps: Deps, document_id: UUID, *, tab: str, refusal: DocFlowError | None = None) -> str:
    actor = current_actor()
    with deps.transactions.reading() as session:
        document = document_for(session, actor, document_id)
        is_readable = can_see_content(session, actor, document_id)
        if tab == "edit" and not is_readable:
            raise PermissionDenied("content_hidden")
        pages = pages_of(session, document_id) if is_readable else ()
        with_hits = _pages_with_hits(session, document_id) if pages else ()
        number = max(1, min(_page_number() or (with_hits[0] if with_hits else 1), len(pages) or 1))
        opened = _opened(document, page_views(session, document_id, page_index=number - 1)[0]) if pages else None
        kept = acts_on(session, "document", str(document_id)) if tab == "history" else ()
        acts = Teller(deps.capabilities).tell_acts(session, actor, kept, locale=current_language())
        duplicates = earlier_duplicates(session, actor, [document])
        sources = sources_of(session, actor, [document_id])[document_id]
        units = open_units(session)
        names = names_shown(session, [document.deposited_by_name], locale=current_language())
    if opened is not None:
        deps.access_log.opened(actor, document_id, what="page", at=deps.transactions.clock.now())
    facts = [Markup(make(deps, actor, document_id)) for room in deps.capabilities for make in room.document_facts]  # noqa: S704 - made by our own templates
    heads = [Markup(make(deps, actor, document_id)) for room in deps.capabilities for make in room.document_heads]  # noqa: S704 - made by our own templates
    panels = []
    if opened is not None:
        shown = ShownPage(document_id, number, tab)
        panels = [Markup(make(deps, actor, shown)) for room in deps.capabilities for make in room.document_panels]  # noqa: S704 - made by our own templates
    is_arabic = current_language() == "ar"
    return render_template(
        "documents/show.html",
        facts=facts if tab == "details" else (),
        panels=panels,
        heads=heads,
        carried=_carried(),
        hits=_hit_way(document, opened, number, with_hits),
        document=document,
        is_readable=is_readable,
        can_edit=is_readable and actor.can("documents.edit"),
        tab=tab,
        pages=pictures_of(pages, document_id=document_id, address=partial(_page_address, document)),
        number=number,
        opened=opened,
        doubts=doubtful_values(document) if is_readable else {},
        badges=_badges(document, opened, tab=tab),
        text_lines=opened.view.text.split("\n") if opened is not None else [],
        acts=acts,
        names=names,
        duplicate=duplicates.get(document_id),
        sources=[source for source in sources if source.is_open],
        signatures=[
            _shown_signature(signature)
            for source in sources
            if source.is_open
            for signature in source.deposit.signatures
        ],
        units=[(str(unit.id), unit.name_ar if is_arabic else unit.name_fr) for unit in units],
        labels={
            "kind": KIND_LABELS,
            "language": LANGUAGE_LABELS,
            "state": STATE_LABELS,
            "confidentiality": CONFIDENTIALITY_LABELS,
            "source": SOURCE_LABELS,
            "obstacle": OBSTACLE_LABELS,
        },
        refusal=refusal,
        refusal_text=_text_of(refusal) if refusal else "",
        refused_field=field_of(refusal, default="subject"),
        failure_text=_failure_text(document),
        page_failure_text=_page_failure_text(opened),
        given=request.form if refusal else None,
        form_has_errors=refusal is not None,
    )


def _shown_signature(claim: Mapping[str, Any]) -> dict[str, Any]:
    """Return a signature's claims with its time as the page shows it: one without a zone stays as it was written."""
    if not claim["claimed_at"]:
        return {**claim, "instant": None, "clock": ""}
    moment = datetime.fromisoformat(claim["claimed_at"])
    if moment.tzinfo is None:
        return {**claim, "instant": None, "clock": f"{moment:%d/%m/%Y %H:%M}"}
    return {**claim, "instant": moment.astimezone(UTC), "clock": ""}


def _failure_text(document: Document) -> str:
    if document.error_code is None:
        return ""
    return _text_of(InvalidInput(document.error_code, **document.error_params))


def _page_failure_text(opened: OpenedPage | None) -> str:
    if opened is None or opened.view.page.error_code is None:
        return ""
    return _text_of(InvalidInput(opened.view.page.error_code, **opened.view.page.error_params))


def _text_of(error: DocFlowError) -> str:
    return str(current_app.extensions["docflow_error_texts"].text_of(error))


def _page_number() -> int | None:
    """Return the page that is asked for; none where the address names none."""
    asked = request.args.get("page")
    try:
        return None if asked is None else int(asked[:6])
    except ValueError:
        return 1


def _carried() -> dict[str, Any]:
    """Return what the address says of where the reader came from, for every link that stays with the document."""
    return {name: request.args[name] for name in CARRIED if name in request.args}


def _page_address(document: Document, page_number: int, **more: Any) -> str:
    return url_for(
        request.endpoint or "documents.show",
        document_id=document.id,
        page=page_number,
        tab=request.args.get("tab"),
        **_carried(),
        **more,
    )


def _pages_with_hits(session: Session, document_id: UUID) -> Sequence[int]:
    """Return the pages, of the first ones, that answer what was searched."""
    if not _asked():
        return ()
    finder: HitFinder = current_app.extensions[HITS]
    return finder.pages(page_texts(session, [document_id], first_pages=MOST_PAGES_READ)[document_id], _asked())


def _hit_way(document: Document, opened: OpenedPage | None, number: int, with_hits: Sequence[int]) -> HitWay | None:
    """Return the way from hit to hit; none where nothing was searched or found."""
    if opened is None or not with_hits:
        return None
    before = max((page for page in with_hits if page < number), default=None)
    after = min((page for page in with_hits if page > number), default=None)
    return HitWay(
        count=sum(zone.kind == "hit" for zone in opened.zones),
        before_url="" if before is None else _page_address(document, before, hit="last"),
        after_url="" if after is None else _page_address(document, after),
        starts_last=request.args.get("hit") == "last",
    )


def _asked() -> str:
    return request.args.get("q", "")[:1000].strip()


def _send_page(deps: Deps, document_id: UUID, page_number: int, *, kind: BlobKind) -> Response:
    actor = current_actor()
    with deps.transactions.reading() as session:
        document_content_for(session, actor, document_id)
        pages = page_views(session, document_id, page_index=page_number - 1)
    page = pages[0].page if pages else None
    sha256 = None if page is None else page.image_sha256 if kind is BlobKind.PAGE else page.thumbnail_sha256
    if sha256 is None:
        raise NotFound("page_unknown")

    def read() -> bytes:
        with deps.blob_store.open(kind, sha256) as stream:
            return stream.read()

    return picture_response(sha256, read)


def _send_file(deps: Deps, document_id: UUID, what: str) -> Response:
    actor: Actor = current_actor()
    with deps.transactions.reading() as session:
        document = document_content_for(session, actor, document_id)
        sources = sources_of(session, actor, [document_id])[document_id]
    stem = document.file_name.rpartition(".")[0] or document.file_name
    # A file of which some page may not be read by this person does not exist for them.
    original = next((source.deposit for source in sources if source.is_open and _is_asked_for(source)), None)
    files = {
        "original": (None, 0, "", "")
        if original is None or not original.original_sha256
        else (original.original_sha256, original.size_bytes, original.media_type, original.file_name),
        "searchable": (
            document.searchable_sha256,
            document.searchable_size_bytes or 0,
            "application/pdf",
            f"{stem}-{gettext('searchable')}.pdf",
        ),
    }
    sha256, size_bytes, media_type, name = files.get(what, (None, 0, "", ""))
    if sha256 is None:
        raise NotFound("export_missing", what=what)
    deps.access_log.opened(actor, document_id, what=what, at=deps.transactions.clock.now())
    ref = BlobRef(BlobKind(what), sha256, size_bytes)
    return deliver_blob(deps.blob_store, ref, name=name, media_type=media_type)


def _is_asked_for(source: Source) -> bool:
    return request.args.get("source", str(source.deposit.id)) == str(source.deposit.id)


def _opened(document: Document, view: PageView) -> OpenedPage:
    if not _asked():
        return opened_page(document, view)
    finder: HitFinder = current_app.extensions[HITS]
    return opened_page(document, view, hits=finder.words([word.text for word in view.words], _asked()))


def _badges(document: Document, opened: OpenedPage | None, *, tab: str) -> dict[str, str]:
    """Return the badge of each field: of the page that is shown, or of every page where the form stays beside them."""
    if opened is None:
        return {}
    return all_badges(document) if tab == "edit" else badges_of(opened.zones)
