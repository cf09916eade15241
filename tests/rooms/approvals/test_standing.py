"""Deciding in somebody's stead: by which power, what it says, and its end in the middle of everything."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from docflow.accounts.giving import NewPower, end_power, give_power
from docflow.accounts.power_rules import PowerKind
from docflow.approvals.rules import Power
from docflow.core.errors import NotFound, PermissionDenied
from docflow.documents.queries import can_see_content
from docflow.stamping.rules import Finding
from docflow.stamping.verification import verify_bytes
from tests.conftest import actor, run_jobs
from tests.factories.acts import decides, make_circuit, settled, short, standard, started, view_of
from tests.rooms.approvals.test_runs import content_of, document_of

TODAY = date(2026, 3, 2)


def given(runtime, principal, holder, kind=PowerKind.DELEGATION, **limits):
    with runtime.transactions.writing(actor(runtime, principal)) as uow:
        ids = actor(runtime, principal).person_id, actor(runtime, holder).person_id
        return give_power(uow, NewPower(kind, *ids, TODAY, TODAY + timedelta(days=4), **limits)).id


@pytest.mark.parametrize(
    ("kind", "power", "formula"),
    [
        (
            PowerKind.DELEGATION,
            Power.DELEGATION,
            "par délégation de Mohamed El Hassani, président du conseil de l'arrondissement Hay Hassani",
        ),
        (PowerKind.INTERIM, Power.INTERIM, "président du conseil de l'arrondissement Hay Hassani par intérim"),
    ],
)
def test_a_decision_says_by_which_power_it_was_taken(runtime, kind, power, formula):
    make_circuit(runtime, short(runtime))
    given(runtime, "president", "director", kind)
    run_id = started(runtime)
    decides(runtime, "director", run_id)
    settled(runtime)

    decision = view_of(runtime, run_id).asks[0].decision
    assert (decision.power, decision.formula_fr) == (power, formula)
    assert verify_bytes(runtime, content_of(runtime, document_of(runtime, run_id))).finding is Finding.AUTHENTIC


def test_a_power_that_has_just_ended_decides_nothing(sqlite_runtime):
    make_circuit(sqlite_runtime, short(sqlite_runtime))
    power_id = given(sqlite_runtime, "president", "head2")
    run_id = started(sqlite_runtime)
    document_id = document_of(sqlite_runtime, run_id)
    with sqlite_runtime.transactions.reading() as session:
        assert can_see_content(session, actor(sqlite_runtime, "head2"), document_id)
    with sqlite_runtime.transactions.writing(actor(sqlite_runtime, "president")) as uow:
        end_power(uow, power_id)
    sqlite_runtime.clock.move(seconds=1)

    with pytest.raises(NotFound) as refused:
        decides(sqlite_runtime, "head2", run_id)
    assert refused.value.code == "ask_unknown"
    with sqlite_runtime.transactions.reading() as session:
        assert not can_see_content(session, actor(sqlite_runtime, "head2"), document_id)


def test_what_was_decided_under_a_power_takes_effect_when_it_ends_meanwhile(sqlite_runtime):
    make_circuit(sqlite_runtime, short(sqlite_runtime))
    power_id = given(sqlite_runtime, "president", "head2")
    run_id = started(sqlite_runtime)
    decides(sqlite_runtime, "head2", run_id)
    with sqlite_runtime.transactions.writing(actor(sqlite_runtime, "president")) as uow:
        end_power(uow, power_id)
    settled(sqlite_runtime)

    assert view_of(sqlite_runtime, run_id).asks[0].decision.is_kept


def test_a_power_for_other_kinds_decides_nothing(sqlite_runtime):
    make_circuit(sqlite_runtime, short(sqlite_runtime))
    given(sqlite_runtime, "president", "head2", act_kinds=frozenset({"note"}))
    run_id = started(sqlite_runtime)

    with pytest.raises(NotFound):
        decides(sqlite_runtime, "head2", run_id)


def test_nobody_approves_their_own_draft_in_the_stead_of_another(sqlite_runtime):
    make_circuit(sqlite_runtime, standard(sqlite_runtime))
    given(sqlite_runtime, "director", "head2")
    run_id = started(sqlite_runtime, by="head2", unit="DAA")

    with pytest.raises(PermissionDenied) as refused:
        decides(sqlite_runtime, "head2", run_id)
    assert refused.value.code == "own_draft"


def test_the_signature_is_that_of_who_signs(sqlite_runtime):
    make_circuit(sqlite_runtime, short(sqlite_runtime))
    given(sqlite_runtime, "president", "director")
    run_id = started(sqlite_runtime)
    decides(sqlite_runtime, "director", run_id)
    settled(sqlite_runtime)
    run_jobs(sqlite_runtime)

    seals = verify_bytes(sqlite_runtime, content_of(sqlite_runtime, document_of(sqlite_runtime, run_id))).seals
    assert [item.signer for item in seals if item.kind == "signature"] == [
        f"{actor(sqlite_runtime, 'director').name} (non qualifié)"
    ]
