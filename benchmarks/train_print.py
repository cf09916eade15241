"""Make the weights that tell print from stamps over it: ``python -m benchmarks.train_print FOLDER_OF_FONTS…``.

Words of the product's catalogues are drawn in the fonts of the folders, round stamps and signatures of many kinds are
put over them, and the whole is made a bad scan; what is to be found is the print alone. Needs the libraries of
``requirements-training.txt``. Prints how much print is found and how much is not print, on samples that were not
trained on, with the network and with all ink taken for print; and the same for the fonts in ``HELD_OUT``, of which none
is trained on. The same fonts and the same seed give the same samples.
"""

from __future__ import annotations

import re
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import cv2
import jax
import jax.numpy as jnp
import numpy as np
import optax
from fontTools.ttLib import TTFont
from jax import lax
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from benchmarks.catalogue_texts import catalogue_texts
from docflow.ocr.print_model import CHANNELS, DARKEST, LAYERS_OF_LEVEL, MM_PX, WEIGHTS, Circle, PrintModel, with_places

SEED = 20_261
SIDE = 192
AROUND = 48
"""Drawn around a sample and cut off, so that lines and stamps run over its edges."""
HELD_OUT = ("Scheherazade", "LiberationSerif")
UNLIKE_PRINT = ("Colored", "Emoji", "Symbol", "Math", "Nastaliq", "Music")
ARABIC, LATIN = "ar", "fr"
WORD = {
    ARABIC: re.compile(r"(?<!\S)[\u0621-\u064a]+[.:]?(?!\S)"),
    LATIN: re.compile(r"(?<!\S)[A-Za-zà-ÿ'-]+[.,:]?(?!\S)"),
}
ARABIC_SIGNS, LATIN_SIGNS = "ابجدرسعكمنهوي", "abcdefghijklmnopqrstuvwxyzéèàç"
SAMPLES, TESTED = 9_000, 400
BATCH, STEPS, RATE = 8, 3_000, 2e-3
INK_WEIGHT = 4.0
"""How much more a pixel counts where there is ink of any kind."""
IS_INK = 0.35

Plane = NDArray[np.float32]
"""How much of each pixel is covered, from 0 to 1."""


@dataclass(frozen=True, slots=True)
class Fonts:
    """Files of fonts by the language whose letters they have."""

    paths: dict[str, list[Path]]

    def some(self, rng: np.random.Generator, language: str, size_px: float) -> ImageFont.FreeTypeFont:
        """Return a face of one of them."""
        paths = self.paths[language]
        return _face(paths[int(rng.integers(len(paths)))], max(8, round(size_px)))


@dataclass(frozen=True, slots=True)
class Samples:
    """Pictures of print under stamps (255 is ``DARKEST``), the print alone, and the circles of the stamps."""

    inks: NDArray[np.uint8]
    prints: NDArray[np.uint8]
    circles: list[Circle]


def main(folders: Sequence[str]) -> None:
    """Draw, train, report and write."""
    paths = sorted({path for folder in folders for path in Path(folder).rglob("*.[ot]tf")})
    known = _fonts([path for path in paths if not path.stem.startswith(HELD_OUT)])
    unknown = _fonts([path for path in paths if path.stem.startswith(HELD_OUT)])
    samples = _drawn(known, seed=SEED, count=SAMPLES)
    tests = {"known fonts": _drawn(known, seed=SEED + 1, count=TESTED)}
    tests["fonts held out"] = _drawn(unknown, seed=SEED + 2, count=TESTED)
    print(
        f"{len(samples.inks)} samples of {', '.join(f'{len(some)} {name}' for name, some in known.paths.items())} fonts"
    )
    model = _trained(samples)
    model.save(WEIGHTS)
    for name, test in tests.items():
        _report(name, PrintModel.load(WEIGHTS), test)


