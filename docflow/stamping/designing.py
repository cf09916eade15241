"""The design of the stamps: versions, none of which is lost."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from docflow.core.errors import Conflict, NotFound
from docflow.core.uow import UnitOfWork
from docflow.stamping.models import StampDesignVersion
from docflow.stamping.queries import current_design
from docflow.stamping.rules import StampDesign
from docflow.storage.operations import name_blob
from docflow.storage.rules import BlobRef

MOST_VERSIONS_SHOWN = 20


@dataclass(frozen=True, slots=True)
class DesignVersion:
    """A version of the design, who made it and when; version 0 is what the settings say."""

    version: int
    design: StampDesign
    author_name: str = ""
    created_at: datetime | None = None


def design_versions(session: Session) -> Sequence[DesignVersion]:
    """Return the versions of the design, the newest first; what the settings say when nobody made one."""
    rows = session.scalars(
        select(StampDesignVersion).order_by(StampDesignVersion.version.desc()).limit(MOST_VERSIONS_SHOWN)
    ).all()
    if not rows:
        return [DesignVersion(0, current_design(session))]
    return [
        DesignVersion(row.version, StampDesign.from_row(row.design), row.author_name, row.created_at) for row in rows
    ]


def keep_design(
    uow: UnitOfWork, design: StampDesign, *, expected_version: int, logo: BlobRef | None = None
) -> StampDesignVersion:
    """Keep a design as the newest version; stamps are drawn by it from now on, and those drawn stay as they are.

    Raises:
        PermissionDenied: without ``stamps.manage``.
        InvalidInput: those of ``StampDesign.checked``.
        Conflict: ``changed_meanwhile``.
    """
    uow.require("stamps.manage")
    design = design.checked()
    newest = uow.session.scalar(select(func.max(StampDesignVersion.version))) or 0
    if newest != expected_version:
        raise Conflict("changed_meanwhile")
    if logo is not None:
        name_blob(uow, logo, media_type="image/png")
    made = StampDesignVersion(
        version=newest + 1,
        design=design.as_row(),
        created_at=uow.now,
        author_id=uow.actor.person_id,
        author_name=uow.actor.name,
    )
    uow.session.add(made)
    uow.record(
        "stamping.design_changed", subject_kind="stamp_design", subject_id=str(made.version), revision=made.version
    )
    return made


def take_back_design(uow: UnitOfWork, version: int, *, expected_version: int) -> StampDesignVersion:
    """Keep an earlier design once more, as the newest version.

    Raises:
        PermissionDenied: without ``stamps.manage``.
        NotFound: ``stamp_design_unknown``.
        Conflict: ``changed_meanwhile``.
    """
    uow.require("stamps.manage")
    earlier = uow.session.get(StampDesignVersion, version)
    if earlier is None:
        raise NotFound("stamp_design_unknown")
    return keep_design(uow, StampDesign.from_row(earlier.design), expected_version=expected_version)
