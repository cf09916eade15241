"""The correction queue, the correction screen of a page, and what may be done there."""

from __future__ import annotations

from functools import partial
from itertools import zip_longest
from typing import Any
from uuid import UUID

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext, ngettext
from werkzeug.wrappers import Response

from docflow.accounts.queries import names_shown
from docflow.core.actor import Actor
from docflow.core.capability import ShownPage
from docflow.core.errors import Conflict, DocFlowError, InvalidInput
from docflow.corrections.deps import Deps
from docflow.corrections.differences import changed_lines
from docflow.corrections.forms import (
    LANGUAGES,
    Decision,
    chosen_language,
    posted_decision,
    posted_edit,
    posted_seen,
)
from docflow.corrections.operations import confirm_page, correct_page, give_up_page, restore_text
from docflow.corrections.rules import edited_words, text_of
from docflow.corrections.screen import proof_of
from docflow.documents.doubt import (
    DoubtfulPage,
    count_doubtful,
    doubtful_after,
    doubtful_before,
    doubtful_pages,
    page_of_queue,
    place_of,
    unread_pages,
)
from docflow.documents.labels import LANGUAGE_LABELS, SOURCE_LABELS
from docflow.documents.queries import document_content_for, page_views, pages_of
from docflow.documents.screen import pictures_of
from docflow.documents.texts import text_versions, version_words, words_of
from docflow.ingest.operations import read_page_again
from docflow.web.guards import requires
from docflow.web.identity import current_actor
from docflow.web.shell import current_language

PAGE_SIZE = 50
MOST_PAGES = 500

MOST_VERSIONS = 20


def make_blueprint(deps: Deps) -> Blueprint:
    """Return the pages of this room."""
    blueprint = Blueprint("corrections", __name__, template_folder="templates")

    @blueprint.get("/corrections")
    @requires("documents.correct")
    def queue() -> str | Response:
        return _render_queue(deps)

    @blueprint.get("/corrections/end")
    @requires("documents.correct")
    def end() -> str:
        language = chosen_language(request.args)
        with deps.transactions.reading() as session:
            left = count_doubtful(session, current_actor(), language=language)
        return render_template("corrections/end.html", left=left, language=language or None)

    @blueprint.get("/corrections/<uuid:document_id>/<int:page_number>")
    @requires("documents.correct")
    def proof(document_id: UUID, page_number: int) -> str:
        with deps.transactions.reading() as session:
            document = document_content_for(session, current_actor(), document_id)
            place = page_of_queue(session, document, page_number - 1)
        return _render_proof(deps, place)

    # What is posted is posted to the page itself: meanwhile its number may have become another page's.
    @blueprint.get("/corrections/pages/<uuid:page_id>")
    @requires("documents.correct")
    def page(page_id: UUID) -> Response:
        return redirect(_address(_place(deps, page_id)))

    @blueprint.post("/corrections/pages/<uuid:page_id>")
    @requires("documents.correct")
    def decide(page_id: UUID) -> Response | tuple[str, int]:
        place = _place(deps, page_id)
        try:
            _decide(deps, page_id)
        except Conflict as conflict:
            if conflict.code != "text_changed":
                raise
            return _render_conflict(deps, place), conflict.http_status
        except InvalidInput as refusal:
            return _render_proof(deps, place, refusal=refusal), refusal.http_status
        return redirect(_onward(deps, place), 303)

    @blueprint.post("/corrections/pages/<uuid:page_id>/read-again")
    @requires("documents.read")
    def read_again(page_id: UUID) -> Response:
        with deps.transactions.writing(current_actor()) as uow:
            read_page_again(uow, page_id)
        place = _place(deps, page_id)
        flash(gettext("Page %(page)s is being read again.", page=place.page_number), "info")
        if _origin():
            return redirect(_document_address(place), 303)
        return redirect(url_for("corrections.queue", language=chosen_language(request.args) or None), 303)

    @blueprint.post("/corrections/read-again")
    @requires("documents.correct")
    def read_all_again() -> Response:
        with deps.transactions.writing(current_actor()) as uow:
            pages = unread_pages(uow.session, uow.actor)
            for place in pages:
                read_page_again(uow, place.page.id)
        flash(ngettext("%(num)s page is being read again.", "%(num)s pages are being read again.", len(pages)), "info")
        return redirect(url_for("corrections.queue"), 303)

    @blueprint.post("/corrections/pages/<uuid:page_id>/restore")
    @requires("documents.correct")
    def restore(page_id: UUID) -> Response:
        seen = posted_seen(request.form)
        with deps.transactions.writing(current_actor()) as uow:
            restore_text(uow, page_id, version=seen.base, newest=seen.newest)
        flash(gettext("The earlier version counts again."), "ok")
        return redirect(_document_address(_place(deps, page_id), tab="text"), 303)

    return blueprint


def show_versions(deps: Deps, actor: Actor, shown: ShownPage) -> str:
    """Return what the document page says of a page's corrections: what may be done, and every version of its text."""
    with deps.transactions.reading() as session:
        document = document_content_for(session, actor, shown.document_id)
        place = page_of_queue(session, document, shown.page_number - 1)
        versions = text_versions(session, place.page.id)[: MOST_VERSIONS + 1] if shown.tab == "text" else ()
        authors = [place.page.reviewed_by_name, *(kept.author_name for kept in versions)]
        names = names_shown(session, authors, locale=current_language())
    return render_template(
        "corrections/panel.html",
        document=document,
        place=place,
        shown=shown,
        versions=[
            (kept, changed_lines(earlier.text, kept.text) if earlier is not None else None)
            for kept, earlier in zip_longest(versions, versions[1:])
        ][:MOST_VERSIONS],
        names=names,
        source_labels=SOURCE_LABELS,
        can_correct=actor.can("documents.correct"),
        can_read_again=actor.can("documents.correct") or actor.can("documents.deposit"),
    )


