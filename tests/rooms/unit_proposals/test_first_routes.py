"""Rules of first routing: the first that is met says the unit, by itself only where it says so."""

from __future__ import annotations

from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from docflow.accounts.visibility import Confidentiality
from docflow.audit.models import JournalEntry
from docflow.cli.registering import register_as_read
from docflow.core.errors import InvalidInput, NotFound, PermissionDenied
from docflow.documents.models import Document
from docflow.registry.operations import Arrival
from docflow.unit_proposals.first_routes import LetterFacts, RouteRule, first_met, folded_words, is_met
from docflow.unit_proposals.ruling import (
    NewRoute,
    drop_route,
    make_route,
    raise_route,
    route_for,
    routes_of,
    switch_route,
)
from tests.conftest import actor, run_jobs
from tests.factories.documents import read_document, unit_id
from tests.factories.registry import registered
from tests.factories.sessions import signed_in_client
from tests.rooms.routing.test_routing import does, tasks

ONE, TWO = UUID(int=1), UUID(int=2)


def rule(*, sender="", **said):
    return RouteRule(ONE, TWO, sender=folded_words(sender), **said)


def letter(register="incoming", kind="letter", sender=""):
    return LetterFacts(register, kind, folded_words(sender))


@pytest.mark.parametrize(
    ("conditions", "facts", "met"),
    [
        ({"register_code": "complaints"}, {"register": "complaints"}, True),
        ({"register_code": "complaints"}, {}, False),
        ({"kind": "invoice"}, {"kind": "invoice"}, True),
        ({"sender": "wilaya"}, {"sender": "La Wilaya de Casablanca"}, True),
        ({"sender": "وزارة الداخلية"}, {"sender": "وزارة الدّاخليّة - المديرية العامة"}, True),
        ({"sender": "إدارة"}, {"sender": "ادارة الضرائب"}, True),
        ({"sender": "wil"}, {"sender": "Wilaya"}, False),
        ({"sender": "Lydec", "kind": "invoice"}, {"sender": "LYDEC", "kind": "letter"}, False),
        ({}, {}, False),
    ],
)
def test_every_condition_must_hold(conditions, facts, met):
    assert is_met(rule(**conditions), letter(**facts)) is met


@settings(deadline=None)
@given(
    conditions=st.lists(st.tuples(st.sampled_from(["", "incoming", "complaints"]), st.sampled_from(["", "letter"]))),
    register=st.sampled_from(["incoming", "complaints"]),
)
def test_the_first_that_is_met_counts_whatever_follows(conditions, register):
    rules = [RouteRule(UUID(int=at), TWO, code, kind) for at, (code, kind) in enumerate(conditions)]
    found = first_met(rules, letter(register))
    met = [one for one in rules if is_met(one, letter(register))]
    assert found == (met[0] if met else None)


def made(runtime, unit="EC", **said):
    return does(runtime, "admin", make_route, NewRoute(unit_id(runtime, unit), **said))


def unit_of(runtime, document_id):
    with runtime.transactions.reading() as session:
        return session.get_one(Document, document_id).unit_id


def test_a_rule_that_applies_by_itself_names_the_unit_that_nobody_named_and_says_so(runtime):
    made(runtime, kind="complaint", is_automatic=True)
    entry = registered(runtime, unit_id=None)
    named = registered(runtime)
    run_jobs(runtime)
    assert unit_of(runtime, entry.document_id) == unit_id(runtime, "EC")
    assert unit_of(runtime, named.document_id) == unit_id(runtime, "TRV")
    assert [task.document_id for task in tasks(runtime, "agent2")] == [entry.document_id]
    with runtime.transactions.reading() as session:
        (line,) = session.scalars(select(JournalEntry).where(JournalEntry.verb == "unit_proposals.route_followed"))
    assert (line.subject_id, line.values["unit"]) == (str(entry.document_id), str(unit_id(runtime, "EC")))


@pytest.mark.parametrize("how", [{"is_automatic": False}, {"is_automatic": True, "is_active": False}])
def test_a_rule_that_only_proposes_or_is_off_decides_nothing(runtime, how):
    route = made(runtime, kind="complaint", is_automatic=how["is_automatic"])
    does(runtime, "admin", switch_route, route.id, is_active=how.get("is_active", True))
    with pytest.raises(InvalidInput) as refusal:
        registered(runtime, unit_id=None)
    assert refusal.value.code == "unit_missing"


def test_confidential_mail_goes_nowhere_by_a_rule(runtime):
    made(runtime, kind="complaint", is_automatic=True)
    president = actor(runtime, "president").person_id
    entry = registered(
        runtime,
        unit_id=None,
        confidentiality=Confidentiality.CONFIDENTIAL,
        arrival=Arrival(named_people=(president,)),
    )
    assert unit_of(runtime, entry.document_id) is None


