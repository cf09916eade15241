"""What roles and job states are called in the interface."""

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

JOB_STATE_LABELS = {
    "ready": lazy_gettext("Waiting"),
    "running": lazy_gettext("Running"),
    "done": lazy_gettext("Done"),
    "dead": lazy_gettext("Given up"),
}

UNIT_KIND_LABELS = {
    "district": lazy_gettext("District"),
    "division": lazy_gettext("Division"),
    "service": lazy_gettext("Service"),
    "office": lazy_gettext("Office"),
}
