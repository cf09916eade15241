"""What the audit room contributes."""

from __future__ import annotations

from docflow.core.capability import Capability

CAPABILITY = Capability(name="audit")
