from __future__ import annotations

import json
from pathlib import Path

import pytest

from docflow.ocr.fields import propose_fields, sure_fields

from .letters import page

LETTERS = Path(__file__).parents[2] / "golden" / "letters"


@pytest.mark.parametrize("name", sorted(path.stem for path in LETTERS.glob("*.txt")))
def test_all_that_a_letter_says_is_found_and_nothing_else(name: str) -> None:
    text = (LETTERS / f"{name}.txt").read_text("utf-8")

    found = sure_fields(propose_fields([page(text)]))

    assert {field: one.value for field, one in found.items()} == json.loads(
        (LETTERS / f"{name}.json").read_text("utf-8")
    )
