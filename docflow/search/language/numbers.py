"""Numbers: found as they are spoken of, whatever the digits, leading zeros and separators.

A reference such as ``R-2019-0004521`` or ``2026/145`` is the sequence of its parts. It is found whole, because a word
of several tokens is looked for as a sequence, and by each part.
"""

from __future__ import annotations

_FIRST_GROUPED = 1000
_YEARS = range(1900, 2100)
_PHONE_LENGTH = 10


def stem_number(folded: str) -> str:
    """Return a figure without its leading zeros: ``0004521`` is entry 4521."""
    return folded.lstrip("0") or "0"


def grouped_digits(folded: str) -> tuple[str, ...]:
    """Return the tokens of an amount written in groups of three (``12345`` as ``12 345``), or nothing.

    Years are not amounts and have no such spelling.
    """
    digits = stem_number(folded)
    if not digits.isdecimal() or int(digits[:9]) < _FIRST_GROUPED or int(digits[:9]) in _YEARS:
        return ()
    head = len(digits) % 3 or 3
    groups = [digits[:head]] + [digits[index : index + 3] for index in range(head, len(digits), 3)]
    return tuple(stem_number(group) for group in groups)


def phone_pairs(folded: str) -> tuple[str, ...]:
    """Return the tokens of a national telephone number written in pairs (``0522…`` as ``05 22 …``), or nothing."""
    if len(folded) != _PHONE_LENGTH or not folded.startswith("0"):
        return ()
    return tuple(stem_number(folded[index : index + 2]) for index in range(0, _PHONE_LENGTH, 2))
