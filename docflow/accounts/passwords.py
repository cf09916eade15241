"""Passwords and session secrets."""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Iterable
from functools import cache
from importlib import import_module
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from docflow.accounts.rules import PASSWORD_LENGTH
from docflow.core.errors import InvalidInput

SHORTEST_NAME: Final = 4
"""Letters of a part of a name from which on a password must not hold it."""


@cache
def hasher() -> PasswordHasher:
    """Return the argon2id hasher (RFC 9106, second recommended option)."""
    return PasswordHasher(time_cost=3, memory_cost=64 * 1024, parallelism=4)


@cache
def unknown_person_hash() -> str:
    """Return a hash to verify against when there is no such person, so that the answer takes as long."""
    return hasher().hash(secrets.token_hex(16))


def hash_password(password: str) -> str:
    """Return the argon2id hash of a password."""
    return hasher().hash(password)


def is_password(password: str, password_hash: str) -> bool:
    """Return whether a password fits a hash."""
    try:
        return hasher().verify(password_hash, password)
    except (VerificationError, InvalidHashError):
        return False


def new_secret() -> str:
    """Return a secret of 256 bits for a cookie."""
    return secrets.token_urlsafe(32)


def secret_hash(secret: str) -> str:
    """Return what is kept of a session's secret."""
    return hashlib.sha256(secret.encode()).hexdigest()


@cache
def common_passwords() -> frozenset[str]:
    """Return the passwords that were found most often in published breaches, as the library zxcvbn ships them.

    Loaded when the first password is chosen: the module holds other lists, and most processes never need it.
    """
    return frozenset(import_module("zxcvbn.frequency_lists").FREQUENCY_LISTS["passwords"])


def check_new_password(password: str, *, names: Iterable[str]) -> None:
    """Refuse a password that is too short, too plain, well known, or made of the names of the person.

    What stands before the first and after the last letter does not make a well-known password another one:
    ``Password2026!`` is ``password``. Without any letter it is a date or a telephone number.

    Raises:
        InvalidInput: ``password_too_short`` with ``length``, ``password_too_plain``, ``password_common``,
            ``password_has_name``.
    """
    if len(password) < PASSWORD_LENGTH:
        raise InvalidInput("password_too_short", length=PASSWORD_LENGTH)
    folded = password.casefold()
    core = re.sub(r"^[\W\d_]+|[\W\d_]+$", "", folded)
    if len(set(password)) < PASSWORD_LENGTH // 2 or not core:
        raise InvalidInput("password_too_plain")
    if {folded, core} & common_passwords():
        raise InvalidInput("password_common")
    words = (word.casefold() for name in names for word in (name, *re.findall(r"[^\W\d_]+", name)))
    if any(len(word) >= SHORTEST_NAME and word in folded for word in words):
        raise InvalidInput("password_has_name")
