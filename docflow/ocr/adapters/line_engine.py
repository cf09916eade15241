"""The engine's side: a program that keeps Tesseract's models loaded and reads lines until its input ends.

A request is a line of JSON, ``{"model": …, "sizes": [[width, height], …]}``, and the levels of the crops one after
another; the answer is a line of JSON with the length of each crop's TSV, and those. Run by its path, so that it loads
nothing but the standard library and starts in twenty milliseconds; its memory is bounded, and what it cannot do ends
it.
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
    handle = Handle(library.TessBaseAPICreate())
    if library.TessBaseAPIInit2(handle, None, model.encode(), LSTM_ONLY):
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
        return ctypes.string_at(text)
    finally:
        library.TessDeleteText(text)
        library.TessBaseAPIClear(handle)


if __name__ == "__main__":
    main()
