"""The keys and secrets of a home, encrypted with a passphrase, and bound to the backup that they belong to."""

from __future__ import annotations

import io
import os
import tarfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from secrets import token_bytes
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from docflow.accounts.demo import PASSWORD_FILE
from docflow.audit.anchors import FOLDER as ANCHORS
from docflow.backups.rules import SHORTEST_PASSPHRASE, LockedFiles
from docflow.core.belonging import MARK_FILE
from docflow.core.errors import Conflict, InvalidInput
from docflow.settings import SECRET_KEY_FILE
from docflow.stamping.keys import FOLDER as KEYS

COST: Final = 2**17
"""Of scrypt, with blocks of 8 and one lane: 128 MiB and some tenths of a second for each guess."""
SALT_BYTES: Final = 16
NONCE_BYTES: Final = 12
KEPT: Final = (KEYS, ANCHORS, SECRET_KEY_FILE, PASSWORD_FILE, MARK_FILE)
"""Folders and files of a home that exist nowhere else; database, objects and index are kept or made anew otherwise."""


@dataclass(frozen=True, slots=True)
class HomeFile:
    """A file of the home: its path within it, its rights, its bytes."""

    path: str
    mode: int
    content: bytes


def check_passphrase(passphrase: str) -> None:
    """Refuse a passphrase that could be guessed.

    Raises:
        InvalidInput: ``backup_passphrase_short`` with ``least``.
    """
    if len(passphrase) < SHORTEST_PASSPHRASE:
        raise InvalidInput("backup_passphrase_short", least=SHORTEST_PASSPHRASE)


def files_of(home: Path) -> Sequence[HomeFile]:
    """Return the keys, secrets and anchors of a home."""
    paths = [path for kept in KEPT for path in ([home / kept] if (home / kept).is_file() else (home / kept).rglob("*"))]
    return [
        HomeFile(path.relative_to(home).as_posix(), path.stat().st_mode & 0o777, path.read_bytes())
        for path in sorted(paths)
        if path.is_file()
    ]


def lock(files: Sequence[HomeFile], passphrase: str, *, bound_to: bytes) -> LockedFiles:
    """Encrypt files; ``bound_to`` is the digest of what they belong to."""
    salt, nonce = token_bytes(SALT_BYTES), token_bytes(NONCE_BYTES)
    ciphertext = AESGCM(_key(passphrase, salt, COST)).encrypt(nonce, _packed(files), bound_to)
    return LockedFiles(salt, COST, nonce, ciphertext)


def unlock(locked: LockedFiles, passphrase: str, *, bound_to: bytes) -> Sequence[HomeFile]:
    """Return the files.

    Raises:
        InvalidInput: ``backup_passphrase_wrong``: another passphrase, or what they belong to was changed.
    """
    try:
        packed = AESGCM(_key(passphrase, locked.salt, locked.cost)).decrypt(locked.nonce, locked.ciphertext, bound_to)
    except InvalidTag as error:
        raise InvalidInput("backup_passphrase_wrong") from error
    with tarfile.open(fileobj=io.BytesIO(packed)) as archive:
        found = [(member, archive.extractfile(member)) for member in archive.getmembers()]
        return [HomeFile(member.name, member.mode, stream.read()) for member, stream in found if stream is not None]


def check_room_for(files: Sequence[HomeFile], home: Path) -> None:
    """Refuse a home that has other keys or secrets.

    Raises:
        Conflict: ``place_not_empty`` with ``place``.
    """
    there = {file.path: file.content for file in files_of(home)}
    given: Mapping[str, bytes] = {file.path: file.content for file in files}
    for path, content in there.items():
        if given.get(path) != content:
            raise Conflict("place_not_empty", place=str(home / path))


def put_files(files: Sequence[HomeFile], home: Path) -> None:
    """Write files with their rights into a home; those that are there already are the same."""
    for file in files:
        path = home / PurePosixPath(file.path)
        if ".." in path.parts or path.exists():
            continue
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as stream:
            stream.write(file.content)
            os.fchmod(stream.fileno(), file.mode)
            stream.flush()
            os.fsync(stream.fileno())


def _key(passphrase: str, salt: bytes, cost: int) -> bytes:
    return Scrypt(salt=salt, length=32, n=cost, r=8, p=1).derive(passphrase.encode())


def _packed(files: Sequence[HomeFile]) -> bytes:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as archive:
        for file in files:
            member = tarfile.TarInfo(file.path)
            member.size, member.mode = len(file.content), file.mode
            archive.addfile(member, io.BytesIO(file.content))
    return packed.getvalue()
