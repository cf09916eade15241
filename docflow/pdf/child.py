"""The parent's side of the wall: ask a fork with limits, and take a crash for an answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from docflow.core.forks import WarmForks
from docflow.pdf.limits import SourceLimits

CHILD_MODULE = "docflow.pdf.child_main"
# Whatever a stranger's file makes a library print stays out of the logs.
_FORKS = WarmForks(CHILD_MODULE, failure="page_child_failed", takes_turns=False, is_quiet=True)


def ask_child(operation: str, request: Mapping[str, object], *, limits: SourceLimits) -> dict[str, Any]:
    """Return the child's answer to one operation on a file.

    Raises:
        InvalidInput: the child's own refusal; ``file_poisonous`` when it was killed by a limit or by a crash of the
            library that parsed the file; ``file_too_slow`` when it did not answer in ``limits.wall_s`` seconds.
        Unavailable: ``page_child_failed`` when the child could not run at all.
    """
    return _FORKS.ask(operation, request, limits=asdict(limits))
