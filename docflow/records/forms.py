"""What a person typed about case files."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final
from uuid import UUID

from werkzeug.datastructures import MultiDict

from docflow.accounts.visibility import Confidentiality
from docflow.core.errors import InvalidInput
from docflow.records.operations import FileSetup
from docflow.records.queries import FileFilter
from docflow.records.rules import FileState

LONGEST_TEXT: Final = 200
BETWEEN_NUMBERS: Final = re.compile(r"[\s,;،؛]+")


def posted_setup(form: MultiDict[str, str]) -> FileSetup:
    """Return what a case file is to be.

    Raises:
        InvalidInput: ``choice_unknown``.
    """
    try:
        unit = form.get("unit", "")
        return FileSetup(
            title=form.get("title", ""),
            unit_id=UUID(unit) if unit else None,
            confidentiality=Confidentiality(form.get("confidentiality", Confidentiality.NORMAL.value)),
            named_people=tuple(UUID(value) for value in form.getlist("named") if value),
        )
    except ValueError as error:
        raise InvalidInput("choice_unknown") from error


def posted_ids(form: MultiDict[str, str], name: str) -> list[UUID]:
    """Return the identifiers chosen under a name.

    Raises:
        InvalidInput: ``choice_unknown``.
    """
    try:
        return [UUID(value) for value in form.getlist(name) if value]
    except ValueError as error:
        raise InvalidInput("choice_unknown") from error


def posted_numbers(text: str) -> list[str]:
    """Return register numbers that were typed or pasted, whatever stands between them, in any digits."""
    western = "".join(str(int(sign)) if sign.isdecimal() else sign for sign in text[:20_000])
    return list(dict.fromkeys(number.upper() for number in BETWEEN_NUMBERS.split(western) if number))


def posted_version(form: Mapping[str, str]) -> int:
    """Return the version that was looked at; 0, which none is, for anything else."""
    said = form.get("version", "")
    return int(said) if said.isascii() and said.isdigit() and len(said) < 9 else 0


def wanted_files(arguments: Mapping[str, str]) -> FileFilter:
    """Return what the address asks for; what is no value of its kind filters nothing."""
    try:
        unit_id = UUID(arguments.get("unit", ""))
    except ValueError:
        unit_id = None
    state, year = arguments.get("state", ""), arguments.get("year", "")
    return FileFilter(
        text=arguments.get("q", "")[:LONGEST_TEXT],
        unit_id=unit_id,
        state=FileState(state) if state in {one.value for one in FileState} else None,
        year=int(year) if year.isascii() and year.isdigit() and len(year) == 4 else None,
    )
