"""Standing in for somebody: delegation of signature and interim, and what they may not be; plain Python.

A *delegation* (تفويض الإمضاء, délégation de signature) lets somebody sign for a person who stays in office; an
*interim* (بالنيابة, par intérim) lets somebody fill the place of a person who is away. Each runs between two instants,
for kinds of act and for units that may be left open, and neither is passed on.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from docflow.accounts.rules import Role
from docflow.core.errors import Conflict, InvalidInput

ACT_KINDS: Final = ("letter", "notice", "note", "circular", "minutes", "summons", "invitation", "other")
"""Kinds of act that a power may be limited to; codes of ``documents.rules.DocumentKind``."""

SIGNING_ROLES: Final = (Role.PRESIDENT, Role.DIRECTOR, Role.HEAD)
"""Functions that decide on acts, the highest first; these alone can be delegated or held by interim."""

STANDING_ROLES: Final = frozenset({Role.PRESIDENT, Role.DIRECTOR, Role.HEAD, Role.AGENT, Role.CLERK})
"""Functions of whoever may stand in."""

FRENCH_OF: Final[Mapping[str, str]] = {
    "division": "de la ",
    "direction": "de la ",
    "cellule": "de la ",
    "service": "du ",
    "bureau": "du ",
    "district": "du ",
    "conseil": "du ",
    "cabinet": "du ",
    "arrondissement": "de l'",
    "annexe": "de l'",
}
"""What stands before a unit in a French title, by the first word of its name."""


class PowerKind(StrEnum):
    """The two ways of standing in for somebody."""

    DELEGATION = "delegation"
    INTERIM = "interim"


@dataclass(frozen=True, slots=True)
class Standing:
    """That ``holder_id`` stands in for ``principal_id`` from ``starts_at`` until just before ``ends_at``.

    ``act_kinds`` and ``unit_ids`` narrow it; empty: every kind, all units of the principal.
    """

    kind: PowerKind
    principal_id: UUID
    holder_id: UUID
    starts_at: datetime
    ends_at: datetime
    act_kinds: frozenset[str] = frozenset()
    unit_ids: frozenset[UUID] = frozenset()

    def is_in_force(self, at: datetime) -> bool:
        """Return whether it holds at an instant."""
        return self.starts_at <= at < self.ends_at

    def overlaps(self, other: Standing) -> bool:
        """Return whether there is an instant at which both hold."""
        return self.starts_at < other.ends_at and other.starts_at < self.ends_at

    def covers_kind(self, kind: str | None) -> bool:
        """Return whether it covers a kind of act; of an act whose kind is not known, only what is open to all."""
        return not self.act_kinds or kind in self.act_kinds


def check_dates(standing: Standing, now: datetime) -> None:
    """Refuse a power that ends before it begins, or that is over already.

    Raises:
        InvalidInput: ``power_dates_reversed``, ``power_in_past``.
    """
    if standing.ends_at <= standing.starts_at:
        raise InvalidInput("power_dates_reversed")
    if standing.ends_at <= now or standing.starts_at < now:
        raise InvalidInput("power_in_past")


def check_held(standing: Standing, *, own_units: Collection[UUID], stood_in_units: Collection[UUID]) -> None:
    """Refuse to give what the principal does not hold by a function of their own.

    Args:
        standing: the power to give.
        own_units: the units in which the principal decides by a function of their own.
        stood_in_units: the units in which they decide for somebody else.

    Raises:
        InvalidInput: ``power_to_oneself``, ``power_not_passed_on``, ``power_not_held``.
    """
    if standing.principal_id == standing.holder_id:
        raise InvalidInput("power_to_oneself")
    missing = standing.unit_ids - set(own_units)
    if own_units and not missing:
        return
    is_passed_on = bool(missing & set(stood_in_units)) if missing else bool(stood_in_units)
    raise InvalidInput("power_not_passed_on" if is_passed_on else "power_not_held")


def check_conflicts(standing: Standing, others: Iterable[Standing]) -> None:
    """Refuse a power that contradicts one that holds at the same time; ``others`` are those that were not ended.

    Raises:
        Conflict: ``interim_taken``, ``power_given_already``, ``power_circle``.
    """
    meanwhile = [other for other in others if standing.overlaps(other)]
    for other in meanwhile:
        if other.principal_id != standing.principal_id:
            continue
        if PowerKind.INTERIM is standing.kind is other.kind:
            raise Conflict("interim_taken")
        if other.kind is standing.kind and other.holder_id == standing.holder_id and _meet(other, standing):
            raise Conflict("power_given_already")
    if _leads_to(standing.holder_id, standing.principal_id, meanwhile):
        raise Conflict("power_circle")


def _meet(one: Standing, other: Standing) -> bool:
    """Return whether an act may exist that both cover."""
    pairs: tuple[tuple[frozenset[object], frozenset[object]], ...] = (
        (frozenset(one.act_kinds), frozenset(other.act_kinds)),
        (frozenset(one.unit_ids), frozenset(other.unit_ids)),
    )
    return all(not first or not second or first & second for first, second in pairs)


def _leads_to(start: UUID, target: UUID, standings: Collection[Standing]) -> bool:
    """Return whether powers lead from one person to another, through whoever stands in for whom."""
    seen: set[UUID] = set()
    waiting = [start]
    while waiting:
        person_id = waiting.pop()
        if person_id == target:
            return True
        if person_id not in seen:
            seen.add(person_id)
            waiting.extend(one.holder_id for one in standings if one.principal_id == person_id)
    return False


def title_of(role: Role, *, name_ar: str, name_fr: str) -> tuple[str, str]:
    """Return what a function in a unit is called beneath a signature, in Arabic and in French."""
    of = _french_of(name_fr)
    return {
        Role.PRESIDENT: (f"رئيس مجلس {name_ar}", f"président du conseil {of}"),
        Role.DIRECTOR: (f"مدير {name_ar}", f"directeur {of}"),
        Role.HEAD: (f"رئيس {name_ar}", f"chef {of}"),
    }.get(role, (f"موظف {name_ar}", f"agent {of}"))


def _french_of(name: str) -> str:
    first = name.split(" ", 1)[0].casefold()
    if first in FRENCH_OF:
        return f"{FRENCH_OF[first]}{name[:1].lower()}{name[1:]}"
    return f"{elided(name)}{name}"


def elided(name: str) -> str:
    """Return the French « de » as it stands before a name."""
    return "d'" if name[:1].casefold() in "aeiouyàâéèêëîïôûü" and name else "de "


def formula(kind: PowerKind, *, name_ar: str, name_fr: str, title_ar: str, title_fr: str) -> tuple[str, str]:
    """Return what an act says of the power under which it is signed, in Arabic and in French.

    The names and titles are those of the principal: a delegate signs by their delegation, an interim in their place.
    """
    if kind is PowerKind.DELEGATION:
        return f"بتفويض من {name_ar}، {title_ar}", f"par délégation {elided(name_fr)}{name_fr}, {title_fr}"
    return f"{title_ar} بالنيابة", f"{title_fr} par intérim"
