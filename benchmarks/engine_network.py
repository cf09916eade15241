"""Networks in Tesseract's files, as far as training needs them: made trainable, given more signs, averaged.

The fields are those of ``src/lstm`` of Tesseract 5: a network is a tree of layers, each a header, its layers or its
matrices of weights, and whether it is quantised. Debian's models are quantised to eight bits, which ``lstmtraining``
refuses to go on with; their weights are the same numbers in floating point.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final, Self

import numpy as np
from numpy.typing import NDArray

QUANTISED, DOUBLES = 1, 128
"""Bits of a matrix's mode."""
IS_QUANTISED = 1
"""Bit of the flags at the end of a network's file."""
OWN_RATES = 64
"""Bit of a layer's flags: a rate of learning for each layer within."""
PLUMBING = (b"Series", b"Parallel", b"RTLReversed", b"TTBReversed", b"XYTranspose")
LSTMS, GATES = (b"LSTM", b"SummLSTM"), 4
FULL = (b"Tanh", b"Softmax", b"Logistic", b"Relu", b"Linear")
PLAIN: Final = {b"Input": 20, b"Convolve": 8, b"Maxpool": 8, b"Reconfig": 8}
"""Bytes after the header of a layer without weights."""
SELDOM, UNLIKE = 6.0, 0.02
"""How much less sure than the mean of the others a new sign begins, and how unlike them its weights are."""

Matrix = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Layer:
    """The header of a layer."""

    kind: bytes
    state: bytes
    flags: int
    ins: int
    outs: int
    weights: int
    name: bytes

    def packed(self) -> bytes:
        """Return its bytes."""
        numbers = struct.pack("<iiii", self.flags, self.ins, self.outs, self.weights)
        return b"\0" + text_packed(self.kind) + self.state + numbers + text_packed(self.name)


@dataclass(frozen=True, slots=True)
class EngineNetwork:
    """A network: its headers, matrices (outputs, inputs and a bias) and other bytes in the order of the file."""

    parts: tuple[Layer | Matrix | bytes, ...]

    @classmethod
    def load(cls, data: bytes) -> Self:
        """Return the network of a component ``lstm``; its weights in floating point, whatever they were."""
        reader = _Reader(data)
        _read_layer(reader)
        reader.keep(4 + reader.peek_int())
        flags = reader.int()
        return cls((*reader.parts, struct.pack("<i", flags & ~IS_QUANTISED), reader.rest()))

    def packed(self) -> bytes:
        """Return the bytes of the component ``lstm``."""
        return b"".join(_packed(part) for part in self.parts)

    def with_more_outputs(self, count: int, *, seed: int) -> EngineNetwork:
        """Return the network that knows more signs, none of which it has seen yet."""
        softmax = next(part for part in self.parts if isinstance(part, Layer) and part.kind == b"Softmax")
        more = count * (softmax.ins + 1)
        parts: list[Layer | Matrix | bytes] = []
        for index, part in enumerate(self.parts):
            if isinstance(part, Layer) and (index == 0 or part is softmax):
                parts.append(replace(part, outs=part.outs + count, weights=part.weights + more))
            elif isinstance(part, np.ndarray) and self.parts[index - 1] is softmax:
                rows = part.mean(axis=0) + np.random.default_rng(seed).normal(0, UNLIKE, (count, part.shape[1]))
                rows[:, -1] -= SELDOM
                parts.append(np.vstack((part, rows)))
            else:
                parts.append(part)
        return EngineNetwork(tuple(parts))


def averaged(networks: Sequence[EngineNetwork]) -> EngineNetwork:
    """Return the network whose weights are the means of those of some that began as one."""
    return EngineNetwork(
        tuple(
            np.mean([other.parts[index] for other in networks], axis=0) if isinstance(part, np.ndarray) else part
            for index, part in enumerate(networks[0].parts)
        )
    )


def text_packed(text: bytes) -> bytes:
    """Return the bytes of a string, or of a vector of bytes."""
    return struct.pack("<i", len(text)) + text


def _packed(part: Layer | Matrix | bytes) -> bytes:
    if isinstance(part, Layer):
        return part.packed()
    if isinstance(part, bytes):
        return part
    return struct.pack("<Biid", 4 | DOUBLES, *part.shape, 0.0) + part.astype("<f8").tobytes()


class _Reader:
    """A file read from its beginning."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._place = 0
        self.parts: list[Layer | Matrix | bytes] = []

    def take(self, count: int) -> bytes:
        self._place += count
        return self._data[self._place - count : self._place]

    def int(self) -> int:
        return int.from_bytes(self.take(4), "little", signed=True)

    def peek_int(self) -> int:
        return int.from_bytes(self._data[self._place : self._place + 4], "little", signed=True)

    def text(self) -> bytes:
        return self.take(self.int())

    def keep(self, count: int) -> None:
        self.parts.append(self.take(count))

    def rest(self) -> bytes:
        return self._data[self._place :]


def _read_layer(reader: _Reader) -> None:
    reader.take(1)
    layer = Layer(reader.text(), reader.take(2), reader.int(), reader.int(), reader.int(), reader.int(), reader.text())
    reader.parts.append(layer)
    if layer.kind in PLUMBING:
        layers = reader.peek_int()
        reader.keep(4)
        for _ in range(layers):
            _read_layer(reader)
        if layer.flags & OWN_RATES:
            reader.keep(4 + 4 * reader.peek_int())
    elif layer.kind in LSTMS:
        reader.keep(4)
        for _ in range(GATES):
            reader.parts.append(_matrix(reader))
    elif layer.kind in FULL:
        reader.parts.append(_matrix(reader))
    else:
        reader.keep(PLAIN[layer.kind])


def _matrix(reader: _Reader) -> Matrix:
    mode, rows, columns = reader.take(1)[0], reader.int(), reader.int()
    if not mode & QUANTISED:
        reader.take(8)
        return np.frombuffer(reader.take(8 * rows * columns), "<f8").reshape(rows, columns)
    reader.take(1)
    weights = np.frombuffer(reader.take(rows * columns), np.int8).reshape(rows, columns)
    scales = np.frombuffer(reader.take(8 * reader.int()), "<f8")
    return weights * scales[:rows, None]
