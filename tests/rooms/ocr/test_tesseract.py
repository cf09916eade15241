from __future__ import annotations

import contextlib
import gc
import os
import signal
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

import cv2
import numpy as np
import psutil
import pytest

from docflow.core.errors import Unavailable
from docflow.core.processor_time import processor_s
from docflow.ocr.adapters.line_engine import NO_LIBRARY, NO_MODEL
from docflow.ocr.adapters.tesseract import TesseractLineReader
from docflow.ocr.capability import check_reading_tools
from docflow.ocr.ports import EngineState, GreyImage, Language, LineReading

CROP = np.full((40, 200), 255, np.uint8)
FAULTS = {
    "a crash": ("kill -SEGV $$", "tesseract_failed"),
    "a failure": ("echo 'out of memory' >&2; exit 3", "tesseract_failed"),
    "no answer": ("exit 0", "tesseract_failed"),
    "half an answer": ("printf '[200]\\n5'", "tesseract_failed"),
    "a missing library": (f"exit {NO_LIBRARY}", "tesseract_missing"),
    "a missing language": (f"exit {NO_MODEL}", "tesseract_language_missing"),
    "a hang": ("exec sleep 30", "tesseract_too_slow"),
    "nonsense": ("echo hello", "tesseract_answer_unreadable"),
    "too many answers": ("printf '[1, 1]\\n\\n\\n'", "tesseract_answer_unreadable"),
    "bad UTF-8": (r"printf '[2]\n\377\376'", "tesseract_answer_unreadable"),
    "a row too short": (r"printf '[3]\n5\t1'", "tesseract_answer_unreadable"),
}


def printed(word: str) -> GreyImage:
    """Return the crop of a line that holds one word."""
    crop = np.full((40, 320), 255, np.uint8)
    cv2.putText(crop, word, (10, 30), cv2.FONT_HERSHEY_SIMPLEX, 1, 0, 2)
    return crop


def engine_that(script: str) -> list[str]:
    """Return the command of an engine that takes a request and does as the script says, for the first crop only."""
    return ["/bin/sh", "-c", f"head -c 20 >/dev/null; {script}"]


@pytest.mark.parametrize("fault", FAULTS)
def test_an_engine_at_fault_is_unavailable_for_that_page(fault: str) -> None:
    script, code = FAULTS[fault]
    reader = TesseractLineReader(timeout_s=1, engine=engine_that(script))

    with pytest.raises(Unavailable) as refusal:
        reader.read_lines([CROP], language=Language.ARABIC)

    assert refusal.value.code == code


def test_a_missing_program_is_unavailable() -> None:
    reader = TesseractLineReader(engine=["/nonexistent/engine"])

    with pytest.raises(Unavailable, match="tesseract_missing"):
        reader.read_lines([CROP], language=Language.FRENCH)


def test_the_next_page_is_read_after_the_engine_was_killed_in_the_middle_of_one() -> None:
    reader = TesseractLineReader()
    before = reader.read_lines([printed("Commune")], language=Language.FRENCH)
    first = reader.process_id
    assert first is not None
    killer = threading.Timer(0.05, os.kill, (first, signal.SIGKILL))
    killer.start()

    with pytest.raises(Unavailable, match="tesseract_failed"):
        reader.read_lines([printed("Commune")] * 200, language=Language.FRENCH)

    assert reader.read_lines([printed("Commune")], language=Language.FRENCH) == before
    assert reader.process_id != first


def test_an_engine_killed_between_pages_is_started_anew() -> None:
    reader = TesseractLineReader()
    before = reader.read_lines([printed("Commune")], language=Language.FRENCH)
    assert reader.process_id is not None
    engine = psutil.Process(reader.process_id)
    engine.kill()
    psutil.wait_procs([engine], timeout=5)

    assert reader.read_lines([printed("Commune")], language=Language.FRENCH) == before


