"""Elision: the French articles and pronouns that lean on the next word by an apostrophe."""

from __future__ import annotations

APOSTROPHES = "'’ʼ‘`´"
"""Typed, typographic and misread forms of the apostrophe."""

ELIDED = ("l", "d", "j", "m", "t", "s", "c", "n", "qu", "lorsqu", "puisqu", "jusqu", "quoiqu")
"""What may stand before the apostrophe and is not searched (``l'éclairage`` is found by ``éclairage``)."""

ELISION_PATTERN = f"(?:{'|'.join(sorted(ELIDED, key=len, reverse=True))})[{APOSTROPHES}]\\s?"
"""A regular expression of one elided word; it is tried only where a word starts, so ``aujourd'hui`` is left whole."""
