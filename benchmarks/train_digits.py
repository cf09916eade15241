"""Make the weights of the classifier of Arabic-Indic digits: ``python -m benchmarks.train_digits FOLDER_OF_FONTS…``.

Numbers, dates and the ends of the words beside them are drawn in every font of the folders that has the digits, made
into bad scans, and cut into marks by the code that reading uses. Fonts whose names are in ``HELD_OUT`` are never
used, the error on them is printed; those in ``CALIBRATING`` only tell how sure the model may
be. The same fonts and the same seed give the same weights.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from fontTools.ttLib import TTFont
from PIL import Image, ImageDraw, ImageFont

from docflow.ocr.digit_model import ARABIC_DIGITS, CLASSES, OTHER, SEPARATORS, WEIGHTS, WESTERN_DIGITS, DigitModel
from docflow.ocr.digit_shapes import DigitBand, Mark, band_of, marks_of, pictures_of, stacks_of

SEED = 20_260
MM_PX = 12.0
PAPER = 250
HELD_OUT = ("Lateef", "Sahel", "FreeFarsi", "ae_Tholoth", "PakType Tehreer")
CALIBRATING = ("Harmattan", "ae_Furat", "ae_Cortoba")
UNLIKE_PRINT = (
    "Nastaliq", "Colored", "Siyaq", "Thaana", "Syriac", "nazli", "titr", "homa",
    "ae_Electron", "ae_Graph", "ae_Japan", "ae_Jet", "ae_Shado", "ae_AlManzomah", "ae_Haramain", "ae_Metal",
    "ae_Hani", "ae_Khalid", "ae_Rehan", "ae_Nada", "ae_Granada", "ae_Sharjah",
)  # fmt: skip
"""Fonts for Persian, whose four, five and six have other shapes, and fonts for posters."""
WESTERN_LOOK_ARABIC = ("KacstOne",)
WORDS = (
    "في", "بتاريخ", "المرجع", "رقم", "عدد", "حرر", "الإرسال", "يناير", "فبراير", "مارس", "أبريل", "ماي", "يونيو", "غشت",
    "شتنبر", "دجنبر", "من", "إلى", "لسنة", "بالرباط", "الدار", "البيضاء", "الهاتف", "القانون", "المادة", "ساعة", "يوما",
    "وعددها", "درهم", "شارع", "زنقة", "ص.ب", "ق.ش.ت", "م.ن", "أولا", "ه", "ا", "و", "ر", "د", "هـ", "آ", "أ",
)  # fmt: skip
LATIN_WORDS = ("DAT", "SU", "BK", "Rabat", "No", "Tel", "du", "le", "CIN", "JE", "il", "VA")
HIDDEN = 96
SAMPLES_PER_FONT = 400
EPOCHS = 26
BATCH = 256
RATE = 2e-3
DECAY = 1e-2


@dataclass(frozen=True, slots=True)
class Piece:
    """Signs drawn one after another from the left, or, for a word, all at once."""

    text: str
    is_word: bool


def main(folders: Sequence[str]) -> None:
    """Train, print the errors on known and on held-out fonts, write the weights."""
    fonts = sorted({path for folder in folders for path in Path(folder).rglob("*.[ot]tf") if _has_digits(path)})
    known = [path for path in fonts if not path.stem.startswith(HELD_OUT + CALIBRATING)]
    calibrating = [path for path in fonts if path.stem.startswith(CALIBRATING)]
    unknown = [path for path in fonts if path.stem.startswith(HELD_OUT)]
    print(f"{len(known)} fonts to train on, {len(unknown)} held out")
    x, y = _drawn(known, seed=SEED)
    print("marks to train on", Counter(CLASSES[number] for number in y.tolist()))
    model = _calibrated(_trained(x, y), *_drawn(calibrating, seed=SEED + 2))
    model.save(WEIGHTS)
    model = DigitModel.load(WEIGHTS)
    for name, paths in (("known", known), ("held out", unknown)):
        _report(name, model, *_drawn(paths, seed=SEED + 1, count=SAMPLES_PER_FONT // 4))


def _report(name: str, model: DigitModel, x: np.ndarray, y: np.ndarray) -> None:
    found = model.probabilities(x)
    best, is_digit = found.argmax(axis=1), y < len(ARABIC_DIGITS)
    sure = (found.max(axis=1) > 0.9) & (best < len(ARABIC_DIGITS))
    print(
        f"{name}: {len(y)} marks, right {(best == y).mean():.4f}, digits right {(best == y)[is_digit].mean():.4f}; "
        f"read surely {(sure & (best == y))[is_digit].mean():.4f} of the digits, {(best != y)[sure].mean():.5f} wrongly"
    )
    wrong = Counter(
        (CLASSES[a], CLASSES[b])
        for a, b, s in zip(y.tolist(), best.tolist(), sure.tolist(), strict=True)
        if s and a != b
    )
    print("  sure and wrong (is, was read as):", wrong.most_common(12))


def _has_digits(path: Path) -> bool:
    signs = TTFont(path, lazy=True).getBestCmap() or {}
    return not any(part in path.stem for part in UNLIKE_PRINT) and all(ord(digit) in signs for digit in ARABIC_DIGITS)


def _drawn(paths: Sequence[Path], *, seed: int, count: int = SAMPLES_PER_FONT) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    pictures, classes = [], []
    for path in paths:
        signs = frozenset(chr(code) for code in TTFont(path, lazy=True).getBestCmap())
        faces = {size: ImageFont.truetype(str(path), size) for size in range(36, 76, 4)}
        for _ in range(count):
            drawn = _sample(rng, path, faces, signs)
            if drawn is not None:
                pictures.append(drawn[0])
                classes.append(drawn[1])
    return np.concatenate(pictures), np.concatenate(classes)


def _number(rng: np.random.Generator, digits: str, separators: Sequence[str]) -> str:
    def some(count: int) -> str:
        return "".join(digits[int(rng.integers(10))] for _ in range(count))

    sign = str(rng.choice(separators)) if separators else ""
    year = (digits[2] + digits[0] + some(2)) if rng.random() < 0.6 else some(4)
    forms = [
        some(2) + sign + some(2) + sign + year,
        some(int(rng.integers(2, 6))) + sign + year,
        some(4),
        some(2),
        year,
    ]
    return forms[int(rng.integers(5))]


def _pieces(rng: np.random.Generator, signs: frozenset[str], *, western_looks_arabic: bool) -> list[Piece]:
    has_latin = frozenset(WESTERN_DIGITS + "/-.BK") <= signs
    is_western = has_latin and rng.random() < 0.25
    digits = WESTERN_DIGITS if is_western and not western_looks_arabic else ARABIC_DIGITS
    separators = [sign for sign in SEPARATORS + "///" if sign in signs]
    pieces = [Piece(sign, is_word=False) for sign in _number(rng, digits, separators)]
    if rng.random() < 0.6:
        word = LATIN_WORDS if is_western and rng.random() < 0.5 and not western_looks_arabic else WORDS
        pieces.append(Piece(str(rng.choice(word)), is_word=True))
    if rng.random() < 0.25:
        pieces.insert(0, Piece(str(rng.choice(WORDS)), is_word=True))
    if rng.random() < 0.1:
        pieces = [Piece(str(rng.choice(WORDS)), is_word=True) for _ in range(2)]
    return pieces


def _sample(
    rng: np.random.Generator, path: Path, faces: dict[int, ImageFont.FreeTypeFont], signs: frozenset[str]
) -> tuple[np.ndarray, np.ndarray] | None:
    """Return the pictures of a drawn number's marks and their classes."""
    face = faces[int(rng.choice(list(faces)))]
    pieces = _pieces(rng, signs, western_looks_arabic=path.stem.startswith(WESTERN_LOOK_ARABIC))
    height = int(face.size * 2.6)
    width = int(sum(face.getlength(piece.text) for piece in pieces) + face.size * (len(pieces) + 3))
    ink = np.zeros((height, width), np.float32)
    owners = np.full((height, width), -1, np.int32)
    x, spacing = face.size * 0.8, float(rng.uniform(-0.02, 0.06)) * face.size
    for number, piece in enumerate(pieces):
        x += face.size * float(rng.uniform(0.1, 0.3)) * piece.is_word
        length = face.getlength(piece.text)
        left, right = int(x) - face.size // 2, min(width, int(x + length) + face.size // 2)
        plane = Image.new("L", (right - left, height))
        way = "rtl" if piece.is_word else "ltr"
        ImageDraw.Draw(plane).text(
            (x - left, height * 0.65), piece.text, font=face, fill=255, anchor="ls", direction=way
        )
        drawn = np.asarray(plane, np.float32) / 255
        owners[:, left:right][drawn > 0.5] = number
        np.maximum(ink[:, left:right], drawn, out=ink[:, left:right])
        x += length + spacing + face.size * float(rng.uniform(0.1, 0.3)) * piece.is_word
    return _scanned(rng, ink, owners, [OTHER if piece.is_word else CLASSES.index(piece.text) for piece in pieces])


