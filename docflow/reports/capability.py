"""What the room of figures contributes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from flask_babel import gettext, lazy_gettext
from sqlalchemy.orm import Session

from docflow.core.actor import Actor
from docflow.core.capability import Capability, JournalName, JournalSubject, JournalValue, MenuEntry, MenuSection
from docflow.reports.views import make_blueprint


def _names(_session: Session, _actor: Actor, ids: Sequence[str], _locale: str) -> Mapping[str, JournalName]:
    named = {
        "units": gettext("What waits in each unit"),
        "people": gettext("Work of each person"),
        "steps": gettext("Time per step"),
        "paper": gettext("Paper counter"),
    }
    return {one: JournalName(str(named[one])) for one in ids if one in named}


CAPABILITY = Capability(
    name="reports",
    blueprints=[make_blueprint],
    menu=[
        MenuEntry("reports.stats", lazy_gettext("Figures"), "chart-column", "stats.read", section=MenuSection.OPERATION)
    ],
    journal_subjects={"figures": JournalSubject(lazy_gettext("Figures"), names=_names)},
    journal_values={"format": JournalValue(lazy_gettext("Format"), form="reference")},
    journal_phrases={"reports.exported": lazy_gettext("Figures exported")},
    error_texts={
        "period_reversed": lazy_gettext("The period ends before it begins."),
        "period_too_long": lazy_gettext("Choose a period of at most %(limit)s years."),
    },
)
