"""Counting what an address asks, so that nobody finds numbers by trying or wears the server out."""

from __future__ import annotations

from sqlalchemy import delete

from docflow.core.actor import ANONYMOUS
from docflow.core.errors import TooManyRequests
from docflow.core.uow import Transactions
from docflow.portal.models import PublicAttempt
from docflow.portal.rules import MOST_IN_WINDOW, WINDOW, Purpose


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


def count_attempt(transactions: Transactions, address: str, purpose: Purpose) -> None:
    """Count an attempt of an address, and forget those whose window is over."""
    with transactions.writing(ANONYMOUS) as uow:
        uow.session.execute(delete(PublicAttempt).where(PublicAttempt.window_start <= uow.now - WINDOW))
        kept = uow.session.get(PublicAttempt, (address, purpose), with_for_update=True)
        if kept is None:
            kept = PublicAttempt(address=address, purpose=purpose, attempts=0, window_start=uow.now)
            uow.session.add(kept)
        kept.attempts += 1
