"""How a reader of the journal is told about stamps and seals."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import lazy_gettext

from docflow.audit.labels import TIME_SOURCE_LABELS
from docflow.core.capability import JournalSubject, JournalValue, LazyText
from docflow.stamping.rules import SealSource, StampPlacement

SOURCE_LABELS: Mapping[str, LazyText] = {
    SealSource.ORIGINAL: lazy_gettext("The deposited PDF"),
    SealSource.REPAIRED: lazy_gettext("The deposited PDF, its damaged structure written anew"),
    SealSource.SEARCHABLE: lazy_gettext("The searchable copy"),
    SealSource.COVER: lazy_gettext("A cover sheet"),
}

PLACEMENT_LABELS: Mapping[str, LazyText] = {
    StampPlacement.FREE: lazy_gettext("In free space on the page"),
    StampPlacement.STRIP: lazy_gettext("In a strip above the page"),
    StampPlacement.COVER: lazy_gettext("On a cover sheet"),
}

SUBJECTS = {
    "seal_key": JournalSubject(lazy_gettext("Key of the seal")),
    "stamp_design": JournalSubject(lazy_gettext("Design of the stamps")),
}

VALUES = {
    "register_number": JournalValue(lazy_gettext("Register number"), form="reference"),
    "sha256": JournalValue(lazy_gettext("Fingerprint of the file"), form="hash"),
    "revision": JournalValue(lazy_gettext("Revision of the file")),
    "field": JournalValue(lazy_gettext("Place of the signature"), form="reference"),
    "level": JournalValue(lazy_gettext("Level of the seal"), form="reference"),
    "time_source": JournalValue(lazy_gettext("Source of the time"), words=TIME_SOURCE_LABELS),
    "source": JournalValue(lazy_gettext("What was sealed"), words=SOURCE_LABELS),
    "placement": JournalValue(lazy_gettext("Place of the stamp"), words=PLACEMENT_LABELS),
    "certificate": JournalValue(lazy_gettext("Fingerprint of the certificate"), form="hash"),
}
