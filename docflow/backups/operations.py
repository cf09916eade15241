"""What is written about backups: that one was made, verified, restored, that the installation was moved."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from docflow.backups.models import Backup
from docflow.backups.rules import Manifest
from docflow.core.uow import UnitOfWork


@dataclass(frozen=True, slots=True)
class MadeBackup:
    """A backup that was made: where it lies, how many bytes were new there."""

    manifest: Manifest
    target: str
    copied_bytes: int


def keep_backup(uow: UnitOfWork, made: MadeBackup) -> None:
    """Write that a backup was made.

    Raises:
        PermissionDenied: without ``health.read``.
    """
    uow.require("health.read")
    content = made.manifest.content
    uow.session.add(
        Backup(
            name=content.name,
            target=made.target,
            made_at=content.made_at,
            finished_at=uow.now,
            row_count=made.manifest.rows,
            object_count=content.objects,
            size_bytes=content.size_bytes,
            copied_bytes=made.copied_bytes,
            lacking=len(content.lacking),
            verified_at=None,
            is_sound=None,
        )
    )
    uow.record(
        "backups.made",
        subject_kind="backup",
        subject_id=content.name,
        rows=made.manifest.rows,
        objects=content.objects,
        lacking=len(content.lacking),
    )


def mark_verified(uow: UnitOfWork, name: str, *, is_sound: bool) -> None:
    """Write what verifying a backup found; one that this installation does not know leaves a line of the journal.

    Raises:
        PermissionDenied: without ``health.read``.
    """
    uow.require("health.read")
    for row in uow.session.scalars(select(Backup).where(Backup.name == name)):
        row.verified_at, row.is_sound = uow.now, is_sound
    uow.record("backups.verified", subject_kind="backup", subject_id=name, found="sound" if is_sound else "damaged")


def mark_restored(uow: UnitOfWork, name: str) -> None:
    """Write into the restored journal that what came after the backup is not in it.

    Raises:
        PermissionDenied: without ``health.read``.
    """
    uow.require("health.read")
    uow.record("backups.restored", subject_kind="backup", subject_id=name)


def mark_moved(uow: UnitOfWork, *, rows: int, objects: int) -> None:
    """Write into the journal of the new place that the installation came there.

    Raises:
        PermissionDenied: without ``health.read``.
    """
    uow.require("health.read")
    uow.record("backups.moved", subject_kind="installation", subject_id="1", rows=rows, objects=objects)
