"""Figures of the object storage."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, select

from docflow.core.capability import Measure
from docflow.storage.models import Blob, BlobFault


def storage_measures(deps: Any) -> Sequence[Measure]:
    """Return how much is stored of each kind, and how many stored files are damaged."""
    with deps.transactions.reading() as session:
        kinds = session.execute(
            select(Blob.kind, func.count(), func.coalesce(func.sum(Blob.size_bytes), 0)).group_by(Blob.kind)
        ).all()
        faults = session.scalar(select(func.count()).select_from(BlobFault))
    return [
        Measure("docflow_stored_objects", "Stored files by kind.", [({"kind": str(k)}, n) for k, n, _size in kinds]),
        Measure("docflow_stored_bytes", "Their size.", [({"kind": str(k)}, float(size)) for k, _n, size in kinds]),
        Measure("docflow_damaged_objects", "Stored files that are lost or altered.", [({}, faults)]),
    ]
