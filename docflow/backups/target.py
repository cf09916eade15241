"""Where backups lie: a folder with manifests, and parts and objects under their hashes."""

from __future__ import annotations

import base64
import fcntl
import hashlib
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from docflow.backups.rules import (
    ColumnKind,
    Content,
    Digest,
    KeptTable,
    LockedFiles,
    Manifest,
    Part,
    TableShape,
    as_instant,
)
from docflow.core.errors import Conflict, InvalidInput, NotFound, Unavailable
from docflow.storage.ports import BlobStore

FORMAT: Final = "docflow-backup-1"
MANIFESTS: Final = "manifests"


@dataclass(frozen=True, slots=True)
class Target:
    """A folder of backups, and the store of the objects in it."""

    folder: Path
    store: BlobStore

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Keep every other backup out of the folder for the length of a block; a killed process keeps nobody out.

        Raises:
            Conflict: ``backup_running``.
            Unavailable: ``backup_target_unusable`` with ``reason``.
        """
        try:
            (self.folder / MANIFESTS).mkdir(parents=True, exist_ok=True)
            handle = (self.folder / "lock").open("a")
        except OSError as error:
            raise Unavailable("backup_target_unusable", reason=error.strerror or "") from error
        with handle:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError as error:
                raise Conflict("backup_running") from error
            yield

    def names(self) -> Sequence[str]:
        """Return the names of the backups, the oldest first."""
        return sorted(path.stem for path in (self.folder / MANIFESTS).glob("*.json"))

    def name_at(self, at: str | None) -> str:
        """Return the newest backup, or the newest one made by a day or an instant (UTC, ISO 8601), or of that name.

        Raises:
            NotFound: ``backup_unknown``.
        """
        names = self.names()
        if at in names:
            return str(at)
        found = [name for name in names if at is None or name <= as_instant(at)]
        if not found:
            raise NotFound("backup_unknown", folder=str(self.folder))
        return found[-1]

    def read(self, name: str) -> Manifest:
        """Return a backup.

        Raises:
            NotFound: ``backup_unknown``.
            InvalidInput: ``backup_damaged`` with ``what``: the file is not what was written.
        """
        try:
            said = json.loads(self._path(name).read_text(encoding="utf-8"))
            if said["format"] != FORMAT or said["sha256"] != _hash_of(said):
                raise InvalidInput("backup_damaged", what=name)
            return Manifest(_content(said["content"]), _locked(said["secrets"]))
        except FileNotFoundError as error:
            raise NotFound("backup_unknown", folder=str(self.folder)) from error
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise InvalidInput("backup_damaged", what=name) from error

    def write(self, manifest: Manifest) -> None:
        """Write a backup, whole or not at all: from then on it exists."""
        path = self._path(manifest.content.name)
        said = {"format": FORMAT, "content": _content_said(manifest.content), "secrets": _locked_said(manifest.secrets)}
        said["sha256"] = _hash_of(said)
        aside = path.with_suffix(".part")
        with aside.open("w", encoding="utf-8") as stream:
            json.dump(said, stream, ensure_ascii=False, indent=1)
            stream.write("\n")
            stream.flush()
            os.fsync(stream.fileno())
        aside.replace(path)
        self._flush()

    def remove(self, name: str) -> None:
        """Forget a backup; what it alone names is left in the store."""
        self._path(name).unlink()
        self._flush()

    def _path(self, name: str) -> Path:
        return self.folder / MANIFESTS / f"{name}.json"

    def _flush(self) -> None:
        handle = os.open(self.folder / MANIFESTS, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def digest_of(content: Content) -> bytes:
    """Return the SHA-256 of what a backup says, to which its secrets are bound."""
    return hashlib.sha256(_canonical(_content_said(content))).digest()


def _canonical(said: Any) -> bytes:
    return json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def _hash_of(said: Mapping[str, Any]) -> str:
    return hashlib.sha256(_canonical({name: said[name] for name in ("format", "content", "secrets")})).hexdigest()


def _content_said(content: Content) -> dict[str, Any]:
    return {
        "name": content.name,
        "made_at": content.made_at.isoformat(),
        "engine": content.engine,
        "schema": content.schema,
        "objects": content.objects,
        "size_bytes": content.size_bytes,
        "lacking": list(content.lacking),
        "tables": [
            {
                "name": table.shape.name,
                "columns": [[name, kind.value] for name, kind in table.shape.columns],
                "key": list(table.shape.key),
                "rows": table.digest.rows,
                "sha256": table.digest.sha256,
                "parts": [[part.sha256, part.size_bytes] for part in table.parts],
            }
            for table in content.tables
        ],
    }


def _content(said: Mapping[str, Any]) -> Content:
    return Content(
        name=str(said["name"]),
        made_at=datetime.fromisoformat(said["made_at"]),
        engine=str(said["engine"]),
        schema=str(said["schema"]),
        objects=int(said["objects"]),
        size_bytes=int(said["size_bytes"]),
        lacking=tuple(said["lacking"]),
        tables=tuple(
            KeptTable(
                TableShape(
                    table["name"],
                    tuple((name, ColumnKind(kind)) for name, kind in table["columns"]),
                    tuple(table["key"]),
                ),
                Digest(int(table["rows"]), table["sha256"]),
                tuple(Part(sha256, int(size_bytes)) for sha256, size_bytes in table["parts"]),
            )
            for table in said["tables"]
        ),
    )


def _locked_said(locked: LockedFiles) -> dict[str, Any]:
    texts = {name: base64.b64encode(getattr(locked, name)).decode() for name in ("salt", "nonce", "ciphertext")}
    return {"cipher": "AES-256-GCM", "derivation": "scrypt", "cost": locked.cost, **texts}


def _locked(said: Mapping[str, Any]) -> LockedFiles:
    salt, nonce, ciphertext = (base64.b64decode(said[name], validate=True) for name in ("salt", "nonce", "ciphertext"))
    return LockedFiles(salt, int(said["cost"]), nonce, ciphertext)
