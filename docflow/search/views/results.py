"""The page of results."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from urllib.parse import urlencode

from flask import Blueprint, redirect, render_template, request, url_for
from flask_babel import gettext, lazy_gettext
from werkzeug.wrappers import Response

from docflow.accounts.units import all_units
from docflow.core.capability import LazyText
from docflow.core.errors import Unavailable
from docflow.documents.labels import KIND_LABELS, LANGUAGE_LABELS
from docflow.search.exporting import MOST_FILES
from docflow.search.finding import Found, Question, find
from docflow.search.forms import asked_question, filters_of, refused_day
from docflow.search.listing import MOST_LINES
from docflow.search.numbered import document_numbered
from docflow.search.views.chips import chips_of
from docflow.search.views.deps import Deps
from docflow.search.views.recent import remember
from docflow.search.views.saved import searches_with_news, shareable_units
from docflow.web.guards import requires
from docflow.web.identity import current_actor
from docflow.web.problem import field_of, text_of
from docflow.web.shell import current_language

MOST_YEARS = 8

HINTS: Mapping[str, LazyText] = {
    "query_shortened": lazy_gettext("The question was long: only its beginning was used."),
    "query_quote_unbalanced": lazy_gettext("A quotation mark was not closed; the words were searched all the same."),
    "query_parenthesis_unbalanced": lazy_gettext("A parenthesis was not closed; the words were searched all the same."),
    "query_date_not_understood": lazy_gettext("A date was not understood, for example 01/03/2024 is."),
    "query_read_as_words": lazy_gettext("The question was read as plain words."),
    "query_nothing_to_search": lazy_gettext("There is nothing to search in this question. Write a word or a number."),
}


@dataclass(frozen=True, slots=True)
class FacetValue:
    """One value of a facet: what it says, how many results it has, whether it is chosen."""

    value: str
    label: str
    count: int
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class Facet:
    """A facet: the name of its parameter, its title, its values."""

    name: str
    title: str
    values: tuple[FacetValue, ...]


def add_results(blueprint: Blueprint, deps: Deps) -> None:
    """Add the page of results."""

    @blueprint.get("/search")
    @requires("search.use")
    def page() -> str | Response | tuple[str, int]:
        actor = current_actor()
        now = deps.transactions.clock.now()
        question, page_number = asked_question(request.args, now=now)
        refusal = refused_day(request.args, now=now)
        try:
            if page_number == 1 and not _is_filtered(question):
                document_id = document_numbered(deps, actor, question.text)
                if document_id is not None:
                    return redirect(url_for("documents.show", document_id=document_id))
            found = find(deps, actor, question, now=now)
        except Unavailable:
            return render_template("search/unavailable.html"), 503
        page_count = max(1, -(-found.total // question.limit))
        if page_number > page_count:
            arguments = request.args.to_dict(flat=False) | {"page": [str(page_count)]}
            return redirect(f"{request.path}?{urlencode(arguments, doseq=True)}")
        units = _unit_names(deps)
        is_asked = bool(question.text.strip()) or _is_filtered(question)
        if page_number == 1:
            remember(actor, question.text)
        shown = render_template(
            "search/page.html",
            question=question,
            found=found,
            page=page_number,
            page_count=page_count,
            facets=_facets(found, question, units),
            chips=chips_of(question, units),
            years=_years(found, question),
            hints=[str(HINTS[hint]) for hint in found.hints if hint in HINTS],
            # Translated once for the page rather than once a result.
            kind_labels={kind: str(label) for kind, label in KIND_LABELS.items()},
            unit_names=units,
            is_filtered=_is_filtered(question),
            is_asked=is_asked,
            actions=[one for room in deps.capabilities for one in room.found_actions if actor.can(one.permission)],
            most_lines=MOST_LINES,
            most_files=MOST_FILES,
            saved=() if is_asked else searches_with_news(deps, actor),
            shareable=shareable_units(actor, units),
            among=filters_of(request.args) or None,
            given=request.args if refusal is not None else {},
            refusal_text="" if refusal is None else text_of(refusal),
            refused_field=field_of(refusal),
            form_has_errors=refusal is not None,
        )
        return shown if refusal is None else (shown, refusal.http_status)


def _unit_names(deps: Deps) -> dict[str, str]:
    with deps.transactions.reading() as session:
        is_arabic = current_language() == "ar"
        return {str(unit.id): unit.name_ar if is_arabic else unit.name_fr for unit in all_units(session)}


def _facets(found: Found, question: Question, units: Mapping[str, str]) -> list[Facet]:
    labels: dict[str, Mapping[str, object]] = {"kind": KIND_LABELS, "language": LANGUAGE_LABELS, "unit": units}
    titles = {"kind": gettext("Kind"), "language": gettext("Language"), "unit": gettext("Unit")}
    chosen = {"kind": question.kinds, "language": question.languages, "unit": question.units}
    facets = []
    for name, title in titles.items():
        values = tuple(
            FacetValue(value, str(labels[name].get(value, value)), count, value in chosen[name])
            for value, count in sorted(found.facets.get(name, {}).items(), key=lambda item: (-item[1], item[0]))
            if value
        )
        if values:
            facets.append(Facet(name, title, values))
    return facets


def _years(found: Found, question: Question) -> list[tuple[str, int, bool]]:
    """Return the years of the results, the newest first: the year, how many, whether it is what the dates ask for."""
    asked = (question.date_from, question.date_to)
    return [
        (year, count, asked == (date(int(year), 1, 1), date(int(year), 12, 31)))
        for year, count in sorted(found.facets.get("year", {}).items(), reverse=True)[:MOST_YEARS]
        if year.isdigit() and int(year) > 0
    ]


def _is_filtered(question: Question) -> bool:
    plain = replace(question, kinds=(), languages=(), units=(), date_from=None, date_to=None)
    return plain != question
