"""Who acts."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID


class ActorKind(StrEnum):
    """What sort of party acts."""

    PERSON = "person"
    OPERATOR = "operator"
    SYSTEM = "system"
    ANONYMOUS = "anonymous"


@dataclass(frozen=True, slots=True)
class Actor:
    """The party on whose behalf a transaction runs, with all that permission checks need.

    ``roles`` say what the interface puts first; ``permissions`` name what may be done; ``tokens`` are the scope tokens
    held, which open what a document shows to them (see ``docflow.accounts.visibility``).
    """

    kind: ActorKind
    name: str
    person_id: UUID | None = None
    locale: str = "ar"
    roles: frozenset[str] = frozenset()
    permissions: frozenset[str] = frozenset()
    tokens: frozenset[str] = frozenset()

    def can(self, permission: str) -> bool:
        """Return whether the actor holds a permission."""
        return permission in self.permissions


SYSTEM = Actor(kind=ActorKind.SYSTEM, name="system")
"""The product itself, in jobs that nobody asked for by hand."""

ANONYMOUS = Actor(kind=ActorKind.ANONYMOUS, name="anonymous")
"""Somebody who has not signed in."""

PUBLIC_SITE = Actor(kind=ActorKind.ANONYMOUS, name="الموقع العمومي – site public")
"""Whoever deposits something on the public site; the name stands beside it, for readers of both languages."""
