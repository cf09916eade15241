"""Roles and what they permit, lock-out and password rules; plain Python."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum


class Role(StrEnum):
    """What a person does in a unit."""

    CLERK = "clerk"
    AGENT = "agent"
    HEAD = "head"
    DIRECTOR = "director"
    PRESIDENT = "president"
    ARCHIVIST = "archivist"
    ADMIN = "admin"
    AUDITOR = "auditor"
    COUNTER = "counter"
    """Receives the public at the desks of one unit and sees nothing else: staff lent for some weeks."""
    EDITOR = "editor"


class Digest(StrEnum):
    """How often somebody is told by mail of what waits for them."""

    DAILY = "daily"
    WEEKLY = "weekly"
    NONE = "none"


class FactorChange(StrEnum):
    """What somebody changed in their own second factor."""

    TELEPHONE_ADDED = "telephone_added"
    TELEPHONE_REMOVED = "telephone_removed"
    KEY_ADDED = "key_added"
    KEY_REMOVED = "key_removed"
    CODES_MADE = "codes_made"


class UnitKind(StrEnum):
    """The rank of an org unit."""

    DISTRICT = "district"
    DIVISION = "division"
    SERVICE = "service"
    OFFICE = "office"


READING = frozenset({"documents.read", "search.use"})
"""Looking at what one may see."""
FILING = frozenset({"records.read", "records.file"})
"""Gathering letters in case files."""
TREATING = (
    READING
    | FILING
    | {"tasks.read", "routing.send", "approvals.start", "approvals.decide", "drafting.write", "stats.read"}
    | {"publications.contribute"}
)
"""Having tasks, asking others, writing letters, sending acts on circuits, deciding, filing, seeing figures, and giving
content for the public site."""
LEADING = frozenset({"powers.give", "terms.extend"})
"""Letting others stand in for oneself, and extending the term of a matter."""
RECEIVING = frozenset({"appointments.serve", "requests.receive"})
"""Calling people to a desk, and taking what they ask for."""
PLANNING = frozenset({"appointments.plan", "appointments.hours"})
"""Seeing who came when to the offices of one's units, and setting their hours."""
REPORTING = frozenset({"complaints.report"})
"""Making the yearly report on complaints, over those that one may know of."""

PERMISSIONS: dict[Role, frozenset[str]] = {
    Role.CLERK: TREATING
    | {
        "documents.deposit",
        "documents.edit",
        "documents.correct",
        "registry.read",
        "registry.register",
        "requests.receive",
    },
    Role.AGENT: TREATING | RECEIVING | {"documents.deposit", "documents.edit"},
    Role.HEAD: TREATING
    | LEADING
    | RECEIVING
    | PLANNING
    | REPORTING
    | {"documents.deposit", "documents.edit", "registry.read", "templates.manage"},
    Role.DIRECTOR: TREATING
    | LEADING
    | RECEIVING
    | PLANNING
    | REPORTING
    | {"documents.edit", "registry.read", "templates.manage"},
    Role.PRESIDENT: TREATING | {"registry.read"} | LEADING | REPORTING,
    Role.ARCHIVIST: READING
    | FILING
    | {"documents.correct", "registry.read", "tasks.read", "search.extend"}
    | {"privacy.export"},
    Role.ADMIN: frozenset(
        {
            "district.manage",
            "people.manage",
            "jobs.manage",
            "health.read",
            "journal.accept_clock",
            "registers.manage",
            "stamps.manage",
            "calendars.manage",
            "powers.give",
            "circuits.manage",
            "templates.manage",
            "search.extend",
            "appointments.manage",
            "appointments.hours",
            "publications.manage",
            "procedures.manage",
        }
    ),
    Role.AUDITOR: READING | REPORTING | {"journal.read", "registry.read", "records.read"},
    Role.COUNTER: RECEIVING,
    Role.EDITOR: frozenset({"publications.write"}),
}
"""What each role may do; what it may see is in ``accounts.visibility``."""

EVERYTHING: frozenset[str] = frozenset().union(*PERMISSIONS.values())
"""What the local operator may do."""

LOCK_AFTER_FAILURES = 5
LOCK_LENGTH = timedelta(minutes=15)
ADDRESS_WINDOW = timedelta(minutes=15)
ADDRESS_FAILURES = 30
PASSWORD_LENGTH = 10


def locked_until(failures: int, now: datetime) -> datetime | None:
    """Return until when an account is locked after so many failures in a row, or none."""
    return now + LOCK_LENGTH if failures >= LOCK_AFTER_FAILURES else None


def is_within(now: datetime, valid_from: datetime | None, valid_until: datetime | None) -> bool:
    """Return whether an instant is inside dates of which either may be open."""
    return (valid_from is None or valid_from <= now) and (valid_until is None or now < valid_until)
