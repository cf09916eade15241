"""The doctor tells all that is wrong at once, each with its remedy."""

from __future__ import annotations

from pathlib import Path

from docflow.bootstrap import bootstrap
from docflow.health import run_checks
from docflow.settings import Settings


def test_a_missing_tool_is_told_even_where_the_database_is_not_there_yet(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr("pytesseract.pytesseract.tesseract_cmd", "/nonexistent/tesseract")
    runtime = bootstrap(Settings(home=tmp_path))

    broken = {check.name: check.remedy for check in run_checks(runtime) if not check.ok}

    runtime.transactions.engine.dispose()
    assert broken["database"] == "Run: docflow migrate"
    assert broken["tesseract"].startswith("apt-get install tesseract-ocr")
    assert broken["tesseract-ar"] == "apt-get install tesseract-ocr-ara"
