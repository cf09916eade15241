"""Whether the library that draws pages works, asked where it will be used: in a child process."""

from __future__ import annotations

from docflow.core.errors import DocFlowError
from docflow.pdf.child import ask_child
from docflow.pdf.limits import DEFAULT_LIMITS


def shut_in_force() -> dict[str, bool]:
    """Return what is indeed refused to a process that reads a file: ``network`` and ``files`` of others."""
    try:
        return dict(ask_child("probe", {}, limits=DEFAULT_LIMITS)["shut"])
    except DocFlowError:
        return {}


def pdfium_version() -> str:
    """Return the version of pdfium, empty when it cannot be loaded."""
    try:
        return str(ask_child("probe", {}, limits=DEFAULT_LIMITS)["pdfium"])
    except DocFlowError:
        return ""
