"""Forgetting how the sender of an entry was reached, once nothing asks for it any more (law 09-08, article 3)."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import update

from docflow.core.uow import UnitOfWork
from docflow.registry.models import Entry


def forget_senders(uow: UnitOfWork, entry_ids: Sequence[UUID]) -> None:
    """Forget card numbers and telephones of entries; who sent them stays in the register. The caller records it."""
    if entry_ids:
        uow.session.execute(
            update(Entry)
            .where(Entry.id.in_(entry_ids))
            .values(sender_cin="", sender_phone="")
            .execution_options(synchronize_session=False)
        )
