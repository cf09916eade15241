"""People of a directory: whose account it is, which roles its groups give and take back, made by an administrator."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from docflow.accounts.directory_rules import (
    LONGEST,
    DirectoryPerson,
    Door,
    GroupRule,
    cleaned_group,
    functions_given,
)
from docflow.accounts.models import DirectoryAccount, DirectoryRule, Membership, OrgUnit, Person
from docflow.accounts.operations import grant_role, revoke_role
from docflow.accounts.queries import is_usable
from docflow.accounts.rules import Role, is_within
from docflow.accounts.sessions import drop_sessions
from docflow.core.actor import Actor, ActorKind
from docflow.core.errors import Conflict, InvalidInput, NotFound, PermissionDenied
from docflow.core.uow import Transactions, UnitOfWork

DIRECTORY: Final = Actor(
    kind=ActorKind.SYSTEM, name="دليل المستخدمين – annuaire", permissions=frozenset({"people.manage"}), locale="fr"
)
"""Who makes accounts and gives roles by what a directory says; the name stands in the journal for both languages."""


def admit(uow: UnitOfWork, found: DirectoryPerson, *, makes_accounts: bool) -> Person:
    """Return whose account somebody is whom a directory recognised, with the roles that their groups give now.

    What counts is the subject, which a directory never gives to somebody else. A name counts once: for the account that
    an administrator let in under it. So nobody takes over an account here by being renamed there.

    Raises:
        PermissionDenied: ``directory_unknown`` with ``username``, ``directory_without_role``, ``account_closed``.
        Conflict: ``directory_name_taken`` with ``username``.
    """
    uow.require("people.manage")
    person = _known(uow, found)
    if person is None:
        if not makes_accounts:
            raise PermissionDenied("directory_unknown", username=found.username)
        if not functions_given(found.groups, group_rules(uow.session)):
            raise PermissionDenied("directory_without_role")
        person = _made(uow, found)
    if not is_usable(person, uow.now):
        raise PermissionDenied("account_closed")
    _bring_roles(uow, person, found.groups)
    return person


def bring_in(transactions: Transactions, found: DirectoryPerson, *, makes_accounts: bool) -> UUID:
    """Admit somebody in a transaction of the directory's own, and return whose account it is.

    Raises:
        DocFlowError: those of ``admit``; ``changed_meanwhile`` when two first sign-ins come at once.
    """
    try:
        with transactions.writing(DIRECTORY) as uow:
            return admit(uow, found, makes_accounts=makes_accounts).id
    except IntegrityError as error:
        raise Conflict("changed_meanwhile") from error


def _known(uow: UnitOfWork, found: DirectoryPerson) -> Person | None:
    """Return the account of a subject, or the one that waits for somebody of this name."""
    at_door = select(DirectoryAccount).where(DirectoryAccount.door == found.door)
    account = uow.session.scalar(
        at_door.where(DirectoryAccount.issuer == found.issuer, DirectoryAccount.subject == found.subject)
    )
    if account is None:
        account = uow.session.scalar(
            at_door.where(DirectoryAccount.username == found.username, DirectoryAccount.subject.is_(None))
        )
        if account is None:
            return None
        account.issuer, account.subject = found.issuer, found.subject
    account.seen_at = uow.now
    return uow.session.get_one(Person, account.person_id, with_for_update=True)


def _made(uow: UnitOfWork, found: DirectoryPerson) -> Person:
    """Make an account without a password; its roles come from its groups."""
    taken = select(Person.id).where(Person.username == found.username)
    same_name = select(DirectoryAccount.person_id).where(
        DirectoryAccount.door == found.door, DirectoryAccount.username == found.username
    )
    if uow.session.scalar(taken) is not None or uow.session.scalar(same_name) is not None:
        raise Conflict("directory_name_taken", username=found.username)
    person = Person(
        username=found.username,
        name_ar=found.name_ar or found.username,
        name_fr=found.name_fr or found.username,
        password_hash="",
        email=found.email,
        created_at=uow.now,
    )
    uow.session.add(person)
    uow.session.flush()
    uow.session.add(
        DirectoryAccount(
            person_id=person.id,
            door=found.door,
            username=found.username,
            issuer=found.issuer,
            subject=found.subject,
            seen_at=uow.now,
        )
    )
    uow.record(
        "accounts.person_created",
        subject_kind="person",
        subject_id=person.id,
        username=person.username,
        door=found.door.value,
    )
    return person


def _bring_roles(uow: UnitOfWork, person: Person, groups: Sequence[str]) -> None:
    """Give what groups give and take back what they no longer do; what was given by hand stays."""
    wanted = functions_given(groups, group_rules(uow.session))
    kept = uow.session.scalars(select(Membership).where(Membership.person_id == person.id)).all()
    held = [one for one in kept if is_within(uow.now, one.valid_from, one.valid_until)]
    for one in held:
        if one.from_directory and (Role(one.role), one.unit_id) not in wanted:
            revoke_role(uow, one.id)
    has = {(Role(one.role), one.unit_id) for one in held}
    for role, unit_id in sorted(wanted - has):
        grant_role(uow, person.id, role=role, unit_id=unit_id, from_directory=True)


def group_rules(session: Session) -> list[GroupRule]:
    """Return which groups give which roles, in units that were not abolished."""
    rows = session.execute(
        select(DirectoryRule.group_name, DirectoryRule.role, DirectoryRule.unit_id)
        .join(OrgUnit, OrgUnit.id == DirectoryRule.unit_id)
        .where(OrgUnit.abolished_at.is_(None))
    )
    return [GroupRule(row.group_name, Role(row.role), row.unit_id) for row in rows]


def rules_shown(session: Session) -> Sequence[tuple[DirectoryRule, OrgUnit]]:
    """Return every rule with its unit, by group."""
    statement = select(DirectoryRule, OrgUnit).join(OrgUnit, OrgUnit.id == DirectoryRule.unit_id)
    return [
        (rule, unit)
        for rule, unit in session.execute(statement.order_by(DirectoryRule.group_name, OrgUnit.code, DirectoryRule.id))
    ]


def add_rule(uow: UnitOfWork, *, group: str, role: Role, unit_id: UUID) -> DirectoryRule:
    """Say that the members of a group hold a role in a unit, from their next sign-in on.

    Raises:
        PermissionDenied: without ``people.manage``.
        InvalidInput: ``group_missing``, ``field_too_long``.
        NotFound: ``unit_unknown``.
        Conflict: ``group_rule_held``.
    """
    uow.require("people.manage")
    name = " ".join(group.split())
    if not name:
        raise InvalidInput("group_missing")
    if len(name) > LONGEST:
        raise InvalidInput("field_too_long", field="group", limit=LONGEST)
    unit = uow.session.get(OrgUnit, unit_id, with_for_update=True)
    if unit is None or unit.abolished_at is not None:
        raise NotFound("unit_unknown")
    if any(
        (cleaned_group(name), role, unit_id) == (cleaned_group(one.group), one.role, one.unit_id)
        for one in group_rules(uow.session)
    ):
        raise Conflict("group_rule_held")
    rule = DirectoryRule(group_name=name, role=role, unit_id=unit_id)
    uow.session.add(rule)
    uow.session.flush()
    uow.record(
        "accounts.group_rule_added",
        subject_kind="sign_in",
        subject_id="",
        group=name,
        role=role.value,
        unit_id=str(unit_id),
    )
    return rule


def remove_rule(uow: UnitOfWork, rule_id: UUID) -> None:
    """Take a rule back; whoever held a role by it loses it at their next sign-in.

    Raises:
        PermissionDenied: without ``people.manage``.
        NotFound: ``group_rule_unknown``.
    """
    uow.require("people.manage")
    rule = uow.session.get(DirectoryRule, rule_id)
    if rule is None:
        raise NotFound("group_rule_unknown")
    uow.session.delete(rule)
    uow.record(
        "accounts.group_rule_removed",
        subject_kind="sign_in",
        subject_id="",
        group=rule.group_name,
        role=Role(rule.role).value,
        unit_id=str(rule.unit_id),
    )


def let_in(uow: UnitOfWork, person_id: UUID, *, door: Door, username: str) -> DirectoryAccount:
    """Let somebody sign in through the directory, under the name that they have there.

    Raises:
        PermissionDenied: without ``people.manage``.
        NotFound: ``person_unknown``.
        InvalidInput: ``person_incomplete`` without a name; ``field_too_long``.
        Conflict: ``directory_held``; ``directory_name_taken`` with ``username``.
    """
    uow.require("people.manage")
    person = uow.session.get(Person, person_id, with_for_update=True)
    if person is None:
        raise NotFound("person_unknown", username=str(person_id))
    name = username.strip().lower() or person.username
    if len(name) > 80:
        raise InvalidInput("field_too_long", field="username", limit=80)
    if uow.session.get(DirectoryAccount, person_id) is not None:
        raise Conflict("directory_held")
    same = select(DirectoryAccount.person_id).where(DirectoryAccount.door == door, DirectoryAccount.username == name)
    if uow.session.scalar(same) is not None:
        raise Conflict("directory_name_taken", username=name)
    account = DirectoryAccount(person_id=person_id, door=door, username=name)
    uow.session.add(account)
    uow.record("accounts.directory_opened", subject_kind="person", subject_id=person_id, username=name, door=door.value)
    return account


def shut_out(uow: UnitOfWork, person_id: UUID) -> None:
    """Let somebody sign in through the directory no more: what its groups gave ends, and so do their sessions.

    Raises:
        PermissionDenied: without ``people.manage``.
        NotFound: ``directory_unheld``.
        Conflict: ``own_account`` when somebody would end their own.
    """
    uow.require("people.manage")
    account = uow.session.get(DirectoryAccount, person_id)
    if account is None:
        raise NotFound("directory_unheld")
    if person_id == uow.actor.person_id:
        raise Conflict("own_account")
    given = select(Membership).where(Membership.person_id == person_id, Membership.from_directory)
    for one in uow.session.scalars(given).all():
        if is_within(uow.now, one.valid_from, one.valid_until):
            revoke_role(uow, one.id)
    uow.session.delete(account)
    drop_sessions(uow.session, person_id)
    uow.record("accounts.directory_closed", subject_kind="person", subject_id=person_id, door=Door(account.door).value)


def directory_account_of(session: Session, person_id: UUID) -> DirectoryAccount | None:
    """Return how somebody signs in through the directory, if they do."""
    return session.get(DirectoryAccount, person_id)
