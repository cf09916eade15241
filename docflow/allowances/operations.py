"""Counting what an address asks, so that nobody finds numbers by trying or wears the server out."""

from __future__ import annotations

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from docflow.allowances.models import PublicAttempt
from docflow.allowances.rules import MOST_IN_WINDOW, WINDOW, Purpose
from docflow.core.actor import ANONYMOUS, SYSTEM
from docflow.core.errors import TooManyRequests
from docflow.core.uow import Transactions


def require_allowance(transactions: Transactions, address: str, purpose: Purpose) -> None:
    """Refuse an address that asked too often of late.

    Raises:
        TooManyRequests: ``too_many_checks`` with ``minutes``.
    """
    with transactions.reading() as session:
        kept = session.get(PublicAttempt, (address, purpose))
        now = transactions.clock.now()
    if kept is not None and now - kept.window_start < WINDOW and kept.attempts >= MOST_IN_WINDOW[purpose]:
        raise TooManyRequests("too_many_checks", minutes=int(WINDOW.total_seconds() // 60))


def forget_attempts(transactions: Transactions) -> None:
    """Forget the addresses whose window is over."""
    with transactions.writing(SYSTEM) as uow:
        uow.session.execute(delete(PublicAttempt).where(PublicAttempt.window_start <= uow.now - WINDOW))


def count_attempt(transactions: Transactions, address: str, purpose: Purpose) -> None:
    """Count an attempt of an address, in a new window when the one before is over."""
    with transactions.writing(ANONYMOUS) as uow:
        over = PublicAttempt.window_start <= uow.now - WINDOW
        uow.session.execute(delete(PublicAttempt).where(PublicAttempt.address == address, over))
        insert = postgresql_insert if uow.session.get_bind().dialect.name == "postgresql" else sqlite_insert
        first = insert(PublicAttempt).values(address=address, purpose=purpose, attempts=1, window_start=uow.now)
        uow.session.execute(
            first.on_conflict_do_update(
                index_elements=[PublicAttempt.address, PublicAttempt.purpose],
                set_={"attempts": PublicAttempt.attempts + 1},
            )
        )
