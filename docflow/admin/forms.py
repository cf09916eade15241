"""Tables of units and accounts as people write them: headings, ranks and roles in any language of the interface."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from flask_babel import force_locale

from docflow.accounts.labels import ROLE_LABELS
from docflow.admin.importing import NEEDED, PERSON_COLUMNS, UNIT_COLUMNS, Row
from docflow.admin.labels import COLUMN_LABELS, UNIT_KIND_LABELS
from docflow.core.errors import InvalidInput
from docflow.core.tables import MOST_ROWS

LANGUAGES: Final = ("ar", "fr", "en")
COLUMNS: Final = {"units": UNIT_COLUMNS, "people": PERSON_COLUMNS}


def read_table(what: str, lines: Sequence[Sequence[str]]) -> Sequence[Row]:
    """Return the lines of a table under the names of its columns, ranks and roles as the product calls them.

    Raises:
        InvalidInput: ``table_columns_missing`` and ``table_columns_unknown`` with ``columns``, ``table_empty``.
    """
    names = _meanings((name, COLUMN_LABELS[name]) for name in COLUMNS[what])
    ranks = _meanings((str(kind), label) for kind, label in UNIT_KIND_LABELS.items())
    roles = _meanings((str(role), label) for role, label in ROLE_LABELS.items())
    headings = lines[0] if lines else ()
    unknown = [heading for heading in headings if heading and _plain(heading) not in names]
    if unknown:
        raise InvalidInput("table_columns_unknown", columns=", ".join(unknown)[:200])
    columns = [names.get(_plain(heading), "") for heading in headings]
    missing = [str(COLUMN_LABELS[name]) for name in NEEDED[what] if name not in columns]
    if missing:
        raise InvalidInput("table_columns_missing", columns=", ".join(missing))
    if len(lines) == 1:
        raise InvalidInput("table_empty")
    rows = [{name: cell for name, cell in zip(columns, line, strict=False) if name} for line in lines[1:]]
    for row in rows:
        for name, meanings in (("kind", ranks), ("role", roles)):
            if row.get(name):
                row[name] = meanings.get(_plain(row[name]), row[name])
    return rows


def packed_rows(rows: Sequence[Row]) -> str:
    """Return lines as a form sends them again when they are to be made."""
    return json.dumps([dict(row) for row in rows], ensure_ascii=False)


def posted_rows(what: str, text: str) -> Sequence[Row]:
    """Return the lines that a form sends again.

    Raises:
        InvalidInput: ``table_unreadable``.
    """
    try:
        rows = json.loads(text)
    except ValueError as error:
        raise InvalidInput("table_unreadable") from error
    known = set(COLUMNS[what])
    if not isinstance(rows, list) or not 0 < len(rows) <= MOST_ROWS or not all(_is_row(row, known) for row in rows):
        raise InvalidInput("table_unreadable")
    return rows


def _is_row(row: object, known: set[str]) -> bool:
    return isinstance(row, dict) and set(row) <= known and all(isinstance(value, str) for value in row.values())


def _meanings(labels: Iterable[tuple[str, object]]) -> Mapping[str, str]:
    """Return what each way of writing a name means: the name itself, and its labels in every language."""
    found: dict[str, str] = {}
    for name, label in labels:
        found[_plain(name)] = name
        for language in LANGUAGES:
            with force_locale(language):
                found.setdefault(_plain(str(label)), name)
    return found


def _plain(text: str) -> str:
    kept = unicodedata.normalize("NFKD", text).casefold().replace("\u2019", "'").replace("_", " ")
    return " ".join("".join(sign for sign in kept if not unicodedata.combining(sign)).split())
