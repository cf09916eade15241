"""``docflow show`` gives the newest text, and every version when asked."""

from __future__ import annotations

import json

import pytest

from docflow.cli import main
from docflow.corrections.operations import Seen, correct_page
from docflow.corrections.rules import Edit
from tests.conftest import actor
from tests.factories.documents import doubtful_result, page_id, read_document


@pytest.fixture
def corrected(sqlite_runtime, monkeypatch):
    document_id = read_document(sqlite_runtime, doubtful_result("Objet : vorie", doubts=("vorie",)), unit="TRV")
    with sqlite_runtime.transactions.writing(actor(sqlite_runtime, "clerk")) as uow:
        correct_page(
            uow, page_id(sqlite_runtime, document_id), edit=Edit(words={2: "voirie"}), seen=Seen(base=1, newest=1)
        )
    monkeypatch.setenv("DOCFLOW_HOME", str(sqlite_runtime.settings.home))
    return sqlite_runtime, str(document_id)


def shown(capsys, *arguments):
    assert main(["show", *arguments, "--json"]) == 0
    return json.loads(capsys.readouterr().out)["pages"]


def test_the_newest_text_is_shown_with_what_was_said_of_the_page(corrected, capsys):
    (page,) = shown(capsys, corrected[1])

    assert (page["text"], page["text_version"], page["source"]) == ("Objet : voirie", 2, "corrected")
    assert (page["needs_review"], page["review_outcome"], page["error"]) == (False, "corrected", None)
    assert "versions" not in page


def test_every_version_is_shown_when_asked_with_who_wrote_it(corrected, capsys):
    runtime, document_id = corrected

    (page,) = shown(capsys, document_id, "--versions")

    assert [(kept["version"], kept["source"], kept["by"], kept["text"]) for kept in page["versions"]] == [
        (1, "ocr", None, "Objet : vorie"),
        (2, "corrected", actor(runtime, "clerk").name, "Objet : voirie"),
    ]


def test_who_sees_no_content_is_shown_no_version(corrected, capsys):
    assert shown(capsys, corrected[1], "--versions", "--as", "auditor") == []
