"""Writes of the administration's identity."""

from __future__ import annotations

from typing import Final

from sqlalchemy import select

from docflow.core.errors import Conflict, InvalidInput
from docflow.core.uow import UnitOfWork
from docflow.district.models import THE_ONE, District
from docflow.district.queries import identity_of
from docflow.district.rules import LARGEST_EMBLEM_BYTES, Identity

MANAGES: Final = "district.manage"
PNG: Final = b"\x89PNG\r\n\x1a\n"


def keep_identity(uow: UnitOfWork, identity: Identity, *, expected_version: int) -> Identity:
    """Keep what the administration says of itself, from now on, on pages and papers.

    Raises:
        PermissionDenied: without ``district.manage``.
        Conflict: ``district_changed``: somebody else changed it meanwhile.
        InvalidInput: what ``Identity.checked`` refuses, ``emblem_invalid``, ``emblem_too_large`` with ``limit``.
    """
    uow.require(MANAGES)
    said = identity.checked()
    if said.emblem and not said.emblem.startswith(PNG):
        raise InvalidInput("emblem_invalid")
    if len(said.emblem) > LARGEST_EMBLEM_BYTES:
        raise InvalidInput("emblem_too_large", limit=LARGEST_EMBLEM_BYTES // 1000)
    row = uow.session.scalar(select(District).where(District.id == THE_ONE).with_for_update())
    if (0 if row is None else row.version) != expected_version:
        raise Conflict("district_changed")
    if row is None:
        row = District(id=THE_ONE, version=0)
        uow.session.add(row)
    row.kind, row.name_ar, row.name_fr = said.kind.value, said.name.ar, said.name.fr
    row.above_ar, row.above_fr, row.foot_ar, row.foot_fr = said.above.ar, said.above.fr, said.foot.ar, said.foot.fr
    row.emblem, row.changed_at, row.changed_by_name = said.emblem, uow.now, uow.actor.name
    row.version += 1
    uow.session.flush()
    uow.record("district.identity_kept", subject_kind="district", subject_id="", kind=said.kind.value)
    return identity_of(uow.session)
