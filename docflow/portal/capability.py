"""What the public site tells the house: its pages, its navigation, the texts of its errors."""

from __future__ import annotations

from flask_babel import lazy_gettext

from docflow.core.capability import Capability, SiteLink
from docflow.portal.views import make_blueprint

CAPABILITY = Capability(
    name="portal",
    public_blueprints=[make_blueprint],
    site_links=[
        SiteLink(
            "portal.track",
            lazy_gettext("Follow a letter"),
            "search",
            40,
            frozenset({"portal.follow"}),
            said=lazy_gettext(
                "With the number and the secret of your receipt: how far it is, and by when it is answered."
            ),
        ),
        SiteLink(
            "portal.verify",
            lazy_gettext("Verify a document"),
            "shield-check",
            90,
            frozenset({"portal.check", "portal.fact"}),
            said=lazy_gettext("Whether a stamped paper or a PDF is what was registered here, unaltered."),
        ),
    ],
    error_texts={
        "matter_unknown": lazy_gettext(
            "There is no matter with this number and this secret. Copy both from the receipt."
        ),
        "paper_unknown": lazy_gettext(
            "Nothing was registered here under this number with this code. Type the address as it is under the code of "
            "the stamp, or ask the registry desk."
        ),
    },
)
