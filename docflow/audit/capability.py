"""What the audit room contributes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from flask_babel import lazy_gettext
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from docflow.audit.anchors import Deps
from docflow.audit.jobs import anchor
from docflow.audit.labels import TIME_SOURCE_LABELS
from docflow.audit.measures import journal_measures
from docflow.audit.models import JournalEntry
from docflow.audit.queries import last_anchor, last_instant
from docflow.audit.views import make_blueprint
from docflow.core.capability import (
    Capability,
    Check,
    JournalSubject,
    JournalValue,
    Measuring,
    MenuEntry,
    MenuSection,
    PeriodicJob,
)

LONGEST_WITHOUT_ANCHOR = timedelta(days=2)


def check_anchors(deps: Deps) -> Sequence[Check]:
    """Say whether the clock is where the journal left it, and whether the journal is anchored."""
    now = deps.transactions.clock.now()
    try:
        with deps.transactions.reading() as session:
            last, newest = last_instant(session), last_anchor(session)
            began = session.scalar(select(JournalEntry.at).where(JournalEntry.number == 1))
    except SQLAlchemyError as error:
        return [Check("journal", ok=False, detail=type(error).__name__, remedy=lazy_gettext("Run: docflow migrate"))]
    is_back = last is not None and now < last
    clock = Check(
        "clock",
        ok=not is_back,
        detail=lazy_gettext(
            "%(now)s UTC, last line of the journal %(last)s",
            now=f"{now:%Y-%m-%d %H:%M:%S}",
            last=f"{last:%Y-%m-%d %H:%M:%S}",
        )
        if last
        else f"{now:%Y-%m-%d %H:%M:%S} UTC",
        remedy=lazy_gettext(
            "Set the clock of this machine right. If it ran ahead before: docflow journal accept-clock."
        ),
    )
    made = newest.made_at if newest is not None else None
    is_old = last is not None and last - (made or began or last) > LONGEST_WITHOUT_ANCHOR
    return [
        clock,
        Check(
            "journal",
            ok=not is_old,
            detail=lazy_gettext("anchored on %(at)s UTC", at=f"{made:%Y-%m-%d %H:%M}")
            if made
            else lazy_gettext("not anchored yet"),
            remedy=lazy_gettext("Is a worker running? Look: docflow journal verify; then: docflow journal anchor."),
        ),
    ]


CAPABILITY = Capability(
    name="audit",
    measures=[Measuring(journal_measures)],
    jobs={"audit.anchor": anchor},
    blueprints=[make_blueprint],
    menu=[
        MenuEntry("audit.journal", lazy_gettext("Journal"), "history", "journal.read", section=MenuSection.OPERATION)
    ],
    periodic=[PeriodicJob("audit.anchor", every_s=3600)],
    checks=[check_anchors],
    journal_values={
        "first": JournalValue(lazy_gettext("From line")),
        "last": JournalValue(lazy_gettext("To line")),
        "root": JournalValue(lazy_gettext("Root of the tree"), form="hash"),
        "time_source": JournalValue(lazy_gettext("Source of the time"), words=TIME_SOURCE_LABELS),
        "last_line": JournalValue(lazy_gettext("Instant of the line above"), form="instant"),
        "reason": JournalValue(lazy_gettext("Reason")),
    },
    journal_subjects={"journal": JournalSubject(lazy_gettext("Journal"))},
    journal_phrases={
        "audit.anchored": lazy_gettext("Journal anchored"),
        "audit.clock_accepted": lazy_gettext("Present time accepted after a clock that ran ahead"),
    },
    error_texts={
        "clock_set_back": lazy_gettext(
            "The clock of this machine shows %(now)s, but the last line of the journal is of %(last)s. "
            "Nothing can be registered before that time. Set the clock right."
        ),
        "clock_not_set_back": lazy_gettext("The clock is not behind the journal; there is nothing to accept."),
        "reason_missing": lazy_gettext("Give the reason."),
        "journal_broken": lazy_gettext(
            "Line %(number)s of the journal does not fit the chain. No anchor is made over it: compare with a backup."
        ),
        "timestamp_server_unavailable": lazy_gettext(
            "The time-stamping authority gave no token (%(reason)s). Check DOCFLOW_TIMESTAMP_URL, or try again later."
        ),
        "timestamp_token_invalid": lazy_gettext("This time-stamp cannot be read, or its signature is not intact."),
        "journal_line_unknown": lazy_gettext("The journal has no line of this number."),
        "journal_too_long": lazy_gettext(
            "The journal has more than %(limit)s lines: verify it on the server with docflow journal verify."
        ),
        "number_not_understood": lazy_gettext("Give a number such as 120, or a range such as 120-180."),
        "folder_unreadable": lazy_gettext("The folder %(folder)s cannot be read."),
    },
)
