"""What the public site tells the house: the texts of its errors."""

from __future__ import annotations

from flask_babel import lazy_gettext

from docflow.core.capability import Capability, PeriodicJob
from docflow.portal.jobs import forget

CAPABILITY = Capability(
    name="portal",
    jobs={"portal.forget_attempts": forget},
    periodic=[PeriodicJob("portal.forget_attempts", every_s=3600)],
    error_texts={
        "too_many_checks": lazy_gettext(
            "Too many checks from this network. Try again in %(minutes)s minutes, or ask the registry desk."
        ),
        "matter_unknown": lazy_gettext(
            "There is no matter with this number and this secret. Copy both from the receipt."
        ),
        "paper_unknown": lazy_gettext(
            "Nothing was registered here under this number with this code. Type the address as it is under the code of "
            "the stamp, or ask the registry desk."
        ),
    },
)
