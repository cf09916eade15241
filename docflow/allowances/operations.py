"""Counting what an address asks, so that nobody finds numbers by trying or wears the server out."""

from __future__ import annotations

from datetime import datetime, timedelta
from math import ceil

from sqlalchemy import ColumnElement, delete
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from docflow.allowances.models import PublicAttempt
from docflow.allowances.rules import MOST_IN_WINDOW, WINDOW, Purpose, counted_under
from docflow.core.actor import ANONYMOUS, SYSTEM
from docflow.core.clock import CASABLANCA, CLOCKS_APART
from docflow.core.errors import TooManyRequests
from docflow.core.uow import Transactions


def require_allowance(transactions: Transactions, address: str, purpose: Purpose) -> None:
    """Refuse an address that asked too often of late.

    Raises:
        TooManyRequests: ``too_many_checks`` with ``at``, the minute from which it may ask again, and ``retry_after_s``.
    """
    with transactions.reading() as session:
        kept = session.get(PublicAttempt, (counted_under(address), purpose))
        now = transactions.clock.now()
    if kept is None or kept.attempts < MOST_IN_WINDOW[purpose]:
        return
    over = kept.window_start + WINDOW
    # A window that begins later than now is of a clock that ran ahead, and holds nobody up.
    if kept.window_start <= now + CLOCKS_APART and now < over:
        minute = (over + timedelta(minutes=1)).astimezone(CASABLANCA)
        raise TooManyRequests("too_many_checks", at=f"{minute:%H:%M}", retry_after_s=ceil((over - now).total_seconds()))


def forget_attempts(transactions: Transactions) -> None:
    """Forget the addresses whose window is over."""
    with transactions.writing(SYSTEM) as uow:
        uow.session.execute(delete(PublicAttempt).where(_is_over(uow.now)))


def count_attempt(transactions: Transactions, address: str, purpose: Purpose) -> None:
    """Count an attempt of an address, in a new window when the one before is over."""
    address = counted_under(address)
    with transactions.writing(ANONYMOUS) as uow:
        uow.session.execute(delete(PublicAttempt).where(PublicAttempt.address == address, _is_over(uow.now)))
        insert = postgresql_insert if uow.session.get_bind().dialect.name == "postgresql" else sqlite_insert
        first = insert(PublicAttempt).values(address=address, purpose=purpose, attempts=1, window_start=uow.now)
        uow.session.execute(
            first.on_conflict_do_update(
                index_elements=[PublicAttempt.address, PublicAttempt.purpose],
                set_={"attempts": PublicAttempt.attempts + 1},
            )
        )


def _is_over(now: datetime) -> ColumnElement[bool]:
    return (PublicAttempt.window_start <= now - WINDOW) | (PublicAttempt.window_start > now + CLOCKS_APART)
