"""The designer of circuits as plain forms, and what it refuses."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select

from docflow.approvals.circuits import CircuitSetup, change_circuit, create_circuit
from docflow.approvals.models import CircuitRow, CircuitVersion
from docflow.approvals.rows import steps_from_row
from docflow.approvals.rules import Circuit, FunctionKind, Mode, Step, StepKind
from docflow.core.errors import Conflict, InvalidInput, NotFound, PermissionDenied
from tests.conftest import actor
from tests.factories.acts import make_circuit, short, standard, started
from tests.factories.documents import unit_id
from tests.factories.sessions import signed_in_client, token_of


def page(answer, status=200):
    assert answer.status_code == status, answer.status
    return answer.get_data(as_text=True)


def typed(runtime, **more):
    """What is posted for a visa of either of two functions, the president's signature, and the departure."""
    president = f"role:president:{unit_id(runtime, 'HH')}"
    return {
        "code": "notes",
        "name_ar": "مذكرات",
        "name_fr": "Notes",
        "register_code": "outgoing",
        "is_active": "1",
        "steps": "3",
        "step-0-kind": "visa",
        "step-0-mode": "any",
        "step-0-days": "٣",
        "step-0-seats": "3",
        "step-0-seat-0": "unit_head",
        "step-0-seat-0-0": "head_above",
        "step-0-seat-1": president,
        "step-0-kinds": ["note", "circular"],
        "step-0-least": "10 000",
        "step-0-units": [str(unit_id(runtime, "DTE"))],
        "step-1-kind": "signature",
        "step-1-seats": "1",
        "step-1-seat-0": president,
        "step-2-kind": "departure",
        **more,
    }


def posted(client, address, values):
    return client.post(address, data={"csrf_token": token_of(client), **values})


def kept(runtime, code="notes"):
    with runtime.transactions.reading() as session:
        row = session.scalar(select(CircuitRow).where(CircuitRow.code == code))
        versions = session.scalars(
            select(CircuitVersion).where(CircuitVersion.circuit_id == row.id).order_by(CircuitVersion.number)
        ).all()
        return row, [steps_from_row(version.steps) for version in versions]


def test_a_circuit_is_made_and_changed_on_the_page(runtime):
    client = signed_in_client(runtime, "admin")
    assert posted(client, "/admin/circuits/new", typed(runtime)).status_code == 303

    row, [steps] = kept(runtime)
    first = steps[0]
    assert [step.kind for step in steps] == [StepKind.VISA, StepKind.SIGNATURE, StepKind.DEPARTURE]
    assert (first.mode, first.days, first.condition.least_dh) == (Mode.ANY, 3, 10_000)
    assert first.condition.kinds == ("note", "circular")
    assert [len(seat.substitutes) for seat in first.seats] == [1, 0]
    assert first.seats[0].function.kind is FunctionKind.UNIT_HEAD
    address = f"/admin/circuits/{row.id}"
    assert "Notes" in page(client.get(address)) or "مذكرات" in page(client.get(address))
    again = typed(runtime, version=str(row.version))
    assert posted(client, address, again).status_code == 303
    assert len(kept(runtime)[1]) == 1
    again |= {"version": str(kept(runtime)[0].version), "step-0-days": "5"}
    assert posted(client, address, again).status_code == 303
    assert [steps[0].days for steps in kept(runtime)[1]] == [3, 5]
    assert page(posted(client, address, again), 409)


@pytest.mark.parametrize(
    ("act", "kinds"),
    [
        ("add", ["visa", "signature", "visa", "departure"]),
        ("up:1", ["signature", "visa", "departure"]),
        ("down:0", ["signature", "visa", "departure"]),
        ("drop:0", ["signature", "departure"]),
        ("show", ["visa", "signature", "departure"]),
    ],
)
def test_steps_are_added_moved_and_taken_out_without_scripts(runtime, act, kinds):
    client = signed_in_client(runtime, "admin")
    shown = page(posted(client, "/admin/circuits/new", typed(runtime, do=act)))

    found = [
        re.search(r'<option value="(\w+)" selected', select)[1]
        for select in re.findall(r'name="step-\d+-kind">(.*?)</select>', shown)
    ]
    assert found == kinds
    assert 'value="مذكرات"' in shown


@pytest.mark.parametrize(
    "wrong",
    [
        {"code": "A B"},
        {"name_fr": " "},
        {"register_code": "incoming"},
        {"step-0-days": "many"},
        {"step-0-days": "500"},
        {"step-0-kind": "wish"},
        {"step-0-seat-0": "role:head:none"},
        {"step-0-seat-0": "role:head:00000000-0000-0000-0000-000000000000"},
        {"step-0-most": "5"},
        {"step-1-kind": "visa"},
        {"steps": "1"},
        {"do": "up:99"},
    ],
)
def test_what_makes_no_circuit_is_refused_and_nothing_is_kept(runtime, wrong):
    client = signed_in_client(runtime, "admin")
    assert "data-error-summary" in page(posted(client, "/admin/circuits/new", typed(runtime, **wrong)), 422)

    with runtime.transactions.reading() as session:
        assert session.scalars(select(CircuitRow)).all() == []


def test_the_preview_says_who_would_be_asked_today(runtime):
    client = signed_in_client(runtime, "admin")
    sample = {"sample_unit": str(unit_id(runtime, "TRV")), "sample_kind": "note", "sample_amount": "20000"}

    shown = page(posted(client, "/admin/circuits/preview", typed(runtime) | sample))
    assert "كريم التازي" in shown or "Karim Tazi" in shown
    other = page(posted(client, "/admin/circuits/preview", typed(runtime) | sample | {"sample_amount": "1"}))
    assert len(other) != len(shown)
    assert "note--warn" in page(posted(client, "/admin/circuits/preview", {"steps": "x"}))


@pytest.mark.parametrize("username", ["clerk", "agent", "head", "director", "president", "archivist", "auditor"])
def test_only_an_administrator_designs(runtime, username):
    circuit_id = make_circuit(runtime, standard(runtime))
    client = signed_in_client(runtime, username)
    for address in ("/admin/circuits", "/admin/circuits/new", f"/admin/circuits/{circuit_id}"):
        assert client.get(address).status_code == 403
        if address != "/admin/circuits":
            assert posted(client, address, typed(runtime)).status_code == 403
    assert posted(client, "/admin/circuits/preview", typed(runtime)).status_code == 403
    with pytest.raises(PermissionDenied), runtime.transactions.writing(actor(runtime, username)) as uow:
        create_circuit(uow, CircuitSetup("x1", "أ", "A", "outgoing", short(runtime)))


def test_a_code_is_taken_once_and_a_closed_circuit_takes_no_acts(runtime):
    circuit_id = make_circuit(runtime, standard(runtime))
    with pytest.raises(Conflict) as refused:
        make_circuit(runtime, standard(runtime))
    assert refused.value.code == "circuit_code_taken"
    with runtime.transactions.writing(actor(runtime, "admin")) as uow:
        row = uow.session.get_one(CircuitRow, circuit_id)
        setup = CircuitSetup("letters", "أ", "A", "outgoing", standard(runtime), is_active=False)
        change_circuit(uow, circuit_id, setup, expected_version=row.version)
        with pytest.raises(InvalidInput):
            change_circuit(
                uow, circuit_id, CircuitSetup("letters", "أ", "A", "outgoing", Circuit((Step(StepKind.VISA),))),
                expected_version=row.version,
            )  # fmt: skip
    with pytest.raises(NotFound) as unknown:
        started(runtime)
    assert unknown.value.code == "circuit_unknown"
