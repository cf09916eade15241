"""The parent's side of the wall: ask a child process with limits, and take a crash for an answer."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from docflow.core.errors import InvalidInput, Unavailable
from docflow.pdf.limits import SourceLimits

CHILD_MODULE = "docflow.pdf.child_main"


def ask_child(operation: str, request: Mapping[str, object], *, limits: SourceLimits) -> dict[str, Any]:
    """Return the child's answer to one operation on a file.

    Raises:
        InvalidInput: the child's own refusal; ``file_poisonous`` when it was killed by a limit or by a crash of the
            library that parsed the file; ``file_too_slow`` when it did not answer in ``limits.wall_s`` seconds.
        Unavailable: ``page_child_failed`` when the child could not run at all.
    """
    message = json.dumps({"operation": operation, "limits": asdict(limits), **request})
    try:
        child = subprocess.run(  # noqa: S603 - the command is this interpreter and a module of ours
            [sys.executable, "-m", CHILD_MODULE],
            input=message.encode(),
            capture_output=True,
            timeout=limits.wall_s,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise InvalidInput("file_too_slow", limit_s=limits.wall_s) from error
    if child.returncode < 0:
        raise InvalidInput("file_poisonous", signal=-child.returncode)
    if child.returncode != 0:
        raise Unavailable("page_child_failed", exit_code=child.returncode)
    answer: dict[str, Any] = json.loads(child.stdout)
    if "error" in answer:
        raise InvalidInput(answer["error"], **answer["params"])
    return answer
