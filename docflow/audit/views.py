"""The auditor's pages: the journal filtered and explained, one line with its proof, verification, export."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from typing import Any, Protocol

from flask import Blueprint, current_app, render_template, request, stream_with_context, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from docflow.audit.anchors import Deps as AnchorDeps
from docflow.audit.anchors import JournalReport, file_name, verify_anchored
from docflow.audit.checking import LineCheck, check_line
from docflow.audit.finding import MOST_COUNTED, JournalFilter, count_lines, found_lines, line_for
from docflow.audit.forms import FIELDS, LONGEST, journal_filter
from docflow.audit.labels import FAULT_LABELS, ROOM_LABELS, TIME_SOURCE_LABELS
from docflow.audit.queries import anchor_over, head_of
from docflow.audit.telling import ACTOR_LABELS, PERSON, Teller, ToldLine, ToldValue
from docflow.core.capability import Capability
from docflow.core.errors import Conflict, DocFlowError, InvalidInput, NotFound
from docflow.web.formats import file_size
from docflow.web.guards import requires
from docflow.web.identity import current_actor
from docflow.web.problem import field_of
from docflow.web.shell import current_language

PAGE_SIZE = 50
EXPORTED_AT_ONCE = 1000
MOST_VERIFIED = 300_000
"""So many lines are verified while somebody waits for the page: about ten seconds."""
LARGEST_NUMBER = 10**15


class Deps(AnchorDeps, Protocol):
    """The runtime as the auditor's pages see it."""

    @property
    def capabilities(self) -> Sequence[Capability]:
        """The rooms, which explain their acts."""
        ...


def make_blueprint(deps: Deps) -> Blueprint:
    """Return the pages of this room."""
    blueprint = Blueprint("audit", __name__, template_folder="templates")
    teller = Teller(deps.capabilities)

    @blueprint.get("/journal")
    @requires("journal.read")
    def journal() -> str | tuple[str, int]:
        return _journal_page(deps, teller)

    @blueprint.post("/journal/verify")
    @requires("journal.read")
    def verify() -> str | tuple[str, int]:
        with deps.transactions.reading() as session:
            entries, _hash = head_of(session)
        if entries > MOST_VERIFIED:
            raise Conflict("journal_too_long", limit=MOST_VERIFIED)
        return _journal_page(deps, teller, report=verify_anchored(deps))

    @blueprint.get("/journal/export.csv")
    @requires("journal.read")
    def export() -> Response:
        now = deps.transactions.clock.now()
        wanted, day = journal_filter(request.args, teller, now=now), now.strftime("%Y-%m-%d")
        return Response(
            stream_with_context(_rows(deps, teller, wanted)),
            content_type="text/csv; charset=utf-8",
            headers={"Content-Disposition": f'attachment; filename="journal-{day}.csv"'},
        )

    @blueprint.get("/journal/<int:number>")
    @requires("journal.read")
    def line(number: int) -> str:
        return _line_page(deps, teller, number)

    @blueprint.post("/journal/<int:number>/verify")
    @requires("journal.read")
    def verify_line(number: int) -> str:
        return _line_page(deps, teller, number, is_checking=True)

    return blueprint


def _journal_page(deps: Deps, teller: Teller, *, report: JournalReport | None = None) -> str | tuple[str, int]:
    actor, locale = current_actor(), current_language()
    refusal: InvalidInput | None = None
    try:
        wanted = journal_filter(request.args, teller, now=deps.transactions.clock.now())
    except InvalidInput as error:
        refusal, wanted = error, JournalFilter()
    before = request.args.get("before", type=int)
    lines: Sequence[ToldLine] = ()
    count = 0
    with deps.transactions.reading() as session:
        people = teller.subjects[PERSON].choices
        choices = people(session, locale) if people is not None else ()
        if refusal is None:
            count = count_lines(session, actor, wanted, subjects=teller.subjects)
            found = found_lines(
                session,
                actor,
                wanted,
                subjects=teller.subjects,
                before=min(before, LARGEST_NUMBER) if before is not None else None,
                limit=PAGE_SIZE + 1,
            )
            lines = teller.tell(session, actor, found, locale=locale)
    given = {name: text for name in FIELDS if (text := request.args.get(name, "").strip()[:LONGEST])}
    options = _options(teller, choices)
    page = render_template(
        "audit/journal.html",
        lines=lines[:PAGE_SIZE],
        older=lines[PAGE_SIZE - 1].number if len(lines) > PAGE_SIZE else None,
        is_newest=before is None,
        count=count,
        most_counted=MOST_COUNTED,
        given=given,
        options=options,
        chips=_chips(given, options),
        address=lambda **changes: url_for("audit.journal", **{**given, **changes}),
        refusal_text=_text_of(refusal) if refusal is not None else "",
        refused_field=field_of(refusal, {"number_not_understood": "number"}),
        report=report,
        fault_labels=FAULT_LABELS,
        form_has_errors=refusal is not None,
    )
    return page if refusal is None else (page, refusal.http_status)


