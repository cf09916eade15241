"""What the demonstration shows of powers."""

from __future__ import annotations

from docflow.accounts.demo import fill_demo_powers
from docflow.accounts.powers import powers_held
from tests.conftest import actor


def test_the_demonstration_has_a_delegation_and_an_interim(sqlite_runtime):
    fill_demo_powers(sqlite_runtime.transactions)

    with sqlite_runtime.transactions.reading() as session:
        held = {
            name: [
                (power.kind.value, power.principal_name_fr)
                for power in powers_held(session, actor(sqlite_runtime, name).person_id, sqlite_runtime.clock.now())
            ]
            for name in ("head2", "director", "head")
        }
    assert held == {
        "head2": [("delegation", "Abdellah El Mansouri")],
        "director": [("interim", "Mohamed El Hassani")],
        "head": [],
    }
