"""A person's key and its PIN: made, tried a few times at most, never kept."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from docflow.approvals.models import PinGuard
from docflow.approvals.ports import Deps
from docflow.core.actor import Actor
from docflow.core.errors import DocFlowError, InvalidInput, PermissionDenied, TooManyRequests
from docflow.core.uow import UnitOfWork
from docflow.stamping.ports import KeySpec, PersonCertificate

MOST_FAILURES: Final = 5
LOCK_LENGTH: Final = timedelta(minutes=15)


def make_key(deps: Deps, actor: Actor, *, pin: str, again: str) -> PersonCertificate:
    """Make the key with which somebody signs; one they had before signs no more.

    Raises:
        PermissionDenied: without ``approvals.decide``.
        InvalidInput: ``pins_differ``, ``pin_too_short``, ``pin_too_plain``.
        Conflict: ``signature_key_exists``.
        Unavailable: ``keys_unusable``.
    """
    person_id = _person(actor)
    if pin != again:
        raise InvalidInput("pins_differ")
    made = deps.person_keys.make(person_id, name=actor.name, pin=pin, now=deps.clock.now())
    with deps.transactions.writing(actor) as uow:
        uow.require("approvals.decide")
        _write(uow, person_id)
        uow.record("approvals.key_made", subject_kind="person", subject_id=person_id, certificate=made.sha256)
    return made


class GivenKey:
    """A key whose PIN somebody gave: counted as a try, and derived while other work is done."""

    def __init__(self, spec: KeySpec, opened: Future[str], *, left: int) -> None:
        """Take how the key is found, what derives its passphrase, and how many tries are left if that is wrong."""
        self.spec = spec
        self._opened = opened
        self._left = left

    def passphrase(self) -> str:
        """Wait for the passphrase and return it.

        Raises:
            InvalidInput: ``pin_wrong`` with ``left``.
            NotFound: ``signature_key_missing``, when the key was replaced meanwhile.
            Unavailable: ``keys_unusable``.
        """
        try:
            return self._opened.result()
        except InvalidInput as refusal:
            raise InvalidInput("pin_wrong", left=self._left) from refusal

    def was_right(self) -> bool:
        """Return whether the PIN is that of the key, whether or not anything was done with it."""
        try:
            self.passphrase()
        except DocFlowError:
            return False
        return True


@contextmanager
def opening(deps: Deps, actor: Actor, *, pin: str) -> Iterator[Callable[[], GivenKey]]:
    """Begin to open somebody's key; give what counts the try and returns the key, for the length of a block.

    A key is derived from a PIN as slowly as it takes to look up what it is given for and to prepare its signature: all
    of it is done at once, and what came of the derivation is told to nobody who does not ask. A try counts before its
    result is known, whichever process makes it, until ``forget_tries``, which belongs into the transaction of what the
    PIN was given for.

    What is given raises:
        InvalidInput: ``pin_missing``.
        TooManyRequests: ``pin_locked`` with ``minutes``.
        PermissionDenied: without ``approvals.decide``.
        NotFound: ``signature_key_missing``.
    """
    with ThreadPoolExecutor(1) as aside:
        opened: Future[str] | None = None
        if pin and actor.person_id is not None:
            opened = aside.submit(deps.person_keys.unlock, actor.person_id, pin=pin, now=deps.clock.now())

        def given() -> GivenKey:
            person_id = _person(actor)
            if opened is None:
                raise InvalidInput("pin_missing")
            left = _count_try(deps, actor, person_id)
            return GivenKey(deps.person_keys.find(person_id, now=deps.clock.now()), opened, left=left)

        yield given


def forget_tries(uow: UnitOfWork) -> None:
    """Forget the wrong PINs of the actor, who gave the right one."""
    if uow.actor.person_id is not None:
        _write(uow, uow.actor.person_id)


def _count_try(deps: Deps, actor: Actor, person_id: UUID) -> int:
    """Count a try as failed, before its result is known; return how many are left after it."""
    with deps.transactions.writing(actor) as uow:
        insert = postgresql_insert if uow.session.get_bind().dialect.name == "postgresql" else sqlite_insert
        first = insert(PinGuard).values(person_id=person_id, failures=1)
        once_more = first.on_conflict_do_update(
            index_elements=[PinGuard.person_id], set_={"failures": PinGuard.failures + 1}
        )
        failures, locked_until = uow.session.execute(
            once_more.returning(PinGuard.failures, PinGuard.locked_until)
        ).one()
        if locked_until is not None:
            _require_over(locked_until, uow.now)
            failures = 1
            _write(uow, person_id, failures=failures)
        if failures >= MOST_FAILURES:
            _write(uow, person_id, failures=failures, locked_until=uow.now + LOCK_LENGTH)
            uow.record("approvals.pin_locked", subject_kind="person", subject_id=person_id)
        return MOST_FAILURES - failures


def _require_over(locked_until: datetime, now: datetime) -> None:
    if locked_until > now:
        minutes = -(-int((locked_until - now).total_seconds()) // 60)
        raise TooManyRequests("pin_locked", minutes=minutes, retry_after_s=minutes * 60)


def _write(uow: UnitOfWork, person_id: UUID, *, failures: int = 0, locked_until: datetime | None = None) -> None:
    uow.session.execute(
        update(PinGuard)
        .where(PinGuard.person_id == person_id)
        .values(failures=failures, locked_until=locked_until)
        .execution_options(synchronize_session=False)
    )


def _person(actor: Actor) -> UUID:
    if actor.person_id is None or not actor.can("approvals.decide"):
        raise PermissionDenied("permission_missing", permission="approvals.decide")
    return actor.person_id
