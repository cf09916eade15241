"""Opening a session for somebody whom the door let in, or half of one."""

from __future__ import annotations

from datetime import timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import delete

from docflow.accounts.browsers import browser_named
from docflow.accounts.directory_rules import Door
from docflow.accounts.models import Person, SignedInSession, SignInFailure
from docflow.accounts.passwords import new_secret, secret_hash
from docflow.accounts.queries import kept_name
from docflow.allowances.rules import counted_under
from docflow.core.actor import Actor, ActorKind
from docflow.core.uow import UnitOfWork

FORGOTTEN_AFTER: Final = timedelta(days=30)
"""Sessions that nobody used for so long are dropped when their owner signs in."""


def acting(person: Person) -> Actor:
    """Return who somebody is in the journal while they come in."""
    return Actor(kind=ActorKind.PERSON, name=kept_name(person), person_id=person.id)


def open_session(
    uow: UnitOfWork,
    person_id: UUID,
    address: str,
    agent: str,
    *,
    opened_by: Door = Door.PASSWORD,
    did_factor: bool = False,
) -> str:
    """Let somebody in: forget what was tried, and return the secret of a new session."""
    person = uow.session.get_one(Person, person_id, with_for_update=True)
    person.failures, person.locked_until = 0, None
    uow.session.execute(delete(SignInFailure).where(SignInFailure.address == counted_under(address)))
    uow.session.execute(
        delete(SignedInSession).where(
            SignedInSession.person_id == person_id, SignedInSession.last_seen_at < uow.now - FORGOTTEN_AFTER
        )
    )
    secret = keep_session(uow, person_id, address, agent, awaits_code=False, opened_by=opened_by, did_factor=did_factor)
    uow.record("accounts.signed_in", subject_kind="person", subject_id=person_id, door=opened_by.value)
    return secret


def keep_session(
    uow: UnitOfWork,
    person_id: UUID,
    address: str,
    agent: str,
    *,
    awaits_code: bool,
    opened_by: Door = Door.PASSWORD,
    did_factor: bool = False,
) -> str:
    """Return the secret of a new session; one that ``awaits_code`` opens nothing."""
    secret = new_secret()
    browser, system = browser_named(agent)
    uow.session.add(
        SignedInSession(
            token_hash=secret_hash(secret),
            person_id=person_id,
            created_at=uow.now,
            last_seen_at=uow.now,
            awaits_code=awaits_code,
            address=address,
            browser=browser,
            system=system,
            opened_by=opened_by,
            did_factor=did_factor,
        )
    )
    return secret