def test_letters_registered_without_a_clerk_follow_rules_that_apply_by_themselves(runtime):
    made(runtime, register_code="incoming", is_automatic=True)
    document_id = read_document(runtime, "Une lettre.", subject="Une lettre")
    register_as_read(runtime, actor(runtime, "clerk"), document_id, register_code="incoming")
    assert unit_of(runtime, document_id) == unit_id(runtime, "EC")


def test_rules_have_an_order_that_the_administrator_changes(runtime):
    first, second = made(runtime, kind="letter"), made(runtime, "RH", register_code="incoming")

    def followed():
        with runtime.transactions.reading() as session:
            return route_for(session, letter()).id

    assert followed() == first.id
    does(runtime, "admin", raise_route, second.id)
    does(runtime, "admin", raise_route, second.id)
    assert followed() == second.id
    does(runtime, "admin", drop_route, second.id)
    assert followed() == first.id
    with pytest.raises(NotFound):
        does(runtime, "admin", drop_route, second.id)


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({}, "route_without_condition"),
        ({"sender": " - "}, "route_without_condition"),
        ({"sender": "x" * 201}, "field_too_long"),
        ({"kind": "poem"}, "choice_unknown"),
        ({"register_code": "x" * 41}, "choice_unknown"),
    ],
)
def test_what_is_no_rule_is_refused(runtime, said, code):
    with pytest.raises(InvalidInput) as refusal:
        made(runtime, **said)
    assert refusal.value.code == code


def test_only_the_administrator_makes_rules(runtime):
    for name in ("head", "clerk", "auditor"):
        with pytest.raises(PermissionDenied):
            does(runtime, name, make_route, NewRoute(unit_id(runtime, "EC"), kind="letter"))
        assert signed_in_client(runtime, name).get("/admin/first-routes").status_code == 403


def test_the_screen_proposes_the_unit_of_a_rule_with_its_reason(runtime):
    made(runtime, sender="جمعية")
    client = signed_in_client(runtime, "clerk2")
    document_id = read_document(runtime, "نص", by="clerk2", subject="طلب", sender="جمعيّة الأمل", kind="letter")
    shown = client.get(f"/register/{document_id}").get_data(as_text=True)
    assert f'<option value="{unit_id(runtime, "EC")}" selected>' in shown
    assert "Par une règle de première affectation" in shown


def test_a_rule_is_tried_in_numbers_alone_and_never_names_who_wrote(runtime):
    for _ in range(4):
        registered(runtime, sender="Société Atlas", subject="Une fuite")
    registered(runtime, sender="Nadia Benjelloun")
    client = signed_in_client(runtime, "admin")
    token = client.get("/account").get_data(as_text=True).split('name="csrf-token" content="')[1].split('"')[0]
    form = {"csrf_token": token, "unit": str(unit_id(runtime, "TRV")), "action": "try"}
    many = client.post("/admin/first-routes", data={**form, "sender": "atlas"}).get_data(as_text=True)
    one = client.post("/admin/first-routes", data={**form, "sender": "Benjelloun"}).get_data(as_text=True)
    none = client.post("/admin/first-routes", data={**form, "sender": "Personne"}).get_data(as_text=True)
    assert "4 des 5 derniers courriers" in many
    assert "Une fuite" not in many
    assert all("Au plus deux des 5 derniers courriers" in page for page in (one, none))
    with runtime.transactions.reading() as session:
        assert routes_of(session) == []


@pytest.mark.parametrize("locale", ["ar", "fr"])
def test_the_page_makes_and_changes_rules(runtime, locale):
    client = signed_in_client(runtime, "admin")
    token = client.get("/account").get_data(as_text=True).split('name="csrf-token" content="')[1].split('"')[0]
    client.post("/lang", data={"locale": locale, "csrf_token": token})
    form = {"csrf_token": token, "unit": str(unit_id(runtime, "TRV")), "kind": "invoice", "action": "make"}
    assert client.post("/admin/first-routes", data={**form, "unit": "x"}).status_code == 422
    assert client.post("/admin/first-routes", data={**form, "kind": ""}).status_code == 422
    assert client.post("/admin/first-routes", data=form).status_code == 303
    with runtime.transactions.reading() as session:
        (route,) = routes_of(session)
    for action in ("off", "automatic", "up"):
        address = f"/admin/first-routes/{route.id}"
        assert client.post(address, data={"csrf_token": token, "action": action}).status_code == 303
    with runtime.transactions.reading() as session:
        (route,) = routes_of(session)
    assert (route.is_active, route.is_automatic) == (False, True)
    assert f'lang="{locale}"' in client.get("/admin/first-routes").get_data(as_text=True)
    assert client.post(f"/admin/first-routes/{route.id}", data={"csrf_token": token, "action": "x"}).status_code == 422
