"""How dates, sizes, shares and file names are shown: Western digits in both languages, local time of Casablanca."""

from __future__ import annotations

import unicodedata
from datetime import date, datetime
from typing import Final
from zoneinfo import ZoneInfo

from flask_babel import get_locale, gettext

LOCAL_ZONE: Final = ZoneInfo("Africa/Casablanca")
NO_BREAK_SPACE: Final = "\u00a0"
UNIT_STEP: Final = 1000
"""Sizes are decimal: what « Mo » means to a reader and to file managers."""


def local_datetime(value: datetime | None) -> str:
    """Return ``DD/MM/YYYY HH:MM`` in local time; nothing for None."""
    return value.astimezone(LOCAL_ZONE).strftime("%d/%m/%Y %H:%M") if value else ""


def local_date(value: date | None) -> str:
    """Return ``DD/MM/YYYY``; an instant is first brought to local time; nothing for None."""
    if isinstance(value, datetime):
        value = value.astimezone(LOCAL_ZONE)
    return value.strftime("%d/%m/%Y") if value else ""


def local_time(value: datetime | None) -> str:
    """Return ``HH:MM`` in local time; nothing for None."""
    return value.astimezone(LOCAL_ZONE).strftime("%H:%M") if value else ""


def iso_instant(value: date | None) -> str:
    """Return the machine-readable form for a ``time`` element."""
    return value.isoformat() if value else ""


def number(value: float, decimals: int = 0) -> str:
    """Return the number with grouped thousands and a decimal comma, as both languages write it here."""
    text = f"{value:,.{decimals}f}"
    return text.replace(",", NO_BREAK_SPACE).replace(".", ",")


def percent(share: float | None) -> str:
    """Return a share between 0 and 1 as a whole percentage; nothing for None."""
    if share is None:
        return ""
    space = NO_BREAK_SPACE if _language() == "fr" else ""
    return f"{round(share * 100)}{space}%"


def file_size(size_bytes: int) -> str:
    """Return a size in the largest unit that keeps it at one or more, with its unit's name in the reader's language."""
    if size_bytes < UNIT_STEP:
        return str(gettext("%(size)s bytes", size=size_bytes))
    size = size_bytes / UNIT_STEP
    if round(size) < UNIT_STEP:
        return str(gettext("%(size)s KB", size=_short(size)))
    size /= UNIT_STEP
    if round(size) < UNIT_STEP:
        return str(gettext("%(size)s MB", size=_short(size)))
    return str(gettext("%(size)s GB", size=_short(size / UNIT_STEP)))


def safe_name(name: str) -> str:
    r"""Return a file name without control and direction characters, so that it cannot show another extension.

    ``invoice\u202Efdp.exe`` would be shown as ``invoiceexe.pdf`` (CWE-451). Put the result inside ``<bdi>``.
    """
    kept = "".join(
        character
        for character in unicodedata.normalize("NFC", name)
        if unicodedata.category(character) not in {"Cc", "Cf", "Cs", "Zl", "Zp"}
    )
    return " ".join(kept.split()) or gettext("Unnamed file")


def isolated(text: str) -> str:
    """Return a text between first-strong isolates (UAX #9), for a sentence in the other direction."""
    return f"\u2068{text}\u2069"


def _short(value: float) -> str:
    """Return one decimal below ten and none above, as people say sizes."""
    rounded = number(value, 1) if value < 10 else number(value)
    return rounded.removesuffix(",0")


def _language() -> str:
    """Return the language of the page."""
    locale = get_locale()
    return str(locale.language) if locale else "ar"
