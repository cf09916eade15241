"""What may be said of an administration; plain Python."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final, Self

from docflow.core.errors import InvalidInput
from docflow.core.letterhead import NOTHING, Letterhead
from docflow.core.words import Words

NAME_LIMIT: Final = 120
MOST_LINES: Final = 5
LINE_LIMIT: Final = 90
LARGEST_EMBLEM_BYTES: Final = 400_000
UNNAMED: Final = Words("سجل الضبط الإلكتروني", "Bureau d'ordre électronique")
"""What an installation is called whose administration is not named yet."""


class DistrictKind(StrEnum):
    """What kind of administration it is."""

    COMMUNE = "commune"
    ARRONDISSEMENT = "arrondissement"
    PREFECTURE = "prefecture"
    OTHER = "other"


KINGDOM: Final = Words("المملكة المغربية", "Royaume du Maroc")
ABOVE_BY_KIND: Final[Mapping[DistrictKind, Words]] = {
    DistrictKind.COMMUNE: Words("المملكة المغربية\nوزارة الداخلية", "Royaume du Maroc\nMinistère de l'Intérieur"),
    DistrictKind.ARRONDISSEMENT: Words(
        "المملكة المغربية\nوزارة الداخلية", "Royaume du Maroc\nMinistère de l'Intérieur"
    ),
    DistrictKind.PREFECTURE: Words("المملكة المغربية\nوزارة الداخلية", "Royaume du Maroc\nMinistère de l'Intérieur"),
    DistrictKind.OTHER: KINGDOM,
}
"""The lines that usually stand above the name, proposed while nothing was typed."""


@dataclass(frozen=True, slots=True)
class Identity:
    """What an administration says of itself.

    ``above`` and ``foot`` hold one line of paper to a line of text.
    """

    kind: DistrictKind = DistrictKind.OTHER
    name: Words = UNNAMED
    above: Words = KINGDOM
    foot: Words = NOTHING
    emblem: bytes = b""
    version: int = 0
    """0: nobody said anything yet."""

    @property
    def is_named(self) -> bool:
        """Whether the administration has a name in both languages."""
        return self.name != UNNAMED

    @property
    def letterhead(self) -> Letterhead:
        """What its papers bear."""
        return Letterhead(self.name, self.above, self.foot, self.emblem)

    def checked(self) -> Self:
        """Return the identity with its texts tidied.

        Raises:
            InvalidInput: ``district_name_missing`` with ``field``, ``field_too_long`` with ``field`` and ``limit``,
                ``letterhead_too_long`` with ``field``, ``lines`` and ``limit``.
        """
        names = {"name_ar": _line(self.name.ar), "name_fr": _line(self.name.fr)}
        for field, text in names.items():
            if not text:
                raise InvalidInput("district_name_missing", field=field)
            if len(text) > NAME_LIMIT:
                raise InvalidInput("field_too_long", field=field, limit=NAME_LIMIT)
        return replace(
            self,
            name=Words(names["name_ar"], names["name_fr"]),
            above=_lines(self.above, "above"),
            foot=_lines(self.foot, "foot"),
        )


def _line(text: str) -> str:
    return " ".join(text.split())


def _lines(words: Words, name: str) -> Words:
    return Words(_tidied(words.ar, f"{name}_ar"), _tidied(words.fr, f"{name}_fr"))


def _tidied(text: str, field: str) -> str:
    lines = [line for line in map(_line, text.splitlines()) if line]
    if len(lines) > MOST_LINES or any(len(line) > LINE_LIMIT for line in lines):
        raise InvalidInput("letterhead_too_long", field=field, lines=MOST_LINES, limit=LINE_LIMIT)
    return "\n".join(lines)
