"""The visible stamp as PDF operators: words and code are outlines, so that nothing else is needed to show them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import segno

from docflow.core.clock import CASABLANCA
from docflow.stamping.lettering import Weight, shaped
from docflow.stamping.rules import (
    SignatureFace,
    SignatureKind,
    StampDesign,
    StampFace,
    StampKind,
    Standing,
    rgb_of,
    signature_size_mm,
)

POINTS_PER_MM: Final = 72 / 25.4
WIDTH: Final = 80.0
"""Width of the drawing's own grid; every number of this page is in it."""
HEIGHT: Final = 31.0
CODE: Final = 24.0
CODE_LEFT: Final = 1.6
CODE_BOTTOM: Final = 5.0
COLUMN: Final = (27.4, 78.6)
QUIET_MODULES: Final = 2
"""White modules inside the drawing; the paper of the stamp around it gives the others (ISO/IEC 18004, 5.3.8)."""
SMALLEST_SHARE: Final = 0.55
"""Of its wanted size; a longer text is cut."""
EASY_SHARE: Final = 0.8
"""Of its wanted size; two names that would be smaller stand above each other."""
KIND_WORDS: Final = {
    StampKind.ARRIVAL: ("وارد", "ARRIVÉE"),
    StampKind.DEPARTURE: ("صادر", "DÉPART"),
}

SIGNATURE_COLOUR: Final = "#1b3f8b"
SIGNATURE_WORDS: Final = {
    SignatureKind.VISA: ("تأشيرة", "VISA"),
    SignatureKind.SIGNATURE: ("توقيع", "SIGNATURE"),
}
STANDING_WORDS: Final = {
    Standing.OWN: ("", ""),
    Standing.DELEGATION: ("بتفويض من", "par délégation :"),
    Standing.INTERIM: ("بالنيابة عن", "par intérim :"),
}


@dataclass(frozen=True, slots=True)
class Logo:
    """A picture of the stamp: its size in pixels and its levels, three a pixel."""

    width: int
    height: int
    rgb: bytes


@dataclass(frozen=True, slots=True)
class Drawing:
    """A stamp: operators, its size in points, and the pictures they name (``/Logo``)."""

    content: bytes
    width_pt: float
    height_pt: float
    text: str
    logo: Logo | None = None


@dataclass(frozen=True, slots=True)
class _Words:
    """A text to be written in a box: its size and the baseline, in the grid."""

    text: str
    size: float
    baseline: float
    weight: Weight = Weight.REGULAR
    is_rtl: bool = False


def stamp_size_pt(design: StampDesign) -> tuple[float, float]:
    """Return the wanted width and height of a stamp, in points."""
    width = design.width_mm * POINTS_PER_MM
    return width, width * HEIGHT / WIDTH


def shown_time(face: StampFace | SignatureFace) -> str:
    """Return date and time in Casablanca, kept together among words of either direction."""
    return f"\u2066{face.at.astimezone(CASABLANCA):%d/%m/%Y · %H:%M}\u2069"


def stamp_text(face: StampFace, design: StampDesign) -> str:
    """Return what the stamp says, for readers that speak it."""
    arabic, french = KIND_WORDS[face.kind]
    number, moment = f"\u2066{face.register_number}\u2069", shown_time(face)
    parts = [
        f"{design.name_ar} – {arabic} {number} – {moment}" + (f" – {face.unit_ar}" if face.unit_ar else ""),
        f"{design.name_fr} – {french} {number} – {moment}" + (f" – {face.unit_fr}" if face.unit_fr else ""),
    ]
    return " / ".join(parts)


