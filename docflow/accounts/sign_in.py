"""Signing in and out: throttled by address, locked by account, a fresh session each time.

Whoever has a second factor signs in on two pages: the right password opens a session that opens nothing, and the code
replaces it by one that does. Wrong codes are counted where wrong passwords are, and the count begins anew only when
somebody is in.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from docflow.accounts.attempts import count_failure, refuse_locked, refuse_throttled
from docflow.accounts.directory import bring_in
from docflow.accounts.directory_rules import Door
from docflow.accounts.factor_rules import CODE_TIME
from docflow.accounts.factors import FactorCipher, Taken, has_factor, note_recovery, take_code
from docflow.accounts.models import DirectoryAccount, Person, SignedInSession
from docflow.accounts.opening import acting, keep_session, open_session
from docflow.accounts.passwords import is_password, secret_hash, unknown_person_hash
from docflow.accounts.ports import DirectoryServer
from docflow.accounts.queries import is_usable
from docflow.core.actor import ANONYMOUS, SYSTEM, Actor
from docflow.core.errors import NotFound, PermissionDenied
from docflow.core.uow import Transactions


@dataclass(frozen=True, slots=True)
class Credentials:
    """What somebody typed, from where, and what their browser says of itself."""

    username: str
    password: str
    address: str
    agent: str = ""


@dataclass(frozen=True, slots=True)
class TypedCode:
    """The second page: the secret that the first one gave, the code typed, from where and with what."""

    secret: str
    code: str
    address: str
    agent: str = ""


@dataclass(frozen=True, slots=True)
class Arrival:
    """That a directory recognised somebody: by which door, whether it asked for a second factor, from where."""

    door: Door
    did_factor: bool
    address: str
    agent: str = ""


def sign_in(
    transactions: Transactions,
    credentials: Credentials,
    *,
    directory: DirectoryServer | None = None,
    makes_accounts: bool = False,
    directory_only: bool = False,
) -> str:
    """Check credentials and return the secret of a new session, which awaits a code where the person has a factor.

    The slow hash is computed outside any transaction; failures are counted in one of their own. ``directory`` is asked
    about a password that is not the one kept here, of whom the administrator lets in through it, and, when it
    ``makes_accounts``, of names that nobody has here. ``directory_only``: of whoever signed in through it once, no
    password kept here is taken any more.

    Raises:
        TooManyRequests: ``sign_in_throttled`` with ``minutes``, for an address.
        PermissionDenied: ``account_locked`` with ``minutes``, or ``sign_in_refused``, which never tells a
            wrong name from a wrong password; those of ``admit``.
        Unavailable: ``directory_unavailable`` with ``reason``.
    """
    username = credentials.username.strip().lower()
    with transactions.reading() as session:
        now = transactions.clock.now()
        refuse_throttled(session, credentials.address, now)
        person = session.scalar(select(Person).where(Person.username == username))
        is_shut = person is not None and directory_only and _is_of_directory(session, person.id)
        there = _known_to_directory(session, username)
    counted = person or there
    refuse_locked(counted, now)
    # Where there is no password the answer takes as long.
    kept_hash = "" if person is None or is_shut else person.password_hash
    is_right = is_password(credentials.password, kept_hash or unknown_person_hash()) and bool(kept_hash)
    if person is None or not is_right or not is_usable(person, now):
        is_asked = (
            not is_right
            and directory is not None
            and directory.is_set_up
            and (there or (makes_accounts and person is None))
        )
        found = directory.person_with(username, credentials.password) if directory is not None and is_asked else None
        if found is not None:
            person_id = bring_in(transactions, found, makes_accounts=makes_accounts)
            arrival = Arrival(found.door, found.did_factor, credentials.address, credentials.agent)
            return enter_from_directory(transactions, person_id, arrival)
        with transactions.writing(ANONYMOUS) as uow:
            refusal = count_failure(uow, counted, credentials.address, code="sign_in_refused")
        raise refusal
    with transactions.writing(acting(person)) as uow:
        if has_factor(uow.session, person.id):
            return keep_session(uow, person.id, credentials.address, credentials.agent, awaits_code=True)
        return open_session(uow, person.id, credentials.address, credentials.agent)


def enter_from_directory(transactions: Transactions, person_id: UUID, arrival: Arrival) -> str:
    """Return the secret of a new session of somebody whom a directory recognised.

    It awaits a code where the person has a factor here and the directory did not say that it asked for one.

    Raises:
        PermissionDenied: ``account_locked`` with ``minutes``: codes are not tried anew through this door.
        NotFound: ``person_unknown``.
    """
    with transactions.reading() as session:
        person = session.get(Person, person_id)
    if person is None:
        raise NotFound("person_unknown", username=str(person_id))
    refuse_locked(person, transactions.clock.now())
    with transactions.writing(acting(person)) as uow:
        if not arrival.did_factor and has_factor(uow.session, person_id):
            return keep_session(
                uow, person_id, arrival.address, arrival.agent, awaits_code=True, opened_by=arrival.door
            )
        return open_session(
            uow,
            person_id,
            arrival.address,
            arrival.agent,
            opened_by=arrival.door,
            did_factor=arrival.did_factor,
        )


def awaiting_code(session: Session, secret: str, now: datetime) -> Person | None:
    """Return whose right password awaits its code, or none when nobody's does or too much time went by."""
    person = session.scalar(
        select(Person)
        .join(SignedInSession, SignedInSession.person_id == Person.id)
        .where(
            SignedInSession.token_hash == secret_hash(secret),
            SignedInSession.awaits_code,
            SignedInSession.created_at > now - CODE_TIME,
        )
    )
    return person if person is not None and is_usable(person, now) else None


