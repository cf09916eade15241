"""Telephone numbers, as people write them and as gateways take them; plain Python."""

from __future__ import annotations

import re
from typing import Final

from docflow.core.errors import InvalidInput

MOROCCAN: Final = re.compile(r"(?:\+212|00212|0)([5-8][0-9]{8})")
FOREIGN: Final = re.compile(r"(?:\+|00)([1-9][0-9]{7,14})")


def phone_of(text: str) -> str:
    """Return a telephone number in the international form; any digits and the usual signs between them are taken.

    Raises:
        InvalidInput: ``phone_invalid``.
    """
    western = "".join(str(int(sign)) if sign.isdecimal() else sign for sign in text[:40])
    said = re.sub(r"[\s().\-/\u200e\u200f\u202a-\u202e\u2066-\u2069]", "", western)
    if not said:
        return ""
    if match := MOROCCAN.fullmatch(said):
        return f"+212{match[1]}"
    if match := FOREIGN.fullmatch(said):
        return f"+{match[1]}"
    raise InvalidInput("phone_invalid")
