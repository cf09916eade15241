"""By what somebody is looked for, and what of their rows is given out; plain Python."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Final

from docflow.core.errors import InvalidInput
from docflow.core.mail_addresses import clean_address
from docflow.core.phones import phone_of

SECRET_COLUMNS: Final = frozenset(
    {
        "booking_key",
        "body",
        "credential_id",
        "deposit_key",
        "password_hash",
        "public_key",
        "secret",
        "sender_key",
        "sign_count",
        "token",
        "token_hash",
        "tracking_secret",
        "transports",
        "unsubscribe_url",
        "verification_code",
        "version",
    }
)
"""What opens something, or is of use to the product alone: it is given to nobody."""
SHORTEST_NAME: Final = 3
LONGEST_REASON: Final = 300


class LookKind(StrEnum):
    """What was done with what was found."""

    SHOWN = "shown"
    EXPORTED = "exported"


@dataclass(frozen=True, slots=True)
class Sought:
    """By what somebody is looked for: whatever is given must agree on its own, each finds more.

    ``name`` as it is written in either script, ``cin`` of the identity card, ``phone`` and ``email`` in the kept form,
    ``number`` of a receipt, ``username`` of a member of the staff.
    """

    name: str = ""
    cin: str = ""
    phone: str = ""
    email: str = ""
    number: str = ""
    username: str = ""

    def given(self) -> dict[str, str]:
        """Return what was given, by its name."""
        return {key: value for key, value in asdict(self).items() if value}

    def checked(self) -> Sought:
        """Return it when it can find one person.

        Raises:
            InvalidInput: ``nobody_sought``; ``name_too_short`` with ``least``.
        """
        if not self.given():
            raise InvalidInput("nobody_sought")
        if self.name and len(self.name.strip()) < SHORTEST_NAME:
            raise InvalidInput("name_too_short", least=SHORTEST_NAME)
        return self


def typed_sought(
    *, name: str = "", cin: str = "", phone: str = "", email: str = "", number: str = "", username: str = ""
) -> Sought:
    """Return whom somebody typed, with telephone and mail address in the kept form.

    Raises:
        InvalidInput: ``phone_invalid``, ``mail_address_invalid``.
    """
    return Sought(
        name=name.strip(),
        cin=cin.strip(),
        phone=phone_of(phone) if phone.strip() else "",
        email=clean_address(email) if email.strip() else "",
        number=number.strip(),
        username=username.strip(),
    )


@dataclass(frozen=True, slots=True)
class Held:
    """A row that is about the person: what it is, and its columns as plain values."""

    kind: str
    values: dict[str, object]