def _report(name: str, model: PrintModel, samples: Samples) -> None:
    inks, truth = DARKEST * _as_floats(samples.inks), _as_floats(samples.prints) > 1 / 2
    shares = [model.print_share(ink, circle) for ink, circle in zip(inks, samples.circles, strict=True)]
    for how, found in (("all ink", inks > IS_INK), ("network", np.stack(shares) > 1 / 2)):
        right = float((found & truth).sum())
        print(f"  {name}, {how}: {right / truth.sum():.4f} of print found, {1 - right / found.sum():.4f} is not print")


def _fonts(paths: Sequence[Path]) -> Fonts:
    found: dict[str, list[Path]] = {ARABIC: [], LATIN: []}
    for path in paths:
        if any(part in path.stem for part in UNLIKE_PRINT):
            continue
        signs = TTFont(path, lazy=True).getBestCmap() or {}
        for language, needed in ((ARABIC, ARABIC_SIGNS), (LATIN, LATIN_SIGNS)):
            if all(ord(sign) in signs for sign in needed):
                found[language].append(path)
    return Fonts(found)


@cache
def _face(path: Path, size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(path), size)


@cache
def _words(language: str) -> list[str]:
    return [word for text in catalogue_texts(language) for word in WORD[language].findall(text)]


def _drawn(fonts: Fonts, *, seed: int, count: int) -> Samples:
    with ProcessPoolExecutor() as pool:
        drawn = list(pool.map(_sample, [fonts] * count, [seed] * count, range(count), chunksize=50))
    inks, prints, circles = zip(*drawn, strict=True)
    return Samples(np.stack(inks), np.stack(prints), list(circles))


def _sample(fonts: Fonts, seed: int, number: int) -> tuple[NDArray[np.uint8], NDArray[np.uint8], Circle]:
    rng = np.random.default_rng((seed, number))
    text = _text(rng, fonts)
    pen = _signature(rng) if rng.random() < 0.6 else np.zeros_like(text)
    stamp, (x, y, radius) = _stamp(rng, fonts)
    ink, alone = _scanned(rng, text, pen, stamp)
    # Circles are found nearly where they are.
    x, y = (place + float(rng.normal(0, 0.3)) * MM_PX for place in (x, y))
    return ink, alone, (x - AROUND, y - AROUND, radius * float(rng.normal(1, 0.015)))


def _text(rng: np.random.Generator, fonts: Fonts) -> Plane:
    """Return lines of print: a block of them, or few short ones as an office and a name."""
    side = SIDE + 2 * AROUND
    language = ARABIC if rng.random() < 0.6 else LATIN
    size = float(rng.uniform(8, 16)) / 72 * 25.4 * MM_PX
    face, small = fonts.some(rng, language, size), rng.random() < 0.5
    pitch, y = size * float(rng.uniform(1.0, 2.0)), float(rng.uniform(-side / 4, side / (1.5 if small else 6)))
    plane = Image.new("L", (side, side))
    draw = ImageDraw.Draw(plane)
    for _ in range(int(rng.integers(1, 4)) if small else 20):
        if rng.random() < 0.1:
            face = fonts.some(rng, language, size)
        words = rng.choice(_words(language), int(rng.integers(1, 4)) if small else 9)
        number = [str(rng.integers(10 ** int(rng.integers(1, 6))))] if rng.random() < 0.2 else []
        line = " ".join([*words, *number])
        x = side / 2 + (float(rng.normal(0, side / 8)) if small else 0)
        draw.text((x, y), line, font=face, fill=255, anchor="ma", direction="rtl" if language == ARABIC else "ltr")
        y += pitch
        if y > side:
            break
    return _turned(np.asarray(plane, np.float32) / 255, float(rng.normal(0, 0.4)))


