"""What the room of unit proposals contributes."""

from __future__ import annotations

from docflow.core.capability import Capability, PeriodicJob
from docflow.unit_proposals.jobs import learn
from docflow.unit_proposals.views import make_blueprint, show_proposal

CAPABILITY = Capability(
    name="unit_proposals",
    blueprints=[make_blueprint],
    jobs={"unit_proposals.learn": learn},
    # Units that were named at the deposit are learned once their documents are read.
    periodic=[PeriodicJob("unit_proposals.learn", every_s=600)],
    document_panels=[show_proposal],
)
