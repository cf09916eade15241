"""A register that goes on from a paper one in the middle of a year begins with the number after the last on paper."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from docflow.core.errors import Conflict, InvalidInput
from docflow.registry.models import Register
from docflow.registry.registers import RegisterSetup, change_register, create_register
from docflow.registry.rules import RegisterKind
from tests.conftest import actor
from tests.factories.registry import registered
from tests.factories.sessions import signed_in_client, token_of

SETUP = RegisterSetup(
    code="incoming",
    kind=RegisterKind.INCOMING,
    name_ar="سجل الوارد",
    name_fr="Registre du courrier",
    number_format="A-{year}-{number:06}",
)


def change(runtime, next_number):
    with runtime.transactions.writing(actor(runtime, "admin")) as uow:
        register = uow.session.scalars(select(Register).where(Register.code == "incoming")).one()
        setup = RegisterSetup(**{**vars_of(SETUP), "next_number": next_number})
        return change_register(uow, register.id, setup, expected_version=register.version)


def vars_of(setup):
    return {name: getattr(setup, name) for name in setup.__dataclass_fields__}


def test_the_first_number_follows_the_paper_and_the_next_ones_it(runtime):
    change(runtime, 846)
    change(runtime, 847)

    assert [registered(runtime).label for _ in range(2)] == ["A-2026-000847", "A-2026-000848"]


def test_a_number_once_given_fixes_the_next_and_the_form_may_be_sent_again_as_it_was(runtime):
    change(runtime, 10)
    registered(runtime)
    with pytest.raises(Conflict, match="numbers_given_already"):
        change(runtime, 300)
    with pytest.raises(Conflict, match="numbers_given_already"):
        change(runtime, 10)

    change(runtime, 11)
    change(runtime, None)

    assert registered(runtime).number == 11


@pytest.mark.parametrize("number", [0, 900_001])
def test_a_number_that_no_register_has_is_refused(runtime, number):
    with pytest.raises(InvalidInput, match="next_number_invalid"):
        change(runtime, number)


def test_a_new_register_begins_where_it_is_said(runtime):
    setup = RegisterSetup(
        **{**vars_of(SETUP), "code": "works", "number_format": "W-{year}-{number:06}", "next_number": 42}
    )
    with runtime.transactions.writing(actor(runtime, "admin")) as uow:
        create_register(uow, setup)

    assert registered(runtime, register="works").label == "W-2026-000042"


def test_the_page_shows_the_next_number_and_says_at_its_field_that_it_is_fixed(sqlite_runtime):
    admin = signed_in_client(sqlite_runtime, "admin")
    registered(sqlite_runtime)
    with sqlite_runtime.transactions.reading() as session:
        register = session.scalars(select(Register).where(Register.code == "incoming")).one()
    address = f"/admin/registers/{register.id}"

    page = admin.get(address).get_data(as_text=True)
    form = {
        "csrf_token": token_of(admin), "version": str(register.version), "code": "incoming", "kind": "incoming",
        "name_ar": register.name_ar, "name_fr": register.name_fr, "number_format": register.number_format,
        "term": register.term, "is_active": "1", "next_number": "٥٠٠",
    }  # fmt: skip
    refused = admin.post(address, data=form)

    assert "A-2026-000002" in page
    assert 'name="next_number"' in page
    assert refused.status_code == 409
    assert 'id="next_number-error"' in refused.get_data(as_text=True)
