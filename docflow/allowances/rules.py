"""How often one address may ask, what is being asked; plain Python."""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum

WINDOW = timedelta(minutes=15)


class Purpose(StrEnum):
    """What an address asks for."""

    NUMBER = "number"
    """A number with a code that is not its own: guessing."""
    SECRET = "secret"  # noqa: S105 - what is asked for, not a secret
    """A number with a secret that is not its own: guessing too."""
    MATTER = "matter"
    """The same of one number, whichever addresses ask."""
    FILE = "file"
    """A file to be verified: work for the server."""
    DEPOSIT = "deposit"
    """A complaint to be begun or deposited."""
    PHOTO = "photo"
    """A photograph to be enclosed."""
    BOOKING = "booking"
    """A place taken from others."""
    MAIL = "mail"
    """A mail to an address that may be somebody else's."""


MOST_IN_WINDOW = {
    Purpose.NUMBER: 30,
    Purpose.SECRET: 20,
    Purpose.MATTER: 100,
    Purpose.FILE: 30,
    Purpose.DEPOSIT: 30,
    Purpose.PHOTO: 60,
    Purpose.BOOKING: 15,
    Purpose.MAIL: 6,
}
"""A clerk's counter or a law firm behind one address asks less; guessing a code of 60 bits needs more."""
