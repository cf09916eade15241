"""Generations of an index on disk: the one that answers, the one being built, and the switch between them.

``CURRENT`` names the folder that answers and is replaced atomically; readers look at it before each search and so move
over by themselves. A generation is a folder with the engine's files and a stamp. Two locks of the operating system,
released with the process that held them, keep one writer and one rebuild at a time.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from docflow.core.errors import Unavailable
from docflow.search.language.analyser import ANALYSER_VERSION
from docflow.search.ports import IndexState, IndexStatus

_POLL_S = 0.01
_WRITER_PATIENCE_S = 60.0


class Generations:
    """The folder of one index; ``layout`` is the version of the adapter's fields, stamped beside the analyser's."""

    def __init__(self, root: Path, *, engine: str, layout: int) -> None:
        """Name the folder; nothing is read or written yet."""
        self._root = root
        self._stamp = {"engine": engine, "layout": layout, "analyser": ANALYSER_VERSION}

    @property
    def is_rebuilding(self) -> bool:
        """Tell whether a living process is building a new generation."""
        if not self._root.is_dir():
            return False
        with self._open_lock("rebuild.lock") as file:
            return not _try_lock(file)

    @property
    def size_bytes(self) -> int:
        """Return the size of the generation that answers."""
        folder = self.current()
        if folder is None:
            return 0
        total = 0
        for path in folder.iterdir():
            with suppress(FileNotFoundError):  # A merge may remove a file between its listing and its measure.
                total += path.stat().st_size
        return total

    def current(self) -> Path | None:
        """Return the folder that answers, or None when there is none."""
        try:
            name = (self._root / "CURRENT").read_text("ascii").strip()
        except (FileNotFoundError, NotADirectoryError, UnicodeDecodeError):
            return None
        folder = self._root / name
        return folder if name.startswith("generation-") and folder.is_dir() else None

    def required(self) -> Path:
        """Return the folder that answers.

        Raises:
            Unavailable: ``search_index_unusable`` when there is none, or when this program cannot read it.
        """
        folder = self.current()
        if folder is None:
            raise Unavailable("search_index_unusable", state="missing")
        if not self._is_readable(self._read_stamp(folder)):
            raise Unavailable("search_index_unusable", state="corrupt")
        return folder

    def status(self, count: Callable[[], int]) -> IndexStatus:
        """Say how the index is; ``count`` opens it and counts its documents."""
        folder = self.current()
        stamp = self._read_stamp(folder) if folder else {}
        documents = 0
        state: IndexState = "missing" if folder is None else "corrupt"
        if folder is not None:
            with suppress(Unavailable):
                documents = count()
                state = "ok" if stamp == self._stamp else "outdated"
        return IndexStatus(
            state=state,
            documents=documents,
            analyser_version=str(stamp["analyser"]) if "analyser" in stamp else None,
            size_bytes=self.size_bytes,
            is_rebuilding=self.is_rebuilding,
        )

    def _is_readable(self, stamp: dict[str, object]) -> bool:
        return all(stamp.get(key) == self._stamp[key] for key in ("engine", "layout"))

    def _read_stamp(self, folder: Path) -> dict[str, object]:
        try:
            stamp = json.loads((folder / "stamp.json").read_text("utf-8"))
        except (OSError, ValueError):
            return {}
        return stamp if isinstance(stamp, dict) else {}

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Hold the one writer's lock.

        Raises:
            Unavailable: ``search_index_busy`` after a minute of waiting.
        """
        with self._open_lock("write.lock") as file:
            limit = time.monotonic() + _WRITER_PATIENCE_S
            while not _try_lock(file):
                if time.monotonic() > limit:
                    raise Unavailable("search_index_busy")
                time.sleep(_POLL_S)
            yield

    def begin(self) -> tuple[Path, IO[bytes]]:
        """Make the folder of a new generation, and return it with the lock that its builder holds open.

        Raises:
            Unavailable: ``search_index_busy`` when another process is rebuilding.
        """
        self._root.mkdir(parents=True, exist_ok=True)
        lock = self._open_lock("rebuild.lock")
        if not _try_lock(lock):
            lock.close()
            raise Unavailable("search_index_busy")
        with self.writing():
            current = self.current()
            self._remove_all_but(current)
            number = int(current.name.removeprefix("generation-")) + 1 if current else 1
            folder = self._root / f"generation-{number:06d}"
            folder.mkdir()
            _write_durably(folder / "stamp.json", json.dumps(self._stamp))
            _write_durably(self._touched, "")
        return folder, lock

    def note_touched(self, document_ids: Sequence[str]) -> None:
        """Remember documents written while a new generation is being built; the writer's lock is held."""
        if self._touched.exists():
            with self._touched.open("a", encoding="utf-8") as file:
                file.writelines(f"{document_id}\n" for document_id in document_ids)
                file.flush()
                os.fsync(file.fileno())

    def promote(self, folder: Path) -> tuple[str, ...]:
        """Let a finished generation answer; return the documents touched meanwhile. The writer's lock is held."""
        touched = tuple(dict.fromkeys(self._touched.read_text("utf-8").split("\n")))
        _sync_folder(folder)
        _write_durably(self._root / "CURRENT", folder.name)
        self._touched.unlink()
        self._remove_all_but(folder)
        return tuple(document_id for document_id in touched if document_id)

    def give_up(self, folder: Path) -> None:
        """Remove a generation that will not answer."""
        self._touched.unlink(missing_ok=True)
        shutil.rmtree(folder, ignore_errors=True)

    @property
    def _touched(self) -> Path:
        return self._root / "touched.txt"

    def _open_lock(self, name: str) -> IO[bytes]:
        return (self._root / name).open("ab")

    def _remove_all_but(self, kept: Path | None) -> None:
        for path in self._root.glob("generation-*"):
            if path != kept:
                shutil.rmtree(path, ignore_errors=True)


def _try_lock(file: IO[bytes]) -> bool:
    try:
        fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _write_durably(path: Path, text: str) -> None:
    temporary = path.with_name(path.name + ".new")
    with temporary.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)
    _sync_folder(path.parent)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
