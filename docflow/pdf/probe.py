"""Whether the library that draws pages works, asked where it will be used: in a child process."""

from __future__ import annotations

from docflow.core.errors import DocFlowError
from docflow.pdf.child import ask_child
from docflow.pdf.limits import DEFAULT_LIMITS


def pdfium_version() -> str:
    """Return the version of pdfium, empty when it cannot be loaded."""
    try:
        return str(ask_child("probe", {}, limits=DEFAULT_LIMITS)["pdfium"])
    except DocFlowError:
        return ""
