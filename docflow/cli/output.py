"""What commands print: JSON lines for scripts, plain lines for people, errors with their remedy."""

from __future__ import annotations

import json
import os
import sys
from typing import Any

from docflow.core.errors import DocFlowError


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
    return {"code": error.code, "message": message, "remedy": str(error.params.get("remedy", ""))}


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