def enter_code(transactions: Transactions, cipher: FactorCipher, typed: TypedCode) -> str:
    """Check the code of the second page and return the secret of a new session.

    Raises:
        TooManyRequests: ``sign_in_throttled`` with ``minutes``, for an address.
        NotFound: ``code_too_late`` when no right password awaits a code.
        PermissionDenied: ``account_locked`` with ``minutes``, or ``code_refused``, which never tells a wrong code
            from one that was used.
    """
    with transactions.reading() as session:
        now = transactions.clock.now()
        refuse_throttled(session, typed.address, now)
        person = awaiting_code(session, typed.secret, now)
    if person is None:
        raise NotFound("code_too_late")
    refuse_locked(person, now)
    is_recovery = _checked_code(transactions, cipher, person, typed)
    with transactions.writing(acting(person)) as uow:
        half = delete(SignedInSession).where(SignedInSession.token_hash == secret_hash(typed.secret))
        door = uow.session.scalar(half.returning(SignedInSession.opened_by))
        if is_recovery:
            note_recovery(uow, person.id)
        return open_session(uow, person.id, typed.address, typed.agent, opened_by=Door(door or Door.PASSWORD))


def prove_with_code(transactions: Transactions, cipher: FactorCipher, actor: Actor, typed: TypedCode) -> None:
    """Take a code of somebody who is signed in, before what only they may do; wrong ones count as at the door.

    Raises:
        TooManyRequests: ``sign_in_throttled`` with ``minutes``, for an address.
        PermissionDenied: ``account_locked`` with ``minutes``, ``code_refused``.
    """
    with transactions.reading() as session:
        now = transactions.clock.now()
        refuse_throttled(session, typed.address, now)
        person = session.get(Person, actor.person_id)
    if person is None:
        raise PermissionDenied("code_refused")
    if _checked_code(transactions, cipher, person, typed):
        with transactions.writing(actor) as uow:
            note_recovery(uow, person.id)


def prove_with_password(transactions: Transactions, actor: Actor, password: str, address: str) -> UUID:
    """Check the password of somebody who is signed in, and return their identifier; wrong ones count as at the door.

    Raises:
        TooManyRequests: ``sign_in_throttled`` with ``minutes``, for an address.
        PermissionDenied: ``account_locked`` with ``minutes``, ``password_wrong``.
    """
    with transactions.reading() as session:
        now = transactions.clock.now()
        refuse_throttled(session, address, now)
        person = session.get(Person, actor.person_id)
    refuse_locked(person, now)
    if person is not None and is_password(password, person.password_hash):
        return person.id
    with transactions.writing(ANONYMOUS) as uow:
        refusal = count_failure(uow, person, address, code="password_wrong")
    raise refusal


def prove_presence(
    transactions: Transactions, actor: Actor, *, session_id: UUID | None, password: str, address: str
) -> UUID:
    """Make sure that whoever is signed in is there themselves, before what only they may do; return who it is.

    A password is asked for; whoever came through a directory, which alone can ask for theirs, came just now.

    Raises:
        TooManyRequests: ``sign_in_throttled`` with ``minutes``, for an address.
        PermissionDenied: ``account_locked`` with ``minutes``, ``password_wrong``; ``sign_in_again`` with ``minutes``.
    """
    with transactions.reading() as session:
        now = transactions.clock.now()
        kept = None if session_id is None else session.get(SignedInSession, session_id)
    if kept is None or kept.person_id != actor.person_id or Door(kept.opened_by) is Door.PASSWORD:
        return prove_with_password(transactions, actor, password, address)
    if now - kept.created_at > CODE_TIME:
        raise PermissionDenied("sign_in_again", minutes=int(CODE_TIME.total_seconds() // 60))
    return kept.person_id


def sign_out(transactions: Transactions, secret: str) -> Door | None:
    """End a session, and return the door that it was opened through."""
    with transactions.writing(SYSTEM) as uow:
        ended = delete(SignedInSession).where(SignedInSession.token_hash == secret_hash(secret))
        door = uow.session.scalar(ended.returning(SignedInSession.opened_by))
    return None if door is None else Door(door)


def touch_session(transactions: Transactions, session_id: UUID, now: datetime) -> None:
    """Note that a session is in use."""
    with transactions.writing(SYSTEM) as uow:
        uow.session.execute(update(SignedInSession).where(SignedInSession.id == session_id).values(last_seen_at=now))


def _checked_code(transactions: Transactions, cipher: FactorCipher, known: Person, typed: TypedCode) -> bool:
    """Take a code, and return whether it was a recovery code; a wrong one is counted under the lock of the comparison.

    However many requests bring codes at once, no more are compared than may be wrong before the account is locked.
    """
    with transactions.writing(ANONYMOUS) as uow:
        person = uow.session.get(Person, known.id, with_for_update=True)
        refuse_locked(person, uow.now)
        taken = take_code(uow, cipher, known.id, typed.code)
        refusal = None if taken else count_failure(uow, known, typed.address, code="code_refused")
    if refusal is not None:
        raise refusal
    return taken is Taken.RECOVERY


def _known_to_directory(session: Session, username: str) -> Person | None:
    """Return who signs in under a name of the directory of the network."""
    return session.scalar(
        select(Person)
        .join(DirectoryAccount, DirectoryAccount.person_id == Person.id)
        .where(DirectoryAccount.door == Door.LDAP, DirectoryAccount.username == username)
    )


def _is_of_directory(session: Session, person_id: UUID) -> bool:
    account = session.get(DirectoryAccount, person_id)
    return account is not None and account.subject is not None
