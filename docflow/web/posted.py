"""What fields of forms say, in any package: days, times of day, identifiers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, date, datetime, time
from uuid import UUID

from docflow.core.clock import CASABLANCA
from docflow.core.days import Bounds, day_and_time, read_day, read_time
from docflow.core.errors import InvalidInput

TIME_SUFFIX = "_time"
"""What the name of the field of a time adds to that of its day."""


def posted_date(form: Mapping[str, str], name: str, *, now: datetime, years_ahead: int | None = None) -> date | None:
    """Return the day typed in a date field, in any form that ``core.days`` reads; nothing for nothing.

    ``years_ahead`` narrows how far in the future it may be, by whole years.

    Raises:
        InvalidInput: ``date_not_understood``, ``date_impossible``, ``date_out_of_bounds``, all with ``field``.
    """
    said = form.get(name, "")
    if not said.strip():
        return None
    today = now.astimezone(CASABLANCA).date()
    bounds = None if years_ahead is None else Bounds.around(today, years_ahead=years_ahead)
    with _of_field(name):
        return read_day(said, today=today, bounds=bounds)


def posted_day(form: Mapping[str, str], name: str, *, now: datetime) -> date:
    """Return the day typed in a date field that may not stay empty.

    Raises:
        InvalidInput: as :func:`posted_date`, and ``date_missing``.
    """
    day = posted_date(form, name, now=now)
    if day is None:
        raise InvalidInput("date_missing", field=name)
    return day


def posted_instant(form: Mapping[str, str], name: str, *, now: datetime) -> datetime | None:
    """Return the instant of a date field and of the field of a time beside it, in Casablanca time; nothing for no day.

    A time may also stand behind the day in the date field. Without one it is now, of today, else the day's beginning.

    Raises:
        InvalidInput: as :func:`posted_date`, and ``time_not_understood``, all with ``field``.
    """
    said, behind = day_and_time(form.get(name, ""))
    given = form.get(name + TIME_SUFFIX, "").strip()
    if given and behind:
        said = form.get(name, "")
    day = posted_date({name: said}, name, now=now)
    if day is None:
        return None
    if not given and not behind and day == now.astimezone(CASABLANCA).date():
        return now
    with _of_field(name + TIME_SUFFIX if given else name):
        at = read_time(given or behind) if given or behind else time.min
    return datetime.combine(day, at, tzinfo=CASABLANCA).astimezone(UTC)


def posted_id(text: str) -> UUID:
    """Return the identifier that a form sends back.

    Raises:
        InvalidInput: ``choice_unknown``.
    """
    try:
        return UUID(text)
    except ValueError as error:
        raise InvalidInput("choice_unknown") from error


def posted_id_or_none(text: str) -> UUID | None:
    """Return the identifier that a form sends back; nothing for nothing.

    Raises:
        InvalidInput: ``choice_unknown``.
    """
    return posted_id(text) if text else None


@contextmanager
def _of_field(name: str) -> Iterator[None]:
    """Let a refusal say in which field it was typed."""
    try:
        yield
    except InvalidInput as refusal:
        refusal.params["field"] = name
        raise
