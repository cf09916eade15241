"""What the privacy room contributes."""

from __future__ import annotations

from flask_babel import lazy_gettext

from docflow.core.capability import Capability, JournalSubject, JournalValue

CAPABILITY = Capability(
    name="privacy",
    journal_phrases={"privacy.looked": lazy_gettext("Personal data of somebody looked for")},
    journal_values={
        "how": JournalValue(
            lazy_gettext("How"),
            words={"shown": lazy_gettext("shown"), "exported": lazy_gettext("taken away as a file")},
        ),
        "by": JournalValue(
            lazy_gettext("By"),
            words={
                "name": lazy_gettext("name"),
                "cin": lazy_gettext("identity card"),
                "phone": lazy_gettext("telephone"),
                "email": lazy_gettext("mail address"),
                "number": lazy_gettext("number of a receipt"),
                "username": lazy_gettext("account"),
            },
        ),
        "found": JournalValue(lazy_gettext("Rows found")),
    },
    journal_subjects={"privacy_look": JournalSubject(lazy_gettext("Look at personal data"))},
    error_texts={
        "nobody_sought": lazy_gettext("Say whom: a name, an identity card, a telephone, a mail address or a number."),
        "name_too_short": lazy_gettext("The name is too short. Give %(least)s letters or more."),
    },
)
