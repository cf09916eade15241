"""How it is called where something that is made in the background stands."""

from __future__ import annotations

from flask_babel import lazy_gettext

MAKING_LABELS = {
    "waiting": lazy_gettext("Being made"),
    "made": lazy_gettext("Ready"),
    "failed": lazy_gettext("Could not be made"),
}
