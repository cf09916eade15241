"""What commands print: JSON lines for scripts, plain lines for people, errors with their remedy."""

from __future__ import annotations

import errno
import json
import os
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from docflow.core.errors import DocFlowError, InvalidInput

FIRST_SENTENCE = re.compile("(?:\u2068[^\u2069]*\u2069|[^\u2068])*?[.!?؟](?=\\s)", re.DOTALL)
"""What happened; the sentences after it say what to do. Values stand between isolates and end no sentence."""


def emit(value: Any, *, as_json: bool, text: str | None = None) -> None:
    """Print one answer: as one line of JSON, or as text when a person asked."""
    if as_json or text is None:
        print(json.dumps(value, ensure_ascii=False, default=str), flush=True)
    else:
        print(text, flush=True)


def error_object(error: DocFlowError) -> dict[str, Any]:
    """Return ``{"code", "message", "remedy"}`` of a refusal, in the language of the terminal."""
    from docflow.texts import error_message

    language = os.environ.get("LANG", "")[:2]
    message = error_message(error, locale=language if language in {"ar", "fr"} else "en")
    what_happened = FIRST_SENTENCE.match(message)
    end = len(message) if what_happened is None else what_happened.end()
    return {"code": error.code, "message": message[:end], "remedy": message[end:].strip()}


def described_line(described: dict[str, Any]) -> str:
    """Return an error object as one line for a person."""
    return f"{described['message']} {described['remedy']}".rstrip()


def fail(error: DocFlowError, *, as_json: bool) -> int:
    """Print a refusal and return the exit code 1."""
    described = error_object(error)
    if as_json:
        emit({"error": described}, as_json=True)
    else:
        print(f"docflow: {described['message']}", file=sys.stderr)
        if described["remedy"]:
            print(f"  → {described['remedy']}", file=sys.stderr)
    return 1


@contextmanager
def whole_file(path: Path) -> Iterator[Path]:
    """Give a place to write to that becomes ``path`` once all is written; a failure leaves what was there before.

    Raises:
        InvalidInput: ``output_unwritable`` with ``file`` and ``reason``.
    """
    if path.is_dir():
        raise InvalidInput("output_unwritable", file=str(path), reason=os.strerror(errno.EISDIR))
    if path.exists() and not path.is_file():
        # A pipe or a device takes the bytes as they come.
        yield path
        return
    part = path.with_name(f".{path.name}.part")
    try:
        part.touch()
    except OSError as error:
        raise InvalidInput("output_unwritable", file=str(path), reason=error.strerror or "") from error
    try:
        yield part
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
