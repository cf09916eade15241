"""The second factor: a telephone that shows codes (RFC 6238), or keys; recovery codes for when neither is there."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from enum import StrEnum
from uuid import UUID

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from docflow.accounts.factor_rules import cleaned_code, matching_step, new_factor_secret, new_recovery_codes
from docflow.accounts.models import FactorRule, Person, RecoveryCode, SecondFactor, SecurityKey
from docflow.accounts.passwords import secret_hash
from docflow.accounts.rules import FactorChange, Role
from docflow.accounts.sessions import drop_sessions
from docflow.core.errors import Conflict, InvalidInput, NotFound, Unavailable
from docflow.core.jobs import JobRequest
from docflow.core.uow import UnitOfWork


class Taken(StrEnum):
    """Which code was taken."""

    TELEPHONE = "telephone"
    RECOVERY = "recovery"


class FactorCipher:
    """Encrypts the secrets of second factors, so that the database or a backup of it alone makes no code."""

    def __init__(self, installation_key: str) -> None:
        """Derive the key from that of the installation (RFC 5869), for this use alone."""
        derived = HKDF(SHA256(), 32, salt=None, info=b"docflow.accounts.second_factors")
        self._fernet = Fernet(base64.urlsafe_b64encode(derived.derive(installation_key.encode())))

    def sealed(self, secret: str) -> str:
        """Return a secret as it is kept."""
        return self._fernet.encrypt(secret.encode()).decode()

    def opened(self, sealed: str) -> str:
        """Return a kept secret.

        Raises:
            Unavailable: ``factor_key_changed``.
        """
        try:
            return self._fernet.decrypt(sealed.encode()).decode()
        except InvalidToken as error:
            raise Unavailable("factor_key_changed") from error


def factor_of(session: Session, person_id: UUID) -> SecondFactor | None:
    """Return the telephone of somebody that makes codes, confirmed or only begun."""
    return session.get(SecondFactor, person_id)


def has_telephone(session: Session, person_id: UUID) -> bool:
    """Return whether somebody has a telephone that shows codes."""
    factor = factor_of(session, person_id)
    return factor is not None and factor.confirmed_at is not None


def has_key(session: Session, person_id: UUID) -> bool:
    """Return whether somebody has a security key."""
    return session.scalar(select(SecurityKey.id).where(SecurityKey.person_id == person_id).limit(1)) is not None


def has_factor(session: Session, person_id: UUID) -> bool:
    """Return whether more than the password is asked of somebody."""
    return has_telephone(session, person_id) or has_key(session, person_id)


def people_with_factor(session: Session) -> frozenset[UUID]:
    """Return of whom more than the password is asked."""
    telephones = select(SecondFactor.person_id).where(SecondFactor.confirmed_at.is_not(None))
    return frozenset(session.scalars(telephones.union(select(SecurityKey.person_id))))


def roles_with_factor(session: Session) -> frozenset[Role]:
    """Return the roles that need a second factor."""
    return frozenset(Role(role) for role in session.scalars(select(FactorRule.role)))


def count_recovery_codes(session: Session, person_id: UUID) -> int:
    """Return how many recovery codes somebody has left."""
    return session.scalar(select(func.count()).where(RecoveryCode.person_id == person_id)) or 0


def begin_factor(uow: UnitOfWork, cipher: FactorCipher) -> None:
    """Make a secret for the actor's telephone; it asks nothing of anybody before a code confirms it.

    Raises:
        Conflict: ``factor_held``.
    """
    person = own_person(uow)
    if has_telephone(uow.session, person.id):
        raise Conflict("factor_held")
    uow.session.execute(delete(SecondFactor).where(SecondFactor.person_id == person.id))
    sealed = cipher.sealed(new_factor_secret())
    uow.session.add(SecondFactor(person_id=person.id, sealed_secret=sealed, made_at=uow.now))


def confirm_factor(uow: UnitOfWork, cipher: FactorCipher, *, code: str, session_id: UUID | None) -> list[str]:
    """Have the telephone count from now on, end the actor's other sessions, and return recovery codes where none were.

    ``session_id``: the session that goes on.

    Raises:
        NotFound: ``factor_missing`` when none was begun.
        Conflict: ``factor_held``.
        InvalidInput: ``factor_code_wrong``.
    """
    person = own_person(uow)
    factor = uow.session.get(SecondFactor, person.id, with_for_update=True)
    if factor is None:
        raise NotFound("factor_missing")
    if factor.confirmed_at is not None:
        raise Conflict("factor_held")
    step = matching_step(cipher.opened(factor.sealed_secret), cleaned_code(code), uow.now)
    if step is None:
        raise InvalidInput("factor_code_wrong")
    factor.confirmed_at, factor.last_step = uow.now, step
    drop_sessions(uow.session, person.id, but=session_id)
    uow.record("accounts.factor_set", subject_kind="person", subject_id=person.id)
    tell_owner(uow, person.id, FactorChange.TELEPHONE_ADDED)
    return first_recovery_codes(uow, person.id)


def renew_recovery_codes(uow: UnitOfWork) -> list[str]:
    """Replace the actor's recovery codes; that a code was taken is the caller's to see to.

    Raises:
        NotFound: ``factor_missing``.
    """
    person = own_person(uow)
    if not has_factor(uow.session, person.id):
        raise NotFound("factor_missing")
    uow.record("accounts.recovery_codes_made", subject_kind="person", subject_id=person.id)
    tell_owner(uow, person.id, FactorChange.CODES_MADE)
    return _fresh_codes(uow, person.id)


def remove_own_factor(uow: UnitOfWork) -> None:
    """Ask the actor for no code of a telephone any more; that one was taken is the caller's to see to.

    Where a role of theirs needs one, nothing else opens until the next is set up: so a telephone is changed.

    Raises:
        NotFound: ``factor_missing``.
    """
    person = own_person(uow)
    if not has_telephone(uow.session, person.id):
        raise NotFound("factor_missing")
    uow.session.execute(delete(SecondFactor).where(SecondFactor.person_id == person.id))
    forget_spare_codes(uow, person.id)
    uow.record("accounts.factor_removed", subject_kind="person", subject_id=person.id)
    tell_owner(uow, person.id, FactorChange.TELEPHONE_REMOVED)


def take_factor_away(uow: UnitOfWork, person_id: UUID) -> None:
    """Take the telephone and the keys of somebody away, who lost them; their sessions end, and they are told.

    Raises:
        PermissionDenied: without ``people.manage``.
        NotFound: ``person_unknown``, ``factor_missing``.
        Conflict: ``own_account``: one's own goes with a code, on the page of one's account.
    """
    uow.require("people.manage")
    if person_id == uow.actor.person_id:
        raise Conflict("own_account")
    if uow.session.get(Person, person_id) is None:
        raise NotFound("person_unknown", username=str(person_id))
    if not has_factor(uow.session, person_id):
        raise NotFound("factor_missing")
    _drop(uow, person_id)
    drop_sessions(uow.session, person_id)
    uow.record("accounts.factor_taken_away", subject_kind="person", subject_id=person_id)
    # The person is told by the room above; each time is a fact of its own.
    payload = {"person_id": str(person_id), "at": uow.now.isoformat()}
    uow.enqueue(JobRequest(name="notifications.factor_taken_away", payload=payload))


def need_factor(uow: UnitOfWork, roles: Mapping[Role, bool]) -> None:
    """Say of some roles whether whoever holds them needs a second factor; it counts from the next request.

    Raises:
        PermissionDenied: without ``people.manage``.
    """
    uow.require("people.manage")
    kept = roles_with_factor(uow.session)
    for role, is_needed in roles.items():
        if is_needed == (role in kept):
            continue
        if is_needed:
            uow.session.add(FactorRule(role=role))
        else:
            uow.session.execute(delete(FactorRule).where(FactorRule.role == role))
        verb = "accounts.factor_needed" if is_needed else "accounts.factor_not_needed"
        uow.record(verb, subject_kind="sign_in", subject_id="", role=role.value)


def take_code(uow: UnitOfWork, cipher: FactorCipher, person_id: UUID, code: str) -> Taken | None:
    """Take a code of the telephone or a recovery code, each once; none when it is wrong or was used.

    Of two requests that bring one code, the statement lets one through on either database.

    Raises:
        Unavailable: ``factor_key_changed``.
    """
    if not has_factor(uow.session, person_id):
        return None
    typed = cleaned_code(code)
    used = uow.session.execute(
        delete(RecoveryCode)
        .where(RecoveryCode.person_id == person_id, RecoveryCode.code_hash == secret_hash(typed))
        .returning(RecoveryCode.id)
    ).all()
    if used:
        return Taken.RECOVERY
    factor = factor_of(uow.session, person_id)
    if factor is None or factor.confirmed_at is None:
        return None
    step = matching_step(cipher.opened(factor.sealed_secret), typed, uow.now)
    if step is None:
        return None
    taken = uow.session.execute(
        update(SecondFactor)
        .where(SecondFactor.person_id == person_id, SecondFactor.last_step < step)
        .values(last_step=step)
        .returning(SecondFactor.person_id)
        .execution_options(synchronize_session=False)
    ).all()
    return Taken.TELEPHONE if taken else None


def note_recovery(uow: UnitOfWork, person_id: UUID) -> None:
    """Write down that a recovery code was used, and how many are left."""
    left = count_recovery_codes(uow.session, person_id)
    uow.record("accounts.recovery_code_used", subject_kind="person", subject_id=person_id, left=left)


def tell_owner(uow: UnitOfWork, person_id: UUID, change: FactorChange) -> None:
    """Have the room above tell somebody that their second factor changed: it may have been somebody else in their name.

    Each time is a fact of its own.
    """
    payload = {"person_id": str(person_id), "at": uow.now.isoformat(), "change": change.value}
    uow.enqueue(JobRequest(name="notifications.factor_changed", payload=payload))


def own_person(uow: UnitOfWork) -> Person:
    """Return the actor's own account.

    Raises:
        NotFound: ``person_unknown``.
    """
    person = None if uow.actor.person_id is None else uow.session.get(Person, uow.actor.person_id)
    if person is None:
        raise NotFound("person_unknown", username=uow.actor.name)
    return person


def first_recovery_codes(uow: UnitOfWork, person_id: UUID) -> list[str]:
    """Return recovery codes for whoever has none, and nothing for whoever has some: those go on counting."""
    return [] if count_recovery_codes(uow.session, person_id) else _fresh_codes(uow, person_id)


def forget_spare_codes(uow: UnitOfWork, person_id: UUID) -> None:
    """Drop the recovery codes of whoever has nothing left that they stand for."""
    if not has_factor(uow.session, person_id):
        uow.session.execute(delete(RecoveryCode).where(RecoveryCode.person_id == person_id))


def _fresh_codes(uow: UnitOfWork, person_id: UUID) -> list[str]:
    uow.session.execute(delete(RecoveryCode).where(RecoveryCode.person_id == person_id))
    codes = new_recovery_codes()
    uow.session.add_all(RecoveryCode(person_id=person_id, code_hash=secret_hash(cleaned_code(code))) for code in codes)
    return codes


def _drop(uow: UnitOfWork, person_id: UUID) -> None:
    for table in (RecoveryCode, SecondFactor, SecurityKey):
        uow.session.execute(delete(table).where(table.person_id == person_id))
