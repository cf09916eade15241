"""Signing in: right, wrong, locked, throttled, ended."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from docflow.accounts.models import Membership, Person, SignedInSession
from docflow.accounts.operations import NewPerson, create_person, create_unit, set_active, set_password
from docflow.accounts.queries import OPERATOR, signed_in
from docflow.accounts.rules import Role, UnitKind
from docflow.accounts.sign_in import Credentials, sign_in, sign_out
from docflow.accounts.units import all_units
from docflow.core.errors import Conflict, InvalidInput, PermissionDenied, TooManyRequests
from tests.conftest import DEMO_PASSWORD, actor
from tests.factories.documents import unit_id


def enter(runtime, username="clerk", password=DEMO_PASSWORD, address="10.0.0.1"):
    return sign_in(runtime.transactions, Credentials(username, password, address))


def who(runtime, secret, *, idle_s=1800):
    with runtime.transactions.reading() as session:
        return signed_in(session, secret, now=runtime.clock.now(), idle_s=idle_s)


def test_the_right_password_opens_a_session_of_which_only_the_hash_is_kept(runtime):
    secret = enter(runtime, username=" Clerk ")

    found = who(runtime, secret)
    with runtime.transactions.reading() as session:
        kept = session.scalars(select(SignedInSession.token_hash)).all()
    assert found.actor.can("documents.deposit")
    assert secret not in kept


def test_a_wrong_name_and_a_wrong_password_are_refused_alike(runtime):
    with pytest.raises(PermissionDenied) as wrong_password:
        enter(runtime, password="not-it")
    with pytest.raises(PermissionDenied) as wrong_name:
        enter(runtime, username="nobody")
    assert wrong_password.value.code == wrong_name.value.code == "sign_in_refused"


def test_five_wrong_passwords_lock_the_account_for_a_while_even_for_the_right_one(runtime, clock):
    codes = []
    for _ in range(5):
        with pytest.raises(PermissionDenied) as refusal:
            enter(runtime, password="wrong")
        codes.append(refusal.value.code)
    assert codes == ["sign_in_refused"] * 4 + ["account_locked"]
    with pytest.raises(PermissionDenied, match="account_locked"):
        enter(runtime)

    clock.move(minutes=16)
    assert who(runtime, enter(runtime)) is not None


def test_an_address_that_tries_many_names_is_throttled_and_another_is_not(runtime):
    for number in range(30):
        with pytest.raises(PermissionDenied):
            enter(runtime, username=f"guess{number}", address="10.9.9.9")
    with pytest.raises(TooManyRequests, match="sign_in_throttled"):
        enter(runtime, address="10.9.9.9")
    assert enter(runtime, address="10.0.0.2")


def test_a_session_ends_by_idleness_by_signing_out_and_by_closing_the_account(runtime, clock):
    idle, left, closed = enter(runtime), enter(runtime), enter(runtime, username="agent")
    sign_out(runtime.transactions, left)
    person_id = actor(runtime, "agent").person_id
    with runtime.transactions.writing(OPERATOR) as uow:
        set_active(uow, person_id, is_active=False)
    clock.move(minutes=31)

    assert who(runtime, idle) is None
    assert who(runtime, left) is None
    assert who(runtime, closed) is None


def test_a_dated_account_ends_by_itself_in_the_middle_of_a_session(runtime, clock):
    secret = enter(runtime, username="temp")
    assert who(runtime, secret, idle_s=10**9) is not None

    clock.move(days=61)
    assert who(runtime, secret, idle_s=10**9) is None
    with pytest.raises(PermissionDenied):
        enter(runtime, username="temp")


def test_a_role_that_ended_gives_no_permission_from_that_instant(runtime, clock):
    with runtime.transactions.writing(OPERATOR) as uow:
        person = uow.session.scalar(select(Person).where(Person.username == "clerk"))
        membership = uow.session.scalar(select(Membership).where(Membership.person_id == person.id))
        membership.valid_until = runtime.clock.now() + timedelta(hours=1)
    assert actor(runtime, "clerk").can("documents.deposit")

    clock.move(hours=2)
    assert not actor(runtime, "clerk").can("documents.deposit")


def test_an_account_is_made_by_an_administrator_only_with_a_good_password_and_a_free_name(runtime):
    with runtime.transactions.reading() as session:
        unit = all_units(session)[0].id
    new = NewPerson("new.clerk", "كاتب", "Commis", "a long enough one", Role.CLERK, unit)

    with pytest.raises(PermissionDenied), runtime.transactions.writing(actor(runtime, "head")) as uow:
        create_person(uow, new)
    with runtime.transactions.writing(actor(runtime, "admin")) as uow:
        create_person(uow, new)
    with pytest.raises(Conflict, match="username_taken"), runtime.transactions.writing(OPERATOR) as uow:
        create_person(uow, new)
    with pytest.raises(InvalidInput, match="password_too_short"), runtime.transactions.writing(OPERATOR) as uow:
        create_person(uow, NewPerson("other", "أ", "A", "short", Role.CLERK, unit))
    assert who(runtime, enter(runtime, "new.clerk", "a long enough one")).must_change_password


def test_changing_a_password_ends_the_sessions_opened_with_the_old_one(runtime):
    secret = enter(runtime)
    with runtime.transactions.writing(actor(runtime, "clerk")) as uow:
        set_password(uow, uow.actor.person_id, password="quite another one", must_change=False)
    assert who(runtime, secret) is None
    assert enter(runtime, password="quite another one")


@pytest.mark.parametrize("field", ["username", "name_ar", "name_fr"])
def test_no_account_has_a_name_that_the_table_does_not_hold(runtime, field):
    said = {"username": "new.clerk", "name_ar": "كاتب", "name_fr": "Commis", field: "x" * 201}
    new = NewPerson(**said, password="a long enough one", role=Role.CLERK, unit_id=unit_id(runtime, "TRV"))
    with pytest.raises(InvalidInput) as refusal, runtime.transactions.writing(actor(runtime, "admin")) as uow:
        create_person(uow, new)
    assert (refusal.value.code, refusal.value.params["field"]) == ("field_too_long", field)


@pytest.mark.parametrize(("field", "limit"), [("code", 40), ("name_ar", 200), ("name_fr", 200)])
def test_no_unit_has_a_name_that_the_table_does_not_hold(runtime, field, limit):
    said = {"code": "NEW", "name_ar": "مصلحة", "name_fr": "Service"}
    with runtime.transactions.writing(actor(runtime, "admin")) as uow:
        create_unit(uow, kind=UnitKind.SERVICE, **{**said, field: "x" * limit})
    with pytest.raises(InvalidInput) as refusal, runtime.transactions.writing(actor(runtime, "admin")) as uow:
        create_unit(uow, kind=UnitKind.SERVICE, **{**said, "code": "NEWER", field: "x" * (limit + 1)})
    assert (refusal.value.code, refusal.value.params["limit"]) == ("field_too_long", limit)
