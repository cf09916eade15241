"""The visibility table of the product, line by line and at random."""

from __future__ import annotations

from uuid import UUID, uuid4

from hypothesis import given
from hypothesis import strategies as st

from docflow.accounts.rules import Role
from docflow.accounts.visibility import Confidentiality, DocumentScope, document_tokens, held_tokens

DISTRICT, DIVISION, SERVICE, OTHER = (UUID(int=number) for number in range(1, 5))
TREE = {DISTRICT: [DIVISION, OTHER], DIVISION: [SERVICE]}
DESKS = {"incoming": None, "complaints": None, "incoming-service": SERVICE}
PERSON, STRANGER = uuid4(), uuid4()


def scope(**changes: object) -> DocumentScope:
    values = {
        "register_code": "incoming",
        "confidentiality": Confidentiality.NORMAL,
        "unit_ids": frozenset({SERVICE}),
        "person_ids": frozenset(),
        "is_registered": True,
    }
    return DocumentScope(**(values | changes))  # type: ignore[arg-type]


def sees(role: Role, unit: UUID, document: DocumentScope, *, person: UUID = STRANGER) -> tuple[bool, bool]:
    tokens = document_tokens(document)
    held = held_tokens(person, [(role, unit)], children=TREE, desks=DESKS)
    return bool(held & tokens.metadata), bool(held & tokens.content)


def test_a_unit_sees_what_concerns_it_and_another_unit_does_not():
    assert sees(Role.AGENT, SERVICE, scope()) == (True, True)
    assert sees(Role.AGENT, OTHER, scope()) == (False, False)


def test_heads_above_see_a_normal_document_and_not_a_restricted_one():
    assert sees(Role.HEAD, DIVISION, scope()) == (True, True)
    assert sees(Role.DIRECTOR, DISTRICT, scope()) == (True, True)
    assert sees(Role.HEAD, DIVISION, scope(confidentiality=Confidentiality.RESTRICTED)) == (False, False)
    assert sees(Role.AGENT, SERVICE, scope(confidentiality=Confidentiality.RESTRICTED)) == (True, True)


def test_an_agent_above_a_unit_is_no_head_of_it():
    assert sees(Role.AGENT, DIVISION, scope()) == (False, False)


def test_the_desk_reads_until_registration_then_sees_metadata_only():
    assert sees(Role.CLERK, OTHER, scope(is_registered=False)) == (True, True)
    assert sees(Role.CLERK, OTHER, scope()) == (True, False)


def test_the_archivist_reads_what_is_registered_and_normal_and_sees_that_the_rest_exists():
    assert sees(Role.ARCHIVIST, OTHER, scope()) == (True, True)
    assert sees(Role.ARCHIVIST, OTHER, scope(is_registered=False)) == (True, False)
    assert sees(Role.ARCHIVIST, OTHER, scope(is_registered=False, is_drafted=True)) == (True, False)
    assert sees(Role.ARCHIVIST, OTHER, scope(confidentiality=Confidentiality.RESTRICTED)) == (True, False)
    assert sees(Role.ARCHIVIST, OTHER, scope(confidentiality=Confidentiality.CONFIDENTIAL)) == (False, False)


def test_the_auditor_sees_metadata_and_never_content():
    assert sees(Role.AUDITOR, DISTRICT, scope()) == (True, False)


def test_the_administrator_sees_no_document_by_that_role():
    assert sees(Role.ADMIN, DISTRICT, scope(is_registered=False)) == (False, False)


@given(
    role=st.sampled_from(Role), unit=st.sampled_from([DISTRICT, DIVISION, SERVICE, OTHER]), is_registered=st.booleans()
)
def test_confidential_mail_exists_for_the_people_named_and_nobody_else(role, unit, is_registered):
    document = scope(
        confidentiality=Confidentiality.CONFIDENTIAL,
        person_ids=frozenset({PERSON}),
        is_registered=is_registered,
    )
    assert sees(role, unit, document) == (False, False)
    assert sees(role, unit, document, person=PERSON) == (True, True)


@given(
    role=st.sampled_from(Role),
    unit=st.sampled_from([DISTRICT, DIVISION, SERVICE, OTHER]),
    confidentiality=st.sampled_from(Confidentiality),
    units=st.frozensets(st.sampled_from([DISTRICT, DIVISION, SERVICE, OTHER])),
    is_registered=st.booleans(),
)
def test_whoever_reads_the_content_also_sees_the_metadata(role, unit, confidentiality, units, is_registered):
    document = scope(confidentiality=confidentiality, unit_ids=units, is_registered=is_registered)
    sees_metadata, sees_content = sees(role, unit, document)
    assert sees_metadata or not sees_content