def _signature(rng: np.random.Generator) -> Plane:
    """Return a looped stroke of a pen."""
    side = SIDE + 2 * AROUND
    plane = np.zeros((side, side), np.uint8)
    times = np.linspace(0, 1, 160)
    width, height = rng.uniform(10, 45) * MM_PX, rng.uniform(3, 12) * MM_PX
    x, y = (np.cumsum(rng.normal(0, 1, 2)) * side / 8 + side / 2).tolist()
    phases, loops = rng.uniform(0, 2 * np.pi, 4), rng.uniform(2, 8)
    xs = (
        x
        + width * (times - 0.5)
        + width * rng.uniform(0.02, 0.12) * np.sin(2 * np.pi * loops * 1.3 * times + phases[0])
    )
    ys = y + height / 2 * (
        np.sin(2 * np.pi * loops * times + phases[1]) * np.sin(np.pi * times + phases[2] / 6)
        + 0.4 * np.sin(np.pi * 2.3 * times + phases[3])
    )
    points = np.stack([xs, ys], axis=1).round().astype(np.int32)
    cv2.polylines(plane, [points], isClosed=False, color=255, thickness=int(rng.integers(2, 7)), lineType=cv2.LINE_AA)
    return plane.astype(np.float32) / 255 * np.float32(rng.uniform(0.6, 1))


def _stamp(rng: np.random.Generator, fonts: Fonts) -> tuple[Plane, Circle]:
    """Return a round stamp: circles, words that run along them, lines or a star in the middle, unevenly inked."""
    side = SIDE + 2 * AROUND
    radius = float(rng.uniform(11, 23)) * MM_PX
    size = round(2 * radius + 2 * MM_PX)
    middle = size / 2
    plane = Image.new("L", (size, size))
    draw = ImageDraw.Draw(plane)
    inner = radius * float(rng.uniform(0.55, 0.75))
    for edge, chance in ((radius, 1.0), (radius * 0.93, 0.25), (inner, 0.85), (inner * 0.92, 0.15)):
        if rng.random() < chance:
            box = (middle - edge, middle - edge, middle + edge, middle + edge)
            draw.ellipse(box, outline=255, width=max(2, round(float(rng.uniform(0.2, 0.8)) * MM_PX)))
    language = LATIN if rng.random() < 0.7 else ARABIC
    _write_around(rng, plane, fonts, language, radius=(radius + inner) / 2, size=(radius - inner) * 0.8)
    _fill_middle(rng, draw, fonts, middle=middle, radius=inner)
    inked = np.asarray(plane, np.float32) / 255
    cells = int(rng.integers(4, 16))
    wear = cv2.resize(rng.random((cells, cells)).astype(np.float32), (size, size), interpolation=cv2.INTER_CUBIC)
    inked *= np.clip(float(rng.uniform(0.2, 0.9)) + wear, 0, 1)
    inked = _turned(inked, float(rng.uniform(-40, 40) if rng.random() < 0.8 else rng.uniform(-180, 180)))
    # Somewhere over the sample: its middle may lie outside.
    far = radius + SIDE / 3
    angle, distance = float(rng.uniform(0, 2 * np.pi)), far * float(np.sqrt(rng.random()))
    x, y = (round(side / 2 + distance * part - middle) for part in (np.cos(angle), np.sin(angle)))
    over = np.zeros((side + 2 * size, side + 2 * size), np.float32)
    over[size + y : 2 * size + y, size + x : 2 * size + x] = inked
    return over[size : size + side, size : size + side], (x + middle, y + middle, radius)


def _write_around(
    rng: np.random.Generator, plane: Image.Image, fonts: Fonts, language: str, *, radius: float, size: float
) -> None:
    """Write along a circle, sign by sign; joined Arabic letters a word at a time."""
    face = fonts.some(rng, language, size * float(rng.uniform(0.75, 1.1)))
    middle, angle = plane.width / 2, 0.0
    end = float(rng.uniform(200, 360))
    words = [f"{word} " for word in rng.choice(_words(language), 40).tolist()]
    signs = [sign for word in words for sign in word.upper()] if language == LATIN else words
    for sign in signs:
        length = face.getlength(sign)
        angle += np.degrees(length / 2 / radius)
        if angle > end:
            return
        side = round(length + 2 * size)
        tile = Image.new("L", (side, side))
        ImageDraw.Draw(tile).text((side / 2, side / 2), sign, font=face, fill=255, anchor="mm")
        tile = tile.rotate(-angle, Image.Resampling.BICUBIC)
        x, y = middle + radius * np.sin(np.radians(angle)), middle - radius * np.cos(np.radians(angle))
        plane.paste(255, (round(x - side / 2), round(y - side / 2)), tile)
        angle += np.degrees((length / 2 + float(rng.uniform(0, 0.15)) * size) / radius)


