"""A backup into an empty place, and the proof that it is the installation that it was made of."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

import structlog

from docflow.accounts.queries import OPERATOR
from docflow.audit.anchors import JournalReport, verify_anchored
from docflow.backups.deps import Deps
from docflow.backups.objects import TABLE, Copied, copy_objects, named_in
from docflow.backups.operations import mark_restored
from docflow.backups.parts import rows_of
from docflow.backups.places import check_storage_free, different_tables, named_objects, prepare_schema
from docflow.backups.rules import KeptTable, Manifest
from docflow.backups.secrets import HomeFile, check_room_for, put_files, unlock
from docflow.backups.tables import load_tables
from docflow.backups.target import Target, digest_of
from docflow.core.errors import Conflict, NotFound
from docflow.publications.indexing import index_posts
from docflow.schema import migrate
from docflow.search.indexing import rebuild_index
from docflow.stamping.rules import Finding
from docflow.stamping.verification import verify_bytes
from docflow.storage.rules import BlobKind

logger = structlog.get_logger()


@dataclass(slots=True)
class Proof:
    """What the journal and the seals of an installation say.

    ``seals`` counts the sealed files by verdict; ``doubtful_seals`` are the keys of those that are not authentic.
    """

    journal: JournalReport
    seals: Counter[str] = field(default_factory=Counter)
    doubtful_seals: list[str] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        """Whether the journal is intact and every sealed file authentic."""
        return self.journal.verdict.ok and not self.doubtful_seals


@dataclass(frozen=True, slots=True)
class Restored:
    """What was restored, and what was found afterwards; ``indexed`` documents can be searched."""

    manifest: Manifest
    objects: Copied
    indexed: int
    proof: Proof

    @property
    def ok(self) -> bool:
        """Whether everything is there and proved."""
        return not self.objects.lacking and self.proof.ok


def restore_backup(target: Target, name: str, place: Deps, *, passphrase: str) -> Restored:
    """Restore a backup into a place where nothing is, and prove it.

    Objects come first, then the rows, all or none of them; so what interrupts it leaves a place that is still free, and
    the next run finds the objects. Every part and object is compared with its hash on the way, every table with its
    digest once it is there. A damaged part of a table is refused; a damaged object is told, and the rest restored.

    Raises:
        NotFound: ``backup_unknown``.
        InvalidInput: ``backup_damaged``, ``backup_newer``, ``backup_passphrase_wrong``.
        Conflict: ``backup_running``, ``place_not_empty``, ``restored_differently``.
        Unavailable: ``storage_unavailable``.
    """
    with target.alone():
        manifest = target.read(name)
        content = manifest.content
        files = unlock(manifest.secrets, passphrase, bound_to=digest_of(content))
        check_room_for(files, place.settings.keys_home)
        if place.search_index.status().documents:
            raise Conflict("place_not_empty", place="index")
        prepare_schema(place.transactions.engine, content.schema)
        objects = next(table for table in content.tables if table.shape.name == TABLE)
        check_storage_free(place.blob_store, named_in(objects, rows_of(objects, target.store)))
        copied = copy_objects(
            target.store,
            place.blob_store,
            named_in(objects, rows_of(objects, target.store)),
            is_rechecking=True,
        )
        logger.info("objects_restored", objects=copied.objects, size_bytes=copied.size_bytes)
        _load(target, content.tables, place)
    return Restored(manifest, copied, *_finish(place, files, name))


def prove(place: Deps) -> Proof:
    """Follow the journal with its anchors, and verify every sealed file."""
    proof = Proof(verify_anchored(place))
    for ref in named_objects(place.transactions.engine):
        if ref.kind is not BlobKind.SEALED:
            continue
        try:
            with place.blob_store.open(ref.kind, ref.sha256) as stream:
                finding = verify_bytes(place, stream.read()).finding
        except NotFound:
            finding = Finding.UNKNOWN
        proof.seals[finding.value] += 1
        if finding is not Finding.AUTHENTIC:
            proof.doubtful_seals.append(ref.key)
    return proof


def _load(target: Target, tables: Sequence[KeptTable], place: Deps) -> None:
    engine = place.transactions.engine
    with engine.begin() as connection:
        load_tables(connection, [(table.shape, rows_of(table, target.store)) for table in tables])
    different = different_tables(engine, [(table.shape, table.digest) for table in tables])
    if different:
        raise Conflict("restored_differently", tables=", ".join(name for name, _, _ in different))
    migrate(engine)


def _finish(place: Deps, files: Sequence[HomeFile], name: str) -> tuple[int, Proof]:
    put_files(files, place.settings.keys_home)
    indexed = rebuild_index(place)
    index_posts(place)
    proof = prove(place)
    with place.transactions.writing(OPERATOR) as uow:
        mark_restored(uow, name)
    return indexed, proof