def _render_queue(deps: Deps) -> str | Response:
    actor, language = current_actor(), chosen_language(request.args)
    number = max(1, min(request.args.get("page", 1, type=int), MOST_PAGES))
    with deps.transactions.reading() as session:
        counts = {code: count_doubtful(session, actor, language=code) for code in ("", *LANGUAGES)}
        unread_count = len(unread_pages(session, actor))
        found = doubtful_pages(session, actor, language=language, offset=(number - 1) * PAGE_SIZE, limit=PAGE_SIZE)
    page_count = max(1, -(-counts[language] // PAGE_SIZE))
    if number > page_count:
        return redirect(url_for("corrections.queue", language=language or None, page=page_count))
    return render_template(
        "corrections/queue.html",
        found=found,
        counts=counts,
        unread_count=unread_count,
        language=language or None,
        page=number,
        page_count=page_count,
        language_labels=LANGUAGE_LABELS,
        reasons={place.page.id: _reason(place) for place in found},
    )


def _render_proof(deps: Deps, place: DoubtfulPage, *, refusal: InvalidInput | None = None) -> str:
    actor, language, document_id = current_actor(), chosen_language(request.args), place.document.id
    with deps.transactions.reading() as session:
        view = page_views(session, document_id, page_index=place.page.page_index)[0]
        pages = pages_of(session, document_id)
        before = doubtful_before(session, actor, place, language=language)
        after = doubtful_after(session, actor, place, language=language)
    deps.access_log.opened(actor, document_id, what="page", at=deps.transactions.clock.now())
    return render_template(
        "corrections/proof.html",
        document=place.document,
        place=place,
        view=view,
        proof=proof_of(view.words, given=request.form if refusal else None),
        pages=pictures_of(pages, document_id=document_id, address=partial(_page_address, document_id)),
        reason=_reason(place),
        before_url=_address(before) if before is not None else "",
        after_url=_address(after) if after is not None else url_for("corrections.end", language=language or None),
        language=language or None,
        origin=_origin(),
        refusal_text=_text_of(refusal) if refusal is not None else "",
        form_has_errors=refusal is not None,
    )


def _page_address(document_id: UUID, page_number: int) -> str:
    return url_for("corrections.proof", document_id=document_id, page_number=page_number, **_kept_arguments())


def _kept_arguments() -> dict[str, Any]:
    return {"language": chosen_language(request.args) or None, **_origin()}


def _origin() -> dict[str, str]:
    """Return the argument that says that the person came from the document's page, where they go back to."""
    return {"from": "document"} if request.args.get("from") == "document" else {}


def _place(deps: Deps, page_id: UUID) -> DoubtfulPage:
    with deps.transactions.reading() as session:
        return place_of(session, current_actor(), page_id)


def _decide(deps: Deps, page_id: UUID) -> None:
    seen, decision = posted_seen(request.form), posted_decision(request.form)
    with deps.transactions.writing(current_actor()) as uow:
        if decision is Decision.SAVE:
            correct_page(uow, page_id, edit=posted_edit(request.form), seen=seen)
        elif decision is Decision.CONFIRM:
            confirm_page(uow, page_id, seen=seen)
        else:
            give_up_page(uow, page_id, seen=seen)
    done = {
        Decision.SAVE: gettext("The correction is kept."),
        Decision.CONFIRM: gettext("The page is right as it was read."),
        Decision.GIVE_UP: gettext("The page is marked as one that cannot be read."),
    }
    flash(done[decision], "ok")


def _render_conflict(deps: Deps, place: DoubtfulPage) -> str:
    """Say who changed the page and what, beside what this person typed."""
    page, base_version = place.page, posted_seen(request.form).base
    with deps.transactions.reading() as session:
        base = version_words(session, page.id, base_version)
        theirs = text_versions(session, page.id)[0]
        names = names_shown(session, [theirs.author_name], locale=current_language())
    mine = edited_words(base, posted_edit(request.form), width=page.width, height=page.height)
    return render_template(
        "corrections/conflict.html",
        place=place,
        theirs=theirs,
        their_name=names[theirs.author_name],
        their_lines=changed_lines(text_of(base), text_of(words_of(theirs))),
        my_lines=changed_lines(text_of(base), text_of(mine)),
        decision=posted_decision(request.form),
        kept={name: value for name, value in request.form.items() if name.startswith(("word-", "line-", "base"))},
        language=chosen_language(request.args) or None,
        origin=_origin(),
    )


def _onward(deps: Deps, place: DoubtfulPage) -> str:
    """Return where a person goes from a page: back to the document, to the next page of the list, or to its end."""
    if _origin():
        return _document_address(place, tab="text")
    language = chosen_language(request.args)
    with deps.transactions.reading() as session:
        after = doubtful_after(session, current_actor(), place, language=language)
    return _address(after) if after is not None else url_for("corrections.end", language=language or None)


def _address(place: DoubtfulPage) -> str:
    return url_for(
        "corrections.proof",
        document_id=place.document.id,
        page_number=place.page_number,
        language=chosen_language(request.args) or None,
    )


def _document_address(place: DoubtfulPage, *, tab: str | None = None) -> str:
    return url_for("documents.show", document_id=place.document.id, page=place.page_number, tab=tab)


def _reason(place: DoubtfulPage) -> str:
    """Return why a page could not be read; empty when it was."""
    if place.page.error_code is None:
        return ""
    return _text_of(InvalidInput(place.page.error_code, **place.page.error_params))


def _text_of(error: DocFlowError) -> str:
    return str(current_app.extensions["docflow_error_texts"].text_of(error))
