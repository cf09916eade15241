"""What the correction screen sends."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from docflow.core.errors import InvalidInput
from docflow.corrections.operations import Seen
from docflow.corrections.rules import Edit

LANGUAGES = ("ar", "fr")
LONGEST_NUMBER = 6


class Decision(StrEnum):
    """What the person wants of the page."""

    SAVE = "save"
    CONFIRM = "confirm"
    GIVE_UP = "unreadable"


def posted_edit(form: Mapping[str, str]) -> Edit:
    """Return the words and lines that were typed; fields of other names are nobody's."""
    return Edit(words=_numbered(form, "word-"), lines=_numbered(form, "line-"))


def posted_seen(form: Mapping[str, str]) -> Seen:
    """Return the versions that the person had before them.

    Raises:
        InvalidInput: ``choice_unknown``.
    """
    base, newest = _number(form.get("base", "")), _number(form.get("newest", ""))
    if base is None or newest is None:
        raise InvalidInput("choice_unknown")
    return Seen(base=base, newest=newest)


def posted_decision(form: Mapping[str, str]) -> Decision:
    """Return what was decided; sending the form by its keyboard shortcut saves it.

    Raises:
        InvalidInput: ``choice_unknown``.
    """
    try:
        return Decision(form.get("decision") or Decision.SAVE)
    except ValueError as error:
        raise InvalidInput("choice_unknown") from error


def chosen_language(arguments: Mapping[str, str]) -> str:
    """Return the language that the list is filtered by, empty for all."""
    language = arguments.get("language", "")
    return language if language in LANGUAGES else ""


def _numbered(form: Mapping[str, str], prefix: str) -> dict[int, str]:
    fields = {}
    for name, value in form.items():
        number = _number(name.removeprefix(prefix)) if name.startswith(prefix) else None
        if number is not None:
            fields[number] = value
    return fields


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= LONGEST_NUMBER else None
