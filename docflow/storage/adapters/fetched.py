"""The files last fetched from a distant store, kept for the jobs that read the same file next."""

from __future__ import annotations

import shutil
import tempfile
import threading
import weakref
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path


@dataclass
class _Copy:
    """One file: fetched once, whoever asks; not removed while a reader holds it."""

    path: Path
    readers: int = 0
    size_bytes: int = 0
    is_fetched: bool = False
    fetching: threading.Lock = field(default_factory=threading.Lock)


class FetchedFiles:
    """Keeps a few files of a process in a folder of its own; the pages of a document fetch its original once.

    At most ``most_files`` files and ``most_bytes`` bytes are kept beyond those being read; the folder is removed
    when the process ends, and that of a killed one with all else it wrote aside (``core.temporaries``).
    """

    def __init__(self, *, most_files: int, most_bytes: int) -> None:
        """Set the bounds; the folder is made at the first file."""
        self._most_files = most_files
        self._most_bytes = most_bytes
        self._copies: OrderedDict[str, _Copy] = OrderedDict()
        self._lock = threading.Lock()
        self._folder: Path | None = None
        self._closer: Callable[[], object] = lambda: None

    @contextmanager
    def hold(self, key: str, fetch: Callable[[Path], object]) -> Iterator[Path]:
        """Give a file for the length of the block; ``fetch(path)`` writes it when it is not here yet.

        What ``fetch`` raises goes through, and nothing is kept then.
        """
        copy = self._enter(key)
        try:
            with copy.fetching:
                if not copy.is_fetched or not copy.path.is_file():
                    fetch(copy.path)
                    copy.size_bytes = copy.path.stat().st_size
                    copy.is_fetched = True
            yield copy.path
        finally:
            self._leave(key, copy)

    def close(self) -> None:
        """Remove everything kept; happens by itself when the process ends."""
        self._closer()

    def _enter(self, key: str) -> _Copy:
        with self._lock:
            if self._folder is None:
                self._folder = Path(tempfile.mkdtemp(prefix="docflow-fetched-"))
                self._closer = weakref.finalize(self, shutil.rmtree, self._folder, ignore_errors=True)
            copy = self._copies.get(key)
            if copy is None:
                copy = self._copies[key] = _Copy(self._folder / key.replace("/", "-"))
            copy.readers += 1
            self._copies.move_to_end(key)
            return copy

    def _leave(self, key: str, copy: _Copy) -> None:
        with self._lock:
            copy.readers -= 1
            if copy.readers == 0 and not copy.is_fetched:
                self._remove(key)
            self._make_room()

    def _make_room(self) -> None:
        """Remove idle files, those used longest ago first, until both bounds hold."""
        idle = {key: copy.size_bytes for key, copy in self._copies.items() if copy.readers == 0}
        while idle and (len(idle) > self._most_files or sum(idle.values()) > self._most_bytes):
            key = next(iter(idle))
            del idle[key]
            self._remove(key)

    def _remove(self, key: str) -> None:
        self._copies.pop(key).path.unlink(missing_ok=True)
