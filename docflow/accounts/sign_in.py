"""Signing in and out: throttled by address, locked by account, a fresh session each time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, select, update

from docflow.accounts.models import Person, SignedInSession, SignInFailure
from docflow.accounts.passwords import is_password, new_secret, secret_hash, unknown_person_hash
from docflow.accounts.queries import is_usable
from docflow.accounts.rules import ADDRESS_FAILURES, ADDRESS_WINDOW, locked_until
from docflow.core.actor import ANONYMOUS, SYSTEM, Actor, ActorKind
from docflow.core.errors import DocFlowError, PermissionDenied, TooManyRequests
from docflow.core.uow import Transactions, UnitOfWork


@dataclass(frozen=True, slots=True)
class Credentials:
    """What somebody typed, and from where."""

    username: str
    password: str
    address: str


def sign_in(transactions: Transactions, credentials: Credentials) -> str:
    """Check credentials and return the secret of a new session.

    The slow hash is computed outside any transaction; failures are counted in one of their own.

    Raises:
        TooManyRequests: ``sign_in_throttled`` with ``minutes``, for an address.
        PermissionDenied: ``account_locked`` with ``minutes``, or ``sign_in_refused``, which never tells a
            wrong name from a wrong password.
    """
    username = credentials.username.strip().lower()
    with transactions.reading() as session:
        now = transactions.clock.now()
        throttle = session.get(SignInFailure, credentials.address)
        if throttle and throttle.failures >= ADDRESS_FAILURES and now - throttle.window_start < ADDRESS_WINDOW:
            raise TooManyRequests("sign_in_throttled", minutes=int(ADDRESS_WINDOW.total_seconds() // 60))
        person = session.scalar(select(Person).where(Person.username == username))
    _refuse_locked(person, now)
    kept_hash = unknown_person_hash() if person is None else person.password_hash
    is_right = is_password(credentials.password, kept_hash)
    if person is None or not is_right or not is_usable(person, now):
        with transactions.writing(ANONYMOUS) as uow:
            refusal = _count_failure(uow, person, credentials.address)
        raise refusal
    actor = Actor(kind=ActorKind.PERSON, name=f"{person.name_fr} ({person.username})", person_id=person.id)
    with transactions.writing(actor) as uow:
        return _open_session(uow, person.id, credentials.address)


def sign_out(transactions: Transactions, secret: str) -> None:
    """End a session."""
    with transactions.writing(SYSTEM) as uow:
        uow.session.execute(delete(SignedInSession).where(SignedInSession.token_hash == secret_hash(secret)))


def touch_session(transactions: Transactions, session_id: UUID, now: datetime) -> None:
    """Note that a session is in use."""
    with transactions.writing(SYSTEM) as uow:
        uow.session.execute(update(SignedInSession).where(SignedInSession.id == session_id).values(last_seen_at=now))


def _refuse_locked(person: Person | None, now: datetime) -> None:
    if person is not None and person.locked_until is not None and person.locked_until > now:
        minutes = int((person.locked_until - now).total_seconds() // 60) + 1
        raise PermissionDenied("account_locked", minutes=minutes)


def _count_failure(uow: UnitOfWork, known: Person | None, address: str) -> DocFlowError:
    throttle = uow.session.get(SignInFailure, address)
    if throttle is None:
        throttle = SignInFailure(address=address, failures=0, window_start=uow.now)
        uow.session.add(throttle)
    if uow.now - throttle.window_start >= ADDRESS_WINDOW:
        throttle.failures, throttle.window_start = 0, uow.now
    throttle.failures += 1
    person = None if known is None else uow.session.get(Person, known.id)
    if person is None:
        return PermissionDenied("sign_in_refused")
    person.failures += 1
    person.locked_until = locked_until(person.failures, uow.now)
    if person.locked_until is None:
        return PermissionDenied("sign_in_refused")
    person.failures = 0
    uow.record("accounts.locked", subject_kind="person", subject_id=person.id)
    minutes = int((person.locked_until - uow.now).total_seconds() // 60)
    return PermissionDenied("account_locked", minutes=minutes)


def _open_session(uow: UnitOfWork, person_id: UUID, address: str) -> str:
    person = uow.session.get_one(Person, person_id)
    person.failures, person.locked_until = 0, None
    uow.session.execute(delete(SignInFailure).where(SignInFailure.address == address))
    secret = new_secret()
    uow.session.add(
        SignedInSession(token_hash=secret_hash(secret), person_id=person_id, created_at=uow.now, last_seen_at=uow.now)
    )
    uow.record("accounts.signed_in", subject_kind="person", subject_id=person_id)
    return secret
