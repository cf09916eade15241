"""Tokens: runs of letters and digits, with their places in the text as it was given."""

from __future__ import annotations

import re
from collections.abc import Iterator

from docflow.search.language.elision import ELISION_PATTERN

_MARKS = "\u0300-\u036f\u0610-\u061a\u0640\u064b-\u065f\u0670\u06d6-\u06ed\u00ad\u200c-\u200f\u2060\ufeff"
"""Signs inside a word that never cut it: accents, vowel signs, tatweel, joiners, direction marks, soft hyphen."""

_ARABIC = "\u0621-\u063f\u0641-\u064a\u066e-\u066f\u0671-\u06d3\u06d5\u06ee-\u06ef\u06fa-\u06ff\u0750-\u077f"
_ARABIC += "\ufb50-\ufdff\ufe70-\ufefc"

_OTHER = "0-9A-Za-z\u00aa\u00ba\u00b2\u00b3\u00b9\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f\u0370-\u052f\u0660-\u0669"
_OTHER += "\u06f0-\u06f9\ufb00-\ufb06\u1e00-\u1fff\uff10-\uff19\uff21-\uff3a\uff41-\uff5a"

# Arabic letters glued to figures or Latin letters (``رقم4``, ``بONEE``) are two words; ``BE123456`` is one. A letter
# of any third script stands alone.
_TOKEN = re.compile(
    f"(?:{ELISION_PATTERN}(?=[{_OTHER}]))?([{_OTHER}][{_OTHER}{_MARKS}]*|[{_ARABIC}][{_ARABIC}{_MARKS}]*|[^\\W_])",
    re.IGNORECASE,
)


def find_tokens(text: str) -> Iterator[re.Match[str]]:
    """Yield a match for each token: its group 1 is the token as written; elided words and punctuation are left out."""
    return _TOKEN.finditer(text)


def token_texts(text: str) -> list[str]:
    """Return the tokens as written, without their places."""
    return _TOKEN.findall(text)
