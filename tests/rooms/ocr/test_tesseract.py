from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytesseract
import pytest

from docflow.core.errors import Unavailable
from docflow.ocr.adapters.tesseract import TesseractLineReader
from docflow.ocr.capability import check_reading_tools
from docflow.ocr.ports import EngineState, Language, LineReading

CROP = np.full((40, 200), 255, np.uint8)
VERSION = "case $1 in --version) echo tesseract 5.5.0; exit 0;; esac"
FAULTS = {
    "a crash": ("kill -SEGV $$", "tesseract_failed"),
    "a failure": ("echo 'out of memory' >&2; exit 3", "tesseract_failed"),
    "a missing language": ("echo 'Failed loading language' >&2; exit 1", "tesseract_language_missing"),
    "a hang": ("exec sleep 30", "tesseract_too_slow"),
    "no answer": ("exit 0", "tesseract_answer_unreadable"),
    "bad UTF-8": (
        r"printf 'level\tpage_num\tconf\ttext\n5\t1\t90\t\377\376\n' > \"$2.tsv\"",
        "tesseract_answer_unreadable",
    ),
    "a line too many": (
        r"printf 'level\tpage_num\tleft\ttop\twidth\theight\tconf\ttext\n5\t9\t1\t1\t1\t1\t90\tx\n' > \"$2.tsv\"",
        "tesseract_answer_unreadable",
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_an_engine_at_fault_is_unavailable_for_that_page(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fault: str
) -> None:
    script, code = FAULTS[fault]
    engine = tmp_path / "tesseract"
    engine.write_text(f"#!/bin/sh\n{VERSION}\n{script}\n".replace('\\"', '"'), encoding="utf-8")
    engine.chmod(0o755)
    monkeypatch.setattr(pytesseract.pytesseract, "tesseract_cmd", str(engine))
    # Asked for its languages, the false engine writes where it stands.
    monkeypatch.chdir(tmp_path)

    with pytest.raises(Unavailable) as refusal:
        TesseractLineReader(timeout_s=1).read_lines([CROP], language=Language.ARABIC)

    assert refusal.value.code == code


def test_a_missing_engine_is_unavailable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pytesseract.pytesseract, "tesseract_cmd", "/nonexistent/tesseract")

    with pytest.raises(Unavailable, match="tesseract_missing"):
        TesseractLineReader().read_lines([CROP], language=Language.FRENCH)


def test_no_crop_needs_no_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pytesseract.pytesseract, "tesseract_cmd", "/nonexistent/tesseract")

    assert TesseractLineReader().read_lines([], language=Language.FRENCH) == []


def test_an_empty_crop_between_others_keeps_its_place() -> None:
    printed = CROP.copy()
    cv2.putText(printed, "Commune", (10, 30), cv2.FONT_HERSHEY_SIMPLEX, 1, 0, 2)

    readings = TesseractLineReader().read_lines([CROP, printed, CROP], language=Language.FRENCH)

    assert readings[1].text == "Commune"
    assert readings[0].confidence < 50 > readings[2].confidence


class StateOnly:
    """An engine of which only the installed parts matter."""

    def __init__(self, state: EngineState) -> None:
        self._state = state

    @property
    def line_reader(self) -> StateOnly:
        return self

    def state(self) -> EngineState:
        return self._state

    def read_lines(self, crops: object, *, language: Language) -> list[LineReading]:
        raise AssertionError


def test_doctor_names_the_package_of_a_missing_language() -> None:
    checks = check_reading_tools(StateOnly(EngineState((5, 5, 0), frozenset({Language.FRENCH}))))

    wrong = {check.name: check.remedy for check in checks if not check.ok}
    assert wrong == {"tesseract-ar": "apt-get install tesseract-ocr-ara"}


def test_doctor_refuses_an_old_engine() -> None:
    checks = check_reading_tools(StateOnly(EngineState((4, 1, 1), frozenset(Language))))

    assert not checks[0].ok
    assert checks[0].remedy