def _scanned(
    rng: np.random.Generator, ink: np.ndarray, owners: np.ndarray, classes: Sequence[int]
) -> tuple[np.ndarray, np.ndarray] | None:
    height, width = ink.shape
    # Leaning, slanted and stretched as other fonts are.
    stretch, slant = float(rng.uniform(0.85, 1.2)), float(rng.normal(0, 0.1))
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), float(rng.normal(0, 0.6)), 1.0)
    matrix[0, 1] += slant
    matrix[0, 2] -= slant * height / 2
    matrix[0] *= stretch
    size = int(width * stretch), height
    ink = cv2.warpAffine(ink, matrix, size)
    owners = cv2.warpAffine(
        owners.astype(np.float32), matrix, size, flags=cv2.INTER_NEAREST, borderMode=cv2.BORDER_CONSTANT, borderValue=-1
    ).astype(np.int32)
    thickness = float(rng.choice([0, 0, 0, 0, 1, -1]))
    if thickness:
        change = cv2.dilate if thickness > 0 else cv2.erode
        ink = 0.5 * ink + 0.5 * change(ink, np.ones((3, 3), np.uint8))
    # The scan has 150 to 300 dots an inch; what is drawn is 12 pixels a millimetre high.
    small = float(rng.uniform(0.48, 1.0))
    level = int(rng.choice([0, 1, 2, 3]))
    ink = cv2.GaussianBlur(ink, (0, 0), float(rng.uniform(0.3, (0.8, 1.2, 2.2, 1.3)[level])))
    scan = cv2.resize(ink, None, fx=small, fy=small, interpolation=cv2.INTER_AREA)
    dark = float(rng.uniform(10, 120 if level == 2 else 70))
    grey = PAPER - (PAPER - dark) * scan + rng.normal(0, (1, 4, 9, 20)[level], scan.shape)
    if level == 3:
        grey = np.where(grey > rng.uniform(130, 180), PAPER, 5)
    grey = np.clip(grey, 0, 255).astype(np.uint8)
    marks = marks_of(grey, (0, 0, grey.shape[1], grey.shape[0]), mm_px=MM_PX * small)
    owned = [
        (mark, _class(mark, owners, classes))
        for mark, stack in zip(marks, stacks_of(marks), strict=True)
        if not stack and not mark.is_cut
    ]
    owned = [(mark, number) for mark, number in owned if number is not None and not _is_like_one(mark, number)]
    if not owned:
        return None
    digits = [mark for mark, number in owned if number != OTHER]
    band = band_of(digits if digits and rng.random() < 0.6 else [mark for mark, _ in owned])
    band = DigitBand(band.top + band.height * float(rng.normal(0, 0.04)), band.height * float(rng.uniform(0.9, 1.12)))
    kept = [(mark, number) for mark, number in owned if band.holds(mark)]
    if not kept:
        return None
    return pictures_of([mark for mark, _ in kept], band), np.array([number for _, number in kept])


