"""Attempts at the door that failed: counted by address and by account, whatever was tried."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import Session

from docflow.accounts.models import Person, SignInFailure
from docflow.accounts.rules import ADDRESS_FAILURES, ADDRESS_WINDOW, locked_until
from docflow.allowances.rules import counted_under
from docflow.core.errors import DocFlowError, PermissionDenied, TooManyRequests
from docflow.core.uow import UnitOfWork


def refuse_throttled(session: Session, address: str, now: datetime) -> None:
    """Refuse an address from which too much was tried.

    Raises:
        TooManyRequests: ``sign_in_throttled`` with ``minutes``.
    """
    throttle = session.get(SignInFailure, counted_under(address))
    if throttle and throttle.failures >= ADDRESS_FAILURES and now - throttle.window_start < ADDRESS_WINDOW:
        raise TooManyRequests("sign_in_throttled", minutes=int(ADDRESS_WINDOW.total_seconds() // 60))


def refuse_locked(person: Person | None, now: datetime) -> None:
    """Refuse somebody whose account is locked just now.

    Raises:
        PermissionDenied: ``account_locked`` with ``minutes``.
    """
    if person is not None and person.locked_until is not None and person.locked_until > now:
        minutes = int((person.locked_until - now).total_seconds() // 60) + 1
        raise PermissionDenied("account_locked", minutes=minutes)


def count_failure(uow: UnitOfWork, known: Person | None, address: str, *, code: str) -> DocFlowError:
    """Count a wrong attempt of an address and, where it is known, of a person; return the refusal to raise after it."""
    # Both rows are locked, the person's first: attempts at once are all counted.
    person = None if known is None else uow.session.get(Person, known.id, with_for_update=True)
    insert = postgresql_insert if uow.session.get_bind().dialect.name == "postgresql" else sqlite_insert
    counted = counted_under(address)
    first = insert(SignInFailure).values(address=counted, failures=0, window_start=uow.now)
    uow.session.execute(first.on_conflict_do_nothing(index_elements=[SignInFailure.address]))
    throttle = uow.session.get_one(SignInFailure, counted, with_for_update=True)
    if uow.now - throttle.window_start >= ADDRESS_WINDOW:
        throttle.failures, throttle.window_start = 0, uow.now
    throttle.failures += 1
    if person is None:
        return PermissionDenied(code)
    person.failures += 1
    person.locked_until = locked_until(person.failures, uow.now)
    if person.locked_until is None:
        return PermissionDenied(code)
    person.failures = 0
    uow.record("accounts.locked", subject_kind="person", subject_id=person.id)
    minutes = int((person.locked_until - uow.now).total_seconds() // 60)
    return PermissionDenied("account_locked", minutes=minutes)
