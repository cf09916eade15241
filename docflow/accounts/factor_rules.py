"""Second factor: codes by the clock (RFC 6238) and recovery codes; plain Python."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

import pyotp

STEP_S: Final = 30
"""RFC 6238, section 5.2: how long a code is shown."""
WINDOW_STEPS: Final = 1
"""Codes before and after the present one that are taken as well: a telephone's clock is not the server's."""
CODE_TIME: Final = timedelta(minutes=5)
"""How long a right password waits for its code."""
RECOVERY_COUNT: Final = 10
RECOVERY_SIGNS: Final = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
"""Without those that are taken for one another on paper: 0 and O, 1, I and L."""
RECOVERY_GROUPS, RECOVERY_GROUP = 4, 4
"""16 signs of 31 are 79 bits: a plain hash keeps them, and they are never guessed."""


def new_factor_secret() -> str:
    """Return a new secret of 160 bits in Base32, as applications for codes take it."""
    return pyotp.random_base32()


def address_of_secret(secret: str, *, username: str, issuer: str) -> str:
    """Return the ``otpauth://`` address that the QR code carries."""
    return pyotp.TOTP(secret, interval=STEP_S).provisioning_uri(name=username, issuer_name=issuer)


def step_of(now: datetime) -> int:
    """Return the number of the step that an instant is in."""
    return int(now.timestamp()) // STEP_S


def matching_step(secret: str, code: str, now: datetime) -> int | None:
    """Return the step of which this is the code, of those taken now; every one is compared, whichever fits."""
    codes = pyotp.TOTP(secret, interval=STEP_S)
    present = step_of(now)
    steps = range(present - WINDOW_STEPS, present + WINDOW_STEPS + 1)
    fitting = [step for step in steps if secrets.compare_digest(codes.generate_otp(step), code)]
    return fitting[-1] if fitting else None


def cleaned_code(text: str) -> str:
    """Return a typed code in Western digits and capitals, without what stands between; any digits are taken."""
    signs = (str(int(sign)) if sign.isdecimal() else sign for sign in text[:64] if sign.isalnum())
    return "".join(signs).upper().encode("ascii", "ignore").decode()


def new_recovery_codes() -> list[str]:
    """Return recovery codes as they are shown, in groups."""
    return [
        "-".join("".join(secrets.choice(RECOVERY_SIGNS) for _ in range(RECOVERY_GROUP)) for _ in range(RECOVERY_GROUPS))
        for _ in range(RECOVERY_COUNT)
    ]


def shown_secret(secret: str) -> str:
    """Return a secret in groups of four, to be typed by hand."""
    return " ".join(_groups_of_four(secret))


def _groups_of_four(text: str) -> Iterable[str]:
    return (text[start : start + 4] for start in range(0, len(text), 4))
