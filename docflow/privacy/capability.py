"""What the privacy room contributes."""

from __future__ import annotations

from flask_babel import lazy_gettext

from docflow.core.capability import Capability, JournalSubject, JournalValue, MenuEntry, MenuSection
from docflow.privacy.labels import LOOK_LABELS, MARK_LABELS
from docflow.privacy.operations import PERMISSION
from docflow.privacy.views import make_blueprint

CAPABILITY = Capability(
    name="privacy",
    blueprints=[make_blueprint],
    menu=[
        MenuEntry(
            "privacy.person", lazy_gettext("Personal data"), "user-check", PERMISSION, section=MenuSection.OPERATION
        )
    ],
    journal_phrases={"privacy.looked": lazy_gettext("Personal data of somebody looked for")},
    journal_values={
        "how": JournalValue(
            lazy_gettext("How"),
            words=LOOK_LABELS,
        ),
        "by": JournalValue(
            lazy_gettext("By"),
            words=MARK_LABELS,
        ),
        "found": JournalValue(lazy_gettext("Rows found")),
        "reason": JournalValue(lazy_gettext("Reason")),
    },
    journal_subjects={"privacy_look": JournalSubject(lazy_gettext("Look at personal data"))},
    error_texts={
        "nobody_sought": lazy_gettext("Say whom: a name, an identity card, a telephone, a mail address or a number."),
        "name_too_short": lazy_gettext("The name is too short. Give %(least)s letters or more."),
    },
)
