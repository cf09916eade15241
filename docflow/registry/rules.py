"""Kinds of registers, states of entries, the form of numbers; plain Python."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from docflow.core.clock import CASABLANCA
from docflow.core.errors import InvalidInput

NUMBER_LIMIT: Final = 40
REASON_LIMIT: Final = 300
"""Longest register number, in characters: it must fit the stamp and the index."""
MOST_RESERVED: Final = 500
"""Most numbers reserved at once for a day without network."""
MOST_ENCLOSURES: Final = 999
MOST_SET_ASIDE: Final = 100
"""Most documents set aside in one act, which is as many as the queue shows."""
CIN_FORM: Final = re.compile(r"[A-Z]{1,2}[0-9]{1,6}")
CODE_ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32, which no reader mistakes on paper."""
VERIFICATION_CODE_LENGTH: Final = 12
"""60 bits: what the QR code of the stamp carries cannot be guessed."""
TRACKING_SECRET_LENGTH: Final = 10
"""50 bits, behind limits per address and per number."""


class RegisterKind(StrEnum):
    """What a register is of."""

    INCOMING = "incoming"
    OUTGOING = "outgoing"
    INTERNAL = "internal"
    COMPLAINTS = "complaints"
    REQUESTS = "requests"


class EntryState(StrEnum):
    """Where a number stands."""

    RESERVED = "reserved"
    """Written on paper on a day without network; no document has it yet."""
    REGISTERED = "registered"
    CANCELLED = "cancelled"


class SealState(StrEnum):
    """Where the stamp and the seal of an entry stand."""

    PENDING = "pending"
    SEALED = "sealed"
    FAILED = "failed"


class PaperPlace(StrEnum):
    """Where the paper original is."""

    NONE = "none"
    """It came without paper."""
    KEPT = "kept"
    """The registry or an archive keeps it, at the place that is noted."""
    RETURNED = "returned"
    """It was given back to whoever brought it."""


class LinkKind(StrEnum):
    """How an earlier entry belongs to an entry."""

    SAME_MATTER = "same_matter"
    ANSWERS = "answers"
    DUPLICATE = "duplicate"


class SetAsideReason(StrEnum):
    """Why a document is set aside and not registered."""

    UNREADABLE = "unreadable"
    BLANK = "blank"
    DUPLICATE = "duplicate"
    NO_MAIL = "no_mail"
    """Advertising, or a paper of the house."""
    MISTAKE = "mistake"
    """It was scanned by mistake."""
    OTHER = "other"
    """What the note says."""


_PLACEHOLDER = re.compile(r"\{(?P<name>[a-z]+)(?::0(?P<digits>[1-9]))?\}")


@dataclass(frozen=True, slots=True)
class NumberFormat:
    """The form of a register's numbers: a prefix of its own, then ``{year}``, then ``{number}`` or ``{number:06}``."""

    pattern: str

    def __post_init__(self) -> None:
        """Refuse a pattern that gives two entries one number, or a number that cannot be typed or printed.

        Raises:
            InvalidInput: ``number_format_invalid`` with ``pattern``.
        """
        names = [match["name"] for match in _PLACEHOLDER.finditer(self.pattern)]
        fixed = _PLACEHOLDER.sub("", self.pattern)
        is_whole = names == ["year", "number"] and re.fullmatch(r"[A-Z0-9/.\-]*", fixed) is not None
        # The prefix begins with a letter and the number ends it, so that numbers of two registers never are one.
        is_whole = is_whole and re.match("[A-Z]", self.pattern) is not None and self.pattern.endswith("}")
        # Two runs of digits that touch would make 2026+1 and 202+61 one number.
        touches = re.search(r"[0-9}]\{|\}[0-9]", self.pattern) is not None
        if not is_whole or touches or len(self.label(year=9999, number=999_999_999)) > NUMBER_LIMIT:
            raise InvalidInput("number_format_invalid", pattern=self.pattern[:60])

    @property
    def prefix(self) -> str:
        """What stands before the year; no two registers ever share it."""
        return self.pattern[: self.pattern.index("{")]

    def label(self, *, year: int, number: int) -> str:
        """Return the number as it is written: ``A-2026-000145``."""
        values = {"year": year, "number": number}
        return _PLACEHOLDER.sub(lambda match: f"{values[match['name']]:0{match['digits'] or 1}d}", self.pattern)


SLIP_NUMBERS: Final = NumberFormat("B-{year}-{number:06}")
"""The form of the numbers of transmittal slips, which no register may have."""
FILE_NUMBERS: Final = NumberFormat("DOS-{year}-{number:06}")
"""The form of the numbers of case files, which no register may have either."""
APPOINTMENT_NUMBERS: Final = NumberFormat("RDV-{year}-{number:06}")
"""The form of the numbers of appointments, which are nothing registered."""
OTHER_NUMBERS: Final = frozenset({SLIP_NUMBERS.prefix, FILE_NUMBERS.prefix, APPOINTMENT_NUMBERS.prefix})
"""What numbers of registers never begin with."""


def register_year(at: datetime) -> int:
    """Return the year of the register at an instant: Casablanca's time decides."""
    return at.astimezone(CASABLANCA).year


def new_verification_code() -> str:
    """Return the code that the stamp's QR carries to the verification page."""
    return _code(VERIFICATION_CODE_LENGTH)


def new_tracking_secret() -> str:
    """Return what the receipt gives the citizen beside the number, to follow the matter."""
    return _code(TRACKING_SECRET_LENGTH)


def is_code(text: str, *, length: int) -> bool:
    """Return whether a text has the form of a code."""
    return len(text) == length and set(text) <= set(CODE_ALPHABET)


def cin_of(text: str) -> str:
    """Return the number of an identity card as it is kept; nothing for nothing.

    Raises:
        InvalidInput: ``cin_not_understood``.
    """
    said = "".join(text.upper().split())
    if said and not CIN_FORM.fullmatch(said):
        raise InvalidInput("cin_not_understood")
    return said


def _code(length: int) -> str:
    return "".join(secrets.choice(CODE_ALPHABET) for _ in range(length))


def reason_of(text: str) -> str:
    """Return a reason as it is kept.

    Raises:
        InvalidInput: ``reason_missing``; ``field_too_long``.
    """
    said = shortened(text, name="reason", limit=REASON_LIMIT)
    if not said:
        raise InvalidInput("reason_missing")
    return said


def shortened(text: str, *, name: str, limit: int) -> str:
    """Return a text without needless spaces.

    Raises:
        InvalidInput: ``field_too_long`` with ``field`` and ``limit``.
    """
    said = " ".join(text.split())
    if len(said) > limit:
        raise InvalidInput("field_too_long", field=name, limit=limit)
    return said
