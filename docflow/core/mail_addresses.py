"""Mail addresses as they are kept, and as they may be told; plain Python."""

from __future__ import annotations

import re
from typing import Final

from docflow.core.errors import InvalidInput

ADDRESS_LIMIT: Final = 254
"""RFC 5321, 4.5.3.1.3, without the angle brackets."""
LOCAL_LIMIT: Final = 64
ADDRESS: Final = re.compile(
    r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
    r"@([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]{2,63}"
)
"""A mailbox as people write it (RFC 5321, 4.1.2, without quoted names and literal hosts)."""


def clean_address(text: str) -> str:
    """Return a mail address as it is kept.

    Raises:
        InvalidInput: ``mail_address_invalid``.
    """
    said = text.strip().strip("\u200e\u200f")
    local = said.rpartition("@")[0]
    if len(said) > ADDRESS_LIMIT or len(local) > LOCAL_LIMIT or not ADDRESS.fullmatch(said):
        raise InvalidInput("mail_address_invalid")
    return said


def masked_address(address: str) -> str:
    """Return an address of which somebody who knows it recognises the rest: ``n•••@menara.ma``."""
    local, _, host = address.rpartition("@")
    return f"{local[:1]}•••@{host}"