def draw_stamp(face: StampFace, design: StampDesign, *, logo: Logo | None = None) -> Drawing:
    """Return the drawing of a stamp."""
    width, height = stamp_size_pt(design)
    scale = width / WIDTH
    colour = " ".join(f"{part:.3f}" for part in rgb_of(design.colour_of(face.kind)))
    left, right = COLUMN
    # A logo takes the upper left of the words' column.
    words_left = left if logo is None else left + 9.5
    head = [
        _Words(design.name_ar, 4.3, 26.7, Weight.BOLD, is_rtl=True),
        _Words(design.name_fr, 3.0, 22.2),
    ]
    is_stacked = _is_long(face, left, right)
    body = [
        _Words(face.register_number, *((5.8, 11.3) if is_stacked else (6.6, 10.5)), Weight.BOLD),
        _Words(shown_time(face), *((3.3, 7.8) if is_stacked else (3.6, 6.6))),
    ]
    parts = [
        f"q {scale:.5f} 0 0 {scale:.5f} 0 0 cm\n".encode(),
        f"1 1 1 rg 0 0 {WIDTH} {HEIGHT} re f\n".encode(),
        f"{colour} RG 0.5 w 0.35 0.35 {WIDTH - 0.7} {HEIGHT - 0.7} re S\n".encode(),
        f"{colour} rg\n".encode(),
        *(_centred(words, words_left, right) for words in head),
        *(_centred(words, left, right) for words in body),
        _units(face, left, right, is_stacked=is_stacked),
        _desk(design),
        _band(face, left, right),
        b"0 0 0 rg\n",
        _code(face.verification_url),
    ]
    if logo is not None:
        parts.append(_placed_logo(logo, left))
    return Drawing(b"".join([*parts, b"Q\n"]), width, height, stamp_text(face, design), logo)


def draw_signature(face: SignatureFace) -> Drawing:
    """Return the drawing of a person's signature: who, in which capacity, and when."""
    width_mm, height_mm = signature_size_mm()
    colour = " ".join(f"{part:.3f}" for part in rgb_of(SIGNATURE_COLOUR))
    left, right = 2.0, width_mm - 2.0
    middle = width_mm / 2
    arabic, french = SIGNATURE_WORDS[face.kind]
    stead_ar, stead_fr = STANDING_WORDS[face.standing]
    parts = [
        f"q {POINTS_PER_MM:.5f} 0 0 {POINTS_PER_MM:.5f} 0 0 cm\n".encode(),
        f"1 1 1 rg 0 0 {width_mm} {height_mm} re f\n".encode(),
        f"{colour} RG 0.3 w 0.3 0.3 {width_mm - 0.6} {height_mm - 0.6} re S\n".encode(),
        f"{colour} rg\n".encode(),
        _centred(_Words(french, 3.2, 19.6, Weight.BOLD), left, middle),
        _centred(_Words(arabic, 3.6, 19.6, Weight.BOLD, is_rtl=True), middle, right),
        _centred(_Words(face.name_ar, 4.0, 14.2, Weight.BOLD, is_rtl=True), middle, right),
        _centred(_Words(face.name_fr, 3.4, 14.2, Weight.BOLD), left, middle),
        _centred(_Words(face.title_ar, 3.0, 10.2, is_rtl=True), middle, right),
        _centred(_Words(face.title_fr, 2.8, 10.2), left, middle),
        _centred(_Words(f"{stead_ar} {face.for_ar}".strip(), 2.9, 6.4, is_rtl=True), middle, right),
        _centred(_Words(f"{stead_fr} {face.for_fr}".strip(), 2.7, 6.4), left, middle),
        _centred(_Words(shown_time(face), 3.0, 2.2), left, right),
        b"Q\n",
    ]
    text = " – ".join(filter(None, (arabic, french, face.name_ar, face.name_fr, shown_time(face))))
    return Drawing(b"".join(parts), width_mm * POINTS_PER_MM, height_mm * POINTS_PER_MM, text)


def _centred(words: _Words, left: float, right: float) -> bytes:
    """Write a text in the middle between two edges, smaller when it is long, cut when it is longer still."""
    room = right - left
    text = words.text
    if not text:
        return b""
    line = shaped(text, words.weight, is_rtl=words.is_rtl)
    smallest = words.size * SMALLEST_SHARE
    while line.width * smallest / 1000 > room and len(text) > 1:
        text = text[: -2 if text.endswith("…") else -1].rstrip() + "…"
        line = shaped(text, words.weight, is_rtl=words.is_rtl)
    size = min(words.size, room * 1000 / max(1, line.width))
    x = left + (room - line.width * size / 1000) / 2
    return line.drawn(x=x, y=words.baseline, size=size)


