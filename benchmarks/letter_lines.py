"""Lines of Arabic letters, drawn in many typefaces and scanned badly, as the engine is given them.

Words of the product's catalogues and of the lexicon of Debian's model, dates, references, telephones, names in French;
no scan of the judges and none of their sentences. Each line comes with its text as it is seen from left to right,
brackets as they are written: so Tesseract's models for Arabic are trained.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TypeAlias

import cv2
import numpy as np
from bidi.algorithm import get_display
from fontTools.ttLib import TTFont
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from docflow.ocr.crops import ABOVE_MM, BLUR_PX, CLOSE_MM, ENDS_MM, LINE_HEIGHT_PX, with_plain_contrast
from docflow.ocr.imaging import WHITE

ADDED_SIGNS = "،٢٣٤٥٦٧٨٩%°&@=?ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyzéèêàâçîôûùÉÈÀÇ"
"""What Debian's model for Arabic cannot spell."""
FACES = {
    "Amiri-Regular": (1.12, 8), "Amiri-Bold": (1.12, 3), "Amiri-Italic": (1.12, 1),
    "Scheherazade-Regular": (1.35, 6), "Scheherazade-Bold": (1.35, 2),
    "NotoNaskhArabic-Regular": (1, 5), "NotoNaskhArabic-Bold": (1, 2),
    "NotoSansArabic-Regular": (1, 5), "NotoSansArabic-Bold": (1, 2),
    "DejaVuSans": (0.92, 5), "DejaVuSans-Bold": (0.92, 2), "DejaVuSansCondensed": (0.92, 1),
    "DejaVuSansMono": (0.85, 0.5),
    "KacstOne": (1.15, 5), "KacstOne-Bold": (1.15, 2),
    "NotoKufiArabic-Regular": (0.9, 1), "NotoKufiArabic-Bold": (0.9, 1),
    "Lateef-Regular": (1.3, 2), "Lateef-Bold": (1.3, 1), "Harmattan-Regular": (1.25, 2), "Harmattan-Bold": (1.25, 1),
    "Thabit": (1, 1), "PakType Naskh Basic SA": (1, 2), "PakType Naskh Basic": (1, 1), "PakType Tehreer": (1, 0.7),
    "nazli": (1.1, 1), "nazlib": (1.1, 0.7), "ae_AlArabiya": (1.1, 1), "ae_Furat": (1.1, 1), "ae_Khalid": (1.1, 0.7),
    "ae_Salem": (1.1, 0.7), "ae_Petra": (1.1, 0.7), "ae_AlHor": (1.1, 0.5), "ae_Arab": (1.1, 0.5),
    "ae_Tholoth": (1.1, 0.5), "ae_Sharjah": (1.1, 0.5), "ae_Rasheeq-Bold": (1.1, 0.5),
}  # fmt: skip
"""Arabic typefaces, by the name of their file: how much larger they are set to look alike, and how often."""
LATIN_FACES = (
    ("LiberationSerif-Regular", "LiberationSerif-Bold"), ("LiberationSans-Regular", "LiberationSans-Bold"),
    ("DejaVuSans", "DejaVuSans-Bold"), ("NotoSerif-Regular", "NotoSerif-Bold"), ("NotoSans-Regular", "NotoSans-Bold"),
    ("LiberationMono-Regular", "LiberationMono-Bold"),
)  # fmt: skip
WITHOUT_LATIN_DIGITS = ("KacstOne", "KacstOne-Bold")
"""They draw 1 as ١."""
LATIN_NEEDED = "0123456789/()%A"
MONTHS = (
    "يناير", "فبراير", "مارس", "أبريل", "ماي", "يونيو", "يوليوز", "غشت", "شتنبر", "أكتوبر", "نونبر", "دجنبر",
    "محرم", "صفر", "رجب", "شعبان", "رمضان", "شوال",
)  # fmt: skip
LABELS = (
    "رقم:", "عدد:", "المرجع:", "الهاتف:", "الموضوع:", "العنوان:", "بتاريخ", "رقم", "عدد", "الحامل", "لبطاقة",
    "ساكن", "الفاكس:", "ت:", "ص.ب",
)  # fmt: skip
CAPITALS = list("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
INDIC = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")
MIRRORED = str.maketrans("()[]«»", ")(][»«")
TATWEEL = "ـ"
DRAWN_OUT = re.compile(r"(?<=[بتثجحخسشصضطظعغفقكلمنهي])(?=[اةبتثجحدرسشصعفقكمنهوي])")
RUN = re.compile(r"([\u0621-\u065f]+(?: +[\u0621-\u065f]+)*)|([^\u0621-\u065f]+)")
OF_ARABIC_FACE = re.compile(r"[\u0600-\u06ff]+|[^\u0600-\u06ff]+")
WIDEST_INCHES = 7.2
KINDS = {"clean": 0.2, "office": 0.25, "poor": 0.28, "fax": 0.27}

Plane: TypeAlias = NDArray[np.float32]
"""How much of each pixel is inked, from 0 to 1."""
Picture: TypeAlias = NDArray[np.uint8]
Drawn: TypeAlias = list[tuple[float, str, ImageFont.FreeTypeFont, str]]
"""Pieces of a line: how far from its left end, text, face and direction."""


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What lines are made of: sentences of words and words in Arabic, words in French."""

    sentences: list[list[str]]
    words: list[str]
    french: list[str]


@dataclass(frozen=True, slots=True)
class Line:
    """The picture of a line, and its text as it is seen from left to right."""

    picture: Picture
    seen: str


def drawn_line(rng: np.random.Generator, words: Vocabulary, fonts: dict[str, Path]) -> Line | None:
    """Return a line; nothing where a typeface drew nothing."""
    kind = str(rng.choice(list(KINDS), p=list(KINDS.values())))
    dpi = 200.0 if kind == "fax" else float(rng.choice([150, 200, 240, 300], p=[0.2, 0.35, 0.15, 0.3]))
    size_pt = float(rng.uniform(9.5, 14) if rng.random() < 0.9 else rng.uniform(14, 22))
    setter = _Setter.some(rng, fonts, size_px=size_pt * dpi / 72)
    text = _text(rng, words)
    pieces, width = setter.set(text)
    while width > WIDEST_INCHES * dpi and " " in text:
        text = text.rsplit(" ", 1)[0]
        pieces, width = setter.set(text)
    line, page = _set_among_lines(rng, setter, pieces, width, words)
    rows, columns = np.nonzero(line > 0.4)
    if len(rows) == 0:
        return None
    box = int(columns.min()), int(rows.min()), int(columns.max()) + 1, int(rows.max()) + 1
    scan = _scanned(rng, _leaning(rng, page, box), kind, mm_px=dpi / 25.4)
    return Line(_cropped(rng, scan, box, mm_px=dpi / 25.4), _seen(text).translate(MIRRORED).replace(TATWEEL, ""))


def _seen(text: str) -> str:
    """Return a text from left to right, each bracket as it looks."""
    return str(get_display(text, base_dir="R"))


def _text(rng: np.random.Generator, words: Vocabulary) -> str:
    wanted = int(rng.integers(1, 13) if rng.random() < 0.8 else rng.integers(1, 4))
    parts: list[str] = []
    while len(parts) < wanted:
        chance = rng.random()
        if chance < 0.38:
            sentence = words.sentences[int(rng.integers(len(words.sentences)))]
            first = int(rng.integers(len(sentence)))
            parts += sentence[first : first + int(rng.integers(1, 7))]
        elif chance < 0.74:
            parts += _some(rng, words.words, 3)
        elif chance < 0.9:
            label = [str(rng.choice(LABELS))] if rng.random() < 0.5 else []
            parts.append(" ".join([*label, _number(rng)]))
        elif chance < 0.93:
            parts.append(_in_latin_letters(rng, words))
        else:
            parts.append(_in_brackets(rng, words))
        if rng.random() < 0.12 and parts[-1][-1] not in ".:،؛؟":
            parts[-1] += str(rng.choice(list("،،،،::.؛-/")))
    if rng.random() < 0.35 and parts[-1][-1] not in ".:،؛؟":
        parts[-1] += "."
    if rng.random() < 0.03:
        parts.insert(0, "-")
    text = re.sub("[–—•]", "-", " ".join(parts).replace(TATWEEL, ""))
    return " ".join(_drawn_out(rng, word) for word in text.split()) if rng.random() < 0.05 else " ".join(text.split())


def _some(rng: np.random.Generator, words: Sequence[str], most: int) -> list[str]:
    return [words[index] for index in rng.integers(len(words), size=int(rng.integers(1, most + 1)))]


def _drawn_out(rng: np.random.Generator, word: str) -> str:
    if rng.random() < 0.7:
        return word
    return DRAWN_OUT.sub(lambda _: TATWEEL * int(rng.integers(1, 5)) if rng.random() < 0.5 else "", word)


def _number(rng: np.random.Generator) -> str:
    day, month, year = int(rng.integers(1, 32)), int(rng.integers(1, 13)), int(rng.integers(1980, 2031))
    mobile = "0" + str(rng.integers(5, 8))
    number = str(
        rng.choice(
            [
                _digits(rng, 1, 6),
                f"{_digits(rng, 1, 4)}/{_digits(rng, 1, 4)}",
                f"{day}/{month}/{year}",
                f"{day:02d}-{month:02d}-{year}",
                " ".join([mobile, *(_digits(rng, 2, 2) for _ in range(4))]),
                mobile + _digits(rng, 8, 8),
                f"{day} {rng.choice(MONTHS)} {year}",
                f"{_digits(rng, 2, 4)}/{rng.choice(list('ابجدرسعقم'))}/{_digits(rng, 2, 2)}",
                f"{_digits(rng, 1, 3)}.{_digits(rng, 1, 3)}",
            ]
        )
    )
    return number.translate(INDIC) if rng.random() < 0.45 else number


def _digits(rng: np.random.Generator, fewest: int, most: int) -> str:
    return "".join(str(digit) for digit in rng.integers(0, 10, int(rng.integers(fewest, most + 1))))


def _in_latin_letters(rng: np.random.Generator, words: Vocabulary) -> str:
    """Return the number of a card, or a few words of French."""
    how = int(rng.integers(4))
    if how == 0:
        return "".join(rng.choice(CAPITALS, int(rng.integers(1, 3)))) + _digits(rng, 4, 6)
    some = _some(rng, words.french, 3)
    return " ".join(word.capitalize() if how == 1 else word.upper() if how == 2 else word for word in some)


def _in_brackets(rng: np.random.Generator, words: Vocabulary) -> str:
    if rng.random() < 0.6:
        within = " ".join(_some(rng, words.words, 2))
    else:
        within = _in_latin_letters(rng, words) if rng.random() < 0.5 else _number(rng)
    first, last = ("()", "«»", "[]", '""')[int(rng.choice(4, p=[0.55, 0.3, 0.05, 0.1]))]
    return first + within + last


@dataclass(frozen=True, slots=True)
class _Setter:
    """Sets lines in a face for Arabic and one for Latin letters."""

    arabic: ImageFont.FreeTypeFont
    latin: ImageFont.FreeTypeFont
    has_latin: bool
    size_px: float

    @classmethod
    def some(cls, rng: np.random.Generator, fonts: dict[str, Path], *, size_px: float) -> _Setter:
        names = [name for name in FACES if name in fonts]
        often = np.array([FACES[name][1] for name in names])
        name = str(rng.choice(names, p=often / often.sum()))
        is_bold = "Bold" in name or name == "nazlib"
        latin = "DejaVuSans" if "DejaVu" in name else LATIN_FACES[int(rng.integers(len(LATIN_FACES)))][is_bold]
        return cls(
            _face(fonts[name], max(8, round(FACES[name][0] * size_px))),
            _face(fonts[latin], max(8, round(0.95 * size_px))),
            name not in WITHOUT_LATIN_DIGITS and _has_latin(fonts[name]),
            size_px,
        )

    def set(self, text: str) -> tuple[Drawn, float]:
        """Return the pieces of a line, and its width in pixels."""
        pieces: Drawn = []
        width = 0.0
        for arabic, other in RUN.findall(_seen(text)):
            some = [(arabic[::-1], self.arabic, "rtl")] if arabic else self._others(other)
            for piece, face, direction in some:
                pieces.append((width, piece, face, direction))
                width += face.getlength(piece, direction=direction)
        return pieces, width

    def _others(self, text: str) -> list[tuple[str, ImageFont.FreeTypeFont, str]]:
        face = self.arabic if self.has_latin and not re.search("[A-Za-z]", text) else self.latin
        return [
            (piece, self.arabic if "\u0600" <= piece[0] <= "\u06ff" else face, "ltr")
            for piece in OF_ARABIC_FACE.findall(text)
        ]


@cache
def _face(path: Path, size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(path), size)


@cache
def _has_latin(path: Path) -> bool:
    signs = TTFont(path, lazy=True).getBestCmap() or {}
    return all(ord(sign) in signs for sign in LATIN_NEEDED)


def _set_among_lines(
    rng: np.random.Generator, setter: _Setter, pieces: Drawn, width: float, words: Vocabulary
) -> tuple[Plane, Plane]:
    """Return the line alone, and with lines above and below it."""
    margin, base = 1.2 * setter.size_px, 2.8 * setter.size_px
    plane = Image.new("L", (round(width + 2 * margin), round(5 * setter.size_px)))
    _draw(plane, pieces, margin, base)
    alone = np.asarray(plane, np.float32) / 255
    if rng.random() < 0.75:
        pitch = setter.size_px * float(rng.uniform(1.15, 2.0))
        for other in (base - pitch, base + pitch):
            if rng.random() < 0.75:
                left = margin + float(rng.uniform(-0.3, 0.5)) * width if rng.random() < 0.5 else margin
                _draw(plane, setter.set(_text(rng, words))[0], left, other)
    return alone, np.asarray(plane, np.float32) / 255


def _draw(plane: Image.Image, pieces: Drawn, left: float, base: float) -> None:
    draw = ImageDraw.Draw(plane)
    for far, piece, face, direction in pieces:
        draw.text((left + far, base), piece, font=face, fill=255, anchor="ls", direction=direction)


def _leaning(rng: np.random.Generator, plane: Plane, box: tuple[int, int, int, int]) -> Plane:
    angle = float(rng.normal(0, 0.25))
    if rng.random() < 0.4:
        return plane
    middle = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
    matrix = cv2.getRotationMatrix2D(middle, angle, 1)
    return np.asarray(cv2.warpAffine(plane, matrix, plane.shape[::-1]), np.float32)


def _scanned(rng: np.random.Generator, inked: Plane, kind: str, *, mm_px: float) -> Picture:
    """Return the scan of a strip of paper, its paper levelled to white."""
    height, width = inked.shape
    if kind == "fax" and rng.random() < 0.25:
        inked = np.asarray(cv2.resize(inked, (width, height // 2), interpolation=cv2.INTER_AREA), np.float32)
    if kind != "clean" and rng.random() < 0.25:
        inked = np.asarray(cv2.dilate(inked, np.ones((int(rng.integers(1, 3)), 2), np.uint8)), np.float32)
    blurs = {"clean": (0.25, 0.7), "office": (0.3, 0.9), "poor": (0.4, 1.2), "fax": (0.3, 1.0)}
    inked = _blurred(inked, float(rng.uniform(*blurs[kind])) * max(0.7, mm_px / 8))
    blacks = {"clean": (10, 50), "office": (20, 80), "poor": (30, 125), "fax": (10, 11)}
    whites = {"clean": (235, 253), "office": (215, 250), "poor": (180, 245), "fax": (244, 245)}
    black, white = float(rng.uniform(*blacks[kind])), float(rng.uniform(*whites[kind]))
    if kind != "clean" and rng.random() < 0.3:
        inked = inked * np.clip(float(rng.uniform(0.55, 1)) + 0.5 * _uneven(rng, inked.shape), 0, 1)
    page = white - (white - black) * inked
    if kind in {"poor", "office"} and rng.random() < 0.3:
        other_side = _blurred(np.roll(inked[:, ::-1], int(rng.integers(-15, 15)), axis=0), 1.5)
        page -= float(rng.uniform(0.03, 0.15)) * (white - black) * other_side
    if kind != "clean" and rng.random() < 0.13:
        page *= 1 - float(rng.uniform(0.1, 0.75)) * _piece_of_stamp(rng, inked.shape, mm_px=mm_px)
    noises = {"clean": (0.5, 4), "office": (2, 8), "poor": (4, 16), "fax": (8, 26)}
    page += rng.normal(0, rng.uniform(*noises[kind]), page.shape)
    if kind == "fax":
        grey, white = _as_black_and_white(rng, page), 255.0
    else:
        qualities = {"clean": (75, 96), "office": (50, 90), "poor": (30, 75)}
        _, coded = cv2.imencode(
            ".jpg",
            np.clip(page, 0, 255).astype(np.uint8),
            (cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(*qualities[kind]))),
        )
        grey = np.asarray(cv2.imdecode(coded, cv2.IMREAD_GRAYSCALE), np.uint8)
    if kind in {"poor", "fax"} and rng.random() < 0.12:
        grey, white = _told_from_stamp(rng, grey, white, mm_px=mm_px), 255.0
    grey = np.asarray(cv2.resize(grey, (width, height), interpolation=cv2.INTER_LINEAR), np.uint8)
    return np.clip(grey * (WHITE / white), 0, 255).astype(np.uint8)


def _as_black_and_white(rng: np.random.Generator, page: NDArray[np.floating]) -> Picture:
    fax = np.where(page > rng.uniform(120, 190), 255, 0).astype(np.uint8)
    height, width = fax.shape
    for x, y, side in rng.integers((0, 0, 1), (width, height, 4), (int(rng.integers(max(1, width // 60))), 3)).tolist():
        fax[y : y + side, x : x + side] = 0 if rng.random() < 0.7 else 255
    return fax


def _told_from_stamp(rng: np.random.Generator, grey: Picture, white: float, *, mm_px: float) -> Picture:
    """Return a strip whose print was told from a black stamp: some of the print is paler, some of the stamp is left."""
    paler = np.clip(float(rng.uniform(0.5, 1)) + 0.5 * _uneven(rng, grey.shape), 0, 1)
    left = float(rng.uniform(0.1, 0.6)) * _piece_of_stamp(rng, grey.shape, mm_px=mm_px)
    ink = np.maximum(np.clip(1 - grey / white, 0, 1) * paler, left)
    return np.asarray(255 * (1 - ink), np.uint8)


def _piece_of_stamp(rng: np.random.Generator, shape: tuple[int, int], *, mm_px: float) -> Plane:
    """Return arcs, and strokes as of letters, that lie over a line."""
    height, width = shape
    plane = np.zeros(shape, np.uint8)
    for _ in range(int(rng.integers(1, 3))):
        radius = float(rng.uniform(8, 22)) * mm_px
        middle = round(float(rng.uniform(0, width))), round(float(rng.uniform(-radius, radius)) + height / 2)
        cv2.circle(plane, middle, round(radius), 255, max(1, round(float(rng.uniform(0.2, 0.7)) * mm_px)), cv2.LINE_AA)
    if rng.random() < 0.5:
        place = round(float(rng.uniform(0, width))), round(float(rng.uniform(0.2, 0.8)) * height)
        letters = "".join(rng.choice(CAPITALS, int(rng.integers(1, 4))))
        scale = cv2.getFontScaleFromHeight(cv2.FONT_HERSHEY_DUPLEX, round(float(rng.uniform(2, 4)) * mm_px))
        cv2.putText(plane, letters, place, cv2.FONT_HERSHEY_DUPLEX, scale, 255, max(1, round(0.4 * mm_px)), cv2.LINE_AA)
    return _blurred(plane.astype(np.float32) / 255, 0.6)


def _uneven(rng: np.random.Generator, shape: tuple[int, int]) -> Plane:
    height, width = shape
    cells = rng.random((3, max(2, width // 40))).astype(np.float32)
    return np.asarray(cv2.resize(cells, (width, height), interpolation=cv2.INTER_CUBIC), np.float32)


def _blurred(plane: Plane, sigma_px: float) -> Plane:
    return np.asarray(cv2.GaussianBlur(plane, (0, 0), sigma_px), np.float32)


def _cropped(rng: np.random.Generator, scan: Picture, box: tuple[int, int, int, int], *, mm_px: float) -> Picture:
    """Return the line as it is cut from a page, whose box is told nearly."""
    above = ABOVE_MM if rng.random() < 0.7 else float(rng.choice([CLOSE_MM, CLOSE_MM, 0.8]))
    x0, y0, x1, y1 = (
        round(edge + float(rng.normal(0, off)) * mm_px) for edge, off in zip(box, (0.1, 0.15) * 2, strict=True)
    )
    pad_x, pad_y = round(ENDS_MM * mm_px), round(above * mm_px)
    line = scan[max(0, y0 - pad_y) : y1 + pad_y, max(0, x0 - pad_x) : x1 + pad_x]
    scale = LINE_HEIGHT_PX / line.shape[0]
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    crop = cv2.resize(line, (max(8, round(line.shape[1] * scale)), LINE_HEIGHT_PX), interpolation=how)
    crop = with_plain_contrast(np.asarray(crop, np.uint8))
    return np.asarray(cv2.GaussianBlur(crop, (0, 0), BLUR_PX), np.uint8) if rng.random() < 0.12 else crop
