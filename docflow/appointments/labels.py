"""What things of this room are called in the interface."""

from __future__ import annotations

from flask_babel import lazy_gettext

WEEKDAY_LABELS = {
    0: lazy_gettext("Monday"),
    1: lazy_gettext("Tuesday"),
    2: lazy_gettext("Wednesday"),
    3: lazy_gettext("Thursday"),
    4: lazy_gettext("Friday"),
    5: lazy_gettext("Saturday"),
    6: lazy_gettext("Sunday"),
}

STATE_LABELS = {
    "booked": lazy_gettext("Expected"),
    "arrived": lazy_gettext("Arrived"),
    "cancelled": lazy_gettext("Cancelled"),
}
