"""Reading a backup again and comparing all of it with its hashes."""

from __future__ import annotations

from dataclasses import dataclass, field

from docflow.accounts.queries import OPERATOR
from docflow.backups.objects import TABLE, faults_in, named_in
from docflow.backups.operations import mark_verified
from docflow.backups.parts import rows_of
from docflow.backups.secrets import unlock
from docflow.backups.target import Target, digest_of
from docflow.core.errors import InvalidInput
from docflow.core.uow import Transactions
from docflow.storage.rules import Fault


@dataclass(slots=True)
class Verification:
    """What was found; ``missing`` and ``altered`` are keys of objects, ``damaged_tables`` names.

    ``are_secrets_sound`` is none when there was no passphrase to open them with.
    """

    name: str
    rows: int = 0
    objects: int = 0
    size_bytes: int = 0
    damaged_tables: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    altered: list[str] = field(default_factory=list)
    are_secrets_sound: bool | None = None

    @property
    def ok(self) -> bool:
        """Whether the whole of it can be restored."""
        return not self.damaged_tables and not self.missing and not self.altered and self.are_secrets_sound is not False


def verify_backup(target: Target, name: str, *, passphrase: str | None) -> Verification:
    """Read all parts and objects of a backup and compare them with their hashes; nothing is changed.

    Raises:
        NotFound: ``backup_unknown``.
        InvalidInput: ``backup_damaged``: the manifest itself.
        Conflict: ``backup_running``.
    """
    with target.alone():
        manifest = target.read(name)
        found = Verification(name)
        for table in manifest.content.tables:
            try:
                found.rows += sum(1 for _ in rows_of(table, target.store))
            except InvalidInput:
                found.damaged_tables.append(table.shape.name)
                continue
            if table.shape.name == TABLE:
                refs = (one.ref for one in named_in(table, rows_of(table, target.store)))
                for ref, fault in faults_in(target.store, refs):
                    found.objects += 1
                    found.size_bytes += ref.size_bytes
                    if fault is not None:
                        (found.missing if fault is Fault.MISSING else found.altered).append(ref.key)
        if passphrase:
            try:
                unlock(manifest.secrets, passphrase, bound_to=digest_of(manifest.content))
            except InvalidInput:
                found.are_secrets_sound = False
            else:
                found.are_secrets_sound = True
    return found


def keep_verification(transactions: Transactions, found: Verification) -> None:
    """Write what verifying found, for the health page and the journal."""
    with transactions.writing(OPERATOR) as uow:
        mark_verified(uow, found.name, is_sound=found.ok)
