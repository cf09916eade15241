"""Who may see what: the visibility table of the product, in one place, as scope tokens.

A document carries two sets of tokens, for its metadata and for its content; an actor holds tokens.
The actor sees what shares a token with them, in SQL and inside the search index alike, so that a
hidden document is in no hit, count, facet or suggestion.
"""

from __future__ import annotations

from base64 import urlsafe_b64encode
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol
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
    ``is_registered``: it has a register number.
    ``asked_ids``: people who are asked to decide on it now; whoever stands in for them sees it too, where their power
    covers its ``kind`` and ``unit_id``. ``is_drafted``: it is written here, and no desk's until it departs.
    ``is_set_aside``: it is not to be registered; its desk reads it, and no unit and no archivist does.
    """

    register_code: str
    confidentiality: Confidentiality
    unit_ids: frozenset[UUID]
    person_ids: frozenset[UUID]
    is_registered: bool
    asked_ids: frozenset[UUID] = frozenset()
    kind: str = ""
    unit_id: UUID | None = None
    is_drafted: bool = False
    is_set_aside: bool = False


@dataclass(frozen=True, slots=True)
class ScopeTokens:
    """The tokens that open a document."""

    metadata: frozenset[str]
    content: frozenset[str]


def document_tokens(scope: DocumentScope) -> ScopeTokens:
    """Return the tokens of a document, by the visibility table."""
    people = frozenset(f"person:{person_id}" for person_id in scope.person_ids | scope.asked_ids)
    everyone = people | {OPERATOR_TOKEN}
    if scope.confidentiality is Confidentiality.CONFIDENTIAL:
        return ScopeTokens(everyone, everyone)
    units = frozenset(f"unit:{unit_id}" for unit_id in scope.unit_ids)
    desk = frozenset() if scope.is_drafted else frozenset({f"desk:{scope.register_code}"})
    if scope.is_set_aside:
        return ScopeTokens(everyone | desk | {AUDIT_TOKEN, ARCHIVE_TOKEN}, everyone | desk)
    # Confidential mail is for the people named: nobody stands in for them there.
    everyone |= {token for person_id in scope.asked_ids for token in _asked_tokens(person_id, scope)}
    metadata = everyone | units | desk | {AUDIT_TOKEN, ARCHIVE_TOKEN}
    content = everyone | units
    if scope.confidentiality is Confidentiality.NORMAL:
        heads = frozenset(f"over:{unit_id}" for unit_id in scope.unit_ids)
        metadata, content = metadata | heads, content | heads
        if scope.is_registered:
            content |= {ARCHIVE_TOKEN}
    if not scope.is_registered:
        content |= desk
    return ScopeTokens(metadata, content)


def desk_tokens(tokens: Iterable[str]) -> frozenset[str]:
    """Return those of some tokens by which the clerks of a desk, and the operator, hold a document."""
    return frozenset(token for token in tokens if token == OPERATOR_TOKEN or token.startswith("desk:"))


class HeldPower(Protocol):
    """A power as far as it decides who sees what."""

    @property
    def principal_id(self) -> UUID:
        """Who is stood in for."""
        ...

    @property
    def act_kinds(self) -> frozenset[str]:
        """Kinds of act that it is limited to; none: every kind."""
        ...

    @property
    def unit_ids(self) -> frozenset[UUID]:
        """Units that it is limited to; none: all of the principal."""
        ...

    @property
    def covered_units(self) -> frozenset[UUID]:
        """The units that it reaches, those below included."""
        ...


def _asked_tokens(person_id: UUID, scope: DocumentScope) -> frozenset[str]:
    """Return the tokens by which a document on which somebody is asked is found by whoever stands in for them."""
    kinds = [None, scope.kind] if scope.kind else [None]
    units = [None] if scope.unit_id is None else [None, scope.unit_id]
    return frozenset(_asked_token(person_id, kind=kind, unit_id=unit_id) for kind in kinds for unit_id in units)


def _power_tokens(power: HeldPower) -> frozenset[str]:
    """Return the tokens that a power gives its holder."""
    kinds: Iterable[str | None] = power.act_kinds or [None]
    units: Iterable[UUID | None] = power.covered_units if power.unit_ids else [None]
    return frozenset(
        _asked_token(power.principal_id, kind=kind, unit_id=unit_id) for kind in kinds for unit_id in units
    )


def _asked_token(person_id: UUID, *, kind: str | None, unit_id: UUID | None) -> str:
    """Return a token such as ``asked:P``, ``asked:P:kind:note``, ``asked:P:unit:U``, of 80 characters at most."""
    token = f"asked:{_short(person_id)}"
    if kind is not None:
        token += f":kind:{kind}"
    return token if unit_id is None else f"{token}:unit:{_short(unit_id)}"


def _short(identifier: UUID) -> str:
    return urlsafe_b64encode(identifier.bytes).decode("ascii").rstrip("=")


def held_tokens(
    person_id: UUID,
    roles: Iterable[tuple[Role, UUID]],
    *,
    children: Mapping[UUID, Iterable[UUID]],
    desks: Mapping[str, UUID | None],
    powers: Iterable[HeldPower] = (),
) -> frozenset[str]:
    """Return the tokens a person holds.

    Args:
        person_id: the person.
        roles: the roles held today, each in its unit.
        children: the org-unit tree, the units directly below each unit.
        desks: the code of each register, with the unit whose clerks keep its desk; none: every clerk of the district.
        powers: those under which the person stands in for others at this instant.
    """
    tokens = {f"person:{person_id}"}
    for power in powers:
        tokens |= _power_tokens(power)
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
        if role is Role.COUNTER:
            # Opens no document: it says at whose desks the person sits.
            tokens.add(f"counter:{unit_id}")
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
