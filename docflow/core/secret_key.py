"""The secret of an installation, from which everything else that must be secret and stay the same is derived."""

from __future__ import annotations

import os
import secrets
from pathlib import Path


def secret_key(kept: Path, *, given: str) -> str:
    """Return the key that was given, or the one made at the first start and kept in a file for its owner alone."""
    if given:
        return given
    if not kept.exists():
        _make(kept)
    return kept.read_text(encoding="ascii").strip()


def _make(kept: Path) -> None:
    """Make the file whole beside its place: of two processes that start together, neither reads half a key."""
    beside = kept.with_name(f"{kept.name}.{secrets.token_hex(8)}")
    handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as stream:
        stream.write(secrets.token_urlsafe(48))
    try:
        kept.hardlink_to(beside)
    except FileExistsError:
        return
    finally:
        beside.unlink()
