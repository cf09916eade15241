"""Who may see what: the visibility table of the product, in one place, as scope tokens.

A document carries two sets of tokens, for its metadata and for its content; an actor holds tokens.
The actor sees what shares a token with them, in SQL and inside the search index alike, so that a
hidden document is in no hit, count, facet or suggestion.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from docflow.accounts.rules import Role

OPERATOR_TOKEN = "operator"  # noqa: S105 - a scope token, not a secret
AUDIT_TOKEN = "audit"  # noqa: S105 - a scope token, not a secret
ARCHIVE_TOKEN = "archive"  # noqa: S105 - a scope token, not a secret

MEMBER_ROLES = frozenset({Role.CLERK, Role.AGENT, Role.HEAD, Role.DIRECTOR, Role.PRESIDENT})
HEAD_ROLES = frozenset({Role.HEAD, Role.DIRECTOR, Role.PRESIDENT})


class Confidentiality(StrEnum):
    """How far a document is shown."""

    NORMAL = "normal"
    RESTRICTED = "restricted"
    CONFIDENTIAL = "confidential"


@dataclass(frozen=True, slots=True)
class DocumentScope:
    """What decides who sees a document.

    ``unit_ids``: units with a task or a copy, or named by a restriction. ``person_ids``: people named.
    ``is_open``: an entry about it is still being treated. ``is_registered``: it has a register number.
    """

    register_code: str
    confidentiality: Confidentiality
    unit_ids: frozenset[UUID]
    person_ids: frozenset[UUID]
    is_open: bool
    is_registered: bool


@dataclass(frozen=True, slots=True)
class ScopeTokens:
    """The tokens that open a document."""

    metadata: frozenset[str]
    content: frozenset[str]


def document_tokens(scope: DocumentScope) -> ScopeTokens:
    """Return the tokens of a document, by the visibility table."""
    people = frozenset(f"person:{person_id}" for person_id in scope.person_ids)
    everyone = people | {OPERATOR_TOKEN}
    if scope.confidentiality is Confidentiality.CONFIDENTIAL:
        return ScopeTokens(everyone, everyone)
    units = frozenset(f"unit:{unit_id}" for unit_id in scope.unit_ids)
    desk = frozenset({f"desk:{scope.register_code}"})
    metadata = everyone | units | desk | {AUDIT_TOKEN, ARCHIVE_TOKEN}
    content = everyone | units
    if scope.confidentiality is Confidentiality.NORMAL:
        heads = frozenset(f"over:{unit_id}" for unit_id in scope.unit_ids)
        metadata, content = metadata | heads, content | heads
    if not scope.is_registered:
        content |= desk
    if not scope.is_open:
        content |= {ARCHIVE_TOKEN}
    return ScopeTokens(metadata, content)


def held_tokens(
    person_id: UUID,
    roles: Iterable[tuple[Role, UUID]],
    *,
    children: Mapping[UUID, Iterable[UUID]],
    desks: Mapping[str, UUID | None],
) -> frozenset[str]:
    """Return the tokens a person holds.

    Args:
        person_id: the person.
        roles: the roles held today, each in its unit.
        children: the org-unit tree, the units directly below each unit.
        desks: the code of each register, with the unit whose clerks keep its desk; none: every clerk of the district.
    """
    tokens = {f"person:{person_id}"}
    for role, unit_id in roles:
        if role in MEMBER_ROLES:
            tokens.add(f"unit:{unit_id}")
        if role in HEAD_ROLES:
            tokens.update(f"over:{below}" for below in units_below(unit_id, children))
        if role is Role.CLERK:
            tokens.update(f"desk:{register}" for register, desk_unit in desks.items() if desk_unit in (None, unit_id))
        if role is Role.ARCHIVIST:
            tokens.add(ARCHIVE_TOKEN)
        if role is Role.AUDITOR:
            tokens.add(AUDIT_TOKEN)
    return frozenset(tokens)


def units_below(unit_id: UUID, children: Mapping[UUID, Iterable[UUID]]) -> frozenset[UUID]:
    """Return a unit and all units under it."""
    found: set[UUID] = set()
    waiting = [unit_id]
    while waiting:
        current = waiting.pop()
        if current not in found:
            found.add(current)
            waiting.extend(children.get(current, ()))
    return frozenset(found)
