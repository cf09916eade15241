"""What a procedure may promise, and what may be decided."""

from __future__ import annotations

import pytest

from docflow.core.errors import InvalidInput
from docflow.deadlines.rules import DayKind
from docflow.requests.rules import (
    Ground,
    Outcome,
    ProcedureKind,
    answered,
    check_decision,
    check_term,
    checklist,
    term_rule,
)

ROWS = [
    {"ar": "أ", "fr": "a", "form": "shown"},
    {"ar": "ب", "fr": "b", "form": "forbidden"},
    {"ar": "ج", "fr": "c", "form": "copy"},
]


@pytest.mark.parametrize(
    ("kind", "days", "day_kind", "code"),
    [
        (ProcedureKind.REQUEST, 61, DayKind.CALENDAR, "procedure_term_too_long"),
        (ProcedureKind.REQUEST, 43, DayKind.WORKING, "procedure_term_too_long"),
        (ProcedureKind.INVESTMENT, 31, DayKind.CALENDAR, "procedure_term_too_long"),
        (ProcedureKind.REQUEST, 0, DayKind.CALENDAR, "procedure_term_too_long"),
        (ProcedureKind.INFORMATION, 10, DayKind.WORKING, "procedure_term_fixed"),
    ],
)
def test_no_procedure_promises_more_than_the_law_allows(kind, days, day_kind, code):
    with pytest.raises(InvalidInput, match=code):
        check_term(kind, days, day_kind)


def test_a_procedure_promises_less_and_information_has_the_terms_of_its_law():
    check_term(ProcedureKind.REQUEST, 42, DayKind.WORKING)
    assert term_rule(ProcedureKind.REQUEST, days=None, day_kind=DayKind.CALENDAR).days == 60
    assert term_rule(ProcedureKind.INVESTMENT, days=None, day_kind=DayKind.CALENDAR).days == 30
    assert term_rule(ProcedureKind.REQUEST, days=3, day_kind=DayKind.WORKING).kind is DayKind.WORKING
    said = [term_rule(ProcedureKind.INFORMATION, days=9, day_kind=DayKind.CALENDAR, is_urgent=one) for one in (0, 1)]
    assert [(one.days, one.kind.value, one.extension_days) for one in said] == [(20, "working", 20), (3, "working", 3)]


def test_a_refusal_has_reasons_and_one_of_information_its_ground():
    for outcome in (Outcome.REFUSED, Outcome.PARTLY):
        with pytest.raises(InvalidInput, match="decision_reason_missing"):
            check_decision(ProcedureKind.REQUEST, outcome, reason="", ground=None)
        with pytest.raises(InvalidInput, match="ground_missing"):
            check_decision(ProcedureKind.INFORMATION, outcome, reason="Non", ground=None)
        check_decision(ProcedureKind.INFORMATION, outcome, reason="Non", ground=Ground.PRIVACY)
    check_decision(ProcedureKind.REQUEST, Outcome.GRANTED, reason="", ground=None)


def test_what_may_not_be_asked_for_is_on_no_checklist_and_an_answer_is_given():
    assert [(one.fr, one.is_given) for one in checklist(ROWS, [1, 7])] == [("a", False), ("c", True)]
    rows = [{"ar": "س", "fr": "q"}, {"ar": "ع", "fr": "r", "is_optional": True}]
    assert [one.said for one in answered(rows, [" oui  "])] == ["oui", ""]
    with pytest.raises(InvalidInput, match="question_unanswered"):
        answered(rows, ["", "x"])
