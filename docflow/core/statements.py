"""Statements that nearly every page asks, built once for each reader: to build one costs three times what it takes."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

READERS: Final = 128
"""Whose statements a process keeps; as many are at work at once, and one statement takes some tens of kilobytes."""
built_once = lru_cache(maxsize=READERS)
