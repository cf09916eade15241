"""A question as the address of a page says it, and the other way round; results that somebody chose."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, Final
from urllib.parse import parse_qsl, urlencode
from uuid import UUID

from werkzeug.datastructures import MultiDict

from docflow.core.errors import InvalidInput
from docflow.search.finding import PAGE_SIZE, Question
from docflow.web.posted import posted_date

PAGE_SIZES: Final = (20, 50)
MOST_PAGES: Final = 500
FILTERS: Final = ("kind", "language", "unit", "from", "to", "sort", "size")
"""Parts of an address that narrow or order what the words find."""
LONGEST_FILTERS: Final = 4000
MOST_FILTERS: Final = 100
MOST_CHOSEN: Final = 1000


def asked_question(arguments: MultiDict[str, str], *, now: datetime) -> tuple[Question, int]:
    """Return the question of an address and the page of its results (from 1) that is asked for.

    A day that cannot be meant is left out; :func:`refused_day` says so.
    """
    size = _number(arguments.get("size"), default=PAGE_SIZE)
    size = size if size in PAGE_SIZES else PAGE_SIZE
    page_number = max(1, min(_number(arguments.get("page"), default=1), MOST_PAGES))
    text = arguments.get("q", "")
    question = Question(
        text=text,
        kinds=tuple(arguments.getlist("kind"))[:20],
        languages=tuple(arguments.getlist("language"))[:5],
        units=tuple(arguments.getlist("unit"))[:50],
        date_from=_day(arguments, "from", now=now),
        date_to=_day(arguments, "to", now=now),
        sort="date" if arguments.get("sort") == "date" or not text.strip() else "relevance",
        offset=(page_number - 1) * size,
        limit=size,
    )
    return question, page_number


def refused_day(arguments: MultiDict[str, str], *, now: datetime) -> InvalidInput | None:
    """Return why a day between which is searched cannot be meant; none where both can."""
    try:
        for name in ("from", "to"):
            posted_date(arguments, name, now=now)
    except InvalidInput as refusal:
        return refusal
    return None


def filters_of(arguments: MultiDict[str, str]) -> str:
    """Return the filters and the order of an address, written as the end of one; empty when there are none."""
    return urlencode([(name, value) for name in FILTERS for value in arguments.getlist(name) if value])


def address_values(question_text: str, among: str) -> dict[str, Any]:
    """Return the parts of the address of a page of results from its words and its filters."""
    arguments = parsed_filters(among)
    return {"q": question_text or None} | {name: arguments.getlist(name) for name in FILTERS}


def posted_question(form: MultiDict[str, str], *, now: datetime) -> Question:
    """Return the question of a form that carries its words and its filters."""
    question, _ = asked_question(
        MultiDict([*parsed_filters(form.get("among", "")).items(multi=True), ("q", form.get("q", ""))]), now=now
    )
    return question


def posted_choice(form: MultiDict[str, str]) -> Sequence[UUID] | None:
    """Return the results that were ticked, or none when all that the question finds are meant.

    Raises:
        InvalidInput: ``results_not_chosen``, ``choice_unknown``.
    """
    if form.get("all"):
        return None
    try:
        chosen = [UUID(value) for value in form.getlist("document")[:MOST_CHOSEN]]
    except ValueError as error:
        raise InvalidInput("choice_unknown") from error
    if not chosen:
        raise InvalidInput("results_not_chosen")
    return list(dict.fromkeys(chosen))


def parsed_filters(among: str) -> MultiDict[str, str]:
    """Read what :func:`filters_of` wrote; anything else in it is left out."""
    found = parse_qsl(among[:LONGEST_FILTERS])[:MOST_FILTERS]
    return MultiDict([(name, value) for name, value in found if name in FILTERS])


def _number(text: str | None, *, default: int) -> int:
    try:
        return int((text or "")[:6])
    except ValueError:
        return default


def _day(arguments: MultiDict[str, str], name: str, *, now: datetime) -> date | None:
    try:
        return posted_date(arguments, name, now=now)
    except InvalidInput:
        return None
