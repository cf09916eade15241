from __future__ import annotations

import json
from pathlib import Path

import pypdf
import pytest

from docflow.cli import main
from docflow.ocr.adapters import tesseract
from tests.rooms.ingest.test_readers import letter_with_a_scan

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
    assert set(read) == {"file", "pages", "fields", "doubtful_fields", "cpu_seconds", "wall_seconds"}
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


@pytest.fixture
def broken_reader(monkeypatch: pytest.MonkeyPatch) -> None:
    """An engine that crashes on every page."""
    monkeypatch.setattr(tesseract, "ENGINE", ("/bin/sh", "-c", "kill -SEGV $$"))


@pytest.mark.usefixtures("broken_reader")
def test_a_page_on_which_the_reader_crashes_is_marked_and_the_others_are_read(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    letter, out = tmp_path / "letter.pdf", tmp_path / "copy.pdf"
    letter.write_bytes(letter_with_a_scan())

    exit_code = main(["read", str(letter), "--json", "--pdf", str(out)])

    [read] = lines_of(capsys)
    typed, scanned, last = read["pages"]
    assert exit_code == 1
    assert (typed["error"], last["error"]) == (None, None)
    assert "voirie" in typed["text"]
    assert scanned["error"] == {
        "code": "tesseract_failed",
        "message": "Tesseract stopped while reading the page.",
        "remedy": "Try again.",
    }
    assert (scanned["text"], scanned["words"], scanned["needs_review"]) == ("", [], True)
    assert 0 < scanned["width"] < scanned["height"]
    assert len(pypdf.PdfReader(out).pages) == 3


@pytest.mark.usefixtures("broken_reader")
def test_a_file_of_which_no_page_can_be_read_says_why_once(capsys: pytest.CaptureFixture[str]) -> None:
    exit_code = main(["read", str(SCANS / "fr_poor_2029_0000.jpg"), "--json"])

    [refused] = lines_of(capsys)
    assert exit_code == 1
    assert set(refused) == {"file", "error"}
    assert refused["error"]["code"] == "tesseract_failed"


def test_a_missing_language_stops_the_file_with_what_to_install(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TESSDATA_PREFIX", str(tmp_path))

    exit_code = main(["read", str(SCANS / "fr_poor_2029_0000.jpg"), "--json"])

    [refused] = lines_of(capsys)
    assert exit_code == 1
    assert refused["error"]["code"] == "tesseract_language_missing"
    assert "apt-get install" in refused["error"]["message"]


def test_a_copy_never_takes_the_place_of_its_source_or_of_a_folder(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    scan = tmp_path / "scan.jpg"
    scan.write_bytes((SCANS / "fr_poor_2029_0000.jpg").read_bytes())

    assert main(["read", str(scan), "--pdf", str(tmp_path / "bin" / ".." / "scan.jpg")]) == 2
    capsys.readouterr()
    for place in (tmp_path, tmp_path / "nowhere" / "copy.pdf"):
        assert main(["read", str(scan), "--json", "--pdf", str(place)]) == 1
        [refused] = lines_of(capsys)
        assert (refused["error"]["code"], bool(refused["error"]["remedy"])) == ("output_unwritable", True)

    assert scan.read_bytes() == (SCANS / "fr_poor_2029_0000.jpg").read_bytes()


def test_a_refused_file_leaves_the_earlier_copy_as_it_was(tmp_path: Path) -> None:
    empty, out = tmp_path / "empty.pdf", tmp_path / "copy.pdf"
    empty.touch()
    out.write_bytes(b"earlier")

    assert main(["read", str(empty), "--json", "--pdf", str(out)]) == 1

    assert out.read_bytes() == b"earlier"
    assert sorted(path.name for path in tmp_path.iterdir() if path.is_file()) == ["copy.pdf", "empty.pdf"]
