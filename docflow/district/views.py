"""The page of the identity: names, letterhead, coat of arms, with a preview of the head of a paper."""

from __future__ import annotations

from typing import Protocol

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from docflow.core.errors import Conflict, DocFlowError, InvalidInput
from docflow.core.uow import Transactions
from docflow.district.forms import posted_identity, read_emblem
from docflow.district.labels import KIND_LABELS
from docflow.district.operations import MANAGES, keep_identity
from docflow.district.queries import KnownDistrict, identity_of
from docflow.district.rules import LARGEST_EMBLEM_BYTES, MOST_LINES, Identity
from docflow.web.bodies import takes_up_to
from docflow.web.guards import requires
from docflow.web.identity import current_actor
from docflow.web.problem import field_of, text_of

FORM_OVERHEAD_BYTES = 100_000
EMBLEM_CODES = frozenset({"emblem_invalid", "emblem_too_large"})


class Deps(Protocol):
    """The runtime as this package sees it."""

    @property
    def transactions(self) -> Transactions:
        """Opens units of work."""
        ...

    @property
    def district(self) -> KnownDistrict:
        """The identity as this process knows it."""
        ...


def make_blueprint(deps: Deps) -> Blueprint:
    """Return the pages of this package."""
    blueprint = Blueprint("district", __name__, template_folder="templates")

    @blueprint.get("/admin/identity")
    @requires(MANAGES)
    def identity() -> str:
        with deps.transactions.reading() as session:
            return _render(identity_of(session))

    @blueprint.post("/admin/identity")
    @requires(MANAGES)
    @takes_up_to(10 * LARGEST_EMBLEM_BYTES + FORM_OVERHEAD_BYTES)
    def keep() -> Response | tuple[str, int]:
        with deps.transactions.reading() as session:
            before = identity_of(session)
        said = before
        try:
            said = posted_identity(request.form, emblem=_posted_emblem(before))
            with deps.transactions.writing(current_actor()) as uow:
                keep_identity(uow, said, expected_version=request.form.get("version", -1, type=int))
        except (InvalidInput, Conflict) as refusal:
            return _render(said, version=before.version, refusal=refusal), refusal.http_status
        deps.district.forget()
        flash(gettext("It is kept: pages and papers bear it from now on."), "ok")
        return redirect(url_for("district.identity"), 303)

    @blueprint.post("/admin/identity/preview")
    @requires(MANAGES)
    @takes_up_to(FORM_OVERHEAD_BYTES)
    def preview() -> str:
        """Return the head and the foot of a paper as the form says them."""
        with deps.transactions.reading() as session:
            before = identity_of(session)
        emblem = b"" if "without_emblem" in request.form else before.emblem
        return render_template(
            "district/_head.html", letterhead=posted_identity(request.form, emblem=emblem).letterhead
        )

    return blueprint


def _posted_emblem(before: Identity) -> bytes:
    sent = request.files.get("emblem")
    if sent is not None and sent.filename:
        return read_emblem(sent.stream)
    return b"" if "without_emblem" in request.form else before.emblem


def _render(identity: Identity, *, version: int | None = None, refusal: DocFlowError | None = None) -> str:
    is_emblem = refusal is not None and refusal.code in EMBLEM_CODES
    return render_template(
        "district/identity.html",
        identity=identity,
        version=identity.version if version is None else version,
        kinds=[(kind.value, label) for kind, label in KIND_LABELS.items()],
        most_lines=MOST_LINES,
        refusal_text="" if refusal is None else text_of(refusal),
        refused_field="emblem" if is_emblem else field_of(refusal),
        form_has_errors=refusal is not None,
        letterhead=identity.letterhead,
    )
