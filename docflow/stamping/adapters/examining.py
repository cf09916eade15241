"""Examining the seals, signatures and time-stamps of one file; runs in a fork of the sealing process only."""

from __future__ import annotations

from typing import Any

OPERATIONS: dict[str, Any] = {}
