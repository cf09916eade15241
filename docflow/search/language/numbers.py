"""Numbers: found as they are spoken of, whatever the digits, leading zeros and separators.

A reference such as ``R-2019-0004521`` or ``2026/145`` is the sequence of its parts. It is found whole, because a word
of several tokens is looked for as a sequence, and by each part.
"""

from __future__ import annotations

_FIRST_GROUPED = 1000
_YEARS = range(1900, 2100)
_PHONE_LENGTH = 10
_GROUP = 3


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
    head = len(digits) % _GROUP or _GROUP
    groups = [digits[:head]] + [digits[index : index + _GROUP] for index in range(head, len(digits), _GROUP)]
    return tuple(stem_number(group) for group in groups)


def phone_groups(folded: str) -> tuple[tuple[str, ...], ...]:
    """Return the ways in which a national telephone number is written in groups, or nothing.

    ``0522894512`` is also ``05 22 89 45 12`` and ``0522-89-45-12``.
    """
    if len(folded) != _PHONE_LENGTH or not folded.startswith("0"):
        return ()
    pairs = [folded[index : index + 2] for index in range(0, _PHONE_LENGTH, 2)]
    return tuple(tuple(map(stem_number, groups)) for groups in (pairs, [folded[:4], *pairs[2:]]))


def joined_digits(tokens: tuple[str, ...]) -> str | None:
    """Return an amount typed in groups of three (``3.500``) as one figure, or None."""
    head, *groups = tokens
    is_amount = head.isdecimal() and len(head) <= _GROUP and groups and all(_is_group(group) for group in groups)
    return stem_number("".join(tokens)) if is_amount else None


def _is_group(token: str) -> bool:
    return len(token) == _GROUP and token.isdecimal()
