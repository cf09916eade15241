"""The registration screen: a letter beside what was read in it, its number at one key, then the next letter."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from markupsafe import Markup, escape
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from docflow.accounts.queries import all_people
from docflow.accounts.units import open_units
from docflow.accounts.visibility import Confidentiality
from docflow.core.actor import Actor
from docflow.core.errors import Conflict, DocFlowError, InvalidInput
from docflow.deadlines.labels import CountedTerm, counted_term
from docflow.documents.forms import posted_metadata, posted_version
from docflow.documents.labels import CONFIDENTIALITY_LABELS, KIND_LABELS
from docflow.documents.models import Document
from docflow.documents.queries import (
    document_content_for,
    document_for,
    earlier_duplicates,
    ids_with_text,
    page_views,
    pages_of,
)
from docflow.documents.screen import OpenedPage, all_badges, doubtful_values, opened_page, pictures_of
from docflow.registry.deps import Deps
from docflow.registry.drafts import draft_of, drafted_ids, keep_draft
from docflow.registry.forms import drafted, posted_arrival, western
from docflow.registry.labels import PAPER_LABELS
from docflow.registry.models import Entry, Register
from docflow.registry.operations import enter_reserved, register_document
from docflow.registry.queries import (
    count_waiting,
    desk_registers,
    earlier_entries,
    entries_of_document,
    reserved_numbers,
    waiting_documents,
)
from docflow.registry.rules import EntryState
from docflow.registry.screen import form_values, likely_arrival, place_of, shares, to_check
from docflow.registry.senders import known_senders
from docflow.registry.terms import answer_due
from docflow.registry.views.walking import address_of, asked_batch, place_in_list, refusal_text
from docflow.search.duplicates import near_duplicates
from docflow.unit_proposals.first_routes import LetterFacts, RouteRule, folded_words
from docflow.unit_proposals.queries import ExplainedProposal, unit_proposal_for
from docflow.unit_proposals.ruling import route_for
from docflow.web.guards import requires
from docflow.web.identity import current_actor
from docflow.web.posted import posted_id_or_none
from docflow.web.problem import field_of
from docflow.web.shell import current_language
from docflow.web.viewer import PageView as ViewerPage

LIST_LIMIT = 100
FIELD_OF_REFUSAL = {
    "subject_missing": "subject",
    "unit_missing": "unit",
    "named_people_missing": "named",
    "unopened_not_confidential": "confidentiality",
    "arrival_in_future": "arrived_at",
    "arrival_too_old": "arrived_at",
    "enclosure_count_invalid": "enclosure_count",
    "count_not_understood": "enclosure_count",
    "cin_not_understood": "cin",
    "nothing_was_read": "is_unread_accepted",
}
"""The control that the summary of errors leads to."""


def add_registration(blueprint: Blueprint, deps: Deps) -> None:
    """Add the registration screen and what it asks for as the clerk types."""

    @blueprint.get("/register")
    @requires("registry.register")
    def waiting() -> str:
        with deps.transactions.reading() as session:
            actor, batch_id = current_actor(), asked_batch()
            documents = waiting_documents(session, actor, batch_id=batch_id, limit=LIST_LIMIT)
            ids = [document.id for document in documents]
            drafts, with_text = drafted_ids(session, ids), ids_with_text(session, ids)
            duplicates = earlier_duplicates(session, actor, documents)
            count = count_waiting(session, actor, batch_id=batch_id)
        return render_template(
            "registry/waiting.html",
            documents=documents,
            drafts=drafts,
            with_text=with_text,
            duplicates=duplicates,
            count=count,
            batch_id=batch_id,
            kind_labels=KIND_LABELS,
        )

    @blueprint.route("/register/<uuid:document_id>", methods=["GET", "POST"])
    @requires("registry.register")
    def register(document_id: UUID) -> str | Response | tuple[str, int]:
        if request.method == "GET":
            return _page_of_settled(deps, document_id) or _render(deps, document_id)
        after = place_in_list(deps, document_id).after
        try:
            said = (
                _keep_draft(deps, document_id)
                if request.form.get("action") == "draft"
                else _register(deps, document_id)
            )
        except Conflict as conflict:
            if conflict.code != "document_has_number":
                return _render(deps, document_id, refusal=conflict), conflict.http_status
            said = refusal_text(conflict)
        except InvalidInput as refusal:
            return _render(deps, document_id, refusal=refusal), refusal.http_status
        flash(said, "ok")
        return redirect(address_of(after), 303)

    @blueprint.get("/register/end")
    @requires("registry.register")
    def end() -> str:
        with deps.transactions.reading() as session:
            actor, batch_id = current_actor(), asked_batch()
            left = count_waiting(session, actor, batch_id=batch_id)
            elsewhere = count_waiting(session, actor) if batch_id else left
        return render_template("registry/end.html", left=left, elsewhere=elsewhere, batch_id=batch_id)

    @blueprint.get("/register/<uuid:document_id>/matter")
    @requires("registry.register")
    def matter(document_id: UUID) -> str:
        with deps.transactions.reading() as session:
            document = document_content_for(session, current_actor(), document_id)
            shown = _matter(session, current_actor(), document, request.args)
        return render_template("registry/_matter.html", **shown)


def _register(deps: Deps, document_id: UUID) -> Markup:
    form = request.form
    with deps.transactions.writing(current_actor()) as uow:
        metadata, arrival = posted_metadata(form, now=uow.now), posted_arrival(form, now=uow.now)
        reserved = posted_id_or_none(form.get("reserved", ""))
        if reserved is None:
            entry = register_document(
                uow,
                document_id,
                register_code=form.get("register", ""),
                metadata=metadata,
                arrival=arrival,
                expected_version=posted_version(form),
            )
        else:
            entry = enter_reserved(
                uow,
                reserved,
                document_id,
                metadata=metadata,
                arrival=arrival,
                expected_version=posted_version(form),
            )
    return _registered_text(entry)


def _registered_text(entry: Entry) -> Markup:
    address = url_for("documents.show", document_id=entry.document_id)
    link = Markup('<a href="{}"><bdi class="ltr">{}</bdi></a>').format(address, entry.label)
    receipt = Markup('<a href="{}" target="_blank">{}</a>').format(
        url_for("registry.receipt", document_id=entry.document_id), gettext("Receipt")
    )
    return Markup("{} · {}").format(escape(gettext("Registered: %(number)s", number="{}")).format(link), receipt)


def _keep_draft(deps: Deps, document_id: UUID) -> str:
    with deps.transactions.writing(current_actor()) as uow:
        keep_draft(uow, document_id, values=drafted(request.form))
    return str(gettext("The draft is kept. The document has no number yet."))


def _page_of_settled(deps: Deps, document_id: UUID) -> Response | None:
    """Return the way to the page of a document that does not wait: it has its number already, or was set aside."""
    with deps.transactions.reading() as session:
        document = document_for(session, current_actor(), document_id)
    waits = not (document.is_registered or document.is_set_aside)
    return None if waits else redirect(url_for("documents.show", document_id=document_id))


def _render(deps: Deps, document_id: UUID, *, refusal: DocFlowError | None = None) -> str:
    actor, now = current_actor(), deps.transactions.clock.now()
    with deps.transactions.reading() as session:
        document = document_content_for(session, actor, document_id)
        registers = desk_registers(session, actor)
        draft = draft_of(session, document_id)
        arrived_at, given = likely_arrival(document, now), request.form if refusal else None
        values = form_values(document, draft=draft, registers=registers, arrived_at=arrived_at, given=given)
        opened, pages = _opened(session, document)
        shown = _matter(session, actor, document, values)
        units = open_units(session)
        rule = None if document.unit_id is not None else _rule_for(session, values)
        explained = unit_proposal_for(session, actor, document) if document.unit_id is None and rule is None else None
        people = [person for person in all_people(session) if person.is_active]
        place = place_of(session, actor, document, batch_id=asked_batch())
        terms = _terms(session, registers, arrived_at)
        duplicate = earlier_duplicates(session, actor, [document]).get(document_id)
        near = near_duplicates(session, actor, document)
        is_unread = not ids_with_text(session, [document_id])
        cancelled = [
            entry for entry in entries_of_document(session, document_id) if entry.state == EntryState.CANCELLED
        ]
        reserved = reserved_numbers(session, registers)
    deps.access_log.opened(actor, document_id, what="page", at=now)
    language = current_language()
    names = {unit.id: unit.name_ar if language == "ar" else unit.name_fr for unit in units}
    return render_template(
        "registry/register.html",
        document=document,
        values=_with_unit(values, rule, explained, is_typed=refusal is not None or draft is not None),
        explained=explained,
        rule=rule,
        rule_reason="" if rule is None else _reason_of(rule, registers),
        draft=draft,
        opened=opened,
        pages=pages,
        shares=shares(document),
        to_check=to_check(document),
        doubts=doubtful_values(document),
        badges=all_badges(document),
        registers=[(register.code, register.name(language)) for register in registers],
        reserved=[(str(entry.id), entry.label) for entry in reserved],
        units=[(str(unit_id), name) for unit_id, name in names.items()],
        unit_names=names,
        people=[(str(person.id), person.name(language)) for person in people],
        kind_labels=KIND_LABELS,
        confidentiality_labels=CONFIDENTIALITY_LABELS,
        paper_labels=PAPER_LABELS,
        place=place,
        terms=terms,
        batch_id=asked_batch(),
        before_url=address_of(place.before) if place.before else "",
        after_url=address_of(place.after),
        duplicate=duplicate,
        near=near,
        is_unread=is_unread,
        cancelled=cancelled,
        refusal_text=refusal_text(refusal) if refusal is not None else "",
        refused_field=field_of(refusal, FIELD_OF_REFUSAL),
        is_old=refusal is not None and refusal.code == "arrival_too_old",
        form_has_errors=refusal is not None,
        **shown,
    )


def _terms(session: Session, registers: Sequence[Register], arrived_at: datetime) -> list[tuple[str, CountedTerm]]:
    """Return, for each register whose letters must be answered within a term, its name and the term."""
    language = current_language()
    found = [(register, answer_due(session, register, arrived_at)) for register in registers]
    return [
        (register.name(language), counted_term(deadline, language=language))
        for register, deadline in found
        if deadline is not None
    ]


def _matter(session: Session, actor: Actor, document: Document, said: Any) -> dict[str, Any]:
    """Return what is known of the sender and of the matter, from letters that the actor may know of."""
    sender, cin = said.get("sender", ""), western(said.get("cin", ""))
    earlier = earlier_entries(
        session, actor, document_id=document.id, sender=sender, cin=cin, reference=said.get("reference", "")
    )
    return {
        "senders": known_senders(session, actor, sender),
        "earlier": earlier,
        "linked": set(said.getlist("linked")),
    }


def _rule_for(session: Session, values: MultiDict[str, str]) -> RouteRule | None:
    """Return the rule of first routing that the letter meets as the form says it is."""
    if values.get("confidentiality") == Confidentiality.CONFIDENTIAL.value:
        return None
    facts = LetterFacts(values.get("register", ""), values.get("kind", ""), folded_words(values.get("sender", "")))
    return route_for(session, facts)


def _reason_of(rule: RouteRule, registers: Sequence[Register]) -> str:
    """Return the conditions of a rule in words."""
    register = next((one.name(current_language()) for one in registers if one.code == rule.register_code), "")
    return " · ".join(filter(None, (register, str(KIND_LABELS.get(rule.kind, "")), rule.said)))


def _with_unit(
    values: MultiDict[str, str], rule: RouteRule | None, explained: ExplainedProposal | None, *, is_typed: bool
) -> MultiDict[str, str]:
    """Return the values with the unit of a rule, else the probable one, where nobody named one; with its reason."""
    unit_id = rule.unit_id if rule is not None else explained.proposal.unit_id if explained is not None else None
    if unit_id is None or is_typed or values.get("unit"):
        return values
    return MultiDict(
        [
            *((name, value) for name, value in values.items(multi=True) if name != "unit"),
            ("unit", str(unit_id)),
        ]
    )


def _opened(session: Session, document: Document) -> tuple[OpenedPage | None, list[ViewerPage]]:
    pages = pages_of(session, document.id)
    if not pages:
        return None, []
    number = max(1, min(request.args.get("page", 1, type=int), len(pages)))
    view = page_views(session, document.id, page_index=number - 1)[0]
    return opened_page(document, view), pictures_of(
        pages, document_id=document.id, address=partial(_page_address, document.id)
    )


def _page_address(document_id: UUID, page_number: int) -> str:
    return url_for("registry.register", document_id=document_id, page=page_number, batch=asked_batch())
