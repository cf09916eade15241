"""How screens are looked at: languages, widths in pixels, colour schemes."""

from __future__ import annotations

from collections.abc import Iterable

VIEWS = [("ar", 1366, "light"), ("fr", 1366, "dark"), ("ar", 390, "light"), ("fr", 320, "light")]
PAIRS = ((VIEWS[0], VIEWS[3]), (VIEWS[1], VIEWS[2]))


def seen_twice(screens: Iterable[str]) -> list[tuple[str, str, int, str]]:
    """Return each screen in two of the views: in both languages, once wide and once narrow."""
    return [(screen, *view) for at, screen in enumerate(screens) for view in PAIRS[at % 2]]
