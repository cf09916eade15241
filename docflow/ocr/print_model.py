"""The network that tells print from the round stamps and signatures over it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final, Self, TypeAlias

import numpy as np
from numpy.typing import NDArray

Picture: TypeAlias = NDArray[np.float32]
"""Of shape (height, width), 0 on paper and 1 where it is as dark as print; print under a stamp may be darker."""
Circle: TypeAlias = tuple[float, float, float]
"""The outer circle of a stamp, in pixels of the picture: where its centre is, across and down, and its radius."""
Layer: TypeAlias = tuple[NDArray[np.float32], NDArray[np.float32]]
"""A kernel of shape (3, 3, channels in, channels out) and a bias for each channel out."""
_Maps: TypeAlias = NDArray[np.float32]

MM_PX: Final = 8.0
"""Pixels in a millimetre of the pictures it is given."""
DARKEST: Final = 2.0
"""What is darker than this is taken for as dark as this."""
CHANNELS: Final = (12, 24, 48, 64, 64)
"""Of each level, the finest first; each level halves the picture."""
SIDE_PX: Final = 2 ** (len(CHANNELS) - 1)
"""What the sides of a picture must be multiples of."""
LAYERS_OF_LEVEL: Final = 2
WEIGHTS: Final = Path(__file__).parent / "data" / "print_weights.npz"
"""Made by ``benchmarks/train_print.py``, which says from what."""


@dataclass(frozen=True, slots=True)
class PrintModel:
    """Levels on the way down, then back up, each beside what it saw on the way down; after Ronneberger et al., 2015."""

    layers: tuple[Layer, ...]

    @classmethod
    def load(cls, path: Path) -> Self:
        """Return the model of a file that ``save`` wrote."""
        with np.load(path, allow_pickle=False) as arrays:
            parts = [arrays[name].astype(np.float32) for name in arrays.files]
        return cls(tuple(zip(parts[::2], parts[1::2], strict=True)))

    def save(self, path: Path) -> None:
        """Write the weights in half precision."""
        np.savez_compressed(path, *(part.astype(np.float16) for layer in self.layers for part in layer))

    def print_share(self, picture: Picture, circle: Circle) -> Picture:
        """Return how surely each pixel shows print, from 0 to 1; the sides are multiples of ``SIDE_PX``."""
        *layers, last = self.layers
        maps, seen = with_places(picture, circle), []
        for level in range(len(CHANNELS)):
            maps = _halved(maps) if level else maps
            maps = _through(maps, layers[LAYERS_OF_LEVEL * level :][:LAYERS_OF_LEVEL])
            seen.append(maps)
        rest = layers[LAYERS_OF_LEVEL * len(CHANNELS) :]
        for beside in reversed(seen[:-1]):
            maps = np.concatenate((maps.repeat(2, axis=0).repeat(2, axis=1), beside), axis=-1)
            maps, rest = _through(maps, rest[:LAYERS_OF_LEVEL]), rest[LAYERS_OF_LEVEL:]
        scores = _convolved(maps, last)[..., 0]
        return np.asarray((1 + np.tanh(scores / 2)) / 2, np.float32)


def with_places(picture: Picture, circle: Circle) -> NDArray[np.float32]:
    """Return the picture and where each pixel lies in the circle, in radii: across, down, and from its centre.

    Of shape (height, width, 4).
    """
    x, y, radius = circle
    rows, columns = np.indices(picture.shape, dtype=np.float32)
    across, down = (columns - x) / radius, (rows - y) / radius
    return np.stack((picture, across, down, np.hypot(across, down)), axis=-1)


def _through(maps: _Maps, layers: list[Layer]) -> _Maps:
    for layer in layers:
        maps = np.maximum(_convolved(maps, layer), 0)
    return maps


def _convolved(maps: _Maps, layer: Layer) -> _Maps:
    kernel, bias = layer
    height, width, _ = maps.shape
    padded = np.pad(maps, ((1, 1), (1, 1), (0, 0)))
    result = np.broadcast_to(bias, (height, width, len(bias))).copy()
    for row in range(3):
        for column in range(3):
            result += padded[row : row + height, column : column + width] @ kernel[row, column]
    return result


def _halved(maps: _Maps) -> _Maps:
    height, width, channels = maps.shape
    return np.asarray(maps.reshape(height // 2, 2, width // 2, 2, channels).max(axis=(1, 3)), np.float32)


@cache
def print_model() -> PrintModel:
    """Return the model that comes with the product."""
    return PrintModel.load(WEIGHTS)
