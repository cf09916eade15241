"""The doctor tells all that is wrong at once, each with its remedy."""

from __future__ import annotations

from pathlib import Path

import pytest

from docflow.accounts.operations import set_locale
from docflow.admin.labels import CHECK_LABELS
from docflow.bootstrap import Runtime, bootstrap
from docflow.health import run_checks
from docflow.settings import Settings
from tests.conftest import actor
from tests.factories.sessions import signed_in_client


def test_a_missing_tool_is_told_even_where_the_database_is_not_there_yet(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr("pytesseract.pytesseract.tesseract_cmd", "/nonexistent/tesseract")
    runtime = bootstrap(Settings(home=tmp_path))

    broken = {check.name: check.remedy for check in run_checks(runtime) if not check.ok}

    runtime.transactions.engine.dispose()
    assert broken["database"] == "Run: docflow migrate"
    assert broken["tesseract"].startswith("apt-get install tesseract-ocr")
    assert broken["tesseract-fr"] == "apt-get install tesseract-ocr-fra"


@pytest.mark.parametrize(
    ("locale", "words"),
    [("ar", ("قاعدة البيانات", "نفذوا كل ليلة: docflow backup")), ("fr", ("Base de données", "Exécutez chaque nuit"))],
)
def test_the_page_names_every_check_and_its_remedy_in_the_language(
    sqlite_runtime: Runtime, locale: str, words: tuple[str, ...]
) -> None:
    with sqlite_runtime.transactions.writing(actor(sqlite_runtime, "admin")) as uow:
        set_locale(uow, locale=locale)

    page = signed_in_client(sqlite_runtime, "admin").get("/admin/health").get_data(as_text=True)

    assert {check.name for check in run_checks(sqlite_runtime)} <= set(CHECK_LABELS)
    assert [word for word in words if word not in page] == []


@pytest.mark.parametrize(
    ("locale", "words"),
    [
        ("ar", ("لم يُتخلَّ عن أي مهمة", "الكتابة ممكنة", "صالح للاستعمال")),
        ("fr", ("aucune tâche abandonnée", "accessible en écriture", "utilisable")),
    ],
)
def test_the_page_says_what_was_found_in_the_language(
    sqlite_runtime: Runtime, locale: str, words: tuple[str, ...]
) -> None:
    with sqlite_runtime.transactions.writing(actor(sqlite_runtime, "admin")) as uow:
        set_locale(uow, locale=locale)
    client = signed_in_client(sqlite_runtime, "admin")

    page = client.get("/admin/health").get_data(as_text=True)

    assert [word for word in words if word not in page] == []
    found = [str(check.detail) for check in run_checks(sqlite_runtime)]
    # A version, which is one word, is the same in every language.
    assert [text for text in found if " " in text and f"<bdi>{text}</bdi>" in page] == []
