"""Whether a page's own text says what the page shows, judged by its letters and by their order."""

from __future__ import annotations

import math
import re
import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from enum import Enum

from docflow.pdf.glyph_signs import LOOK

ARABIC_LETTER = re.compile("[\u0620-\u063f\u0641-\u064a\u0671-\u06d3]")
ARABIC_WORD = re.compile("^[\u0621-\u063a\u0641-\u064a]{2,}$")
GARBAGE = re.compile("[\ufffd\ue000-\uf8ff\x00-\x08\x0e-\x1f]")
LAM_ALEF = re.compile("\u0644[\u0622\u0623\u0625\u0627]")
KNOWN_SCRIPTS = ("LATIN", "ARABIC", "TIFINAGH", "MODIFIER", "FEMININE", "MASCULINE", "MICRO")
"""First words of the Unicode names of letters that a letter in Morocco may hold."""

MIN_WORDS = 5
MAX_GARBAGE_SHARE = 0.02
MIN_EVIDENCE = 3
"""Words that tell a direction, below which nothing is said of it."""
MAX_CONTRARY_SHARE = 0.15
"""Of the words that tell a direction; in sound Arabic 1 % tell the wrong one."""
MAX_BROKEN_SHARE = 0.02
MIN_LETTERS = 150
MAX_DIVERGENCE_BITS = 0.7
SAMPLE_BITS = 30
"""Bits times letters that the chance of a small sample may add to the divergence."""
MIN_LETTERS_OF_A_TABLE = 20
MAX_ACCENTED_SHARE = 0.25
"""Arabic read by another alphabet's table is all accented letters (ÇáÔßÇíÉ); French has 4 % of them."""
MAX_FOREIGN_SHARE = 0.3
MIN_LETTERS_WITHOUT_LAM_ALEF = 500
"""One Arabic letter in sixty is a lam before an alef; among so many, none is there on one page in a thousand."""
MIN_WORDS_TO_MEASURE = 20
MAX_SINGLE_SHARE = 0.5
LONGEST_USUAL_WORD = 30
MAX_LONG_SHARE = 0.1

FREQUENT = frozenset(
    {
        *("في", "من", "على", "إلى", "أن", "التي", "الذي", "هذا", "هذه", "ذلك", "بعد", "كل", "بين", "السيد", "رقم"),
        *("تاريخ", "بتاريخ", "يوم", "مع", "أو", "ثم", "قبل", "عند", "كما"),
    }
)
FREQUENT_TURNED = frozenset(word[::-1] for word in FREQUENT)
OPENINGS = ("ال", "وال", "بال", "فال", "لل")
OPENINGS_TURNED = tuple(opening[::-1] for opening in OPENINGS)
FINALS = ("ة", "ى")
"""Letters that end words and never begin one."""

# fmt: off
ARABIC_FREQUENCIES: Mapping[str, float] = {
    "ا": 12.5, "ل": 11.5, "ي": 7, "م": 6.5, "و": 6, "ن": 6, "ر": 5, "ت": 5, "ب": 4, "ع": 3.8, "ه": 3.8, "ة": 3.5,
    "د": 3.3, "س": 2.8, "ف": 2.8, "ق": 2.6, "أ": 2.5, "ك": 2.3, "ح": 2.2, "ج": 1.4, "ش": 1.3, "ص": 1.1, "خ": 1,
    "ط": 1, "إ": 1, "ى": 0.9, "ض": 0.7, "ذ": 0.6, "ث": 0.6, "ز": 0.6, "غ": 0.5, "ئ": 0.5, "ء": 0.5, "ظ": 0.2,
    "آ": 0.2, "ؤ": 0.15,
}
FRENCH_FREQUENCIES: Mapping[str, float] = {
    "e": 17.3, "a": 8.4, "s": 7.9, "i": 7.7, "t": 7.2, "n": 7.1, "r": 6.6, "u": 6.2, "o": 5.7, "l": 5.5, "d": 3.7,
    "c": 3.3, "p": 3, "m": 3, "v": 1.6, "q": 1.4, "f": 1.1, "b": 0.9, "g": 0.9, "h": 0.8, "j": 0.6, "x": 0.45,
    "y": 0.35, "z": 0.3, "k": 0.1, "w": 0.1,
}
# fmt: on
"""Letters in a hundred of the language's prose, accents left out in French."""


class Direction(Enum):
    """The order in which the Arabic letters of a page stand."""

    LOGICAL = "logical"
    REVERSED = "reversed"
    UNCLEAR = "unclear"


