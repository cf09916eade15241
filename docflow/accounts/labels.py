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
    "counter": lazy_gettext("Desk agent"),
    "editor": lazy_gettext("Editor of the public site"),
}

DOOR_LABELS = {
    "password": lazy_gettext("Password of DocFlow"),
    "oidc": lazy_gettext("Sign-in service (OpenID Connect)"),
    "ldap": lazy_gettext("Directory of the network (LDAP)"),
}

DIGEST_LABELS = {
    "daily": lazy_gettext("Every working day"),
    "weekly": lazy_gettext("Once a week, on Monday"),
    "none": lazy_gettext("Never"),
}

POWER_LABELS = {
    "delegation": lazy_gettext("Delegation of signature"),
    "interim": lazy_gettext("Acting for (interim)"),
}

ACT_KIND_LABELS = {
    "letter": lazy_gettext("Letter"),
    "notice": lazy_gettext("Notice"),
    "note": lazy_gettext("Note"),
    "circular": lazy_gettext("Circular"),
    "minutes": lazy_gettext("Minutes"),
    "summons": lazy_gettext("Summons"),
    "invitation": lazy_gettext("Invitation"),
    "other": lazy_gettext("Other"),
}
