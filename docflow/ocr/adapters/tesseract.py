"""Tesseract, kept warm in a process beside this one that a bad crop may crash.

Starting the program and loading its models costs a tenth of a second of processor time, and a page needs seven calls of
it; a warm one reads the same words in two thirds of the time.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import weakref
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytesseract

from docflow.core.errors import Unavailable
from docflow.ocr.adapters.line_engine import NO_LIBRARY, NO_MODEL
from docflow.ocr.ports import Box, EngineState, GreyImage, Language, LineReading, ReadWord
from docflow.ocr.script import without_marks

ARABIC_MODEL = Path(__file__).parents[1] / "data" / "arabic.traineddata"
"""Made by ``benchmarks/train_letters.py``, which says from what."""
MODELS = {Language.ARABIC: str(ARABIC_MODEL.with_suffix("")), Language.FRENCH: "fra"}
ENGINE = (sys.executable, "-I", "-S", str(Path(__file__).with_name("line_engine.py")))
WORD_LEVEL = 5
MISSING_CONFIDENCE = -1
NOT_INSTALLED = EngineState(version=(), languages=frozenset())


class TesseractLineReader:
    """Reads lines with the Tesseract that is installed on the machine."""

    def __init__(self, *, timeout_s: int = 60, engine: Sequence[str] = ()) -> None:
        """Bound one call, which reads some crops of a page, to ``timeout_s`` seconds on the clock.

        ``engine`` is the command of the program that reads, if not ours; it is started when first used, and anew after
        it ended.
        """
        self._timeout_s = timeout_s
        self._command = engine
        self._lock = threading.Lock()
        self._engine: subprocess.Popen[bytes] | None = None
        self._owner = 0

    @property
    def process_id(self) -> int | None:
        """The engine's process, or none while there is none."""
        return None if self._engine is None else self._engine.pid

    def read_lines(self, crops: Sequence[GreyImage], *, language: Language) -> list[LineReading]:
        """Return one reading a crop.

        Raises:
            Unavailable: ``tesseract_missing``, ``tesseract_language_missing(language)``,
                ``tesseract_too_slow(limit_s)``, ``tesseract_failed(exit_code)``, ``tesseract_answer_unreadable``.
        """
        if not crops:
            return []
        sizes = [(crop.shape[1], crop.shape[0]) for crop in crops]
        request = json.dumps({"model": MODELS[language], "sizes": sizes}).encode() + b"\n"
        with self._lock:
            tables = self._answers(request + b"".join(crop.tobytes() for crop in crops), language=language)
        if len(tables) != len(crops):
            raise Unavailable("tesseract_answer_unreadable")
        return [_reading(table) for table in tables]

    def state(self) -> EngineState:
        """Return the version and the languages of the installed Tesseract."""
        try:
            version = pytesseract.get_tesseract_version()
            models = set(pytesseract.get_languages())
        except (pytesseract.TesseractNotFoundError, pytesseract.TesseractError, SystemExit, OSError):
            return NOT_INSTALLED
        if self._exit_code_without_work() != 0:
            return NOT_INSTALLED
        own = {Language.ARABIC} if ARABIC_MODEL.exists() else set()
        languages = frozenset(own | {language for language, model in MODELS.items() if model in models})
        return EngineState(version=tuple(version.release), languages=languages)

    def _exit_code_without_work(self) -> int:
        """Return how an engine ends that is asked nothing: the program may be there without its library."""
        try:
            engine = subprocess.run(  # noqa: S603 - the command is this interpreter and a file of ours
                self._command or ENGINE, stdin=subprocess.DEVNULL, check=False, timeout=self._timeout_s
            )
        except (OSError, subprocess.TimeoutExpired):
            return NO_LIBRARY
        return engine.returncode

    def _answers(self, request: bytes, *, language: Language) -> list[bytes]:
        """Send a request and return its answers; an engine at fault is ended, and the next page gets a new one."""
        engine = self._running()
        try:
            with _killed_after(self._timeout_s, engine) as is_late:
                answers = _exchange(engine, request)
        except (OSError, EOFError, ValueError, TypeError) as error:
            engine.kill()
            _end(engine)
            self._engine = None
            raise self._refusal(engine.returncode, error, language, is_late=is_late.is_set()) from error
        return answers

    def _refusal(self, exit_code: int, error: Exception, language: Language, *, is_late: bool) -> Unavailable:
        if is_late:
            return Unavailable("tesseract_too_slow", limit_s=self._timeout_s)
        if exit_code == NO_LIBRARY:
            return Unavailable("tesseract_missing")
        if exit_code == NO_MODEL:
            return Unavailable("tesseract_language_missing", language=str(language))
        if isinstance(error, OSError | EOFError):
            return Unavailable("tesseract_failed", exit_code=exit_code)
        return Unavailable("tesseract_answer_unreadable")

    def _running(self) -> subprocess.Popen[bytes]:
        # A process that was forked from this one must not speak through its parent's pipe.
        if self._engine is None or self._owner != os.getpid() or self._engine.poll() is not None:
            # Tesseract's own threads cost five times the processor time that they save on the clock.
            environment = {**os.environ, "OMP_THREAD_LIMIT": "1"}
            pipe = subprocess.PIPE
            try:
                self._engine = subprocess.Popen(  # noqa: S603 - the command is this interpreter and a file of ours
                    self._command or ENGINE, stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL, env=environment
                )
            except OSError as error:
                raise Unavailable("tesseract_missing") from error
            self._owner = os.getpid()
            weakref.finalize(self, _end_if_own, self._engine, os.getpid())
        return self._engine


