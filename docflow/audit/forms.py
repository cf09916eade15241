"""What a reader of the journal asks for, from the address of the page."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime, time, timedelta

from docflow.audit.finding import JournalFilter
from docflow.audit.telling import ACTOR_LABELS, Teller
from docflow.core.clock import CASABLANCA
from docflow.core.errors import InvalidInput
from docflow.web.posted import posted_date, posted_id

FIELDS = ("who", "act", "kind", "subject", "from", "to", "number")
"""The parameters of a filter."""
LONGEST = 80


def journal_filter(arguments: Mapping[str, str], teller: Teller, *, now: datetime) -> JournalFilter:
    """Return the filter of an address.

    Raises:
        InvalidInput: ``choice_unknown``, ``number_not_understood``, those of ``posted_date``.
    """
    given = {name: _cleaned(arguments.get(name, "")) for name in FIELDS}
    who, first, last = given["who"], *_numbers(given["number"])
    verbs = teller.verbs_of(given["act"]) if given["act"] else frozenset()
    if (given["act"] and not verbs) or (given["kind"] and given["kind"] not in teller.subjects):
        raise InvalidInput("choice_unknown")
    return JournalFilter(
        person_id=posted_id(who) if who and who not in ACTOR_LABELS else None,
        actor_kind=who if who in ACTOR_LABELS else "",
        verbs=verbs,
        subject_kind=given["kind"],
        subject_id=given["subject"],
        since=_midnight(given, "from", now=now),
        until=_midnight(given, "to", now=now, days_after=1),
        first_number=first,
        last_number=last,
    )


def _cleaned(text: str) -> str:
    """Return a text without what no database takes, and no longer than any identifier."""
    return "".join(sign for sign in text if sign.isprintable()).strip()[:LONGEST]


def _numbers(text: str) -> tuple[int | None, int | None]:
    if not text:
        return None, None
    found = re.fullmatch(r"(\d{1,15})(?:\s*[-–—]\s*(\d{1,15}))?", text)
    if found is None:
        raise InvalidInput("number_not_understood")
    first = int(found[1])
    return first, int(found[2]) if found[2] else first


def _midnight(given: Mapping[str, str], name: str, *, now: datetime, days_after: int = 0) -> datetime | None:
    """Return when a day of the district begins, or a day after."""
    day = posted_date(given, name, now=now)
    return None if day is None else datetime.combine(day + timedelta(days=days_after), time.min, tzinfo=CASABLANCA)
