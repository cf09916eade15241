"""That a process which listens on no port gets on with its work: a file in its home that it touches each time it did.

``python -m docflow.core.pulse NAME…`` is the health check of its container: it ends with 0 when all of them beat.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final

FOLDER: Final = "pulse"
EVERY_S: Final = 5.0
OLDEST_S: Final = 60.0
"""Longer than any wait of a worker or relay between two looks, and than two signs of life of a long job."""


class Pulse:
    """The beats of one loop; ``name`` is that of its file."""

    def __init__(self, home: Path, name: str) -> None:
        """Take the home of the process; nothing is written before the first beat."""
        self._path = home / FOLDER / name
        self._next = 0.0

    def beat(self) -> None:
        """Say that the loop just got its work done, or found that there is none."""
        if time.monotonic() < self._next:
            return
        self._next = time.monotonic() + EVERY_S
        self._path.parent.mkdir(exist_ok=True)
        self._path.touch()


def silent(home: Path, names: Sequence[str]) -> list[str]:
    """Return which of some loops did not beat of late."""
    now = time.time()
    files = {name: home / FOLDER / name for name in names}
    return [name for name, path in files.items() if not path.exists() or now - path.stat().st_mtime > OLDEST_S]


def main() -> None:
    """End with 1, and say which, when a loop is silent."""
    found = silent(Path(os.environ.get("DOCFLOW_HOME", "var")), sys.argv[1:])
    if found or not sys.argv[1:]:
        sys.exit(f"silent: {' '.join(found)}")


if __name__ == "__main__":
    main()
