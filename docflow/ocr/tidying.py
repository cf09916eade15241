"""The slips that a line reader always makes, mended on the words of a line alone."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from docflow.ocr.ports import LineReading, ReadWord

_WESTERN_COMMA_IN_ARABIC = re.compile(r"(?<=[\u0621-\u064a]),")
_ARABIC_COMMA_MISREAD = re.compile(r"(?<=[\u0621-\u064a])[»؛](?=$)")
_HAMZA_FOR_COMMA = re.compile(
    "(?<=[ىيبتثجحخدذرزسشصضطظعغفقكلمنهة])ء$"
    "|(?<=هذا)ء$|(?<=لذا)ء$|(?<=إذا)ء$|(?<=يوما)ء$|(?<=شهرا)ء$|(?<=أيضا)ء$|(?<=جدا)ء$|(?<=دائما)ء$|(?<=حاليا)ء$"
)
_HAMZA_ENDED = re.compile(
    "(?:جزء|بدء|عبء|دفء|كفء|ملء|مرء|نشء|بطء|شيء|بطيء|مضيء|جريء|بريء|مليء|رديء|دنيء|مجيء|سيء|نيء|فيء)$"
)
"""Words in which a hamza may stand where the models see one for an Arabic comma."""
_DOUBLED_STOP = re.compile(r"(?<=[.…،»])\.$")
_ALONE = re.compile(r"[.,،]")
_UPPER_AFTER_LOWER = re.compile(r"(?<=[a-zß-öø-ÿœ])L")
_ARTICLE = re.compile(r"(?:Le|La|Les|Leur|Leurs|Lui|Lors|Lorsque)\b|L'\w")
_GOES_ON = re.compile(r"[a-zß-öø-ÿœ0-9,;]$")
_ARABIC_ARTICLE = re.compile(r"(\(?[EA])[LI]")
_NAME = re.compile(r"[A-ZÀ-ÖØ-Þ][a-zß-öø-ÿœ]")
_SUBJECT = re.compile(r"objet(?=$|:)")


def tidied(reading: LineReading) -> LineReading:
    """Return a line with the stops and commas that stand apart joined to their words, other commas and cases mended."""
    words = _with_stops_joined(reading.words)
    has_opening_quote = "«" in reading.text
    last = len(words) - 1
    texts = [
        tidied_word(word.text, line_has_opening_quote=has_opening_quote, is_last=index == last)
        for index, word in enumerate(words)
    ]
    pairs = zip(words, _recased(texts), strict=True)
    return LineReading(tuple(replace(word, text=text) for word, text in pairs if text))


def tidied_word(text: str, *, line_has_opening_quote: bool, is_last: bool) -> str:
    """Return the word with the Arabic commas that the models take for a guillemet, a hamza or a Western comma."""
    tidy = _WESTERN_COMMA_IN_ARABIC.sub("،", text)
    if not line_has_opening_quote:
        tidy = _ARABIC_COMMA_MISREAD.sub("،", tidy)
    if not _HAMZA_ENDED.search(tidy):
        tidy = _HAMZA_FOR_COMMA.sub("،", tidy)
    return _DOUBLED_STOP.sub("", tidy) if is_last else tidy


def _with_stops_joined(words: Sequence[ReadWord]) -> list[ReadWord]:
    joined: list[ReadWord] = []
    for word in words:
        if joined and _ALONE.fullmatch(word.text):
            before = joined[-1]
            x0s, y0s, x1s, y1s = zip(before.box, word.box, strict=True)
            joined[-1] = ReadWord(
                before.text + word.text,
                (min(x0s), min(y0s), max(x1s), max(y1s)),
                min(before.confidence, word.confidence),
                before.letters + word.letters,
            )
        else:
            joined.append(word)
    return joined


def _recased(texts: Sequence[str]) -> list[str]:
    """Return the words of a line with letters in the other case where the first one cannot be.

    In a typewriter's face the models see ``L`` for ``l`` and a small ``o`` for a large one, and in faces without serifs
    ``AI`` for ``Al``. No article begins with a capital within a sentence.
    """
    recased: list[str] = []
    for text, following in zip(texts, (*texts[1:], ""), strict=True):
        better = _UPPER_AFTER_LOWER.sub("l", text)
        if not recased and _SUBJECT.match(text) and (text + following).startswith("objet:"):
            better = "O" + better[1:]
        elif recased and _GOES_ON.search(recased[-1]) and _ARTICLE.match(better):
            better = "l" + better[1:]
        elif _ARABIC_ARTICLE.fullmatch(better) and _NAME.match(following):
            better = better[:-1] + "l"
        recased.append(better)
    return recased
