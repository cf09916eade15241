"""How what is held about somebody is said to them: which columns, under which labels, with which words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Final

from docflow.accounts.labels import ROLE_LABELS
from docflow.complaints.labels import OUTCOME_LABELS as COMPLAINT_OUTCOMES
from docflow.core.capability import LazyText
from docflow.privacy.labels import FIELD_LABELS, KIND_LABELS
from docflow.privacy.rules import Held
from docflow.registry.labels import SET_ASIDE_LABELS
from docflow.requests.labels import OUTCOME_LABELS as REQUEST_OUTCOMES
from docflow.web.formats import local_date, local_datetime

DAYS: Final = frozenset({"day", "document_date"})
WORDS: Final[Mapping[str, Mapping[str, LazyText]]] = {
    "role": {str(key): text for key, text in ROLE_LABELS.items()},
    "reason": SET_ASIDE_LABELS,
    "outcome": {str(key): text for labels in (COMPLAINT_OUTCOMES, REQUEST_OUTCOMES) for key, text in labels.items()},
}
"""What the values of some columns are called."""


def told(
    values: Mapping[str, object], *, locale: str = "", phrases: Mapping[str, LazyText] | None = None
) -> Iterator[tuple[LazyText, str]]:
    """Return the label and the words of each column that is shown; ``phrases`` say what the verbs of acts mean.

    Of a register the name in a language, or in both without one.
    """
    words = {**WORDS, "verb": phrases or {}}
    for key, value in values.items():
        if key not in FIELD_LABELS or value in ("", None, []):
            continue
        if key in {"register_ar", "register_fr"} and locale and not key.endswith(locale):
            continue
        text = str(value)
        yield FIELD_LABELS[key], str(words.get(key, {}).get(text, "")) or _in_local_time(key, text)


def places(held: Sequence[Held], *, locale: str) -> list[tuple[str, int]]:
    """Return where how much is held: lines by their register, and all else by its kind."""
    counts = Counter(
        str(one.values.get(f"register_{locale}", "")) if one.kind == "entry" else str(KIND_LABELS[one.kind])
        for one in held
    )
    return list(counts.items())


def _in_local_time(key: str, text: str) -> str:
    """Return an instant or a day as people read it."""
    try:
        if key in DAYS:
            return local_date(date.fromisoformat(text))
        if key == "at" or key.endswith("_at"):
            return local_datetime(datetime.fromisoformat(text))
    except ValueError:
        return text
    return text
