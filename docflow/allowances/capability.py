"""What the limits of the public site tell the house: the forgetting of addresses, the text of a refusal."""

from __future__ import annotations

from flask_babel import lazy_gettext

from docflow.allowances.jobs import forget
from docflow.core.capability import Capability, PeriodicJob

CAPABILITY = Capability(
    name="allowances",
    jobs={"allowances.forget_attempts": forget},
    periodic=[PeriodicJob("allowances.forget_attempts", every_s=3600)],
    error_texts={
        "too_many_checks": lazy_gettext(
            "Too many attempts from this network. Try again after %(at)s, or ask the registry desk."
        ),
    },
)
