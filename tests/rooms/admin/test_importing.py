"""Units and people from a spreadsheet: tried line by line, then made all together or not at all."""

from __future__ import annotations

import html
import io
import re

import pytest
from openpyxl import Workbook, load_workbook
from sqlalchemy import func, select

from docflow.accounts.models import OrgUnit, Person
from docflow.accounts.operations import set_active
from docflow.admin.importing import make_people, make_units, try_people, try_units
from docflow.core.errors import InvalidInput, PermissionDenied
from docflow.core.tables import LARGEST_BYTES, MOST_ROWS, read_rows
from tests.conftest import actor
from tests.factories.sessions import signed_in_client, token_of

UNITS = [
    {"code": "B1", "parent": "D1", "kind": "office", "name_ar": "مكتب", "name_fr": "Bureau un"},
    {"code": "D1", "kind": "division", "name_ar": "قسم", "name_fr": "Division un"},
]
PERSON = {"username": "Salma", "name_ar": "سلمى", "name_fr": "Salma Bennis", "role": "agent", "unit": "TRV"}


def codes(outcomes):
    return [one.refusal.code if one.refusal else "new" if one.is_new else "there" for one in outcomes]


def count(runtime, table):
    with runtime.transactions.reading() as session:
        return session.scalar(select(func.count()).select_from(table))


def workbook(*lines):
    book = Workbook()
    for line in lines:
        book.active.append(line)
    made = io.BytesIO()
    book.save(made)
    return made.getvalue()


def test_units_are_made_under_one_another_whatever_the_order_and_a_second_time_nothing(runtime):
    admin = actor(runtime, "admin")
    before = count(runtime, OrgUnit)

    tried = try_units(runtime.transactions, admin, UNITS)
    kept_after_trial = count(runtime, OrgUnit)
    made = make_units(runtime.transactions, admin, UNITS)

    assert ([one.number for one in tried], codes(tried)) == ([2, 3], ["new", "new"])
    assert (kept_after_trial, made, count(runtime, OrgUnit)) == (before, 2, before + 2)
    assert codes(try_units(runtime.transactions, admin, UNITS)) == ["there", "there"]
    with runtime.transactions.reading() as session:
        division, office = (session.scalars(select(OrgUnit).where(OrgUnit.code == code)).one() for code in ("D1", "B1"))
        assert office.parent_id == division.id
        assert session.get_one(OrgUnit, division.parent_id).parent_id is None


def test_each_line_that_cannot_be_taken_says_why_and_nothing_is_kept_of_the_others(runtime):
    admin = actor(runtime, "admin")
    rows = [
        UNITS[1],
        UNITS[1] | {"name_fr": "Autre"},
        UNITS[0] | {"parent": "NONE", "code": "X"},
        UNITS[0] | {"kind": "empire", "code": "Y", "parent": ""},
        {"code": "Z", "parent": "W", "name_ar": "ا", "name_fr": "Z"},
        {"code": "W", "parent": "Z", "name_ar": "ا", "name_fr": "W"},
    ]
    tried = try_units(runtime.transactions, admin, rows)

    assert codes(tried) == [
        "new", "unit_code_taken", "parent_unknown", "unit_kind_unknown", "parent_unknown", "parent_unknown",
    ]  # fmt: skip
    before = count(runtime, OrgUnit)
    with pytest.raises(InvalidInput, match="parent_unknown"):
        make_units(runtime.transactions, admin, [UNITS[1], UNITS[0] | {"parent": "NONE"}])
    assert count(runtime, OrgUnit) == before


def test_people_get_an_account_each_with_a_password_that_must_be_changed(runtime):
    admin = actor(runtime, "admin")
    rows = [
        PERSON,
        PERSON | {"username": "omar", "name_fr": "Omar Alami", "role": "head", "language": "fr", "email": "o@x.ma"},
    ]

    assert codes(try_people(runtime.transactions, admin, rows)) == ["new", "new"]
    made = make_people(runtime.transactions, admin, rows)

    assert [one.username for one in made] == ["salma", "omar"]
    assert len({one.password for one in made}) == 2
    assert make_people(runtime.transactions, admin, rows) == []
    with runtime.transactions.reading() as session:
        omar = session.scalars(select(Person).where(Person.username == "omar")).one()
    assert (omar.must_change_password, omar.locale, omar.email) == (True, "fr", "o@x.ma")


def test_lines_of_people_that_cannot_be_taken_say_why(runtime):
    rows = [
        PERSON | {"unit": "NONE"},
        PERSON | {"role": "roi"},
        PERSON | {"username": "clerk"},
        PERSON | {"email": "nowhere"},
        PERSON | {"name_fr": ""},
    ]

    tried = try_people(runtime.transactions, actor(runtime, "admin"), rows)

    assert codes(tried) == [
        "unit_code_unknown", "role_name_unknown", "username_taken", "mail_address_invalid", "person_incomplete",
    ]  # fmt: skip
    with pytest.raises(PermissionDenied):
        try_people(runtime.transactions, actor(runtime, "director"), [PERSON])


