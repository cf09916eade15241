from __future__ import annotations

import json
from pathlib import Path

import pytest

from docflow.search.adapters.tantivy import TantivyIndex
from docflow.search.adapters.whoosh import WhooshIndex
from docflow.search.relevance import Case, run_cases

CASES = Path(__file__).parents[2] / "golden" / "relevance_cases.json"


@pytest.mark.parametrize("engine", [TantivyIndex, WhooshIndex], ids=["tantivy", "whoosh"])
def test_relevance_cases_pass(engine: type[TantivyIndex | WhooshIndex], tmp_path: Path) -> None:
    cases = [Case.from_json(value) for value in json.loads(CASES.read_text("utf-8"))]
    index = engine(tmp_path / "index")

    outcomes = run_cases(cases, index)

    index.close()
    failed = [outcome for outcome in outcomes if not outcome.is_passed]
    assert len(failed) <= len(cases) * 0.05, failed


def test_a_case_fails_by_what_it_misses_and_by_what_it_should_not_find(tmp_path: Path) -> None:
    case = Case("made up", "permis", must=("absent",), must_not=("un permis",))

    (outcome,) = run_cases([case], TantivyIndex(tmp_path / "index"))

    assert (outcome.is_passed, outcome.missing, outcome.unwanted) == (False, ("absent",), ("un permis",))
