"""What the first page contributes."""

from __future__ import annotations

from flask_babel import lazy_gettext

from docflow.core.capability import Capability, MenuEntry, MenuSection
from docflow.home.views import SETTING_UP, make_blueprint, make_settings

CAPABILITY = Capability(
    name="home",
    blueprints=[make_blueprint, make_settings],
    menu=[
        MenuEntry("settings.every", lazy_gettext("All settings"), "settings", SETTING_UP, section=MenuSection.OPERATION)
    ],
)
