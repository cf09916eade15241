"""The list of posts and the page on which one is written, in both languages, beside what everybody will see."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from docflow.accounts.units import all_units, open_units, unit_names
from docflow.core.errors import Conflict, DocFlowError, InvalidInput
from docflow.publications.forms import posted_number, posted_post
from docflow.publications.labels import POST_KIND_LABELS, POST_STATE_LABELS
from docflow.publications.models import PublicFile, PublicPost
from docflow.publications.operations import EDITING, PostSetup, begin_post, change_post
from docflow.publications.ports import Deps
from docflow.publications.queries import all_categories, all_posts, files_of, post_with_id, versions_of
from docflow.publications.rules import LANGUAGES, SECTIONS, PostKind, PostState, PostText
from docflow.publications.screen import ShownPost, shown_text
from docflow.web.guards import requires
from docflow.web.identity import current_actor
from docflow.web.problem import field_of, text_of
from docflow.web.shell import current_language


def add_editing(blueprint: Blueprint, deps: Deps) -> None:
    """Add the pages on which posts are written."""

    @blueprint.get("/site/posts")
    @requires(EDITING)
    def posts() -> str:
        state = request.args.get("state", "")
        wanted = PostState(state) if state in set(PostState) else None
        with deps.transactions.reading() as session:
            found = all_posts(session, state=wanted, page=request.args.get("page", 1, type=int))
        return render_template(
            "publications/posts.html",
            found=found,
            state=state,
            now=deps.clock.now(),
            kind_labels=POST_KIND_LABELS,
            state_labels=POST_STATE_LABELS,
            language=current_language(),
        )

    @blueprint.route("/site/posts/new", methods=["GET", "POST"])
    @requires(EDITING)
    def new() -> str | Response | tuple[str, int]:
        return _edit(deps, None)

    @blueprint.route("/site/posts/<uuid:post_id>", methods=["GET", "POST"])
    @requires(EDITING)
    def edit(post_id: UUID) -> str | Response | tuple[str, int]:
        return _edit(deps, post_id)

    @blueprint.post("/site/posts/look")
    @requires(EDITING)
    def look() -> str:
        setup = posted_post(request.form)
        return render_template("publications/_look.html", looks=_looks(setup.kind, setup.text))

    @blueprint.get("/site/posts/<uuid:post_id>/versions/<int:number>")
    @requires(EDITING)
    def version(post_id: UUID, number: int) -> str:
        with deps.transactions.reading() as session:
            post = post_with_id(session, post_id)
            kept = [one for one in versions_of(session, post_id) if one.number == number]
        text = kept[0].text if kept else PostText()
        return render_template(
            "publications/version.html",
            post=post,
            kept=kept[0] if kept else None,
            looks=_looks(PostKind(post.kind), text),
        )


def _edit(deps: Deps, post_id: UUID | None) -> str | Response | tuple[str, int]:
    if request.method == "GET":
        return render_edit(deps, post_id)
    setup = posted_post(request.form)
    if request.form.get("action") == "look":
        return render_edit(deps, post_id, setup=setup)
    try:
        with deps.transactions.writing(current_actor()) as uow:
            if post_id is None:
                kept = begin_post(uow, setup)
            else:
                seen = posted_number(request.form, "version")
                kept = change_post(uow, post_id, setup, expected_version=seen)
    except (InvalidInput, Conflict) as refusal:
        return render_edit(deps, post_id, setup=setup, refusal=refusal), refusal.http_status
    flash(gettext("It is kept."), "ok")
    return redirect(url_for("publications.edit", post_id=kept.id), 303)


def render_edit(
    deps: Deps, post_id: UUID | None, *, setup: PostSetup | None = None, refusal: DocFlowError | None = None
) -> str:
    """Return the page of a post, with what was typed and refused if anything was."""
    language = current_language()
    with deps.transactions.reading() as session:
        post = None if post_id is None else post_with_id(session, post_id)
        files = [] if post is None else files_of(session, [post.id])[post.id]
        versions = [] if post is None else versions_of(session, post.id)
        chosen = setup or _setup_of(post)
        categories = [one for one in all_categories(session) if one.is_active or one.id == chosen.category_id]
        units = unit_names(open_units(session, kept=[chosen.unit_id] if chosen.unit_id else ()), locale=language)
        names = unit_names(all_units(session), locale=language)
    section = SECTIONS[chosen.kind]
    return render_template(
        "publications/edit.html",
        post=post,
        setup=chosen,
        files=files,
        versions=versions,
        looks=_looks(chosen.kind, chosen.text, files),
        kinds=list(POST_KIND_LABELS.items()),
        state_labels=POST_STATE_LABELS,
        categories=[("", gettext("None")), *((str(one.id), one.name(language)) for one in categories)],
        units=[("", gettext("The district")), *((str(one), name) for one, name in units.items())],
        unit_names=names,
        now=deps.clock.now(),
        given=request.form if refusal is not None else {},
        public_address="" if post is None else f"{deps.settings.public_url.rstrip('/')}/{section}/{post.slug}",
        max_bytes=deps.settings.max_file_bytes,
        refusal_text="" if refusal is None else text_of(refusal),
        refused_field=field_of(refusal, {"post_dates_reversed": "until"}, default="title_ar"),
        form_has_errors=refusal is not None,
    )


def _setup_of(post: PublicPost | None) -> PostSetup:
    if post is None:
        return PostSetup(PostKind.NEWS, PostText())
    return PostSetup(PostKind(post.kind), post.text, post.category_id, post.unit_id)


def _looks(kind: PostKind, text: PostText, files: Sequence[PublicFile] = ()) -> list[ShownPost]:
    return [shown_text(text, language=language, kind=kind, files=files) for language in LANGUAGES]
