"""What was typed in date fields, and where a refused day is shown."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select

from docflow.core.errors import InvalidInput
from docflow.deadlines.models import LocalClosure
from docflow.documents.models import Document
from docflow.web.posted import posted_date, posted_day, posted_instant
from tests.conftest import actor
from tests.factories.documents import read_document, unit_id
from tests.factories.registry import registered, version_of
from tests.factories.sessions import signed_in_client, token_of

NOW = datetime(2026, 3, 4, 23, 30, tzinfo=UTC)
"""Ramadan: Casablanca is on UTC."""
SUMMER = datetime(2026, 7, 4, 23, 30, tzinfo=UTC)
"""Casablanca is an hour ahead, on the fifth already."""


def test_a_day_is_read_as_it_is_said_in_casablanca():
    assert posted_date({"day": "hier"}, "day", now=NOW) == date(2026, 3, 3)
    assert posted_date({"day": "hier"}, "day", now=SUMMER) == date(2026, 7, 4)
    assert posted_date({"day": "  "}, "day", now=NOW) is None
    assert posted_date({}, "day", now=NOW) is None


def test_a_refusal_names_the_field_that_was_typed_in():
    for form, code in (({"due": "31/02/2026"}, "date_impossible"), ({"due": "04/12/0026"}, "date_out_of_bounds")):
        with pytest.raises(InvalidInput, match=code) as refusal:
            posted_date(form, "due", now=NOW)
        assert refusal.value.params["field"] == "due"
    with pytest.raises(InvalidInput, match="date_missing") as missing:
        posted_day({}, "due", now=NOW)
    assert missing.value.params["field"] == "due"


def test_years_ahead_narrow_what_is_taken():
    assert posted_date({"day": "31/12/27"}, "day", now=NOW, years_ahead=1) == date(2027, 12, 31)
    with pytest.raises(InvalidInput, match="date_out_of_bounds"):
        posted_date({"day": "01/01/2028"}, "day", now=NOW, years_ahead=1)


@pytest.mark.parametrize(
    ("form", "instant"),
    [
        ({"at": "03/03/2026", "at_time": "08:30"}, datetime(2026, 3, 3, 8, 30, tzinfo=UTC)),
        ({"at": "03032026", "at_time": "0830"}, datetime(2026, 3, 3, 8, 30, tzinfo=UTC)),
        ({"at": "03/03/2026 08:30"}, datetime(2026, 3, 3, 8, 30, tzinfo=UTC)),
        ({"at": "2026-03-03T08:30", "at_time": ""}, datetime(2026, 3, 3, 8, 30, tzinfo=UTC)),
        ({"at": "أمس ٠٨:٣٠"}, datetime(2026, 3, 3, 8, 30, tzinfo=UTC)),
        ({"at": "04/07/2025", "at_time": "08h30"}, datetime(2025, 7, 4, 7, 30, tzinfo=UTC)),
        ({"at": "03/03/2026"}, datetime(2026, 3, 3, tzinfo=UTC)),
        ({"at": "aujourd'hui"}, NOW),
        ({"at": "", "at_time": "08:30"}, None),
        ({}, None),
    ],
)
def test_a_day_and_its_time_are_an_instant(form, instant):
    assert posted_instant(form, "at", now=NOW) == instant


@pytest.mark.parametrize(
    ("form", "code", "field"),
    [
        ({"at": "03/03/2026", "at_time": "25:00"}, "time_not_understood", "at_time"),
        ({"at": "03/03/2026 25:00"}, "time_not_understood", "at"),
        ({"at": "03/03/2026 08:30", "at_time": "09:00"}, "date_not_understood", "at"),
        ({"at": "31/02/2026", "at_time": "09:00"}, "date_impossible", "at"),
    ],
)
def test_a_refused_instant_says_whether_the_day_or_the_time_is_meant(form, code, field):
    with pytest.raises(InvalidInput, match=code) as refusal:
        posted_instant(form, "at", now=NOW)
    assert refusal.value.params["field"] == field


def is_marked(page: str, name: str, typed: str) -> bool:
    """Return whether the one field that is marked as wrong has this name and still holds what was typed."""
    marked = re.findall(r"<[a-z]+ [^>]*aria-invalid[^>]*>", page)
    return len(marked) == 1 and f'name="{name}"' in marked[0] and f'value="{typed}"' in marked[0]


@pytest.mark.parametrize("typed", ["31/02/2026", "04/12/0026", "bientôt"])
@pytest.mark.parametrize(
    ("username", "address", "form", "name"),
    [
        ("admin", "/admin/users", {"role": "agent", "unit": "{unit}"}, "first_day"),
        ("admin", "/admin/users", {"role": "agent", "unit": "{unit}"}, "last_day"),
        ("admin", "/admin/users/{person}", {"action": "until"}, "last_day"),
        ("admin", "/admin/users/{person}", {"action": "role", "role": "clerk", "unit": "{unit}"}, "until"),
        ("admin", "/admin/calendars/closures", {}, "day"),
        ("admin", "/admin/office-hours", {}, "first_day"),
        ("director", "/delegations", {"kind": "interim", "holder": "{person}", "last_day": "05/03/2026"}, "first_day"),
        ("editor", "/site/contributions", {"unit": "{unit}"}, "first_on"),
        ("clerk", "/register/{new}", {"action": "register", "register": "incoming"}, "document_date"),
        ("clerk", "/register/{new}", {"action": "register", "register": "incoming"}, "arrived_at"),
        ("clerk", "/d/{new}/edit", {"version": "1"}, "document_date"),
        ("head", "/d/{letter}/route", {"instruction": "action", "to": "unit:{unit}"}, "due_on"),
    ],
)
def test_a_refused_day_is_shown_on_the_field_where_it_was_typed(sqlite_runtime, username, address, form, name, typed):
    ids = {
        "new": read_document(sqlite_runtime, "Une."),
        "letter": registered(sqlite_runtime, unit_id=unit_id(sqlite_runtime, "URB")).document_id,
        "person": actor(sqlite_runtime, "head").person_id,
        "unit": unit_id(sqlite_runtime, "URB"),
    }
    client = signed_in_client(sqlite_runtime, username)
    fields = {key: value.format(**ids) for key, value in form.items()}

    answer = client.post(address.format(**ids), data={"csrf_token": token_of(client), **fields, name: typed})

    assert answer.status_code == 422
    assert is_marked(answer.get_data(as_text=True), name, typed)


@pytest.mark.parametrize(
    ("username", "address"), [("auditor", "/journal"), ("archivist", "/search"), ("head", "/stats")]
)
@pytest.mark.parametrize("name", ["from", "to"])
def test_a_refused_day_of_a_filter_is_shown_on_its_field(sqlite_runtime, username, address, name):
    client = signed_in_client(sqlite_runtime, username)

    answer = client.get(address, query_string={"from": "01/01/26", "to": "02/01/26", name: "31/02/2026"})

    assert answer.status_code == 422
    assert is_marked(answer.get_data(as_text=True), name, "31/02/2026")


def test_two_digits_of_a_year_are_kept_as_a_year_of_this_century(sqlite_runtime):
    document_id = read_document(sqlite_runtime, "Une.")
    clerk, admin = signed_in_client(sqlite_runtime, "clerk"), signed_in_client(sqlite_runtime, "admin")
    said = {"version": str(version_of(sqlite_runtime, document_id)), "subject": "Une.", "document_date": "04/02/26"}
    closure = {"day": "٠٤١٢٢٦", "name_ar": "عطلة", "name_fr": "Fermé"}

    clerk.post(f"/d/{document_id}/edit", data={"csrf_token": token_of(clerk), **said})
    admin.post("/admin/calendars/closures", data={"csrf_token": token_of(admin), **closure})

    with sqlite_runtime.transactions.reading() as session:
        assert session.get_one(Document, document_id).document_date == date(2026, 2, 4)
        assert session.scalars(select(LocalClosure.day)).one() == date(2026, 12, 4)
