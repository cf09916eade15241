"""People as a directory tells of them, and which functions its groups give; plain Python."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final
from uuid import UUID

from docflow.accounts.rules import Role

MOST_GROUPS: Final = 500
"""More than this of one person are not looked at."""
LONGEST: Final = 255
"""Characters of a group or of a subject."""


class Door(StrEnum):
    """Through which door somebody comes in."""

    PASSWORD = "password"  # noqa: S105 - the name of a door, not a secret
    OIDC = "oidc"
    LDAP = "ldap"


@dataclass(frozen=True, slots=True)
class DirectoryPerson:
    """Somebody whom a directory just recognised.

    Attributes:
        door: which directory.
        issuer: who vouches for ``subject``, which it never gives to somebody else.
        subject: their identifier there.
        username: what they are called there, in lower case.
        groups: those that they belong to, as the directory writes them.
        did_factor: whether the directory asked for a second factor itself.
    """

    door: Door
    issuer: str
    subject: str
    username: str
    name_ar: str = ""
    name_fr: str = ""
    email: str = ""
    groups: tuple[str, ...] = ()
    did_factor: bool = False


@dataclass(frozen=True, slots=True)
class GroupRule:
    """The members of a group hold a role in a unit."""

    group: str
    role: Role
    unit_id: UUID


def functions_given(groups: Iterable[str], rules: Iterable[GroupRule]) -> set[tuple[Role, UUID]]:
    """Return the roles and units that some groups give; capitals and blanks do not tell groups apart."""
    held = {cleaned_group(group) for group in groups}
    return {(rule.role, rule.unit_id) for rule in rules if cleaned_group(rule.group) in held}


def cleaned_group(name: str) -> str:
    """Return a group as it is compared."""
    return " ".join(name.split()).casefold()
