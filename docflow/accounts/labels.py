"""What roles are called in the interface."""

from __future__ import annotations

from flask_babel import lazy_gettext

ROLE_LABELS = {
    "clerk": lazy_gettext("Registry clerk"),
    "agent": lazy_gettext("Service agent"),
    "head": lazy_gettext("Head of service or division"),
    "director": lazy_gettext("Director"),
    "president": lazy_gettext("President"),
    "archivist": lazy_gettext("Archivist"),
    "admin": lazy_gettext("Administrator"),
    "auditor": lazy_gettext("Auditor"),
}
