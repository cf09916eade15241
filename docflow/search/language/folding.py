"""Folding: spellings that readers take for the same word become one string."""

from __future__ import annotations

import re
import unicodedata

_HAMZA_BEFORE_WAW = re.compile("ئ(?=و)")
_HAMZA_AFTER_YA = re.compile("(?<=ي)أ")
_HAMZA_INSIDE = re.compile(r"ء(?=[^\W\u0640])")

_LETTERS = str.maketrans(
    {
        "\u0640": None,  # Tatweel only stretches a word on the line.
        "ى": "ي",  # Typed for one another all over North Africa and Egypt.
        "ة": "ه",
        "ٱ": "ا",
        "ء": None,  # Final hamza is dropped as often as it is written.
        "ک": "ك",
        "گ": "ك",  # Moroccan g, written with four letters: أگادير، أكادير, ڭ and ݣ.
        "ڭ": "ك",
        "ݣ": "ك",
        "ڤ": "ف",
        "پ": "ب",
        "ی": "ي",
        "ے": "ي",
        "ہ": "ه",
        "ھ": "ه",
        "ە": "ه",
        "œ": "oe",
        "æ": "ae",
        "ø": "o",
        "ł": "l",
        **{chr(0x660 + digit): str(digit) for digit in range(10)},
        **{chr(0x6F0 + digit): str(digit) for digit in range(10)},
    }
)


def fold(token: str) -> str:
    """Return the token without case, accents, vowel signs, tatweel and variants of letters and digits.

    The seats of hamza follow its sound: ``مسئول`` and ``مسؤول``, ``هيئة`` and ``هيأة`` become the same. The result
    holds letters and digits only, and may be empty.
    """
    if token.isascii():
        return token.lower()
    text = unicodedata.normalize("NFC", unicodedata.normalize("NFKC", token).lower())
    text = _HAMZA_BEFORE_WAW.sub("ؤ", text)
    text = _HAMZA_AFTER_YA.sub("ئ", text)
    text = _HAMZA_INSIDE.sub("ئ", text)
    decomposed = unicodedata.normalize("NFKD", text)
    return "".join(character for character in decomposed.translate(_LETTERS) if character.isalnum())
