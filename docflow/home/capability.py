"""What the first page contributes."""

from __future__ import annotations

from docflow.core.capability import Capability
from docflow.home.views import make_blueprint

CAPABILITY = Capability(name="home", blueprints=[make_blueprint])