def direction_of(words: Sequence[str]) -> Direction:
    """Tell from which end the Arabic words are stored.

    The article ``ال`` opens many words of a letter and ends few; ta marbuta and alef maqsura end words and never begin
    one; a few short words are on every page. Without evidence the order is taken to be logical.
    """
    arabic = [word for word in words if ARABIC_WORD.match(word)]
    long = [word for word in arabic if len(word) > 2]
    forwards = sum(word.startswith(OPENINGS) + word.endswith(FINALS) for word in long)
    forwards += sum(word in FREQUENT for word in arabic)
    backwards = sum(word.endswith(OPENINGS_TURNED) + word.startswith(FINALS) for word in long)
    backwards += sum(word in FREQUENT_TURNED for word in arabic)
    most = MAX_CONTRARY_SHARE * (forwards + backwards)
    if backwards < MIN_EVIDENCE or backwards <= most:
        return Direction.LOGICAL
    return Direction.REVERSED if forwards <= most else Direction.UNCLEAR


def brokenness_of(words: Sequence[str]) -> int:
    """Return how many Arabic words cannot be right, less those that surely are: lower is better."""
    return sum(map(is_broken, words)) - sum(word in FREQUENT for word in words)


def is_broken(word: str) -> bool:
    """Tell whether a letter that only ends words stands within the word."""
    return bool(ARABIC_WORD.match(word)) and any(final in word[:-1] for final in FINALS)


def is_sound(words: Sequence[str]) -> bool:
    """Tell whether a page's own text can be kept: enough of it, in logical order, of letters that make a language."""
    text = "".join(words)
    if len(words) < MIN_WORDS or len(GARBAGE.findall(text)) > MAX_GARBAGE_SHARE * len(text):
        return False
    if LOOK.search(text) or direction_of(words) is not Direction.LOGICAL:
        return False
    broken = sum(map(is_broken, words))
    if broken >= MIN_EVIDENCE and broken > MAX_BROKEN_SHARE * len(words):
        return False
    return _has_usual_lengths(words) and _has_usual_scripts(text) and _has_usual_letters(words)


def _has_usual_lengths(words: Sequence[str]) -> bool:
    """Tell whether words are neither run together nor taken apart into letters."""
    spelled = [word for word in words if any(map(str.isalpha, word))]
    if len(spelled) < MIN_WORDS_TO_MEASURE:
        return True
    single = sum(len(word) == 1 for word in spelled)
    long = sum(len(word) > LONGEST_USUAL_WORD for word in spelled)
    return single <= MAX_SINGLE_SHARE * len(spelled) and long <= MAX_LONG_SHARE * len(spelled)


def _has_usual_scripts(text: str) -> bool:
    letters = [character for character in text if character.isalpha()]
    if len(letters) < MIN_LETTERS_OF_A_TABLE:
        return True
    outside = [letter for letter in letters if not letter.isascii()]
    accented = sum("\u00c0" <= letter <= "\u00ff" for letter in outside)
    latin = accented + len(letters) - len(outside)
    foreign = sum(not unicodedata.name(letter, "").startswith(KNOWN_SCRIPTS) for letter in outside)
    is_one_table = accented > MAX_ACCENTED_SHARE * latin and accented >= MIN_LETTERS_OF_A_TABLE
    return not is_one_table and foreign <= MAX_FOREIGN_SHARE * len(letters)


def _has_usual_letters(words: Sequence[str]) -> bool:
    """Tell whether the letters are about as frequent as they should be; a wrong table of a font mixes them up."""
    text = "".join(words)
    arabic = ARABIC_LETTER.findall(text)
    if len(arabic) >= MIN_LETTERS_WITHOUT_LAM_ALEF and not any(map(LAM_ALEF.search, words)):
        return False
    latin = [letter for letter in unicodedata.normalize("NFD", text.lower()) if letter.isalpha()]
    return _is_like(arabic, ARABIC_FREQUENCIES) and _is_like(latin, FRENCH_FREQUENCIES)


def _is_like(letters: Sequence[str], frequencies: Mapping[str, float]) -> bool:
    """Compare letters with a language by their divergence (Kullback-Leibler) from it; too few are not judged."""
    counts = Counter(letter for letter in letters if letter in frequencies)
    number = counts.total()
    if number < MIN_LETTERS:
        return True
    whole = sum(frequencies.values())
    divergence = sum(
        count / number * math.log2(count / number * whole / frequencies[letter]) for letter, count in counts.items()
    )
    return divergence <= MAX_DIVERGENCE_BITS + SAMPLE_BITS / number
