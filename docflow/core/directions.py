"""In which direction a text of both scripts is read."""

from __future__ import annotations

import re
from typing import Final

ARABIC: Final = re.compile("[\u0590-\u08ff\ufb50-\ufeff]")


def reads_rtl(text: str) -> bool:
    """Return whether most letters of a text are Arabic."""
    letters = "".join(character for character in text if character.isalpha())
    return len(ARABIC.findall(letters)) * 2 > len(letters)


def text_direction(text: str) -> str:
    """Return ``rtl`` where most letters of a text are Arabic, else ``ltr``."""
    return "rtl" if reads_rtl(text) else "ltr"
