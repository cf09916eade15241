"""Acts that cannot be undone ask first, naming what they touch, and are done when the same form says yes."""

from __future__ import annotations

import html
import re

from docflow.accounts.units import all_units
from tests.factories.sessions import signed_in_client, token_of


def fields_of(page):
    return dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page))


def test_a_unit_is_abolished_only_when_the_question_is_answered(sqlite_runtime):
    admin = signed_in_client(sqlite_runtime, "admin")
    with sqlite_runtime.transactions.reading() as session:
        unit = next(one for one in all_units(session) if one.code == "ECL")
    address = f"/admin/units/{unit.id}/abolish"

    question = admin.post(address, data={"csrf_token": token_of(admin)}).get_data(as_text=True)
    with sqlite_runtime.transactions.reading() as session:
        before = next(one for one in all_units(session) if one.id == unit.id).abolished_at
    answer = admin.post(address, data=fields_of(question))

    assert unit.name_fr in html.unescape(question)
    assert f'action="{address}"' in question
    assert before is None
    assert answer.status_code == 302
    with sqlite_runtime.transactions.reading() as session:
        assert next(one for one in all_units(session) if one.id == unit.id).abolished_at is not None


def test_the_form_comes_back_with_everything_that_it_said(sqlite_runtime):
    admin = signed_in_client(sqlite_runtime, "admin")
    listed = admin.get("/admin/users").get_data(as_text=True)
    address = re.search(r'href="(/admin/users/[0-9a-f-]{36})"', listed)[1]

    question = admin.post(address, data={"csrf_token": token_of(admin), "action": "close", "extra": 'a"b'})

    sent = fields_of(question.get_data(as_text=True))
    assert (sent["action"], sent["extra"], sent["confirmed"]) == ("close", "a&#34;b", "1")
    assert sent["csrf_token"]
