"""The parent's side of sealing: a warm process that forks one child, with limits, for every file.

Loading the libraries takes ten times as long as sealing a letter.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import Any

from docflow.core.forks import WarmForks
from docflow.pdf.limits import DEFAULT_LIMITS, SourceLimits

SERVER_MODULE = "docflow.stamping.adapters.workshop_main"


class Workshop:
    """Does operations on files in forks of one warm process; started when first used, and anew after it ended."""

    def __init__(self, *, limits: SourceLimits = DEFAULT_LIMITS) -> None:
        """Take the limits of one operation."""
        self._limits = limits
        # Starting it costs as much as many seals: threads take turns.
        self._forks = WarmForks(SERVER_MODULE, failure="sealing_child_failed", takes_turns=True, is_quiet=False)

    @property
    def process_id(self) -> int | None:
        """The warm process, or none while there is none."""
        return self._forks.process_id

    def ask(
        self,
        operation: str,
        request: Mapping[str, object],
        *,
        limits: SourceLimits | None = None,
        later: Callable[[], Mapping[str, object]] | None = None,
    ) -> dict[str, Any]:
        """Return the answer to one operation; ``later`` gives what of the request is not known yet.

        Raises:
            DocFlowError: that of ``later``.
            InvalidInput: the child's refusal; ``file_poisonous``, ``file_too_slow``, ``file_too_demanding``.
            Unavailable: the child's; ``sealing_child_failed`` when the process does not run.
        """
        return self._forks.ask(operation, request, limits=asdict(limits or self._limits), later=later)

    def close(self) -> None:
        """End the process."""
        self._forks.close()
