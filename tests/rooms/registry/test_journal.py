"""What an auditor reads about registers and their numbers in the journal."""

from __future__ import annotations

import pytest

from docflow.accounts.queries import OPERATOR
from docflow.accounts.visibility import Confidentiality
from docflow.audit.finding import JournalFilter, found_lines
from docflow.audit.telling import Teller
from docflow.core.errors import Conflict
from docflow.registry.operations import link_entries, reserve_numbers
from docflow.registry.rules import LinkKind
from tests.conftest import actor
from tests.factories.documents import change
from tests.factories.registry import registered


def told(runtime, username, verb):
    """The lines of one act as somebody reads them: none where the line is sealed."""
    who = OPERATOR if username == "operator" else actor(runtime, username)
    teller = Teller(runtime.capabilities)
    with runtime.transactions.reading() as session:
        asked = JournalFilter(verbs=frozenset({verb}))
        found = found_lines(session, who, asked, subjects=teller.subjects, limit=50)
        lines = teller.tell(session, who, found, locale="fr")
    return [
        (
            str(line.subject.text) if line.subject else "",
            [[str(value.text) for value in values] for _, values in line.details],
        )
        for line in lines
    ]


def test_the_number_of_a_letter_is_told_and_that_of_a_confidential_one_is_not(runtime):
    registered(runtime, subject="Lettre ordinaire")
    hidden = registered(runtime, subject="Affaire X")
    change(runtime, hidden.document_id, confidentiality=Confidentiality.CONFIDENTIAL)
    assert told(runtime, "auditor", "registry.registered") == [("Lettre ordinaire", [["A-2026-000001"]])]
    assert [subject for subject, _ in told(runtime, "operator", "registry.registered")] == [
        "Affaire X",
        "Lettre ordinaire",
    ]


def test_a_link_names_the_earlier_letter_only_to_who_may_know_of_it(runtime):
    earlier, later = registered(runtime, subject="Affaire X"), registered(runtime, subject="Suite")
    with runtime.transactions.writing(actor(runtime, "clerk")) as uow:
        link_entries(uow, later.id, earlier.id, kind=LinkKind.SAME_MATTER)
    (shown,) = told(runtime, "auditor", "registry.linked")
    assert ["A-2026-000001"] in shown[1]
    change(runtime, earlier.document_id, confidentiality=Confidentiality.CONFIDENTIAL)
    (shown,) = told(runtime, "auditor", "registry.linked")
    assert ["A-2026-000001"] not in shown[1]
    assert ["A-2026-000002"] in shown[1]


def test_numbers_set_aside_are_told_with_their_register(runtime):
    with runtime.transactions.writing(actor(runtime, "clerk")) as uow:
        reserve_numbers(uow, "incoming", count=3, reason="no network")
    ((register, details),) = told(runtime, "auditor", "registry.numbers_reserved")
    assert register == "Registre du courrier arrivée"
    assert details == [["A-2026-000001"], ["A-2026-000003"]]


def test_nothing_is_registered_under_a_clock_set_back(runtime, clock):
    registered(runtime)
    clock.move(hours=-2)
    with pytest.raises(Conflict, match="clock_set_back"):
        registered(runtime, by="clerk2")
    clock.move(hours=3)
    assert registered(runtime).label == "A-2026-000002"