@pytest.mark.parametrize(
    "content",
    [
        "code;nom\nA;é à\n".encode(),
        b'\xef\xbb\xbfcode,nom\r\nA,"\xc3\xa9  \xc3\xa0"\r\n,\r\n',
        "code\tnom\nA\té à".encode(),
        workbook(["code", "nom"], [None, None], ["A", "é à"]),
    ],
    ids=["semicolons", "commas", "tabs", "workbook"],
)
def test_a_table_is_read_as_spreadsheets_write_it(content):
    assert read_rows(content) == [["code", "nom"], ["A", "é à"]]


def test_arabic_of_an_old_spreadsheet_is_read():
    assert read_rows("الرمز;الاسم\n1;قسم".encode("cp1256")) == [["الرمز", "الاسم"], ["1", "قسم"]]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"PK\x03\x04nothing", "table_unreadable"),
        (b'a;b\n"open', "table_unreadable"),
        (b"x" * (LARGEST_BYTES + 1), "table_too_large"),
        (b"a\n" * (MOST_ROWS + 2), "table_too_large"),
    ],
)
def test_what_is_no_table_is_refused(content, code):
    with pytest.raises(InvalidInput, match=code):
        read_rows(content)


def send(client, what, content, name="t.xlsx"):
    data = {"csrf_token": token_of(client), "table": (io.BytesIO(content), name)}
    return client.post(f"/admin/import/{what}", data=data)


def test_the_page_reads_french_headings_ranks_and_roles_tries_makes_and_prints_passwords(sqlite_runtime):
    admin = signed_in_client(sqlite_runtime, "admin")
    headings = ["Nom en français", "Nom en arabe", "Nom d'utilisateur", "Rôle", "Entité"]
    tried = send(admin, "people", workbook(headings, ["Salma Bennis", "سلمى", "salma", "Agent", "TRV"]))
    page = tried.get_data(as_text=True)
    rows = html.unescape(re.search(r'name="rows" value="([^"]*)"', page)[1])

    made = admin.post("/admin/import/people/make", data={"csrf_token": token_of(admin), "rows": rows})
    shown = made.get_data(as_text=True)

    assert tried.status_code == 200
    assert "Salma Bennis" in shown
    password = re.search(r"\b([a-z2-9]{4}(?:-[a-z2-9]{4}){3})\b", shown)[1]
    visitor = signed_in_client(sqlite_runtime, "clerk").application.test_client()
    token = re.search(r'name="csrf-token" content="([^"]+)"', visitor.get("/sign-in").get_data(as_text=True))[1]
    entered = visitor.post("/sign-in", data={"username": "salma", "password": password, "csrf_token": token})
    assert entered.status_code == 302
    assert visitor.get("/tasks").location.endswith("/account/password")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (workbook(["Code", "Nom en arabe", "Nom en français", "Chef"], ["A", "ا", "A", "x"]), "Chef"),
        (workbook(["Code"], ["A"]), "Nom en arabe"),
        (workbook(["code", "name_ar", "name_fr"]), "ligne"),
        (b"", "colonnes"),
    ],
    ids=["unknown", "missing", "no line", "empty"],
)
def test_a_table_without_what_is_needed_is_refused(sqlite_runtime, content, said):
    answer = send(signed_in_client(sqlite_runtime, "admin"), "units", content)

    assert answer.status_code == 422
    assert said in answer.get_data(as_text=True)


@pytest.mark.parametrize("rows", ["", "[]", "{}", '[{"code": 1}]', '[{"password_hash": "x"}]'])
def test_lines_that_were_tampered_with_are_refused(sqlite_runtime, rows):
    admin = signed_in_client(sqlite_runtime, "admin")
    answer = admin.post("/admin/import/units/make", data={"csrf_token": token_of(admin), "rows": rows})
    assert answer.status_code == 422


@pytest.mark.parametrize("what", ["units", "people"])
def test_what_is_exported_is_taken_back_as_there_already(sqlite_runtime, what):
    admin = signed_in_client(sqlite_runtime, "admin")
    with sqlite_runtime.transactions.writing(actor(sqlite_runtime, "admin")) as uow:
        set_active(uow, actor(sqlite_runtime, "editor").person_id, is_active=True)
    exported = admin.get(f"/admin/export/{what}.xlsx").data

    page = send(admin, what, exported).get_data(as_text=True)

    assert len(list(load_workbook(io.BytesIO(exported)).active.rows)) > 5
    assert 'name="rows"' in page
    assert "chip--bad" not in page
    assert "chip--ok" not in page
