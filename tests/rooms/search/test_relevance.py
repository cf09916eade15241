from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest

from docflow.search.adapters.tantivy import TantivyIndex
from docflow.search.adapters.whoosh import WhooshIndex
from docflow.search.relevance import Case, run_cases

GOLDEN = Path(__file__).parents[2] / "golden"
FILES = ("relevance_cases.json", "relevance_tuning.json", "relevance_unseen.json")
"""The shared cases, those that the rules were made with, and those kept apart while they were made."""
VARIANTS = "relevance_variants.json"
"""One case for each of the 31 ways of writing a word that archives' search engines are compared by."""

LEAST_PASSED, LEAST_OF_A_CLASS = 0.95, 0.75


def cases_of(name: str) -> list[Case]:
    return [Case.from_json(value) for value in json.loads((GOLDEN / name).read_text("utf-8"))]


@pytest.mark.parametrize("name", [FILES[0], VARIANTS])
@pytest.mark.parametrize("engine", [TantivyIndex, WhooshIndex], ids=["tantivy", "whoosh"])
def test_the_shared_cases_and_the_variants_pass_on_every_engine(
    engine: type[TantivyIndex | WhooshIndex], name: str, tmp_path: Path
) -> None:
    index = engine(tmp_path / "index")

    outcomes = run_cases(cases_of(name), index)

    index.close()
    assert [outcome for outcome in outcomes if not outcome.is_passed] == []


@pytest.mark.parametrize("name", FILES[1:])
def test_other_cases_of_the_same_kinds_pass_in_every_class(name: str, tmp_path: Path) -> None:
    outcomes = run_cases(cases_of(name), TantivyIndex(tmp_path / "index"))

    failed = [outcome for outcome in outcomes if not outcome.is_passed]
    asked, missed = (Counter(outcome.case.kind for outcome in some) for some in (outcomes, failed))
    assert len(failed) <= len(outcomes) * (1 - LEAST_PASSED), failed
    assert {kind for kind in asked if missed[kind] > asked[kind] * (1 - LEAST_OF_A_CLASS)} == set(), failed


def test_a_case_fails_by_what_it_misses_and_by_what_it_should_not_find(tmp_path: Path) -> None:
    case = Case("made up", "permis", must=("absent",), must_not=("un permis",))

    (outcome,) = run_cases([case], TantivyIndex(tmp_path / "index"))

    assert (outcome.is_passed, outcome.missing, outcome.unwanted) == (False, ("absent",), ("un permis",))