def _is_long(face: StampFace, left: float, right: float) -> bool:
    """Whether the names of the unit are too long to stand beside each other at a size that is read with ease."""
    half = (right - left) / 2
    return any(
        shaped(text, Weight.REGULAR, is_rtl=is_rtl).width * size * EASY_SHARE / 1000 > half
        for text, size, is_rtl in ((face.unit_fr, 2.8, False), (face.unit_ar, 3.2, True))
    )


def _units(face: StampFace, left: float, right: float, *, is_stacked: bool) -> bytes:
    """Write the unit in both languages: beside each other, or above each other when they are long."""
    if is_stacked or not (face.unit_ar and face.unit_fr):
        arabic, french = (4.5, 1.5) if face.unit_ar and face.unit_fr else (2.5, 2.5)
        return _centred(_Words(face.unit_ar, 3.0, arabic, is_rtl=True), left, right) + _centred(
            _Words(face.unit_fr, 2.7, french), left, right
        )
    middle = (left + right) / 2
    return _centred(_Words(face.unit_fr, 2.8, 2.5), left, middle - 0.7) + _centred(
        _Words(face.unit_ar, 3.2, 2.5, is_rtl=True), middle + 0.7, right
    )


def _desk(design: StampDesign) -> bytes:
    middle = CODE_LEFT + CODE / 2
    return _centred(_Words(design.desk_fr, 2.3, 2.5), CODE_LEFT, middle - 0.4) + _centred(
        _Words(design.desk_ar, 2.6, 2.5, is_rtl=True), middle + 0.4, CODE_LEFT + CODE
    )


def _band(face: StampFace, left: float, right: float) -> bytes:
    """Say arrival or departure, white on a band of the stamp's colour."""
    arabic, french = KIND_WORDS[face.kind]
    bottom, height = 16.0, 4.8
    middle = (left + right) / 2
    return b"".join(
        [
            f"{left:.2f} {bottom} {right - left:.2f} {height} re f 1 1 1 rg\n".encode(),
            _centred(_Words(french, 3.5, bottom + 1.3, Weight.BOLD), left, middle),
            _centred(_Words(arabic, 4.0, bottom + 1.4, Weight.BOLD, is_rtl=True), middle, right),
        ]
    )


def _code(url: str) -> bytes:
    """Draw the QR code as one path; each run of a row overlaps the next row by a hair."""
    code = segno.make(url, error="m", micro=False, boost_error=False)
    rows: Sequence[bytes] = [bytes(row) for row in code.matrix_iter(border=QUIET_MODULES)]
    side = CODE / len(rows)
    parts = [f"q {side:.5f} 0 0 {side:.5f} {CODE_LEFT} {CODE_BOTTOM} cm\n"]
    for down, row in enumerate(rows):
        y = len(rows) - 1 - down
        parts += [f"{start} {y} {end - start} 1.03 re\n" for start, end in _dark_runs(row)]
    return "".join([*parts, "f Q\n"]).encode("ascii")


def _dark_runs(row: bytes) -> list[tuple[int, int]]:
    """Return where runs of dark modules start and end."""
    edges = [at for at in range(len(row) + 1) if (row[at - 1 : at] or b"\0") != (row[at : at + 1] or b"\0")]
    return list(zip(edges[::2], edges[1::2], strict=True))


def _placed_logo(logo: Logo, left: float) -> bytes:
    room = 8.6
    width, height = room, room * logo.height / logo.width
    if height > room:
        width, height = room * logo.width / logo.height, room
    x, y = left + (room - width) / 2, 21.6 + (room - height) / 2
    return f"q {width:.3f} 0 0 {height:.3f} {x:.3f} {y:.3f} cm /Logo Do Q\n".encode()