def test_threads_get_their_own_answers() -> None:
    reader = TesseractLineReader()
    names = ["Commune", "Arrondissement", "Objet", "Service"] * 3

    with ThreadPoolExecutor(4) as pool:
        readings = pool.map(lambda name: reader.read_lines([printed(name)], language=Language.FRENCH)[0].text, names)

    assert list(readings) == names


def test_a_fork_reads_with_an_engine_of_its_own() -> None:
    reader = TesseractLineReader()
    before = reader.read_lines([printed("Commune")], language=Language.FRENCH)

    child = os.fork()
    if not child:
        is_same = reader.read_lines([printed("Commune")], language=Language.FRENCH) == before
        os._exit(0 if is_same else 1)

    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert reader.read_lines([printed("Commune")], language=Language.FRENCH) == before


def test_the_engine_ends_with_its_reader() -> None:
    reader = TesseractLineReader()
    reader.read_lines([CROP], language=Language.FRENCH)
    process_id = reader.process_id
    assert process_id is not None

    del reader
    gc.collect()

    assert not psutil.pid_exists(process_id)


def test_the_engine_ends_when_its_worker_is_killed() -> None:
    program = (
        "import numpy, os, signal;"
        "from docflow.ocr.adapters.tesseract import TesseractLineReader; from docflow.ocr.ports import Language;"
        "reader = TesseractLineReader();"
        "reader.read_lines([numpy.full((40, 200), 255, numpy.uint8)], language=Language.FRENCH);"
        "print(reader.process_id, flush=True); os.kill(os.getpid(), signal.SIGKILL)"
    )
    worker = subprocess.run([sys.executable, "-c", program], stdout=subprocess.PIPE, check=False)
    process_id = int(worker.stdout)

    with contextlib.suppress(psutil.NoSuchProcess):
        psutil.Process(process_id).wait(timeout=10)

    assert not psutil.pid_exists(process_id)


def test_what_the_engine_spends_is_counted_while_it_runs() -> None:
    reader = TesseractLineReader()
    before = processor_s()

    reader.read_lines([printed("Commune")] * 40, language=Language.FRENCH)

    assert reader.process_id is not None
    engine = psutil.Process(reader.process_id).cpu_times()
    # Sums of hundredths, which differ in their last bit.
    assert round(processor_s() - before, 3) >= round(engine.user + engine.system, 3) > 0


def test_no_crop_needs_no_engine() -> None:
    reader = TesseractLineReader(engine=["/nonexistent/engine"])

    assert reader.read_lines([], language=Language.FRENCH) == []


def test_an_empty_crop_between_others_keeps_its_place() -> None:
    readings = TesseractLineReader().read_lines([CROP, printed("Commune"), CROP], language=Language.FRENCH)

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


def test_a_program_without_its_library_is_not_installed() -> None:
    assert TesseractLineReader().state().languages == set(Language)
    assert TesseractLineReader(engine=engine_that(f"exit {NO_LIBRARY}")).state().version == ()


def test_doctor_names_the_package_of_a_missing_language() -> None:
    checks = check_reading_tools(StateOnly(EngineState((5, 5, 0), frozenset({Language.ARABIC}))))

    wrong = {check.name: check.remedy for check in checks if not check.ok}
    assert wrong == {"tesseract-fr": "apt-get install tesseract-ocr-fra"}


def test_doctor_refuses_an_old_engine() -> None:
    checks = check_reading_tools(StateOnly(EngineState((4, 1, 1), frozenset(Language))))

    assert not checks[0].ok
    assert checks[0].remedy


def test_each_sign_of_a_word_has_its_confidence() -> None:
    sure, doubtful = TesseractLineReader().read_lines(
        [printed("Commune"), cv2.GaussianBlur(printed("Commune"), (0, 0), 4)], language=Language.FRENCH
    )

    assert [len(word.letters) for word in sure.words] == [len("Commune")]
    assert min(sure.words[0].letters) > 85
    assert all(0 <= letter <= 100 for word in [*sure.words, *doubtful.words] for letter in word.letters)
    assert min((letter for word in doubtful.words for letter in word.letters), default=0) < min(sure.words[0].letters)
