"""Objects from one store to another, and looking at many of them at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from itertools import islice
from typing import Final

from docflow.backups.rules import KeptTable, Row, TableShape
from docflow.core.errors import Conflict, NotFound
from docflow.storage.ports import BlobStore
from docflow.storage.rules import BlobKind, BlobRef, Fault
from docflow.storage.scrubbing import NamedBlob, fault_of

TABLE: Final = "blobs"
HANDS: Final = 4
"""Objects copied at once: a disk or a server is waited for most of the time."""
BATCH: Final = 128


@dataclass(slots=True)
class Copied:
    """What copying came to; ``lacking`` are the keys of objects that the source did not give whole."""

    objects: int = 0
    size_bytes: int = 0
    new_objects: int = 0
    new_bytes: int = 0
    lacking: list[str] = field(default_factory=list)


def named_in(table: KeptTable | TableShape, rows: Iterable[Row]) -> Iterator[NamedBlob]:
    """Go through the objects that the rows of the table of objects name."""
    shape = table.shape if isinstance(table, KeptTable) else table
    names = [name for name, _ in shape.columns]
    kind, sha256, size_bytes, media_type = (
        names.index(name) for name in ("kind", "sha256", "size_bytes", "media_type")
    )
    for row in rows:
        ref = BlobRef(BlobKind(str(row[kind])), str(row[sha256]), int(row[size_bytes] or 0))
        yield NamedBlob(ref, str(row[media_type]))


def copy_objects(
    source: BlobStore,
    aim: BlobStore,
    named: Iterable[NamedBlob],
    *,
    is_rechecking: bool,
    renew: Callable[[], None] = lambda: None,
) -> Copied:
    """Copy the objects that the aim lacks; each is there whole, with its hash, or not at all.

    With ``is_rechecking`` those that are there are read and compared with their hashes, and copied anew when damaged;
    without it their size tells.

    Raises:
        Unavailable: ``storage_unavailable``.
    """
    copied = Copied()
    remaining = iter(named)
    with ThreadPoolExecutor(HANDS, thread_name_prefix="copy") as hands:
        while batch := list(islice(remaining, BATCH)):
            for one, is_new in zip(
                batch, hands.map(partial(_copy, source, aim, is_rechecking=is_rechecking), batch), strict=True
            ):
                copied.objects += 1
                copied.size_bytes += one.ref.size_bytes
                if is_new is None:
                    copied.lacking.append(one.ref.key)
                elif is_new:
                    copied.new_objects += 1
                    copied.new_bytes += one.ref.size_bytes
            renew()
    return copied


def faults_in(store: BlobStore, refs: Iterable[BlobRef]) -> Iterator[tuple[BlobRef, Fault | None]]:
    """Read objects, some at once, and say of each what is wrong with it, if anything."""
    remaining = iter(refs)
    with ThreadPoolExecutor(HANDS, thread_name_prefix="look") as hands:
        while batch := list(islice(remaining, BATCH)):
            yield from zip(batch, hands.map(partial(fault_of, store), batch), strict=True)


def _copy(source: BlobStore, aim: BlobStore, one: NamedBlob, *, is_rechecking: bool) -> bool | None:
    """Copy one object; true when it was, false when it is there, none when the source does not give it whole."""
    ref = one.ref
    if aim.size_of(ref.kind, ref.sha256) == ref.size_bytes and not (is_rechecking and fault_of(aim, ref) is not None):
        return False
    try:
        with source.open(ref.kind, ref.sha256) as stream:
            aim.put_back(ref, stream, media_type=one.media_type)
    except (NotFound, Conflict):
        return None
    return True
