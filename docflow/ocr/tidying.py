"""The slips that a line reader always makes, mended on the words of a line alone."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from docflow.ocr.ports import LineReading, ReadWord

_WESTERN_COMMA_IN_ARABIC = re.compile(r"(?<=[\u0621-\u064a]),")
_DOUBLED_STOP = re.compile(r"(?<=[.…،»])\.$")
_STOP_BEFORE_NUMBER = re.compile(r"^([.,:،])([0-9٠-٩][0-9٠-٩/.-]*)$")
_ALONE = re.compile(r"[.,،]")
_UPPER_AFTER_LOWER = re.compile(r"(?<=[a-zß-öø-ÿœ])L")
_ARTICLE = re.compile(r"(?:Le|La|Les|Leur|Leurs|Lui|Lors|Lorsque)\b|L'\w")
_GOES_ON = re.compile(r"[a-zß-öø-ÿœ0-9,;]$")
_ARABIC_ARTICLE = re.compile(r"(\(?[EA])[LI]")
_NAME = re.compile(r"[A-ZÀ-ÖØ-Þ][a-zß-öø-ÿœ]")
_SUBJECT = re.compile(r"objet(?=$|:)")
_ONE_FOR_L = re.compile(r"^I1(?=s?$)")
_NOUGHT_FOR_O = re.compile(r"(?<=[A-Z]\.)0(?=\.[A-Z])")


def tidied(reading: LineReading) -> LineReading:
    """Return a line with stray stops and commas joined to the ends of their words, and letters and cases mended."""
    words = _with_stops_joined(reading.words)
    # The stop after a number in an Arabic line stands at its left.
    texts = [_STOP_BEFORE_NUMBER.sub(r"\2\1", _WESTERN_COMMA_IN_ARABIC.sub("،", word.text)) for word in words]
    if texts:
        texts[-1] = _DOUBLED_STOP.sub("", texts[-1])
    pairs = zip(words, _respelled(texts), strict=True)
    return LineReading(tuple(replace(word, text=text) for word, text in pairs if text))


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


def _respelled(texts: Sequence[str]) -> list[str]:
    """Return the words of a line with another letter where the one that was read cannot be.

    In a typewriter's face the models see ``L`` for ``l``, a small ``o`` for a large one and digits for both, and in
    faces without serifs ``AI`` for ``Al``. No article begins with a capital within a sentence, and no ``Il``.
    """
    respelled: list[str] = []
    for text, following in zip(texts, (*texts[1:], ""), strict=True):
        better = _NOUGHT_FOR_O.sub("O", _UPPER_AFTER_LOWER.sub("l", text))
        if not respelled and _SUBJECT.match(text) and (text + following).startswith("objet:"):
            better = "O" + better[1:]
        elif not (respelled and _GOES_ON.search(respelled[-1])) and _ONE_FOR_L.match(better):
            better = "Il" + better[2:]
        elif respelled and _GOES_ON.search(respelled[-1]) and _ARTICLE.match(better):
            better = "l" + better[1:]
        elif _ARABIC_ARTICLE.fullmatch(better) and _NAME.match(following):
            better = better[:-1] + "l"
        respelled.append(better)
    return respelled
