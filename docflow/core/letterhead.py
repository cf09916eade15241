"""What stands at the head and at the foot of the papers of an administration, in both languages."""

from __future__ import annotations

import base64
from dataclasses import dataclass

from docflow.core.words import Words

NOTHING = Words("", "")


@dataclass(frozen=True, slots=True)
class Letterhead:
    """The head and the foot of a paper.

    Attributes:
        name: the administration.
        above: what stands above its name, such as the kingdom and the ministry, one to a line; may be empty.
        foot: what stands at the foot of each page, such as the address, one to a line; may be empty.
        emblem: the coat of arms as PNG; empty: none.
    """

    name: Words
    above: Words = NOTHING
    foot: Words = NOTHING
    emblem: bytes = b""

    @property
    def emblem_url(self) -> str:
        """The coat of arms as an address that a page shows; empty: none."""
        return f"data:image/png;base64,{base64.b64encode(self.emblem).decode()}" if self.emblem else ""