def _exchange(engine: subprocess.Popen[bytes], request: bytes) -> list[bytes]:
    assert engine.stdin is not None  # noqa: S101 - opened as a pipe
    assert engine.stdout is not None  # noqa: S101 - as above
    engine.stdin.write(request)
    engine.stdin.flush()
    line = engine.stdout.readline()
    if not line.endswith(b"\n"):
        raise EOFError
    lengths = [int(length) for length in json.loads(line)]
    answers = [engine.stdout.read(length) for length in lengths]
    if [len(answer) for answer in answers] != lengths:
        raise EOFError
    return answers


@contextmanager
def _killed_after(limit_s: float, engine: subprocess.Popen[bytes]) -> Iterator[threading.Event]:
    """Kill the engine when it takes longer, which ends the reading of its answer; the event tells that it did."""
    is_late = threading.Event()

    def kill() -> None:
        is_late.set()
        engine.kill()

    timer = threading.Timer(limit_s, kill)
    timer.daemon = True
    timer.start()
    try:
        yield is_late
    finally:
        timer.cancel()


def _end_if_own(engine: subprocess.Popen[bytes], owner: int) -> None:
    if owner == os.getpid():
        engine.kill()
        _end(engine)


def _end(engine: subprocess.Popen[bytes]) -> None:
    for pipe in (engine.stdin, engine.stdout):
        if pipe is not None:
            try:
                pipe.close()
            except OSError:
                continue
    engine.wait()


def _reading(table: bytes) -> LineReading:
    """Return the words of a crop's TSV: level, five numbers, left, top, width, height, confidence, text, its signs'."""
    words = []
    try:
        for row in table.decode().split("\n"):
            if not row:
                continue
            level, *numbers = row.split("\t")
            if int(level) != WORD_LEVEL:
                continue
            *_, left, top, width, height, confidence, text, signs = numbers
            written = without_marks(text).strip()
            if written and float(confidence) > MISSING_CONFIDENCE:
                box = (int(left), int(top), int(left) + int(width), int(top) + int(height))
                letters = tuple(float(sign) for sign in signs.split())
                # Limits were chosen on whole percents.
                words.append(ReadWord(written, box, float(int(float(confidence))), letters))
    except ValueError as error:
        raise Unavailable("tesseract_answer_unreadable") from error
    return LineReading(_within_their_places(words))


def _within_their_places(words: list[ReadWord]) -> tuple[ReadWord, ...]:
    """Return the words of a raw line; a box stretched over other words is cut to the widest place between them.

    It happens to the last word of one line in ten.
    """
    return tuple(_cut_back(word, [other.box for other in words if other is not word]) for word in words)


def _cut_back(word: ReadWord, others: list[Box]) -> ReadWord:
    left, top, right, bottom = word.box
    covered = sorted(
        other for other in others if left <= (other[0] + other[2]) / 2 <= right and _length(other) < _length(word.box)
    )
    if not covered:
        return word
    edges = [left, *(edge for other in covered for edge in (other[0], other[2])), right]
    places = [(edges[index], edges[index + 1]) for index in range(0, len(edges), 2)]
    start, end = max(places, key=lambda place: place[1] - place[0])
    return replace(word, box=(start, top, end, bottom)) if end > start else word


def _length(box: Box) -> int:
    return box[2] - box[0]
