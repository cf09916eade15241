from __future__ import annotations

import json
from pathlib import Path

import pypdf
import pytest

from docflow.cli import main

from .scoring import SCANS


@pytest.fixture(autouse=True)
def _own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOCFLOW_HOME", str(tmp_path / "home"))


def lines_of(capsys: pytest.CaptureFixture[str]) -> list[dict[str, object]]:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_read_answers_with_a_line_a_file_and_never_stops_at_a_bad_one(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    empty = tmp_path / "empty.pdf"
    empty.touch()

    exit_code = main(["read", str(empty), str(SCANS / "fr_poor_2029_0000.jpg"), "--json"])

    refused, read = lines_of(capsys)
    assert exit_code == 1
    assert refused["error"]["code"] == "file_empty"
    assert refused["error"]["message"]
    assert set(read) == {"file", "pages", "fields", "cpu_seconds", "wall_seconds"}
    [page] = read["pages"]
    assert (page["page_number"], page["width"], page["height"], page["dpi"]) == (1, 1240, 1754, 150)
    assert page["words"][0]["text"] == page["text"].split()[0]
    assert read["fields"]["date"]["value"] == "2020-08-06"


def test_read_writes_the_searchable_copy(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "copy.pdf"

    exit_code = main(["read", str(SCANS / "fr_poor_2029_0000.jpg"), "--json", "--pdf", str(out)])

    [read] = lines_of(capsys)
    assert exit_code == 0
    assert pypdf.PdfReader(out).pages[0].extract_text().split() == read["pages"][0]["text"].split()
    assert read["pdf"] == {"conformance": "PDF/A-2u", "obstacles": []}


def test_one_copy_of_two_files_is_wrong_usage(tmp_path: Path) -> None:
    scan = str(SCANS / "fr_poor_2029_0000.jpg")

    assert main(["read", scan, scan, "--pdf", str(tmp_path / "copy.pdf")]) == 2


def test_a_file_that_is_not_there_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["read", "/nonexistent/letter.pdf", "--json"]) == 1

    assert lines_of(capsys)[0]["error"]["code"] == "file_not_found"
