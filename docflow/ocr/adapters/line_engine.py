"""The engine's side: a program that keeps Tesseract's models loaded and reads lines until its input ends.

A request is a line of JSON, ``{"model": …, "sizes": [[width, height], …]}``, and the levels of the crops one after
another; the answer is a line of JSON with the length of each crop's TSV, and those. Each row of a word has one column
more, the confidences of its signs. Run by its path, so that it loads nothing but the standard library and starts in
twenty milliseconds; its memory is bounded, and what it cannot do ends it.
"""

from __future__ import annotations

import ctypes
import json
import os
import resource
import sys
from typing import Any, BinaryIO, TypeAlias

LIBRARY = "libtesseract.so.5"
MEMORY_BYTES = 2**30
LSTM_ONLY = 1
RAW_LINE = 13
"""Page segmentation mode: the crop is one line, whatever it looks like.

The mode that looks for words in the line (7) finds none in one crop of seven.
"""
WORD, SIGN = 3, 4
"""Levels of Tesseract's results."""
WORD_ROW = b"5\t"
NO_LIBRARY, NO_MODEL = os.EX_UNAVAILABLE, os.EX_NOINPUT
"""How the program ends without Tesseract's library, or without a model."""
Handle: TypeAlias = ctypes.c_void_p

SIGNATURES: dict[str, tuple[Any, list[Any]]] = {
    "TessBaseAPICreate": (Handle, []),
    "TessBaseAPIInit2": (ctypes.c_int, [Handle, ctypes.c_char_p, ctypes.c_char_p, ctypes.c_int]),
    "TessBaseAPISetPageSegMode": (None, [Handle, ctypes.c_int]),
    "TessBaseAPISetVariable": (ctypes.c_int, [Handle, ctypes.c_char_p, ctypes.c_char_p]),
    "TessBaseAPISetImage": (None, [Handle, ctypes.c_char_p, *[ctypes.c_int] * 4]),
    "TessBaseAPIGetTsvText": (Handle, [Handle, ctypes.c_int]),
    "TessBaseAPIClear": (None, [Handle]),
    "TessBaseAPIGetIterator": (Handle, [Handle]),
    "TessResultIteratorGetPageIteratorConst": (Handle, [Handle]),
    "TessPageIteratorIsAtBeginningOf": (ctypes.c_int, [Handle, ctypes.c_int]),
    "TessResultIteratorConfidence": (ctypes.c_float, [Handle, ctypes.c_int]),
    "TessResultIteratorNext": (ctypes.c_int, [Handle, ctypes.c_int]),
    "TessResultIteratorDelete": (None, [Handle]),
    "TessDeleteText": (None, [Handle]),
}


def main() -> None:
    """Answer requests until there are no more."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    library = _library()
    models: dict[str, Handle] = {}
    source, sink = sys.stdin.buffer, sys.stdout.buffer
    while line := source.readline():
        request = json.loads(line)
        model = request["model"]
        if model not in models:
            models[model] = _loaded(library, model)
        answers = [_read(library, models[model], source, *size) for size in request["sizes"]]
        sink.write(json.dumps([len(answer) for answer in answers]).encode() + b"\n" + b"".join(answers))
        sink.flush()


def _library() -> ctypes.CDLL:
    try:
        library = ctypes.CDLL(LIBRARY)
    except OSError:
        sys.exit(NO_LIBRARY)
    for name, (answer, arguments) in SIGNATURES.items():
        function = getattr(library, name)
        function.restype, function.argtypes = answer, arguments
    return library


def _loaded(library: ctypes.CDLL, model: str) -> Handle:
    """Return a reader with a model: one of Tesseract's by its name, another by its path without an ending."""
    handle = Handle(library.TessBaseAPICreate())
    folder, name = os.path.split(model)
    if library.TessBaseAPIInit2(handle, folder.encode() or None, name.encode(), LSTM_ONLY):
        sys.exit(NO_MODEL)
    library.TessBaseAPISetPageSegMode(handle, RAW_LINE)
    library.TessBaseAPISetVariable(handle, b"debug_file", b"/dev/null")
    return handle


def _read(library: ctypes.CDLL, handle: Handle, source: BinaryIO, width: int, height: int) -> bytes:
    """Return the TSV of one crop, whose words stand in logical order, Arabic included."""
    levels = source.read(width * height)
    library.TessBaseAPISetImage(handle, levels, width, height, 1, width)
    text = library.TessBaseAPIGetTsvText(handle, 0)
    try:
        return _with_confidences(ctypes.string_at(text), _confidences(library, handle))
    finally:
        library.TessDeleteText(text)
        library.TessBaseAPIClear(handle)


def _with_confidences(table: bytes, words: list[list[float]]) -> bytes:
    """Return the table with the confidences of each word's signs; without any where the two do not agree."""
    rows = table.split(b"\n")
    of_words = [index for index, row in enumerate(rows) if row.startswith(WORD_ROW)]
    if len(of_words) != len(words):
        words = [[] for _ in of_words]
    for index, signs in zip(of_words, words, strict=True):
        rows[index] += b"\t" + " ".join(f"{confidence:.1f}" for confidence in signs).encode()
    return b"\n".join(rows)


def _confidences(library: ctypes.CDLL, handle: Handle) -> list[list[float]]:
    """Return the confidences of the signs of each word, in the order of the table."""
    results = library.TessBaseAPIGetIterator(handle)
    if not results:
        return []
    words: list[list[float]] = []
    place = library.TessResultIteratorGetPageIteratorConst(results)
    is_next = 1
    while is_next:
        if not words or library.TessPageIteratorIsAtBeginningOf(place, WORD):
            words.append([])
        words[-1].append(library.TessResultIteratorConfidence(results, SIGN))
        is_next = library.TessResultIteratorNext(results, SIGN)
    library.TessResultIteratorDelete(results)
    return words


if __name__ == "__main__":
    main()