def _class(mark: Mark, owners: np.ndarray, classes: Sequence[int]) -> int | None:
    """Return the class of the sign that a mark is, ``OTHER`` for a part of one or several, none for noise."""
    place = owners[mark.y : mark.y + mark.height, mark.x : mark.x + mark.width]
    inside = place[mark.ink[: place.shape[0], : place.shape[1]] > 0]
    numbers, counts = np.unique(inside[inside >= 0], return_counts=True)
    if counts.sum() < 4:
        return None
    number, count = numbers[counts.argmax()], counts.max()
    is_one_sign = count > 0.9 * counts.sum()
    is_whole = classes[number] == OTHER or count > 0.6 * (owners == number).sum()
    return classes[number] if is_one_sign and is_whole else OTHER


def _is_like_one(mark: Mark, number: int) -> bool:
    """Tell whether a piece of a word is a plain stroke: alef and one are one shape, which only the word tells apart."""
    return number == OTHER and mark.width < 0.4 * mark.height


def _trained(x: np.ndarray, y: np.ndarray) -> DigitModel:
    """Return the model after ``EPOCHS`` of Adam on the cross entropy."""
    rng = np.random.default_rng(SEED)
    x = np.hstack([x, np.ones((len(x), 1), np.float32)])
    shapes = (x.shape[1], HIDDEN), (HIDDEN + 1, len(CLASSES))
    layers = [rng.normal(0, np.sqrt(2 / rows), (rows, columns)).astype(np.float32) for rows, columns in shapes]
    means, squares = ([np.zeros_like(layer) for layer in layers] for _ in range(2))
    targets = np.eye(len(CLASSES), dtype=np.float32)[y]
    step = 0
    for epoch in range(EPOCHS):
        rate = 0.5 * RATE * (1 + np.cos(np.pi * epoch / EPOCHS))
        order = rng.permutation(len(x))
        for start in range(0, len(x), BATCH):
            step += 1
            batch = order[start : start + BATCH]
            for layer, gradient, mean, square in zip(
                layers, _gradients(x[batch], targets[batch], layers), means, squares, strict=True
            ):
                mean += 0.1 * (gradient - mean)
                square += 0.001 * (gradient**2 - square)
                layer -= rate * (mean / (1 - 0.9**step) / (np.sqrt(square / (1 - 0.999**step)) + 1e-8) + DECAY * layer)
    return DigitModel(layers[0], layers[1])


def _calibrated(model: DigitModel, x: np.ndarray, y: np.ndarray) -> DigitModel:
    """Return the model that is as sure as it is right on other fonts than its own (temperature scaling)."""

    def surprise(temperature: float) -> float:
        cooler = DigitModel(model.hidden, model.output / np.float32(temperature))
        return float(-np.log(cooler.probabilities(x)[np.arange(len(y)), y] + 1e-9).mean())

    temperature = min(np.arange(0.8, 4.0, 0.1).tolist(), key=surprise)
    print(f"temperature {temperature:.1f}")
    return DigitModel(model.hidden, model.output / np.float32(temperature))


def _gradients(x: np.ndarray, targets: np.ndarray, layers: Sequence[np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    units = np.maximum(x @ layers[0], 0)
    with_bias = np.hstack([units, np.ones((len(x), 1), np.float32)])
    scores = with_bias @ layers[1]
    found = np.exp(scores - scores.max(axis=1, keepdims=True))
    error = (found / found.sum(axis=1, keepdims=True) - targets) / len(x)
    return x.T @ ((error @ layers[1][:-1].T) * (units > 0)), with_bias.T @ error


if __name__ == "__main__":
    main(sys.argv[1:])
