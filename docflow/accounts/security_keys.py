"""Security keys and passkeys of people: adding, using and removing them.

Each begins with a challenge that is kept on the server for five minutes, bound to one session, and taken once whether
the answer is right or not.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from sqlalchemy import delete, or_, select, update
from sqlalchemy.orm import Session

from docflow.accounts.attempts import count_failure, refuse_locked, refuse_throttled
from docflow.accounts.awaiting import await_answer, take_awaited
from docflow.accounts.directory_rules import Door
from docflow.accounts.factors import first_recovery_codes, forget_spare_codes, own_person, tell_owner
from docflow.accounts.key_ceremonies import (
    KEY_TIME,
    KeyPlace,
    challenge_in,
    checked_count,
    checked_new_key,
    credential_in,
    options_to_add,
    options_to_use,
)
from docflow.accounts.models import Person, SecurityKey, SignedInSession
from docflow.accounts.opening import acting, open_session
from docflow.accounts.passwords import secret_hash
from docflow.accounts.rules import FactorChange
from docflow.accounts.sessions import drop_sessions
from docflow.accounts.sign_in import awaiting_code
from docflow.core.actor import ANONYMOUS, Actor
from docflow.core.errors import Conflict, DocFlowError, InvalidInput, NotFound, PermissionDenied
from docflow.core.uow import Transactions, UnitOfWork

ADDING: Final = "key-add"
ENTERING: Final = "key-enter"
PROVING: Final = "key-prove"
KEYS_AT_MOST: Final = 10
NAME_LENGTH: Final = 80


@dataclass(frozen=True, slots=True)
class KeyAnswer:
    """What a key answered: to which session, from where and with what.

    ``session`` is the secret of the cookie while somebody comes in, the identifier of the session within.
    """

    session: str
    answer: str
    address: str = ""
    agent: str = ""


def keys_of(session: Session, person_id: UUID) -> Sequence[SecurityKey]:
    """Return the keys of somebody, in the order in which they were added."""
    kept = select(SecurityKey).where(SecurityKey.person_id == person_id)
    return session.scalars(kept.order_by(SecurityKey.added_at, SecurityKey.id)).all()


def begin_key(uow: UnitOfWork, place: KeyPlace | None, *, name: str, session: str, house: str) -> dict[str, Any]:
    """Return what is asked of a key that the actor adds; that it is they is the caller's to see to.

    ``house``: what the installation is called on the key.

    Raises:
        Conflict: ``keys_impossible``; ``keys_too_many`` with ``most``.
        InvalidInput: ``key_name_missing``.
    """
    person = own_person(uow)
    if place is None:
        raise Conflict("keys_impossible")
    if not name.strip():
        raise InvalidInput("key_name_missing")
    held = keys_of(uow.session, person.id)
    if len(held) >= KEYS_AT_MOST:
        raise Conflict("keys_too_many", most=KEYS_AT_MOST)
    challenge = await_answer(uow, ADDING, {"session": session, "name": name.strip()[:NAME_LENGTH]})
    return options_to_add(place, challenge, person, held, house=house)


def add_key(transactions: Transactions, actor: Actor, place: KeyPlace | None, given: KeyAnswer) -> list[str]:
    """Keep a key, end the actor's other sessions, and return recovery codes where there were none.

    Raises:
        Conflict: ``keys_impossible``, ``key_held``.
        PermissionDenied: ``key_too_late``, ``key_refused``.
    """
    place, kept, challenge = _begun(transactions, place, ADDING, given.answer, session=given.session)
    found = checked_new_key(place, challenge, given.answer)
    with transactions.writing(actor) as uow:
        person = own_person(uow)
        if uow.session.scalar(select(SecurityKey.id).where(SecurityKey.credential_id == found.credential_id)):
            raise Conflict("key_held")
        key = SecurityKey(
            person_id=person.id,
            name=kept["name"],
            credential_id=found.credential_id,
            public_key=found.public_key,
            sign_count=found.sign_count,
            transports=found.transports,
            added_at=uow.now,
        )
        uow.session.add(key)
        uow.session.flush()
        drop_sessions(uow.session, person.id, but=UUID(given.session))
        uow.record("accounts.key_added", subject_kind="person", subject_id=person.id, key=key.name)
        tell_owner(uow, person.id, FactorChange.KEY_ADDED)
        return first_recovery_codes(uow, person.id)


def remove_key(uow: UnitOfWork, key_id: UUID) -> None:
    """Remove one of the actor's keys; that it is they is the caller's to see to.

    Raises:
        NotFound: ``key_unknown``, whether it is missing or somebody else's.
    """
    person = own_person(uow)
    key = uow.session.get(SecurityKey, key_id)
    if key is None or key.person_id != person.id:
        raise NotFound("key_unknown")
    uow.session.execute(delete(SecurityKey).where(SecurityKey.id == key_id))
    forget_spare_codes(uow, person.id)
    uow.record("accounts.key_removed", subject_kind="person", subject_id=person.id, key=key.name)
    tell_owner(uow, person.id, FactorChange.KEY_REMOVED)


def begin_entry(transactions: Transactions, place: KeyPlace | None, secret: str) -> dict[str, Any]:
    """Return what is asked of the keys of somebody whose right password awaits its second factor.

    Raises:
        NotFound: ``code_too_late``, ``factor_missing``.
        Conflict: ``keys_impossible``.
    """
    with transactions.writing(ANONYMOUS) as uow:
        person = awaiting_code(uow.session, secret, uow.now)
        if person is None:
            raise NotFound("code_too_late")
        return _ask(uow, place, ENTERING, person.id, session=secret_hash(secret))


def begin_proof(uow: UnitOfWork, place: KeyPlace | None, *, session: str) -> dict[str, Any]:
    """Return what is asked of the actor's keys before what only they may do.

    Raises:
        NotFound: ``factor_missing``.
        Conflict: ``keys_impossible``.
    """
    return _ask(uow, place, PROVING, own_person(uow).id, session=session)


def enter_with_key(transactions: Transactions, place: KeyPlace | None, given: KeyAnswer) -> str:
    """Check the answer of a key on the second page of the door, and return the secret of a new session.

    Raises:
        TooManyRequests: ``sign_in_throttled`` with ``minutes``, for an address.
        NotFound: ``code_too_late`` when no right password awaits its second factor.
        Conflict: ``keys_impossible``.
        PermissionDenied: ``account_locked`` with ``minutes``, ``key_too_late``, ``key_refused``, ``key_count_back``.
    """
    with transactions.reading() as session:
        now = transactions.clock.now()
        refuse_throttled(session, given.address, now)
        person = awaiting_code(session, given.session, now)
    if person is None:
        raise NotFound("code_too_late")
    refuse_locked(person, now)
    held = secret_hash(given.session)
    place, _kept, challenge = _begun(transactions, place, ENTERING, given.answer, session=held)
    name = _spend(transactions, place, person, challenge, given)
    with transactions.writing(acting(person)) as uow:
        half = delete(SignedInSession).where(SignedInSession.token_hash == held)
        door = uow.session.scalar(half.returning(SignedInSession.opened_by))
        uow.record("accounts.key_used", subject_kind="person", subject_id=person.id, key=name)
        return open_session(uow, person.id, given.address, given.agent, opened_by=Door(door or Door.PASSWORD))


def prove_with_key(transactions: Transactions, actor: Actor, place: KeyPlace | None, given: KeyAnswer) -> None:
    """Check the answer of a key of somebody who is signed in; wrong ones count as at the door.

    Raises:
        TooManyRequests: ``sign_in_throttled`` with ``minutes``, for an address.
        Conflict: ``keys_impossible``.
        PermissionDenied: ``account_locked`` with ``minutes``, ``key_too_late``, ``key_refused``, ``key_count_back``.
    """
    with transactions.reading() as session:
        refuse_throttled(session, given.address, transactions.clock.now())
        person = session.get(Person, actor.person_id)
    if person is None:
        raise PermissionDenied("key_refused")
    place, _kept, challenge = _begun(transactions, place, PROVING, given.answer, session=given.session)
    name = _spend(transactions, place, person, challenge, given)
    with transactions.writing(actor) as uow:
        uow.record("accounts.key_used", subject_kind="person", subject_id=person.id, key=name)


def _ask(uow: UnitOfWork, place: KeyPlace | None, purpose: str, person_id: UUID, *, session: str) -> dict[str, Any]:
    if place is None:
        raise Conflict("keys_impossible")
    held = keys_of(uow.session, person_id)
    if not held:
        raise NotFound("factor_missing")
    return options_to_use(place, await_answer(uow, purpose, {"session": session}), held)


def _begun(
    transactions: Transactions, place: KeyPlace | None, purpose: str, answer: str, *, session: str
) -> tuple[KeyPlace, dict[str, str], str]:
    """Return what the answer must fit, which is taken in a transaction of its own: a wrong answer uses it up too."""
    if place is None:
        raise Conflict("keys_impossible")
    challenge = challenge_in(answer)
    with transactions.writing(ANONYMOUS) as uow:
        kept = take_awaited(uow, purpose, challenge, within=KEY_TIME)
    if kept is None or kept["session"] != session:
        raise PermissionDenied("key_too_late")
    return place, kept, challenge


def _spend(transactions: Transactions, place: KeyPlace, known: Person, challenge: str, given: KeyAnswer) -> str:
    """Take the answer of a key, and return its name; a wrong one is counted under the lock of the comparison."""
    with transactions.writing(ANONYMOUS) as uow:
        person = uow.session.get(Person, known.id, with_for_update=True)
        refuse_locked(person, uow.now)
        name, code = _checked(uow, place, known.id, challenge, given.answer)
        refusal: DocFlowError | None = count_failure(uow, known, given.address, code=code) if code else None
    if refusal is not None:
        raise refusal
    return name


def _checked(uow: UnitOfWork, place: KeyPlace, person_id: UUID, challenge: str, answer: str) -> tuple[str, str]:
    """Return the name of the key that signed, or why it is refused."""
    try:
        named = credential_in(answer)
        key = uow.session.scalar(
            select(SecurityKey).where(SecurityKey.person_id == person_id, SecurityKey.credential_id == named)
        )
        count = 0 if key is None else checked_count(place, challenge, answer, key)
    except PermissionDenied as refusal:
        return "", refusal.code
    if key is None:
        return "", "key_refused"
    # A key that counts never says the same number twice: one that does has a copy somewhere (section 6.1.1).
    grown = or_(SecurityKey.sign_count < count, (SecurityKey.sign_count == 0) & (count == 0))
    taken = uow.session.execute(
        update(SecurityKey)
        .where(SecurityKey.id == key.id, grown)
        .values(sign_count=count, last_used_at=uow.now)
        .returning(SecurityKey.id)
        .execution_options(synchronize_session=False)
    ).all()
    if not taken:
        uow.record("accounts.key_count_back", subject_kind="person", subject_id=person_id, key=key.name)
        return "", "key_count_back"
    return key.name, ""
