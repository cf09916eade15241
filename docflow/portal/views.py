"""The pages of the public site."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol
from uuid import UUID

from flask import Blueprint, current_app, redirect, render_template, request, url_for
from markupsafe import Markup
from werkzeug.wrappers import Response

from docflow.allowances.operations import count_attempt, require_allowance
from docflow.allowances.rules import Purpose
from docflow.complaints.admitting import admit
from docflow.core.actor import ANONYMOUS
from docflow.core.capability import Capability, Followed
from docflow.core.errors import InvalidInput, NotFound
from docflow.deadlines.labels import counted_term
from docflow.documents.delivery import deliver_blob
from docflow.drafting.publishing import answers_published, take_answer
from docflow.pdf.limits import SourceLimits
from docflow.portal.papers import code_of_paper
from docflow.publications.front import front_page
from docflow.publications.labels import DAY_LABELS, POST_KIND_LABELS, SECTION_LABELS
from docflow.registry.following import FollowedMatter, followed_matter
from docflow.registry.rules import NUMBER_LIMIT
from docflow.registry.verifying import registered_fact
from docflow.stamping.labels import CHANGE_TEXTS, FINDING_LABELS, REASON_TEXTS
from docflow.stamping.ports import Deps as StampingDeps
from docflow.stamping.rules import Verdict
from docflow.stamping.verification import verify_bytes
from docflow.web.bodies import takes_up_to
from docflow.web.guards import public
from docflow.web.shell import current_language

FORM_OVERHEAD_BYTES = 1024 * 1024
WITHOUT_OWN_SEAL = frozenset({"no_seal", "unreadable"})
"""Reasons after which the code printed on the paper is looked for."""


class Deps(StampingDeps, Protocol):
    """The runtime as the public site sees it: what verifying needs, and the rooms that tell of a matter."""

    @property
    def capabilities(self) -> Sequence[Capability]:
        """Every room."""
        ...


def make_blueprint(deps: Deps) -> Blueprint:
    """Return the pages of the public site."""
    blueprint = Blueprint("portal", __name__, template_folder="templates")

    @blueprint.get("/")
    @public
    def home() -> str:
        language, now = current_language(), deps.transactions.clock.now()
        with deps.transactions.reading() as session:
            front = front_page(session, now=now, language=language)
        return render_template(
            "portal/home.html",
            front=front,
            days=[(str(name), number) for number, name in enumerate(DAY_LABELS)],
            kind_labels=POST_KIND_LABELS,
            section_labels=SECTION_LABELS,
            public_url=deps.settings.public_url.rstrip("/"),
        )

    @blueprint.get("/v/<path:number>/<code>")
    @public
    def fact(number: str, code: str) -> Response:
        return _private(_render_fact(deps, number, code, is_from_paper="paper" in request.args))

    @blueprint.get("/track")
    @blueprint.get("/track/<path:number>")
    @public
    def track(number: str = "") -> str:
        return render_template("portal/track.html", number=number[:NUMBER_LIMIT], refusal_text="")

    @blueprint.post("/track")
    @public
    def follow() -> Response:
        number = request.form.get("number", "")[:NUMBER_LIMIT]
        require_allowance(deps.transactions, _address(), Purpose.SECRET)
        require_allowance(deps.transactions, _of_number(number), Purpose.MATTER)
        with deps.transactions.reading() as session:
            found = followed_matter(session, number, request.form.get("secret", "")[:NUMBER_LIMIT])
            admitted = None if found is None else admit(session, found.entry_id, is_secure=deps.settings.secure_cookies)
        if admitted is not None:
            return admitted
        if found is None:
            count_attempt(deps.transactions, _address(), Purpose.SECRET)
            count_attempt(deps.transactions, _of_number(number), Purpose.MATTER)
            refusal = str(current_app.extensions["docflow_error_texts"].text_of(NotFound("matter_unknown")))
            page = render_template("portal/track.html", number=number, refusal_text=refusal, form_has_errors=True)
            return _private(page, status=NotFound.http_status)
        return _private(_render_matter(deps, found, secret=request.form.get("secret", "")[:NUMBER_LIMIT]))

    @blueprint.post("/track/answer")
    @public
    def answer() -> Response:
        return _give_answer(deps)

    @blueprint.get("/verify")
    @public
    def verify() -> str:
        return render_template("portal/verify.html", verdict=None, max_bytes=deps.settings.max_file_bytes)

    @blueprint.post("/verify")
    @public
    @takes_up_to(deps.settings.max_file_bytes + FORM_OVERHEAD_BYTES)
    def check() -> Response:
        given = request.files.get("file")
        if given is None or not given.filename:
            raise InvalidInput("no_file_given")
        require_allowance(deps.transactions, _address(), Purpose.FILE)
        count_attempt(deps.transactions, _address(), Purpose.FILE)
        data = given.stream.read()
        verdict = verify_bytes(deps, data)
        if verdict.reason in WITHOUT_OWN_SEAL:
            named = code_of_paper(data, public_url=deps.settings.public_url, limits=_limits(deps))
            if named is not None:
                return redirect(url_for("portal.fact", number=named.number, code=named.code, paper=1), 303)
        return _private(_render_verdict(deps, verdict, file_name=given.filename))

    return blueprint


def _render_fact(deps: Deps, number: str, code: str, *, is_from_paper: bool) -> str:
    require_allowance(deps.transactions, _address(), Purpose.NUMBER)
    with deps.transactions.reading() as session:
        found = registered_fact(session, number, code)
    if found is None:
        count_attempt(deps.transactions, _address(), Purpose.NUMBER)
        raise NotFound("paper_unknown")
    is_arabic = current_language() == "ar"
    return render_template(
        "portal/fact.html",
        fact=found,
        register_name=found.register_name_ar if is_arabic else found.register_name_fr,
        is_from_paper=is_from_paper,
    )


def _give_answer(deps: Deps) -> Response:
    """Give the sealed PDF of an answer to whoever knows number and secret of the letter."""
    require_allowance(deps.transactions, _address(), Purpose.SECRET)
    number, secret = (request.form.get(name, "")[:NUMBER_LIMIT] for name in ("number", "secret"))
    with deps.transactions.reading() as session:
        found = followed_matter(session, number, secret)
    if found is None:
        count_attempt(deps.transactions, _address(), Purpose.SECRET)
        raise NotFound("matter_unknown")
    try:
        answer_id = UUID(request.form.get("answer", ""))
    except ValueError as error:
        raise NotFound("answer_unknown") from error
    with deps.transactions.writing(ANONYMOUS) as uow:
        taken = take_answer(uow, found.document_id, answer_id)
    name = f"{taken.number.replace('/', '-')}.pdf"
    response = deliver_blob(deps.blob_store, taken.blob, name=name, media_type="application/pdf")
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def _render_matter(deps: Deps, matter: FollowedMatter, *, secret: str) -> str:
    language = current_language()
    with deps.transactions.reading() as session:
        answers = answers_published(session, matter.document_id)
    followed = Followed(matter.document_id, matter.number, secret)
    facts = [make(deps, followed) for capability in deps.capabilities for make in capability.followed_facts]
    return render_template(
        "portal/matter.html",
        matter=matter,
        facts=[Markup(fact) for fact in facts if fact],  # noqa: S704 - rooms return what their templates escaped
        answers=answers,
        secret=secret,
        register_name=matter.register_name_ar if language == "ar" else matter.register_name_fr,
        term=None if matter.term is None else counted_term(matter.term, language=language),
    )


def _render_verdict(deps: Deps, verdict: Verdict, *, file_name: str) -> str:
    return render_template(
        "portal/verify.html",
        verdict=verdict,
        file_name=file_name,
        finding=FINDING_LABELS[verdict.finding],
        reason=REASON_TEXTS[verdict.reason],
        changes=[str(CHANGE_TEXTS[change.code]) % {"detail": change.detail} for change in verdict.changes],
        times={seal.field: datetime.fromisoformat(seal.time) for seal in verdict.seals if seal.time},
        max_bytes=deps.settings.max_file_bytes,
    )


def _limits(deps: Deps) -> SourceLimits:
    settings = deps.settings
    return SourceLimits(max_size_bytes=settings.max_file_bytes, max_page_pixels=settings.max_page_pixels)


def _address() -> str:
    return (request.remote_addr or "")[:64]


def _of_number(number: str) -> str:
    """Return under what the attempts at one number are counted, whether there is such a number or not."""
    return f"number:{number.strip().upper()}"[:64]


def _private(page: str, *, status: int = 200) -> Response:
    response = Response(page, status=status, mimetype="text/html")
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["X-Robots-Tag"] = "noindex"
    return response
