"""A place for an installation: a database, a storage and a home; whether it is free, and comparing two of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from sqlalchemy import Engine, exists, inspect, select, table

from docflow.backups.deps import Deps
from docflow.backups.objects import TABLE, faults_in, named_in
from docflow.backups.rules import Digest, TableShape
from docflow.backups.tables import digested, product_tables, read_rows
from docflow.core.db import READ_ONLY
from docflow.core.errors import Conflict, InvalidInput
from docflow.schema import is_known_schema, migrate
from docflow.storage.ports import BlobStore
from docflow.storage.rules import BlobKind, BlobRef
from docflow.storage.scrubbing import NamedBlob

JOURNAL = "journal_entries"
FRESH_TABLES = frozenset({"alembic_version"})


@dataclass(slots=True)
class Comparison:
    """Where two places differ: tables by name with both digests, and keys of objects that one of them lacks whole."""

    rows: int = 0
    objects: int = 0
    size_bytes: int = 0
    tables: list[tuple[str, Digest, Digest]] = field(default_factory=list)
    here: list[str] = field(default_factory=list)
    there: list[str] = field(default_factory=list)

    @property
    def is_equal(self) -> bool:
        """Whether every row and every object is the same in both."""
        return not self.tables and not self.here and not self.there


def is_unused(engine: Engine) -> bool:
    """Return whether nothing was ever done in a database: every act leaves a line of the journal.

    Raises:
        Conflict: ``place_not_empty``: the tables are of something else.
    """
    names = set(inspect(engine).get_table_names()) - FRESH_TABLES
    if not names:
        return True
    if JOURNAL not in names:
        raise Conflict("place_not_empty", place=engine.url.render_as_string(hide_password=True))
    with engine.execution_options(**{READ_ONLY: True}).connect() as connection:
        return not connection.scalar(select(exists().select_from(table(JOURNAL))))


def prepare_schema(engine: Engine, schema: str) -> None:
    """Make the tables of a revision of the schema in a place that is free.

    Raises:
        Conflict: ``place_not_empty``.
        InvalidInput: ``backup_newer``: a later version of the product made that schema.
    """
    if not is_known_schema(schema):
        raise InvalidInput("backup_newer", schema=schema)
    if not is_unused(engine):
        raise Conflict("place_not_empty", place=engine.url.render_as_string(hide_password=True))
    migrate(engine, revision=schema)


def check_storage_free(store: BlobStore, named: Iterable[NamedBlob]) -> None:
    """Refuse a storage that holds other objects than those that come there; an interrupted copy left some of these.

    Raises:
        Conflict: ``place_not_empty``.
    """
    known: set[tuple[BlobKind, bytes]] | None = None
    for item in store.objects():
        if known is None:
            known = {(one.ref.kind, bytes.fromhex(one.ref.sha256)) for one in named}
        if (item.kind, bytes.fromhex(item.sha256)) not in known:
            raise Conflict("place_not_empty", place=f"{item.kind.value}/{item.sha256}")


def different_tables(engine: Engine, expected: Sequence[tuple[TableShape, Digest]]) -> list[tuple[str, Digest, Digest]]:
    """Return the tables whose rows are not the expected ones, with what was expected and what is there."""
    with engine.execution_options(**{READ_ONLY: True}).connect() as connection:
        found = [(shape.name, digest, digested(connection, shape)) for shape, digest in expected]
    return [(name, digest, there) for name, digest, there in found if digest != there]


def compare_places(here: Deps, there: Deps) -> Comparison:
    """Compare two installations row by row and byte by byte; nothing is changed.

    Raises:
        Unavailable: ``storage_unavailable``.
    """
    comparison = Comparison()
    expected = digests(here.transactions.engine)
    comparison.rows = sum(digest.rows for _, digest in expected)
    comparison.tables = different_tables(there.transactions.engine, expected)
    for deps, lacking in ((here, comparison.here), (there, comparison.there)):
        for ref, fault in faults_in(deps.blob_store, named_objects(here.transactions.engine)):
            if fault is not None:
                lacking.append(ref.key)
            if deps is there:
                comparison.objects += 1
                comparison.size_bytes += ref.size_bytes
    return comparison


def digests(engine: Engine) -> list[tuple[TableShape, Digest]]:
    """Return every table of the product with the digest of its rows."""
    with engine.execution_options(**{READ_ONLY: True}).connect() as connection:
        if connection.dialect.name == "postgresql":
            connection.execution_options(isolation_level="REPEATABLE READ")
        return [(shape, digested(connection, shape)) for shape in product_tables()]


def named_objects(engine: Engine) -> Iterable[BlobRef]:
    """Go through the objects that a database names."""
    return (one.ref for one in named_blobs(engine))


def named_blobs(engine: Engine) -> Iterable[NamedBlob]:
    """Go through the objects that a database names, with their media types."""
    shape = next(one for one in product_tables() if one.name == TABLE)
    with engine.execution_options(**{READ_ONLY: True}).connect() as connection:
        yield from named_in(shape, read_rows(connection, shape))
