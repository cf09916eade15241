"""Making a backup while the installation is in use, and forgetting old ones."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Final

import structlog
from sqlalchemy import exists, select

from docflow.accounts.queries import OPERATOR
from docflow.audit.queries import begin_snapshot
from docflow.backups.deps import Deps
from docflow.backups.models import Backup
from docflow.backups.objects import TABLE, copy_objects, named_in
from docflow.backups.operations import MadeBackup, keep_backup
from docflow.backups.parts import keep_table, rows_of
from docflow.backups.rules import Content, KeptTable, Manifest, backup_name
from docflow.backups.secrets import check_passphrase, files_of, lock
from docflow.backups.tables import product_tables
from docflow.backups.target import Target, digest_of
from docflow.core.errors import Conflict
from docflow.schema import newest_schema, schema_of
from docflow.storage.operations import holding_sweep
from docflow.storage.rules import BlobKind

logger = structlog.get_logger()

EVER: Final = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Forgotten:
    """What retention took out of a target."""

    backups: int
    objects: int


def make_backup(
    deps: Deps, target: Target, *, passphrase: str, is_rechecking: bool = False, is_first: bool = False
) -> MadeBackup:
    """Put a backup of this instant into a target, beside those that are there.

    The tables are read in one snapshot; then the objects are copied that this snapshot names, which nothing sweeps
    meanwhile. The manifest comes last: whatever ends this before, the target holds the earlier backups as they were,
    and the next run finds most of the copying done.

    Args:
        deps: the runtime.
        target: where to.
        passphrase: what keys and secrets are encrypted with.
        is_rechecking: compare with its hash what the target holds already, and copy anew what is damaged.
        is_first: begin in an empty folder, although earlier backups were put into it.

    Raises:
        InvalidInput: ``backup_passphrase_short``.
        Conflict: ``backup_running``, ``schema_not_newest``, ``backup_target_empty``: the disk is perhaps not mounted.
        Unavailable: ``backup_target_unusable``, ``storage_unavailable``.
    """
    check_passphrase(passphrase)
    with target.alone():
        if not is_first:
            _check_same_disk(deps, target)
        with holding_sweep(deps.transactions) as renew:
            content, table_bytes = _keep_tables(deps, target, is_rechecking=is_rechecking, renew=renew)
            copied = copy_objects(
                deps.blob_store,
                target.store,
                named_in(_objects(content), rows_of(_objects(content), target.store)),
                is_rechecking=is_rechecking,
                renew=renew,
            )
        content = replace(content, objects=copied.objects, size_bytes=copied.size_bytes, lacking=tuple(copied.lacking))
        secrets = lock(files_of(deps.settings.keys_home), passphrase, bound_to=digest_of(content))
        manifest = Manifest(content, secrets)
        target.write(manifest)
    made = MadeBackup(manifest, str(target.folder.resolve()), table_bytes + copied.new_bytes)
    with deps.transactions.writing(OPERATOR) as uow:
        keep_backup(uow, made)
    logger.info("backup_made", name=content.name, copied_bytes=made.copied_bytes, lacking=len(content.lacking))
    return made


def forget_old(target: Target, *, keep: int) -> Forgotten:
    """Keep the newest backups alone, and take out the parts and objects that none of them names.

    Raises:
        Conflict: ``backup_running``.
        InvalidInput: ``backup_damaged``: it is not known what a backup to be kept names; nothing is taken out.
    """
    with target.alone():
        names = target.names()
        kept, old = names[-keep:], names[:-keep]
        named: set[tuple[BlobKind, bytes]] = set()
        for name in kept:
            for table in target.read(name).content.tables:
                named |= {(BlobKind.ROWS, bytes.fromhex(part.sha256)) for part in table.parts}
                if table.shape.name == TABLE:
                    refs = (one.ref for one in named_in(table, rows_of(table, target.store)))
                    named |= {(ref.kind, bytes.fromhex(ref.sha256)) for ref in refs}
        for name in old:
            target.remove(name)
        swept = sum(
            target.store.sweep(item.kind, item.sha256, put_before=EVER)
            for item in target.store.objects()
            if (item.kind, bytes.fromhex(item.sha256)) not in named
        )
    return Forgotten(len(old), swept)


def _check_same_disk(deps: Deps, target: Target) -> None:
    """Refuse an empty folder where earlier backups should be."""
    if target.names():
        return
    with deps.transactions.reading() as session:
        if session.scalar(select(exists().where(Backup.target == str(target.folder.resolve())))):
            raise Conflict("backup_target_empty", folder=str(target.folder))


def _keep_tables(deps: Deps, target: Target, *, is_rechecking: bool, renew: Callable[[], None]) -> tuple[Content, int]:
    """Put the rows of every table, as they are at one instant, into the target."""
    tables: list[KeptTable] = []
    copied_bytes = 0
    with deps.transactions.reading() as session:
        begin_snapshot(session)
        connection = session.connection()
        schema = schema_of(connection)
        if schema != newest_schema():
            raise Conflict("schema_not_newest", schema=schema or "")
        made_at = deps.clock.now()
        for shape in product_tables():
            table, new_bytes = keep_table(connection, shape, target.store, is_rechecking=is_rechecking, renew=renew)
            tables.append(table)
            copied_bytes += new_bytes
        engine = connection.dialect.name
    content = Content(
        name=_free_name(target, made_at),
        made_at=made_at,
        engine=engine,
        schema=schema,
        tables=tuple(tables),
        objects=0,
        size_bytes=0,
        lacking=(),
    )
    return content, copied_bytes


def _free_name(target: Target, made_at: datetime) -> str:
    """Return the name of a backup of this instant; a second one within a second is told apart."""
    name, number = backup_name(made_at), 1
    taken = set(target.names())
    while name in taken:
        number += 1
        name = f"{backup_name(made_at)}-{number}"
    return name


def _objects(content: Content) -> KeptTable:
    return next(table for table in content.tables if table.shape.name == TABLE)
