"""How often one address may ask, what is being asked; plain Python."""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum
from ipaddress import AddressValueError, IPv6Address
from typing import Final

WINDOW = timedelta(minutes=15)
HOST_BITS: Final = 64
"""What a household or a server gets of IPv6 (RFC 6177): whoever has one address of it has them all."""


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
    SEARCH = "search"
    """A question to the search: work for the server."""
    SETUP = "setup"
    """A code of the first start that is not its own: guessing."""
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
    Purpose.SEARCH: 300,
    Purpose.MAIL: 6,
    Purpose.SETUP: 10,
}
"""A clerk's counter or a law firm behind one address asks less; guessing a code of 60 bits needs more."""


def counted_under(address: str) -> str:
    """Return under what an address is counted: an IPv6 address under its network, anything else under itself."""
    try:
        parsed = IPv6Address(address.partition("%")[0])
    except AddressValueError:
        return address
    if parsed.ipv4_mapped is not None:
        return str(parsed.ipv4_mapped)
    return f"{IPv6Address(int(parsed) >> HOST_BITS << HOST_BITS)}/{128 - HOST_BITS}"
