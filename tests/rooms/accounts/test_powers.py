"""Delegations and interims: given, seen, in force for as long as they last and not a second more."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import delete, select

from docflow.accounts.giving import NewPower, end_power, give_power
from docflow.accounts.models import Membership, Person, Power, SignedInSession
from docflow.accounts.operations import set_active
from docflow.accounts.power_rules import PowerKind
from docflow.accounts.powers import powers_held, standing_for
from docflow.accounts.queries import signed_in
from docflow.accounts.sign_in import Credentials, sign_in
from docflow.accounts.visibility import Confidentiality
from docflow.audit.queries import acts_on
from docflow.core.errors import Conflict, InvalidInput, NotFound, PermissionDenied
from docflow.documents.models import Document
from docflow.documents.queries import can_see_content, visible_to
from docflow.documents.registering import show_to_circuit
from docflow.search.finding import Question, find
from tests.conftest import DEMO_PASSWORD, actor, run_jobs
from tests.factories.documents import read_document, unit_id
from tests.factories.sessions import signed_in_client, token_of

TODAY = date(2026, 3, 2)


def person_id(runtime, name):
    return actor(runtime, name).person_id


def power(runtime, principal, holder, *, kind=PowerKind.DELEGATION, by=None, days=(0, 4), **limits):
    with runtime.transactions.writing(actor(runtime, by or principal)) as uow:
        return give_power(
            uow,
            NewPower(
                kind,
                person_id(runtime, principal),
                person_id(runtime, holder),
                TODAY + timedelta(days=days[0]),
                TODAY + timedelta(days=days[1]),
                **limits,
            ),
        )


def stands(runtime, holder, principal, *, kind="note", unit="URB"):
    with runtime.transactions.reading() as session:
        return standing_for(
            session,
            person_id(runtime, holder),
            person_id(runtime, principal),
            kind=kind,
            unit_id=None if unit is None else unit_id(runtime, unit),
            at=runtime.clock.now(),
        )


def refused(code, give):
    with pytest.raises((InvalidInput, Conflict, PermissionDenied)) as refusal:
        give()
    assert refusal.value.code == code


def asked(runtime, name, *, kind="note", unit="URB", confidentiality="normal"):
    """A document on which somebody is asked to decide."""
    document_id = read_document(
        runtime, "Une note de service", unit=unit, kind=kind, confidentiality=Confidentiality(confidentiality)
    )
    with runtime.transactions.writing(actor(runtime, "clerk")) as uow:
        document = uow.session.get_one(Document, document_id)
        show_to_circuit(uow, document, asked_ids=[person_id(runtime, name)], involved_ids=[])
    return document_id


def found(runtime, name):
    answer = find(runtime, actor(runtime, name), Question("note"), now=runtime.clock.now())
    return {result.document.id for result in answer.results}


def reads(runtime, name, document_id):
    with runtime.transactions.reading() as session:
        return can_see_content(session, actor(runtime, name), document_id)


def test_a_delegation_holds_from_its_first_day_to_the_end_of_its_last(runtime, clock):
    power(runtime, "president", "head2", days=(1, 2))
    assert stands(runtime, "head2", "president") is None
    clock.move(days=1)
    held = stands(runtime, "head2", "president")
    assert held is not None
    assert held.formula("fr").startswith("par délégation de Mohamed El Hassani")
    assert held.formula("ar").startswith("بتفويض من محمد الحسني")
    clock.instant = held.ends_at - timedelta(seconds=1)
    assert stands(runtime, "head2", "president") is not None
    clock.move(seconds=1)
    assert stands(runtime, "head2", "president") is None


def test_what_begins_today_covers_nothing_that_was_done_earlier_in_the_day(runtime, clock):
    given = power(runtime, "director", "head")
    assert given.starts_at == clock.now()


def test_a_power_covers_the_kinds_and_the_units_it_was_given_for(runtime):
    power(
        runtime, "director", "agent2",
        act_kinds=frozenset({"note"}), unit_ids=frozenset({unit_id(runtime, "DTE")}),
    )  # fmt: skip
    assert stands(runtime, "agent2", "director") is not None
    assert stands(runtime, "agent2", "director", kind="letter") is None
    assert stands(runtime, "agent2", "director", unit="RH") is None
    assert stands(runtime, "agent2", "director", kind=None) is None
    assert stands(runtime, "agent2", "director", unit=None) is None
    assert stands(runtime, "agent", "director") is None


def test_an_interim_goes_before_a_delegation(runtime):
    power(runtime, "president", "director")
    power(runtime, "president", "director", kind=PowerKind.INTERIM, by="admin")
    assert stands(runtime, "director", "president").kind is PowerKind.INTERIM


def test_powers_that_contradict_are_refused_with_the_reason(runtime):
    power(runtime, "president", "director", kind=PowerKind.INTERIM)
    refused("interim_taken", lambda: power(runtime, "president", "head", kind=PowerKind.INTERIM, days=(4, 6)))
    power(runtime, "president", "head", kind=PowerKind.INTERIM, days=(5, 6))
    refused("power_circle", lambda: power(runtime, "director", "president"))
    refused("power_to_oneself", lambda: power(runtime, "head", "head"))
    refused("power_dates_reversed", lambda: power(runtime, "head", "agent", days=(3, 1)))
    refused("power_in_past", lambda: power(runtime, "head", "agent", days=(-1, 1)))
    refused("power_not_held", lambda: power(runtime, "agent", "agent2", by="admin"))
    refused("holder_unfit", lambda: power(runtime, "head", "auditor"))
    elsewhere = frozenset({unit_id(runtime, "RH")})
    refused("power_not_held", lambda: power(runtime, "head", "agent", unit_ids=elsewhere))
    refused("choice_unknown", lambda: power(runtime, "head", "agent", act_kinds=frozenset({"<b>"})))


def test_whoever_stands_in_passes_nothing_on(runtime):
    power(runtime, "president", "agent")
    refused("power_not_passed_on", lambda: power(runtime, "agent", "agent2", by="admin"))
    refused("power_of_others", lambda: power(runtime, "president", "agent2", by="head"))
    refused("permission_missing", lambda: power(runtime, "agent", "agent2"))
    assert stands(runtime, "agent2", "president") is None


def test_only_the_principal_and_the_administrator_end_it_early(runtime, clock):
    given = power(runtime, "director", "head")
    for stranger in ("head", "head2", "president"):
        with pytest.raises(NotFound), runtime.transactions.writing(actor(runtime, stranger)) as uow:
            end_power(uow, given.id)
    with runtime.transactions.writing(actor(runtime, "admin")) as uow:
        end_power(uow, given.id)
    assert stands(runtime, "head", "director") is None
    with pytest.raises(Conflict), runtime.transactions.writing(actor(runtime, "director")) as uow:
        end_power(uow, given.id)
    with runtime.transactions.reading() as session:
        kept = session.get_one(Power, given.id)
        assert kept.planned_until > kept.ends_at == clock.now()
        verbs = [act.verb for act in acts_on(session, "person", str(person_id(runtime, "director")), limit=5)]
    assert verbs[:2] == ["accounts.power_ended", "accounts.power_given"]


def test_a_power_has_nothing_behind_it_once_its_principal_lost_the_function(runtime, clock):
    power(runtime, "head", "agent2")
    with runtime.transactions.writing(actor(runtime, "admin")) as uow:
        for membership in uow.session.scalars(
            select(Membership).where(Membership.person_id == person_id(runtime, "head"))
        ):
            membership.valid_until = clock.now()
    assert stands(runtime, "agent2", "head") is None


@pytest.mark.parametrize("closed", ["head", "agent2"])
def test_closing_the_account_of_either_ends_the_power_for_good(runtime, closed):
    holder = person_id(runtime, "agent2")
    power(runtime, "head", "agent2")
    closed_id = person_id(runtime, closed)
    for is_active in (False, True):
        with runtime.transactions.writing(actor(runtime, "admin")) as uow:
            set_active(uow, closed_id, is_active=is_active)
    with runtime.transactions.reading() as session:
        assert powers_held(session, holder, runtime.clock.now()) == []


def test_the_history_of_powers_survives_the_deletion_of_an_account(runtime):
    power(runtime, "head", "agent2")
    deleted = person_id(runtime, "head")
    with runtime.transactions.writing(actor(runtime, "admin")) as uow:
        for table in (Membership, SignedInSession):
            uow.session.execute(delete(table).where(table.person_id == deleted))
        uow.session.execute(delete(Person).where(Person.id == deleted))
    page = signed_in_client(runtime, "agent2").get("/delegations").get_data(as_text=True)
    assert "كريم التازي" in page
    assert "رئيس القسم التقني" in page
    with runtime.transactions.reading() as session:
        assert powers_held(session, person_id(runtime, "agent2"), runtime.clock.now()) == []


def test_a_delegate_sees_what_is_asked_while_the_power_lasts_and_not_a_second_more(runtime, clock):
    note, letter = asked(runtime, "president"), asked(runtime, "president", kind="letter")
    secret = asked(runtime, "president", confidentiality="confidential")
    assert not reads(runtime, "agent2", note)
    given = power(runtime, "president", "agent2", act_kinds=frozenset({"note"}))
    run_jobs(runtime)
    assert [reads(runtime, "agent2", one) for one in (note, letter, secret)] == [True, False, False]
    assert reads(runtime, "president", secret)
    assert found(runtime, "agent2") == {note}
    clock.instant = given.ends_at
    assert not reads(runtime, "agent2", note)
    assert found(runtime, "agent2") == set()


def test_what_is_decided_is_seen_no_more_by_the_delegate_and_still_by_who_had_a_part(runtime):
    note = asked(runtime, "president")
    power(runtime, "president", "agent2")
    with runtime.transactions.writing(actor(runtime, "clerk")) as uow:
        kept = uow.session.get_one(Document, note)
        show_to_circuit(uow, kept, asked_ids=[], involved_ids=[person_id(runtime, "president")])
    assert [reads(runtime, name, note) for name in ("agent2", "president")] == [False, True]


def test_a_power_limited_to_a_unit_opens_what_is_asked_for_the_units_below_it(runtime):
    inside, outside = asked(runtime, "president", unit="URB"), asked(runtime, "president", unit="RH")
    power(runtime, "president", "agent2", unit_ids=frozenset({unit_id(runtime, "DTE")}))
    assert [reads(runtime, "agent2", one) for one in (inside, outside)] == [True, False]


def test_it_ends_in_the_middle_of_a_session(runtime, clock):
    note = asked(runtime, "president")
    given = power(runtime, "president", "agent2")
    secret = sign_in(runtime.transactions, Credentials("agent2", DEMO_PASSWORD, "127.0.0.1"))

    def sees():
        with runtime.transactions.reading() as session:
            found = signed_in(session, secret, now=clock.now(), idle_s=10**7)
            return session.scalar(select(Document.id).where(Document.id == note, visible_to(found.actor)))

    assert sees() == note
    clock.instant = given.ends_at - timedelta(seconds=1)
    assert sees() == note
    clock.move(seconds=1)
    assert sees() is None


def test_both_people_are_told_at_sign_in_and_on_the_page(runtime):
    power(runtime, "director", "head")
    for name, told in (("head", "أنت تنوب عن عبد الله المنصوري"), ("director", "ينوب عنك كريم التازي")):
        client = signed_in_client(runtime, name)
        answer = client.post(
            "/sign-in", data={"csrf_token": token_of(client), "username": name, "password": DEMO_PASSWORD}
        )
        assert answer.status_code == 302
        assert told in client.get("/delegations").get_data(as_text=True)
    assert "المنصوري" not in signed_in_client(runtime, "agent").get("/delegations").get_data(as_text=True)


def test_a_power_is_given_and_ended_on_the_page(runtime):
    client = signed_in_client(runtime, "director")
    fields = {
        "csrf_token": token_of(client), "kind": "interim", "holder": str(person_id(runtime, "head2")),
        "first_day": "02/03/2026", "last_day": "٠٥/٠٣/٢٠٢٦", "act_kind": ["note", "letter"],
        "decision_reference": "12/2026",
    }  # fmt: skip
    wrong = client.post("/delegations", data=fields | {"last_day": ""})
    assert wrong.status_code == 422
    assert "12/2026" in wrong.get_data(as_text=True)
    assert client.post("/delegations", data=fields).status_code == 303
    page = client.get("/delegations").get_data(as_text=True)
    assert "مدير مقاطعة الحي الحسني بالنيابة" in page
    with runtime.transactions.reading() as session:
        given = session.scalars(select(Power)).one()
    assert given.act_kinds == ["letter", "note"]
    assert signed_in_client(runtime, "agent").post("/delegations", data=fields).status_code in {400, 403}
    assert client.post(f"/delegations/{given.id}/end", data=fields | {"confirmed": "1"}).status_code == 303
    assert stands(runtime, "head2", "director", kind="note") is None
