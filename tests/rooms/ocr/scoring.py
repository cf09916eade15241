"""How far a reading is from a scan's known text: letters, digits and marks folded, columns of a head in any order."""

from __future__ import annotations

import json
import re
import unicodedata
from pathlib import Path
from typing import Any

from rapidfuzz.distance import Levenshtein

SCANS = Path(__file__).parents[2] / "golden" / "scans"
HEAD = {"hdr_ar", "hdr_fr", "sender", "sender2"}
FOLDS = str.maketrans("أإآٱىةؤئ،؛؟’‘", "ااااي" + "هوي,;?''")
DIGITS = str.maketrans("٠١٢٣٤٥٦٧٨٩", "0123456789")


def folded(text: str) -> str:
    text = re.sub("[\u064b-\u065f\u0670\u0640\u200b-\u200f\u202a-\u202e]", "", unicodedata.normalize("NFKC", text))
    return " ".join(text.translate(FOLDS).translate(DIGITS).split())


def truth_of(name: str) -> dict[str, Any]:
    return json.loads((SCANS / name).with_suffix(".json").read_text(encoding="utf-8"))


def error_rate(page: dict[str, Any], text: str) -> float:
    lines = page["lines"]
    head, body = ([one for one in lines if (one["block"] in HEAD) is wanted] for wanted in (True, False))
    blocks = list(dict.fromkeys(one["block"] for one in head))
    reordered = [one for block in reversed(blocks) for one in head if one["block"] == block]
    by_height = sorted(head, key=lambda one: one["bbox"][1] + one["bbox"][3])
    candidates = ["\n".join(one["text"] for one in [*order, *body]) for order in (head, reordered, by_height)]
    read = folded(text)
    return min(Levenshtein.distance(folded(one), read) / len(folded(one)) for one in candidates)
