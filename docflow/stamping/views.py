"""The designer of the stamps."""

from __future__ import annotations

import io
import tempfile
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from docflow.accounts.queries import names_shown
from docflow.core.errors import DocFlowError, InvalidInput
from docflow.stamping.designing import DesignVersion, design_versions, keep_design, take_back_design
from docflow.stamping.forms import asked_design, asked_version
from docflow.stamping.labels import PLACE_LABELS
from docflow.stamping.ports import Deps
from docflow.stamping.rules import (
    LARGEST_LOGO_BYTES,
    NARROWEST_MM,
    WIDEST_MM,
    StampDesign,
    StampFace,
    StampKind,
)
from docflow.storage.rules import BlobKind, BlobRef
from docflow.web.bodies import takes_up_to
from docflow.web.guards import requires
from docflow.web.identity import current_actor
from docflow.web.negotiation import is_partial
from docflow.web.shell import current_language

SAMPLE_NUMBERS = {StampKind.ARRIVAL: "A-2026-000145", StampKind.DEPARTURE: "D-2026-000032"}
BODY_BYTES = LARGEST_LOGO_BYTES + 100_000


def make_blueprint(deps: Deps) -> Blueprint:
    """Return the pages of this room."""
    blueprint = Blueprint("stamping", __name__, template_folder="templates", url_prefix="/admin/stamps")

    @blueprint.get("")
    @requires("stamps.manage")
    def design() -> str | tuple[str, int]:
        versions = _versions(deps)
        try:
            asked = asked_design(request.args, versions[0].design)
        except DocFlowError as error:
            return _page(deps, versions, versions[0].design, refusal=error), error.http_status
        return _page(deps, versions, asked)

    @blueprint.post("")
    @requires("stamps.manage")
    @takes_up_to(BODY_BYTES)
    def keep() -> Response | str | tuple[str, int]:
        versions = _versions(deps)
        try:
            asked = asked_design(request.form, versions[0].design)
            if "look" in request.form:
                return _page(deps, versions, asked)
            logo = _kept_logo(deps, asked)
            if logo is not None:
                asked = replace(asked, logo_sha256=logo.sha256)
            with deps.transactions.writing(current_actor()) as uow:
                keep_design(uow, asked, expected_version=asked_version(request.form), logo=logo)
        except DocFlowError as error:
            return _page(deps, _versions(deps), versions[0].design, refusal=error), error.http_status
        flash(gettext("The stamps look like this from now on. Those on letters stay as they are."), "ok")
        return redirect(url_for("stamping.design"))

    @blueprint.post("/versions/<int:version>")
    @requires("stamps.manage")
    def take_back(version: int) -> Response | tuple[str, int]:
        try:
            with deps.transactions.writing(current_actor()) as uow:
                take_back_design(uow, version, expected_version=asked_version(request.form))
        except DocFlowError as error:
            versions = _versions(deps)
            return _page(deps, versions, versions[0].design, refusal=error), error.http_status
        flash(gettext("The earlier design is taken back as the newest version."), "ok")
        return redirect(url_for("stamping.design"))

    @blueprint.get("/preview/<any(arrival, departure):kind>.png")
    @requires("stamps.manage")
    def preview(kind: str) -> Response:
        asked = asked_design(request.args, _versions(deps)[0].design)
        with ExitStack() as opened:
            logo = None
            if asked.logo_sha256 is not None:
                logo = opened.enter_context(deps.blob_store.local_copy(BlobKind.LOGO, asked.logo_sha256))
            png = deps.sealer.picture(_sample(deps, StampKind(kind)), asked, logo=logo)
        response = current_app.response_class(png, mimetype="image/png")
        response.headers["Cache-Control"] = "private, max-age=60"
        return response

    return blueprint


def _versions(deps: Deps) -> list[DesignVersion]:
    with deps.transactions.reading() as session:
        return list(design_versions(session))


def _page(
    deps: Deps, versions: list[DesignVersion], design: StampDesign, *, refusal: DocFlowError | None = None
) -> str:
    texts = current_app.extensions["docflow_error_texts"]
    with deps.transactions.reading() as session:
        names = names_shown(session, [item.author_name for item in versions], locale=current_language())
    given = (request.form if request.method == "POST" else request.args) if refusal is not None else {}
    return render_template(
        "stamping/_preview.html" if is_partial() else "stamping/design.html",
        design=design,
        shown=_shown(design),
        given=given,
        version=versions[0].version,
        versions=[item for item in versions if item.version],
        names=names,
        place_labels=PLACE_LABELS,
        narrowest=NARROWEST_MM,
        widest=WIDEST_MM,
        largest_logo=LARGEST_LOGO_BYTES,
        refusal_text=None if refusal is None else texts.text_of(refusal),
    )


def _shown(design: StampDesign) -> dict[str, Any]:
    """Return the address values by which a preview draws a design."""
    row = design.as_row()
    has_logo = row.pop("logo_sha256") is not None
    return row if has_logo else {**row, "without_logo": "1"}


def _sample(deps: Deps, kind: StampKind) -> StampFace:
    number = SAMPLE_NUMBERS[kind]
    return StampFace(
        kind=kind,
        register_number=number,
        at=deps.clock.now(),
        unit_ar="مصلحة الشؤون القانونية",
        unit_fr="Service des affaires juridiques",
        verification_url=f"{deps.settings.public_url.rstrip('/')}/v/{number}/7KQ2M9XPWD4T",
    )


def _kept_logo(deps: Deps, design: StampDesign) -> BlobRef | None:
    """Store the logo that was sent, once it was drawn on a stamp; none when none was sent.

    Raises:
        InvalidInput: ``stamp_logo_too_large(limit_bytes)``, ``stamp_logo_unreadable``.
    """
    sent = request.files.get("logo")
    content = b"" if sent is None else sent.read(LARGEST_LOGO_BYTES + 1)
    if not content:
        return None
    if len(content) > LARGEST_LOGO_BYTES:
        raise InvalidInput("stamp_logo_too_large", limit_bytes=LARGEST_LOGO_BYTES)
    with tempfile.TemporaryDirectory(prefix="docflow-logo-") as folder:
        path = Path(folder) / "logo"
        path.write_bytes(content)
        deps.sealer.picture(_sample(deps, StampKind.ARRIVAL), design, logo=path)
    return deps.blob_store.put(BlobKind.LOGO, io.BytesIO(content), media_type="application/octet-stream")
