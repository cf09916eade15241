"""Initial set-up: the operator names the administration and creates the first administrator account."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from hmac import compare_digest
from typing import Final

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from docflow.accounts.models import Person
from docflow.accounts.operations import NewPerson, create_person, create_unit
from docflow.accounts.queries import OPERATOR
from docflow.accounts.rules import Role, UnitKind
from docflow.core.errors import Conflict, InvalidInput
from docflow.core.secret_key import secret_key
from docflow.core.uow import Transactions
from docflow.district.operations import keep_identity
from docflow.district.rules import Identity
from docflow.settings import Settings

CODE_FILE: Final = "setup-code"
ROOT_CODE: Final = "DISTRICT"
CODE_LETTERS, GROUP_LETTERS = 16, 4


@dataclass(frozen=True, slots=True)
class FirstAdministrator:
    """Who sets the installation up."""

    username: str
    name_ar: str
    name_fr: str
    password: str
    locale: str


def is_set_up(session: Session) -> bool:
    """Return whether anybody has an account here."""
    return session.scalar(select(Person.id).limit(1)) is not None


def setup_code(settings: Settings) -> str:
    """Return the code that opens the first start: 64 bits, made when it is asked for first, in a file for its owner."""
    kept = secret_key(settings.keys_home / CODE_FILE, given="")
    made = sha256(kept.encode()).hexdigest()[:CODE_LETTERS].upper()
    return "-".join(made[at : at + GROUP_LETTERS] for at in range(0, CODE_LETTERS, GROUP_LETTERS))


def check_code(settings: Settings, typed: str) -> None:
    """Refuse what is not the code.

    Raises:
        InvalidInput: ``setup_code_wrong``.
    """
    plain = "".join(typed.upper().split()).replace("-", "")
    if not compare_digest(plain.encode(), setup_code(settings).replace("-", "").encode()):
        raise InvalidInput("setup_code_wrong")


def set_up(transactions: Transactions, settings: Settings, identity: Identity, first: FirstAdministrator) -> None:
    """Name the administration, make its root unit and its first administrator; the code is void from then on.

    The caller has checked the code.

    Raises:
        Conflict: ``set_up_already``.
        InvalidInput: what ``keep_identity`` and ``create_person`` refuse.
    """
    try:
        with transactions.writing(OPERATOR) as uow:
            if is_set_up(uow.session):
                raise Conflict("set_up_already")
            kept = keep_identity(uow, identity, expected_version=0)
            root = create_unit(uow, code=ROOT_CODE, kind=UnitKind.DISTRICT, name_ar=kept.name.ar, name_fr=kept.name.fr)
            person = NewPerson(
                username=first.username,
                name_ar=first.name_ar,
                name_fr=first.name_fr,
                password=first.password,
                role=Role.ADMIN,
                unit_id=root.id,
                locale=first.locale,
                must_change_password=False,
            )
            create_person(uow, person)
    except IntegrityError as error:
        # Somebody else was faster; one of both district rows is refused.
        raise Conflict("set_up_already") from error
    (settings.keys_home / CODE_FILE).unlink(missing_ok=True)
