"""What the room of deadlines contributes."""

from __future__ import annotations

from flask_babel import lazy_gettext

from docflow.core.capability import Capability, JournalSubject, JournalValue, MenuEntry, MenuSection
from docflow.deadlines.labels import LUNAR_LABELS
from docflow.deadlines.views import make_blueprint

CAPABILITY = Capability(
    name="deadlines",
    blueprints=[make_blueprint],
    menu=[
        MenuEntry(
            "deadlines.calendar", lazy_gettext("Calendar"), "calendar", "calendars.manage", section=MenuSection.SETTINGS
        )
    ],
    journal_subjects={"calendar": JournalSubject(lazy_gettext("Calendar of the year"))},
    journal_values={
        "feast": JournalValue(lazy_gettext("Feast"), words=LUNAR_LABELS),
        "days": JournalValue(lazy_gettext("Moved by (days)")),
        "day": JournalValue(lazy_gettext("Day")),
    },
    journal_phrases={
        "deadlines.feast_shifted": lazy_gettext("Feast moved"),
        "deadlines.day_closed": lazy_gettext("Day of closure noted"),
        "deadlines.day_opened": lazy_gettext("Day of closure taken back"),
    },
    error_texts={
        "feast_unknown": lazy_gettext("This feast does not follow the moon, or is not in this year."),
        "shift_invalid": lazy_gettext("A feast is moved by one day at most."),
        "closure_incomplete": lazy_gettext("Say in both languages why the district is closed."),
        "day_closed_already": lazy_gettext("This day is noted as closed already."),
        "closure_unknown": lazy_gettext("This closure does not exist any more."),
    },
)
