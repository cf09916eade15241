"""What the district contributes."""

from __future__ import annotations

from flask_babel import lazy_gettext

from docflow.core.capability import Capability, JournalSubject, JournalValue, MenuEntry, MenuSection
from docflow.district.labels import KIND_LABELS
from docflow.district.operations import MANAGES
from docflow.district.queries import identity_of
from docflow.district.views import make_blueprint

CAPABILITY = Capability(
    name="district",
    blueprints=[make_blueprint],
    menu=[
        MenuEntry(
            "district.identity",
            lazy_gettext("Names and letterhead"),
            "building-2",
            MANAGES,
            section=MenuSection.SETTINGS,
            is_done=lambda session: identity_of(session).is_named,
        )
    ],
    journal_subjects={"district": JournalSubject(lazy_gettext("Administration"))},
    journal_values={
        "kind": JournalValue(lazy_gettext("Kind"), words={kind.value: label for kind, label in KIND_LABELS.items()})
    },
    journal_phrases={"district.identity_kept": lazy_gettext("Names and letterhead changed")},
    error_texts={
        "district_name_missing": lazy_gettext("Give the name of the administration in both languages."),
        "letterhead_too_long": lazy_gettext("At most %(lines)s lines of %(limit)s characters fit there."),
        "emblem_invalid": lazy_gettext("This picture cannot be read. Choose a PNG or JPEG file."),
        "emblem_too_large": lazy_gettext("The picture is too large: at most %(limit)s KB."),
        "district_changed": lazy_gettext("Somebody changed this while you were writing. Load the page again."),
    },
)