def _options(teller: Teller, people: Sequence[tuple[str, str]]) -> dict[str, list[tuple[str, Any]]]:
    """Return what may be chosen for each list of the filter."""
    acts: list[tuple[str, Any]] = [("", gettext("Everything"))]
    for room in sorted({verb.partition(".")[0] for verb in teller.phrases}):
        label = ROOM_LABELS.get(room, room)
        acts.append((room, gettext("%(room)s: all", room=label)))
        acts += [(verb, f"{label}: {teller.phrases[verb]}") for verb in sorted(teller.verbs_of(room))]
    return {
        "who": [("", gettext("Everybody")), *ACTOR_LABELS.items(), *people],
        "act": acts,
        "kind": [
            ("", gettext("Anything")),
            *((kind, subject.label) for kind, subject in sorted(teller.subjects.items())),
        ],
    }


def _chips(given: dict[str, str], options: dict[str, list[tuple[str, Any]]]) -> list[tuple[str, str]]:
    """Return what is filtered by, each with the parameter that holds it."""
    named = {
        "who": gettext("By"),
        "act": gettext("Act"),
        "kind": gettext("Kind of subject"),
        "subject": gettext("Identifier"),
        "from": gettext("From"),
        "to": gettext("Until"),
        "number": gettext("Number"),
    }
    chips = []
    for name, text in given.items():
        shown = dict(options.get(name, ())).get(text, text)
        chips.append((gettext("%(name)s: %(value)s", name=named[name], value=shown), name))
    return chips


def _line_page(deps: Deps, teller: Teller, number: int, *, is_checking: bool = False) -> str:
    if not 1 <= number <= LARGEST_NUMBER:
        raise NotFound("journal_line_unknown")
    actor = current_actor()
    with deps.transactions.reading() as session:
        found = line_for(session, actor, number, subjects=teller.subjects)
        (told,) = teller.tell(session, actor, [found], locale=current_language())
        anchor, (last, _hash) = anchor_over(session, number), head_of(session)
    check: LineCheck | None = check_line(deps, number) if is_checking else None
    return render_template(
        "audit/line.html",
        line=told,
        anchor=anchor,
        anchor_file=file_name(anchor) if anchor is not None else "",
        last=last,
        check=check,
        time_source_labels=TIME_SOURCE_LABELS,
    )


def _rows(deps: Deps, teller: Teller, wanted: JournalFilter) -> Iterator[str]:
    """Give the lines of a filter as CSV, the newest first, in pieces that hold no transaction open between them."""
    actor, locale, before = current_actor(), current_language(), None
    headings = [
        gettext("Number"), gettext("Instant"), gettext("By"), gettext("Act"), gettext("Code of the act"),
        gettext("Kind of subject"), gettext("Subject"), gettext("Identifier"), gettext("Details"), gettext("Hash"),
    ]  # fmt: skip
    # Spreadsheets take the file for UTF-8 by its first character.
    yield "\ufeff" + _csv([headings])
    while True:
        with deps.transactions.reading() as session:
            found = found_lines(session, actor, wanted, subjects=teller.subjects, before=before, limit=EXPORTED_AT_ONCE)
            told = teller.tell(session, actor, found, locale=locale)
        if not told:
            return
        yield _csv([_row(line) for line in told])
        before = told[-1].number


def _row(line: ToldLine) -> list[str]:
    instant = line.at.isoformat(timespec="microseconds")
    if line.is_sealed:
        return [str(line.number), instant, "", gettext("Sealed"), "", "", "", "", "", line.hash]
    details = "; ".join(f"{label}: {', '.join(map(_plain, values))}" for label, values in line.details)
    name = line.subject.text if line.subject is not None else ""
    cells = [line.who, line.phrase, line.verb, line.subject_label, name, line.subject_id, details]
    return [str(line.number), instant, *(str(cell) for cell in cells), line.hash]


def _plain(value: ToldValue) -> str:
    return file_size(value.text) if value.form == "size" and isinstance(value.text, int) else str(value.text)


def _csv(rows: Sequence[Sequence[str]]) -> str:
    out = io.StringIO()
    csv.writer(out).writerows([_harmless(cell) for cell in row] for row in rows)
    return out.getvalue()


def _harmless(cell: str) -> str:
    """Keep a spreadsheet from taking a text for a formula (CWE-1236)."""
    return f"'{cell}" if cell.startswith(("=", "+", "-", "@", "\t", "\r")) else cell


def _text_of(error: DocFlowError) -> str:
    return str(current_app.extensions["docflow_error_texts"].text_of(error))
