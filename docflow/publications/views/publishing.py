"""Letting everybody read a post, at once or on a day, and taking it back."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, flash, redirect, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from docflow.core.errors import Conflict, InvalidInput
from docflow.publications.forms import posted_number
from docflow.publications.operations import EDITING, publish_post, withdraw_post
from docflow.publications.ports import Deps
from docflow.publications.views.editing import render_edit
from docflow.web.guards import requires
from docflow.web.identity import current_actor
from docflow.web.posted import posted_instant


def add_publishing(blueprint: Blueprint, deps: Deps) -> None:
    """Add what publishes and withdraws."""

    @blueprint.post("/site/posts/<uuid:post_id>/publish")
    @requires(EDITING)
    def publish(post_id: UUID) -> Response | tuple[str, int]:
        try:
            with deps.transactions.writing(current_actor()) as uow:
                post = publish_post(
                    uow,
                    post_id,
                    publish_at=posted_instant(request.form, "from", now=uow.now),
                    ends_at=posted_instant(request.form, "until", now=uow.now),
                    expected_version=posted_number(request.form, "version"),
                )
        except (InvalidInput, Conflict) as refusal:
            return render_edit(deps, post_id, refusal=refusal), refusal.http_status
        is_later = post.publish_at is not None and post.publish_at > deps.clock.now()
        flash(gettext("It will be published on its day.") if is_later else gettext("Everybody can read it now."), "ok")
        return redirect(url_for("publications.edit", post_id=post_id), 303)

    @blueprint.post("/site/posts/<uuid:post_id>/withdraw")
    @requires(EDITING)
    def withdraw(post_id: UUID) -> Response | tuple[str, int]:
        try:
            with deps.transactions.writing(current_actor()) as uow:
                withdraw_post(uow, post_id, reason=request.form.get("reason", ""))
        except (InvalidInput, Conflict) as refusal:
            return render_edit(deps, post_id, refusal=refusal), refusal.http_status
        flash(gettext("It is not on the public site any more."), "ok")
        return redirect(url_for("publications.edit", post_id=post_id), 303)
