"""``docflow user`` and ``docflow demo``."""

from __future__ import annotations

import argparse
import getpass
import os
from typing import Any

from sqlalchemy import select

from docflow.accounts.demo import PEOPLE, demo_password
from docflow.accounts.factors import take_factor_away
from docflow.accounts.models import OrgUnit, Person
from docflow.accounts.operations import NewPerson, create_person, create_unit, set_password
from docflow.accounts.queries import OPERATOR, all_people, memberships_by_person
from docflow.accounts.rules import Role, UnitKind
from docflow.cli.output import emit
from docflow.cli.session import add_common, open_runtime
from docflow.core.errors import NotFound
from docflow.demo import fill_demo, fill_demo_letters
from docflow.district.queries import identity_of


def add_commands(commands: Any) -> None:
    """Add the commands of this file."""
    user = commands.add_parser("user", help="accounts")
    actions = user.add_subparsers(metavar="ACTION", required=True)
    admin = actions.add_parser("create-admin", help="make the first administrator")
    admin.add_argument("username")
    admin.add_argument("--name-ar", required=True)
    admin.add_argument("--name-fr", required=True)
    add_common(admin)
    admin.set_defaults(run=run_create_admin)
    password = actions.add_parser("set-password", help="give a new password, to be changed at the next sign-in")
    password.add_argument("username")
    add_common(password)
    password.set_defaults(run=run_set_password)
    factor = actions.add_parser("remove-factor", help="take the second factor of somebody away")
    factor.add_argument("username")
    add_common(factor)
    factor.set_defaults(run=run_remove_factor)
    listed = actions.add_parser("list", help="every account")
    add_common(listed)
    listed.set_defaults(run=run_list)
    demo = commands.add_parser("demo", help="fill an empty database with the demonstration district and its letters")
    add_common(demo)
    demo.set_defaults(run=run_demo)


def run_create_admin(options: argparse.Namespace) -> int:
    """Make an administrator, in the district's own unit."""
    runtime = open_runtime()
    with runtime.transactions.writing(OPERATOR) as uow:
        name = identity_of(uow.session).name
        district = uow.session.scalar(select(OrgUnit).where(OrgUnit.parent_id.is_(None)).limit(1))
        if district is None:
            district = create_unit(
                uow,
                code="DISTRICT",
                kind=UnitKind.DISTRICT,
                name_ar=name.ar,
                name_fr=name.fr,
            )
        create_person(
            uow,
            NewPerson(
                username=options.username,
                name_ar=options.name_ar,
                name_fr=options.name_fr,
                password=_asked_password(),
                role=Role.ADMIN,
                unit_id=district.id,
            ),
        )
    emit({"username": options.username}, as_json=options.json, text=f"{options.username}: administrator")
    return 0


def run_set_password(options: argparse.Namespace) -> int:
    """Give a new password."""
    runtime = open_runtime()
    with runtime.transactions.writing(OPERATOR) as uow:
        person = uow.session.scalar(select(Person).where(Person.username == options.username.lower()))
        if person is None:
            raise NotFound("person_unknown", username=options.username)
        set_password(uow, person.id, password=_asked_password(), must_change=True)
    emit({"username": options.username}, as_json=options.json, text=f"{options.username}: password set")
    return 0


def run_remove_factor(options: argparse.Namespace) -> int:
    """Take the second factor of somebody away, such as of the only administrator whose telephone is lost."""
    runtime = open_runtime()
    with runtime.transactions.writing(OPERATOR) as uow:
        person = uow.session.scalar(select(Person).where(Person.username == options.username.lower()))
        if person is None:
            raise NotFound("person_unknown", username=options.username)
        take_factor_away(uow, person.id)
    emit({"username": options.username}, as_json=options.json, text=f"{options.username}: second factor taken away")
    return 0


def run_list(options: argparse.Namespace) -> int:
    """Print every account with its roles, a line each."""
    runtime = open_runtime()
    with runtime.transactions.reading() as session:
        roles = memberships_by_person(session)
        for person in all_people(session):
            held = [f"{membership.role}@{unit.code}" for membership, unit in roles.get(person.id, ())]
            emit(
                {"username": person.username, "name": person.name_fr, "active": person.is_active, "roles": held},
                as_json=options.json,
                text=f"{person.username}\t{person.name_fr}\t{' '.join(held)}",
            )
    return 0


def run_demo(options: argparse.Namespace) -> int:
    """Fill an empty database with the demonstration district and its letters."""
    runtime = open_runtime()
    was_empty = fill_demo(runtime)
    if was_empty:
        fill_demo_letters(runtime)
    accounts, password = [person.username for person in PEOPLE], demo_password(runtime.settings)
    emit(
        {"filled": was_empty, "accounts": accounts, "password": password},
        as_json=options.json,
        text=f"accounts: {' '.join(accounts)}\npassword: {password}",
    )
    return 0


def _asked_password() -> str:
    # A variable rather than an argument: arguments can be read by every process of the machine.
    return os.environ.get("DOCFLOW_NEW_PASSWORD") or getpass.getpass("New password: ")
