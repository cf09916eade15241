"""Broken plurals that the table does not know, guessed from the pattern of the word, for queries only.

A guess costs nothing in the index: it is asked for beside the word, and finds nothing when it is no word.
"""

from __future__ import annotations

import re

_ROOT = "([^اوي])"
_ANY = "(.)"

_TO_PLURAL = tuple(
    (re.compile(f"^{pattern}$"), plurals)
    for pattern, plurals in (
        (f"{_ANY}{_ANY}{_ROOT}", (r"ا\1\2ا\3", r"\1\2و\3", r"\1\2ا\3")),  # نفق، أنفاق؛ برج، بروج
        (f"{_ANY}ا{_ROOT}{_ROOT}", (r"\1وا\2\3",)),  # شارع، شوارع
        (f"{_ANY}{_ANY}[اوي]{_ROOT}", (r"\1\2اي\3", r"ا\1\2\3ه")),  # كتيبة، كتائب؛ رصيف، أرصفة
        (f"{_ANY}{_ANY}{_ROOT}{_ROOT}", (r"\1\2ا\3\4",)),  # مكتب، مكاتب
        (f"{_ANY}{_ANY}{_ROOT}[اوي]{_ROOT}", (r"\1\2ا\3ي\4",)),  # مشروع، مشاريع
        (f"{_ANY}{_ANY}{_ROOT}ا{_ROOT}", (r"\1\2ا\3ي\4",)),  # مفتاح، مفاتيح
        (f"{_ANY}{_ANY}ا{_ROOT}", (r"\1\2ا\2ي\3",)),  # دكان، دكاكين
    )
)
_TO_SINGULAR = tuple(
    (re.compile(f"^{pattern}$"), singulars)
    for pattern, singulars in (
        (f"ا{_ANY}{_ANY}ا{_ROOT}", (r"\1\2\3",)),  # أنفاق، نفق
        (f"{_ANY}{_ANY}و{_ROOT}", (r"\1\2\3",)),  # بروج، برج
        (f"{_ANY}وا{_ROOT}{_ROOT}", (r"\1ا\2\3",)),  # شوارع، شارع
        (f"{_ANY}{_ANY}ا{_ROOT}{_ROOT}", (r"\1\2\3\4",)),  # مكاتب، مكتب
        (f"{_ANY}{_ANY}ا{_ROOT}ي{_ROOT}", (r"\1\2\3ا\4", r"\1\2\3و\4", r"\1\2\3ي\4")),  # دكاكين، دكان
        (f"{_ANY}{_ROOT}ا\\2ي{_ROOT}", (r"\1\2ا\3",)),  # دكاكين، دكان
        (f"{_ANY}{_ANY}اي{_ROOT}", (r"\1\2ي\3", r"\1\2ا\3", r"\1\2و\3")),  # كتائب، كتيبة
        (f"ا{_ANY}{_ANY}{_ROOT}ه?", (r"\1\2ي\3", r"\1\2ا\3")),  # أرصفة، رصيف
    )
)


def pattern_forms(base: str) -> frozenset[str]:
    """Return the folded plurals and singulars that a folded base, without clitics and endings, may have."""
    forms = {
        pattern.sub(form, base)
        for pattern, templates in (*_TO_PLURAL, *_TO_SINGULAR)
        if pattern.match(base)
        for form in templates
    }
    return frozenset(forms - {base})
