"""The document page: picture and text, metadata, history, downloads."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import groupby
from typing import Any, BinaryIO
from urllib.parse import quote
from uuid import UUID

from flask import Blueprint, current_app, flash, redirect, render_template, request, stream_with_context, url_for
from flask_babel import gettext
from markupsafe import Markup
from werkzeug.wrappers import Response

from docflow.accounts.queries import all_units, names_shown
from docflow.accounts.visibility import Confidentiality
from docflow.audit.queries import acts_on
from docflow.core.actor import Actor
from docflow.core.capability import ShownPage
from docflow.core.errors import Conflict, DocFlowError, InvalidInput, NotFound
from docflow.documents.deps import Deps
from docflow.documents.editing import Metadata, edit_metadata
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
    page_views,
    pages_of,
)
from docflow.documents.rules import Word, is_sure
from docflow.documents.sources import Source, sources_of
from docflow.storage.rules import BlobKind, BlobRef
from docflow.web.formats import local_date
from docflow.web.guards import requires
from docflow.web.identity import current_actor
from docflow.web.pictures import picture_response
from docflow.web.shell import current_language
from docflow.web.viewer import PageView as ViewerPage
from docflow.web.viewer import WordView, ZoneView

CHUNK_BYTES = 256 * 1024
ADDRESS_SECONDS = 300
FIELDS = {
    "subject": "subject", "sender": "sender", "addressee": "addressee", "reference": "reference",
    "date": "document_date", "cin": "cin", "phone": "phone", "kind": "kind", "unit": "unit",
}  # fmt: skip
"""What is read on a page, in the order of its badges, and the control of the form that holds it."""

SURE_PERCENT = 84
"""Under this confidence a person must compare what was read with the picture, as the macros say too."""


@dataclass(frozen=True, slots=True)
class OpenedPage:
    """The page of a document that is shown, with what lies over it."""

    view: PageView
    zones: list[ZoneView]
    lines: list[list[WordView]]


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
                edit_metadata(uow, document_id, metadata=_posted(), expected_version=_version())
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
        pages = pages_of(session, document_id) if is_readable else ()
        number = max(1, min(_page_number(), len(pages) or 1))
        opened = _opened(document, page_views(session, document_id, page_index=number - 1)) if pages else None
        acts = acts_on(session, "document", str(document_id)) if tab == "history" else ()
        duplicates = earlier_duplicates(session, actor, [document])
        sources = sources_of(session, actor, [document_id])[document_id]
        units = all_units(session)
        names = names_shown(
            session, [document.deposited_by_name, *(act.actor_name for act in acts)], locale=current_language()
        )
    if opened is not None:
        deps.access_log.opened(actor, document_id, what="page", at=deps.transactions.clock.now())
    panels = []
    if opened is not None:
        shown = ShownPage(document_id, number, tab)
        panels = [Markup(make(deps, actor, shown)) for room in deps.capabilities for make in room.document_panels]  # noqa: S704 - made by our own templates
    is_arabic = current_language() == "ar"
    return render_template(
        "documents/show.html",
        panels=panels,
        document=document,
        is_readable=is_readable,
        can_edit=is_readable and actor.can("documents.edit"),
        tab=tab,
        pages=[_viewer_page(document, page.page_index, page.width, page.height) for page in pages],
        number=number,
        opened=opened,
        doubts=_doubts(document) if is_readable else {},
        badges=_badges(document, opened, tab=tab),
        text_lines=opened.view.text.split("\n") if opened is not None else [],
        acts=acts,
        names=names,
        phrases={verb: phrase for room in deps.capabilities for verb, phrase in room.journal_phrases.items()},
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


def _page_number() -> int:
    try:
        return int(request.args.get("page", "1")[:6])
    except ValueError:
        return 1


def _viewer_page(document: Document, page_index: int, width: int, height: int) -> ViewerPage:
    number = page_index + 1
    return ViewerPage(
        number=number,
        image_url=url_for("documents.picture", document_id=document.id, page_number=number),
        thumb_url=url_for("documents.thumbnail", document_id=document.id, page_number=number),
        width=width or 1240,
        height=height or 1754,
        url=url_for(
            request.endpoint or "documents.show",
            document_id=document.id,
            page=number,
            q=request.args.get("q"),
            tab=request.args.get("tab"),
        ),
    )


def _opened(document: Document, views: Sequence[PageView]) -> OpenedPage:
    view = views[0]
    zones = _hit_zones(view.words) or _field_zones(document, view.page.page_index + 1)
    lines = [
        [WordView(word.text, word.box) for word in line]
        for _, line in groupby(view.words, key=lambda word: word.line_index)
    ]
    return OpenedPage(view, zones, lines)


def _hit_zones(words: Sequence[Word]) -> list[ZoneView]:
    query = request.args.get("q", "")[:1000]
    if not query.strip():
        return []
    highlight = current_app.extensions["docflow_hit_words"]
    return [ZoneView(words[index].box, kind="hit") for index in highlight([word.text for word in words], query)]


def _field_zones(document: Document, page_number: int) -> list[ZoneView]:
    zones: dict[tuple[int, ...], ZoneView] = {}
    for badge, (name, field_id) in enumerate(FIELDS.items(), start=1):
        proposal = document.proposals.get(name)
        if proposal is None or proposal["page_number"] != page_number:
            continue
        x0, y0, x1, y1 = proposal["box"]
        kind = "read" if proposal["confidence"] >= SURE_PERCENT else "check"
        # Kind and unit are understood from the words of the subject: one zone, with the first badge.
        zones.setdefault((x0, y0, x1, y1), ZoneView((x0, y0, x1, y1), kind=kind, label=str(badge), field_id=field_id))
    return list(zones.values())


def _doubts(document: Document) -> dict[str, str]:
    """Return what was read with doubt, as it is shown, by the control that it was not filled in."""
    doubtful = {name: document.proposals[name]["value"] for name in FIELDS if name in document.proposals}
    shown = {"date": lambda value: local_date(date.fromisoformat(value)), "kind": lambda value: str(KIND_LABELS[value])}
    return {
        FIELDS[name]: shown.get(name, str)(value)
        for name, value in doubtful.items()
        if not is_sure(document.proposals[name])
    }


def _badges(document: Document, opened: OpenedPage | None, *, tab: str) -> dict[str, str]:
    """Return the badge of each field: of the page that is shown, or of every page where the form stays beside them."""
    if opened is None:
        return {}
    zones = opened.zones
    if tab == "edit":
        zones = [zone for index in range(document.page_count) for zone in _field_zones(document, index + 1)]
    return {zone.field_id: zone.label for zone in zones if zone.label}


def _version() -> int:
    try:
        return int(request.form.get("version", "0"))
    except ValueError:
        return 0


def _posted() -> Metadata:
    form = request.form
    unit = form.get("unit", "")
    try:
        unit_id = UUID(unit) if unit else None
        confidentiality = Confidentiality(form.get("confidentiality", "normal"))
    except ValueError as error:
        raise InvalidInput("choice_unknown") from error
    return Metadata(
        subject=form.get("subject", ""),
        sender=form.get("sender", ""),
        addressee=form.get("addressee", ""),
        reference=form.get("reference", ""),
        document_date=_posted_date(form.get("document_date", "")),
        kind=form.get("kind", ""),
        unit_id=unit_id,
        confidentiality=confidentiality,
    )


def _posted_date(text: str) -> date | None:
    if not text.strip():
        return None
    western = "".join(str(int(char)) if char.isdigit() else char for char in text.strip())
    try:
        day, month, year = (int(part) for part in western.replace("-", "/").replace(".", "/").split("/"))
        return date(year, month, day)
    except ValueError as error:
        raise InvalidInput("date_not_understood", text=text[:40]) from error


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
        if original is None
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
    address = deps.blob_store.temporary_address(ref, file_name=name, media_type=media_type, seconds=ADDRESS_SECONDS)
    if address is not None:
        return redirect(address)
    response = current_app.response_class(
        stream_with_context(_chunks(deps, ref)), mimetype=media_type, headers={"Content-Length": str(size_bytes)}
    )
    # RFC 6266: a name in Arabic travels percent-encoded; headers carry Latin letters only.
    response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name, safe='')}"
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _is_asked_for(source: Source) -> bool:
    return request.args.get("source", str(source.deposit.id)) == str(source.deposit.id)


def _chunks(deps: Deps, ref: BlobRef) -> Iterator[bytes]:
    stream: BinaryIO
    with deps.blob_store.open(ref.kind, ref.sha256) as stream:
        while chunk := stream.read(CHUNK_BYTES):
            yield chunk
