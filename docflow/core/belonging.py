"""Whether a host belongs to the installation that its database is of: one secret key, one folder of keys."""

from __future__ import annotations

import hashlib
import hmac
from pathlib import Path

from sqlalchemy import Engine, String, select, update
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import Mapped, mapped_column

from docflow.core.db import Base
from docflow.core.errors import Conflict
from docflow.core.ids import new_id

MARK_FILE = "installation"
"""File of the shared folder that says which installation it is of."""


class InstallationMark(Base):
    """What every host of the installation must have alike."""

    __tablename__ = "installation_marks"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    """``secret_key`` or ``shared_home``."""
    value: Mapped[str] = mapped_column(String(64))
    """A digest that says nothing about the key, or the mark in the folder."""


def check_belonging(engine: Engine, *, secret_key: str, shared_home: Path) -> None:
    """Return when this host has what the first host of the installation had; the first one leaves its marks.

    Raises:
        Conflict: ``host_differs`` with ``what``, the setting by which it differs.
    """
    marks = _marks(secret_key, shared_home)
    insert = postgresql_insert if engine.dialect.name == "postgresql" else sqlite_insert
    with engine.begin() as connection:
        for name, value in marks.items():
            connection.execute(insert(InstallationMark).values(name=name, value=value).on_conflict_do_nothing())
        rows = connection.execute(select(InstallationMark.name, InstallationMark.value)).all()
        kept = {row.name: row.value for row in rows}
    for name, value in marks.items():
        if kept[name] != value:
            raise Conflict("host_differs", what=f"DOCFLOW_{name.upper()}")


def adopt_marks(engine: Engine, *, secret_key: str, shared_home: Path) -> None:
    """Let the key and the folder of this host be those of the installation from now on."""
    check_free = _marks(secret_key, shared_home)
    with engine.begin() as connection:
        for name, value in check_free.items():
            connection.execute(update(InstallationMark).where(InstallationMark.name == name).values(value=value))


def _marks(secret_key: str, shared_home: Path) -> dict[str, str]:
    digest = hmac.new(secret_key.encode(), b"docflow host", hashlib.sha256).hexdigest()
    path = shared_home / MARK_FILE
    if not path.exists():
        beside = path.with_name(f"{MARK_FILE}.{new_id().hex}")
        beside.write_text(new_id().hex, encoding="ascii")
        try:
            path.hardlink_to(beside)
        except FileExistsError:
            pass
        finally:
            beside.unlink()
    return {"secret_key": digest, "shared_home": path.read_text(encoding="ascii").strip()}
