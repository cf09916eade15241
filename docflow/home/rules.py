"""Which places the bar shows to whom; plain Python."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from itertools import chain, zip_longest
from typing import Final

from docflow.accounts.rules import Role

PLACES: Final[Mapping[Role, Sequence[str]]] = {
    Role.PRESIDENT: ("approvals.queue", "routing.tasks", "search.page", "complaints.report", "reports.stats"),
    Role.DIRECTOR: ("approvals.queue", "routing.tasks", "search.page", "complaints.listed", "reports.stats"),
    Role.HEAD: ("approvals.queue", "routing.tasks", "search.page", "complaints.listed", "reports.stats"),
    Role.CLERK: ("ingest.scan", "registry.waiting", "routing.tasks", "search.page", "registry.registers"),
    Role.AGENT: ("routing.tasks", "drafting.drafts", "complaints.listed", "requests.listed", "search.page"),
    Role.ARCHIVIST: ("search.page", "records.case_files", "registry.registers", "corrections.queue", "routing.tasks"),
    Role.ADMIN: ("settings.every", "admin.people", "admin.units", "registry.manage", "admin.health"),
    Role.AUDITOR: ("audit.journal", "search.page", "registry.registers", "records.case_files", "complaints.report"),
    Role.COUNTER: ("appointments.desks", "requests.counter"),
    Role.EDITOR: ("publications.posts",),
}
"""What each role does most, the first first; whoever has several roles is shown the first places of each."""

SETTING_UP_ORDER: Final = (
    "district.identity",
    "admin.units",
    "admin.people",
    "registry.manage",
    "stamping.design",
    "deadlines.calendar",
    "approvals.all_circuits",
    "drafting.letter_templates",
    "publications.hours",
    "complaints.manage",
    "requests.procedures",
)
"""Where a new installation is set up, from what the rest builds on to what comes last."""


def places_of(roles: Collection[str]) -> Sequence[str]:
    """Return the endpoints of the bar for somebody of these roles, each once, the first ones of every role before."""
    held = [places for role, places in PLACES.items() if role in roles]
    return list(dict.fromkeys(place for place in chain.from_iterable(zip_longest(*held)) if place))
