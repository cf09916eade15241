"""Objects as files: written aside, flushed, linked into place, folders flushed."""

from __future__ import annotations

import fcntl
import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from docflow.core.errors import Conflict, InvalidInput, NotFound, ServerAway
from docflow.core.ids import new_id
from docflow.storage.ports import StoredObject
from docflow.storage.rules import BlobKind, BlobRef, blob_key, parse_blob_key

CHUNK_BYTES = 1024 * 1024
STALE_UPLOAD_S = 86_400


class LocalBlobStore:
    """A store in one folder of a local disk."""

    def __init__(self, root: Path) -> None:
        """Take the folder; it is made when missing."""
        self._root = root
        self._incoming = root / "incoming"
        try:
            self._incoming.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise ServerAway("storage_unavailable", reason=error.strerror or "") from error

    def put(self, kind: BlobKind, stream: BinaryIO, *, media_type: str, max_bytes: int | None = None) -> BlobRef:
        """Store a stream; durable when it returns (``docflow.storage.ports.BlobStore.put``)."""
        del media_type  # A file has no place for it; the database keeps it.
        aside = self._incoming / str(new_id())
        try:
            sha256, size_bytes = _write_aside(aside, stream, max_bytes)
            with self._shared_with_sweeper():
                self._link(aside, self._root / blob_key(kind, sha256))
        except OSError as error:
            raise ServerAway("storage_unavailable", reason=error.strerror or "") from error
        finally:
            aside.unlink(missing_ok=True)
        return BlobRef(kind, sha256, size_bytes)

    @contextmanager
    def open(self, kind: BlobKind, sha256: str) -> Iterator[BinaryIO]:
        """Open an object for reading."""
        with self.local_copy(kind, sha256) as path, path.open("rb") as stream:
            yield stream

    @contextmanager
    def local_copy(self, kind: BlobKind, sha256: str) -> Iterator[Path]:
        """Give the file itself; nothing is copied."""
        path = self._root / blob_key(kind, sha256)
        if not path.is_file():
            raise NotFound("blob_missing", kind=kind.value, sha256=sha256)
        yield path

    def size_of(self, kind: BlobKind, sha256: str) -> int | None:
        """Return the size of the file."""
        try:
            return (self._root / blob_key(kind, sha256)).stat().st_size
        except FileNotFoundError:
            return None
        except OSError as error:
            raise ServerAway("storage_unavailable", reason=error.strerror or "") from error

    def put_back(self, ref: BlobRef, stream: BinaryIO, *, media_type: str) -> None:
        """Replace the file by another in one step."""
        del media_type
        aside = self._incoming / str(new_id())
        try:
            sha256, _ = _write_aside(aside, stream, None)
            if sha256 != ref.sha256:
                raise Conflict("blob_altered", key=ref.key)
            target = self._root / ref.key
            with self._shared_with_sweeper():
                _make_folder(target.parent, self._root)
                aside.replace(target)
                _flush_folder(target.parent)
        except OSError as error:
            raise ServerAway("storage_unavailable", reason=error.strerror or "") from error
        finally:
            aside.unlink(missing_ok=True)

    def put_back_version(self, ref: BlobRef, *, media_type: str) -> bool:
        """Return false: a folder keeps no versions."""
        del ref, media_type
        return False

    def temporary_address(self, ref: BlobRef, *, file_name: str, media_type: str, seconds: int) -> str | None:
        """Return none: files are served by the product itself."""
        del ref, file_name, media_type, seconds
        return None

    def lock_until(self, kind: BlobKind, sha256: str, until: datetime) -> bool:
        """Return false: a file system has no such lock."""
        del kind, sha256, until
        return False

    def objects(self) -> Iterator[StoredObject]:
        """Go through everything stored, kind by kind."""
        for kind in BlobKind:
            for path in (self._root / kind.value).glob("??/??/*"):
                parsed = parse_blob_key(path.relative_to(self._root).as_posix())
                if parsed is None:
                    continue
                try:
                    status = path.stat()
                except FileNotFoundError:
                    continue
                put_at = datetime.fromtimestamp(status.st_mtime, tz=UTC)
                yield StoredObject(parsed[0], parsed[1], status.st_size, put_at)

    def sweep(self, kind: BlobKind, sha256: str, *, put_before: datetime) -> bool:
        """Delete an object unless it was put since; no put can come between the look and the deletion."""
        path = self._root / blob_key(kind, sha256)
        with self._alone():
            try:
                if datetime.fromtimestamp(path.stat().st_mtime, tz=UTC) >= put_before:
                    return False
                path.unlink()
            except FileNotFoundError:
                return False
        return True

    def check(self) -> None:
        """Prove that the folder can be written; leftovers of interrupted uploads are cleared on the way."""
        probe = self._incoming / str(new_id())
        try:
            probe.write_bytes(b"docflow")
            probe.unlink()
            for stale in self._incoming.iterdir():
                if datetime.now(tz=UTC).timestamp() - stale.stat().st_mtime > STALE_UPLOAD_S:
                    stale.unlink(missing_ok=True)
        except OSError as error:
            raise ServerAway("storage_unavailable", reason=error.strerror or "") from error

    def _link(self, aside: Path, target: Path) -> None:
        _make_folder(target.parent, self._root)
        try:
            os.link(aside, target)
        except FileExistsError:
            # Known bytes count as put anew, so that the sweeper leaves them to the deposit under way.
            os.utime(target)
        # Also for known bytes: whoever linked them may not have come so far yet.
        _flush_folder(target.parent)

    @contextmanager
    def _shared_with_sweeper(self) -> Iterator[None]:
        with self._locked(fcntl.LOCK_SH):
            yield

    @contextmanager
    def _alone(self) -> Iterator[None]:
        with self._locked(fcntl.LOCK_EX):
            yield

    @contextmanager
    def _locked(self, mode: int) -> Iterator[None]:
        with (self._root / "sweep.lock").open("a") as handle:
            fcntl.flock(handle, mode)
            yield


def _write_aside(aside: Path, stream: BinaryIO, max_bytes: int | None) -> tuple[str, int]:
    digest, size_bytes = hashlib.sha256(), 0
    with aside.open("xb") as target:
        while chunk := stream.read(CHUNK_BYTES):
            size_bytes += len(chunk)
            if max_bytes is not None and size_bytes > max_bytes:
                raise InvalidInput("file_too_large", limit_bytes=max_bytes)
            digest.update(chunk)
            target.write(chunk)
        target.flush()
        os.fsync(target.fileno())
    return digest.hexdigest(), size_bytes


def _make_folder(folder: Path, root: Path) -> None:
    missing = []
    current = folder
    while current != root and not current.exists():
        missing.append(current)
        current = current.parent
    for path in reversed(missing):
        path.mkdir(exist_ok=True)
        _flush_folder(path.parent)


def _flush_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
