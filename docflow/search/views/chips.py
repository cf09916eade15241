"""The filters of a question in words."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import gettext

from docflow.documents.labels import KIND_LABELS, LANGUAGE_LABELS
from docflow.search.finding import Question


def chips_of(question: Question, units: Mapping[str, str]) -> list[tuple[str, dict[str, object]]]:
    """Return each filter of a question in words, with the change of the address that takes it away."""
    chips: list[tuple[str, dict[str, object]]] = []
    for name, chosen, labels in (
        ("kind", question.kinds, KIND_LABELS),
        ("language", question.languages, LANGUAGE_LABELS),
        ("unit", question.units, units),
    ):
        for value in chosen:
            rest: list[str] = [other for other in chosen if other != value]
            chips.append((str(labels.get(value, value)), {name: rest}))
    if question.date_from:
        chips.append((gettext("From %(day)s", day=question.date_from.strftime("%d/%m/%Y")), {"from": None}))
    if question.date_to:
        chips.append((gettext("Until %(day)s", day=question.date_to.strftime("%d/%m/%Y")), {"to": None}))
    return chips
