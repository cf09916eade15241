"""What this room needs from outside: a directory that recognises people."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from docflow.accounts.directory_rules import DirectoryPerson


@dataclass(frozen=True, slots=True)
class Begun:
    """A sign-in that goes on at a provider: the address to go to, and what its answer must fit."""

    address: str
    kept: Mapping[str, str]


class IdentityProvider(Protocol):
    """Recognises people on a page of its own (OpenID Connect)."""

    @property
    def is_set_up(self) -> bool:
        """Whether there is one."""
        ...

    def begin(self, back_to: str, *, locale: str) -> Begun:
        """Return where the browser is sent; it comes back to ``back_to``.

        Raises:
            Unavailable: ``directory_unavailable`` with ``reason``.
        """
        ...

    def finish(self, kept: Mapping[str, str], answer: Mapping[str, str]) -> DirectoryPerson:
        """Return whom the provider recognised, from the parameters that the browser came back with.

        Raises:
            PermissionDenied: ``directory_answer_refused`` with ``reason``; ``directory_refused`` when the provider
                or the person did.
            Unavailable: ``directory_unavailable`` with ``reason``.
        """
        ...

    def leaving_address(self, back_to: str) -> str:
        """Return where one signs out of the provider, or nothing where it has no such page or does not answer."""
        ...


class DirectoryServer(Protocol):
    """Recognises people by a name and a password typed here (LDAP)."""

    @property
    def is_set_up(self) -> bool:
        """Whether there is one."""
        ...

    def person_with(self, username: str, password: str) -> DirectoryPerson | None:
        """Return whom a name and a password belong to, or none; an empty password belongs to nobody.

        Raises:
            Unavailable: ``directory_unavailable`` with ``reason``.
        """
        ...
