"""What the headings of the first page and of the page of all places are called."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from flask_babel import lazy_gettext

from docflow.core.capability import HomeSection, LazyText, MenuSection

HOME_LABELS: Final[Mapping[HomeSection, LazyText]] = {
    HomeSection.MINE: lazy_gettext("Waiting for you"),
    HomeSection.LATE: lazy_gettext("Late"),
    HomeSection.UNIT: lazy_gettext("Waiting for your unit"),
    HomeSection.RETURNED: lazy_gettext("Returned to you"),
    HomeSection.SENT: lazy_gettext("Sent, and where it is"),
}
"""In the order of the page."""

SECTION_LABELS: Final[Mapping[MenuSection, LazyText]] = {
    MenuSection.MAIL: lazy_gettext("Mail"),
    MenuSection.CITIZENS: lazy_gettext("Citizens"),
    MenuSection.ARCHIVES: lazy_gettext("Registers and archives"),
    MenuSection.OPERATION: lazy_gettext("Oversight"),
    MenuSection.SETTINGS: lazy_gettext("Set-up"),
    MenuSection.OWN: lazy_gettext("Yours"),
}
"""In the order of the page."""