def _fill_middle(
    rng: np.random.Generator, draw: ImageDraw.ImageDraw, fonts: Fonts, *, middle: float, radius: float
) -> None:
    if rng.random() < 0.25:
        turns = np.radians(np.arange(0, 720, 144) - 90)
        points = [(middle + radius * 0.6 * np.cos(turn), middle + radius * 0.6 * np.sin(turn)) for turn in turns]
        draw.line([*points, points[0]], fill=255, width=round(float(rng.uniform(0.2, 0.8)) * MM_PX))
        return
    count = int(rng.integers(1, 4))
    size = radius * float(rng.uniform(0.25, 0.7)) / count**0.5
    for line in range(count):
        language = ARABIC if rng.random() < 0.6 else LATIN
        place = middle, middle + (line - (count - 1) / 2) * size * 1.2
        text = " ".join(rng.choice(_words(language), 1 if size > radius / 4 else 2))
        draw.text(place, text, font=fonts.some(rng, language, size), fill=255, anchor="mm")


def _scanned(
    rng: np.random.Generator, text: Plane, pen: Plane, stamp: Plane
) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Return the scan, as dark as it is between paper and print, and the print on it."""
    small = float(rng.uniform(150, 300)) / 25.4 / MM_PX
    how = cv2.INTER_AREA if small < 1 else cv2.INTER_LINEAR
    text, pen, stamp = (cv2.resize(plane, None, fx=small, fy=small, interpolation=how) for plane in (text, pen, stamp))
    blur = float(rng.uniform(0.3, 1.2)) * small
    text, pen, stamp = (
        cv2.GaussianBlur(plane, (0, 0), part) for plane, part in ((text, blur), (pen, blur), (stamp, 0.5))
    )
    is_fax = rng.random() < 0.5
    black, white = (10.0, 245.0) if is_fax else (float(rng.uniform(20, 110)), float(rng.uniform(185, 252)))
    page = white - (white - black) * np.maximum(text, pen)
    page += rng.normal(0, rng.uniform(10, 25) if is_fax else rng.uniform(2, 11), page.shape)
    page *= 1 - float(rng.uniform(0.55, 0.9)) * stamp
    if is_fax:
        page = np.where(page > rng.uniform(125, 185), 255.0, 0.0)
        black, white = 0.0, 255.0
        for x, y, size in rng.integers((0, 0, 1), (*page.shape[::-1], 4), (int(rng.integers(8)), 3)).tolist():
            page[y : y + size, x : x + size] = 0
    grey = np.clip(page, 0, 255).astype(np.uint8)
    if not is_fax:
        _, coded = cv2.imencode(".jpg", grey, (cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(40, 85))))
        grey = np.asarray(cv2.imdecode(coded, cv2.IMREAD_GRAYSCALE), np.uint8)
    dark = (white - grey.astype(np.float32)) / ((white - black) * float(rng.uniform(0.85, 1.1)))
    back = (SIDE + 2 * AROUND,) * 2
    dark, alone = (
        np.clip(cv2.resize(np.asarray(plane, np.float32), back, interpolation=cv2.INTER_LINEAR), 0, 1)
        for plane in (dark / DARKEST, text)
    )
    inside = slice(AROUND, AROUND + SIDE)
    ink, alone = ((plane[inside, inside] * 255).round().astype(np.uint8) for plane in (dark, alone))
    return ink, alone


def _turned(plane: Plane, angle_deg: float) -> Plane:
    height, width = plane.shape
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), angle_deg, 1.0)
    return np.asarray(cv2.warpAffine(plane, matrix, (width, height)), np.float32)


def _as_floats(pictures: NDArray[np.uint8]) -> NDArray[np.float32]:
    return pictures.astype(np.float32) / 255


Weights = list[tuple[jax.Array, jax.Array]]


def _trained(samples: Samples) -> PrintModel:
    rng = np.random.default_rng(SEED)
    weights = _first_weights(rng)
    optimiser = optax.adam(optax.warmup_cosine_decay_schedule(0.0, RATE, 100, STEPS))
    state = optimiser.init(weights)

    @jax.jit
    def step(weights: Weights, state: Any, seen: jax.Array, truth: jax.Array) -> tuple[Weights, Any, jax.Array]:
        error, gradient = jax.value_and_grad(_error)(weights, seen, truth)
        change, state = optimiser.update(gradient, state)
        return optax.apply_updates(weights, change), state, error

    began, errors = time.monotonic(), []
    for number in range(1, STEPS + 1):
        some = rng.integers(len(samples.inks), size=BATCH).tolist()
        seen = [
            with_places(ink, samples.circles[one])
            for one, ink in zip(some, DARKEST * _as_floats(samples.inks[some]), strict=True)
        ]
        weights, state, error = step(weights, state, np.stack(seen), _as_floats(samples.prints[some]))
        errors.append(float(error))
        if number % 250 == 0:
            print(f"step {number}: {np.mean(errors[-250:]):.4f}, {time.monotonic() - began:.0f} s", flush=True)
            _model(weights).save(WEIGHTS)
    return _model(weights)


def _model(weights: Weights) -> PrintModel:
    return PrintModel(tuple((np.asarray(kernel), np.asarray(bias)) for kernel, bias in weights))


def _first_weights(rng: np.random.Generator) -> Weights:
    sizes, channels = [], 4
    for level in (*CHANNELS, *CHANNELS[-2::-1]):
        beside = level if len(sizes) >= LAYERS_OF_LEVEL * len(CHANNELS) else 0
        sizes += [(channels + beside, level), *[(level, level)] * (LAYERS_OF_LEVEL - 1)]
        channels = level
    sizes.append((channels, 1))
    return [
        (jnp.asarray(rng.normal(0, (2 / 9 / ins) ** 0.5, (3, 3, ins, outs)), jnp.float32), jnp.zeros(outs, jnp.float32))
        for ins, outs in sizes
    ]


def _error(weights: Weights, seen: jax.Array, truth: jax.Array) -> jax.Array:
    """Return the mean cross entropy of a batch; the network is that of :class:`PrintModel`."""
    *layers, last = weights
    maps, levels = seen, []
    for level in range(len(CHANNELS)):
        if level:
            maps = lax.reduce_window(maps, -jnp.inf, lax.max, (1, 2, 2, 1), (1, 2, 2, 1), "VALID")
        maps = _through(maps, layers[LAYERS_OF_LEVEL * level :][:LAYERS_OF_LEVEL])
        levels.append(maps)
    rest = layers[LAYERS_OF_LEVEL * len(CHANNELS) :]
    for beside in reversed(levels[:-1]):
        maps = jnp.concatenate((maps.repeat(2, axis=1).repeat(2, axis=2), beside), axis=-1)
        maps, rest = _through(maps, rest[:LAYERS_OF_LEVEL]), rest[LAYERS_OF_LEVEL:]
    scores = _convolved(maps, last)[..., 0]
    weight = 1 + INK_WEIGHT * (seen[..., 0] > IS_INK)
    return jnp.sum(weight * optax.sigmoid_binary_cross_entropy(scores, truth)) / jnp.sum(weight)


def _through(maps: jax.Array, layers: Weights) -> jax.Array:
    for layer in layers:
        maps = jax.nn.relu(_convolved(maps, layer))
    return maps


def _convolved(maps: jax.Array, layer: tuple[jax.Array, jax.Array]) -> jax.Array:
    kernel, bias = layer
    return lax.conv_general_dilated(maps, kernel, (1, 1), "SAME", dimension_numbers=("NHWC", "HWIO", "NHWC")) + bias


if __name__ == "__main__":
    main(sys.argv[1:])
