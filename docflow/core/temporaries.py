"""One folder for all that a process writes aside, found and removed by others once the process is no more.

Letters are written in clear beside what works on them. Whoever ends well removes them; who was killed cannot.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import structlog

logger = structlog.get_logger()

PREFIX = "docflow-process-"
"""So begins the name of each such folder, directly in the folder of temporary files."""
VARIABLE = "TMPDIR"
"""Tells this process and those that it starts where temporary files go."""


@dataclass(frozen=True, slots=True)
class _Held:
    """A folder and the lock on it: the kernel gives it up when the process ends, however that happens.

    Process numbers say nothing here: they come again, and each container counts its own. A lock on the folder itself
    also tells ``systemd-tmpfiles`` to leave it alone, however old it is.
    """

    folder: Path
    lock: int


@contextmanager
def own_temporaries() -> Iterator[None]:
    """Let everything that this process and its children write aside lie in one folder, for the length of the block.

    What processes that were killed have left is removed first. Where no folder can be made, because the disk is full
    for instance, temporary files lie where they would without this.
    """
    remove_left()
    try:
        held = _made()
    except OSError as error:
        logger.warning("temporaries_not_together", reason=error.strerror)
        yield
        return
    owner, before = os.getpid(), (tempfile.tempdir, os.environ.get(VARIABLE))
    _point_to(str(held.folder), str(held.folder))
    try:
        yield
    finally:
        # A fork that ends must not take away what its parent uses.
        if os.getpid() == owner:
            _point_to(*before)
            shutil.rmtree(held.folder, ignore_errors=True)
            os.close(held.lock)


def remove_left() -> int:
    """Remove the folders of this account whose processes are no more; return how many."""
    removed = 0
    for folder in _place().glob(f"{PREFIX}*"):
        try:
            lock = _locked(folder, is_waiting=False)
        except OSError:
            # Of a living process, of somebody else, or gone already.
            continue
        try:
            if os.fstat(lock).st_uid == os.geteuid():
                shutil.rmtree(folder, ignore_errors=True)
                removed += 1
        finally:
            os.close(lock)
    if removed:
        logger.warning("temporaries_removed", count=removed)
    return removed


def _place() -> Path:
    """Return where such folders lie, side by side: that of a process which started this one is no place for its own."""
    place = Path(tempfile.gettempdir())
    return place.parent if place.name.startswith(PREFIX) else place


def _made() -> _Held:
    while True:
        folder = Path(tempfile.mkdtemp(prefix=PREFIX, dir=_place()))
        try:
            lock = _locked(folder, is_waiting=True)
        except FileNotFoundError:
            continue
        except OSError:
            # A place without locks: nobody could tell that the folder is in use.
            folder.rmdir()
            raise
        # Until it was locked it belonged to nobody, and another may have removed it.
        if folder.exists():
            return _Held(folder, lock)
        os.close(lock)


def _locked(folder: Path, *, is_waiting: bool) -> int:
    """Open a folder and lock it; programs that are started do not hold the lock along.

    Raises:
        OSError: it is no folder, is gone, or somebody holds it.
    """
    opened = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
    try:
        fcntl.flock(opened, fcntl.LOCK_EX if is_waiting else fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(opened)
        raise
    return opened


def _point_to(folder: str | None, variable: str | None) -> None:
    tempfile.tempdir = folder
    if variable is None:
        os.environ.pop(VARIABLE, None)
    else:
        os.environ[VARIABLE] = variable
