"""Quarters of a district as a drawing: read from GeoJSON, flattened into one picture; plain Python."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any, Final

from docflow.core.errors import InvalidInput

WIDTH: Final = 1000
"""Of the drawing, in its own units; its height follows from the shapes."""
MOST_QUARTERS: Final = 200
MOST_POINTS: Final = 20_000
GEOJSON_BYTES: Final = 2 * 1024 * 1024
NAME_LIMIT: Final = 120
MARGIN: Final = 0.08
"""Around a quarter that is shown alone, as a share of its longer side."""

Ring = list[tuple[int, int]]


@dataclass(frozen=True, slots=True)
class QuarterShape:
    """A quarter: its names, and its outlines in units of the drawing, the last point joined to the first."""

    name_ar: str
    name_fr: str
    rings: list[Ring]


@dataclass(frozen=True, slots=True)
class Frame:
    """Where a drawing lies on the earth (WGS 84): its north-western corner, and degrees to a unit of the drawing."""

    west: float
    north: float
    longitude_step: float
    latitude_step: float

    def place(self, x: float, y: float) -> tuple[float, float]:
        """Return latitude and longitude of a point of the drawing, to a decimetre."""
        return round(self.north - y * self.latitude_step, 6), round(self.west + x * self.longitude_step, 6)

    def units(self, latitude: float, longitude: float) -> tuple[int, int]:
        """Return where a place is on the drawing."""
        return round((longitude - self.west) / self.longitude_step), round((self.north - latitude) / self.latitude_step)


@dataclass(frozen=True, slots=True)
class Drawing:
    """Quarters in one drawing of ``WIDTH`` by ``height``."""

    height: int
    shapes: Sequence[QuarterShape]
    frame: Frame


@dataclass(frozen=True, slots=True)
class Window:
    """A part of a drawing, in its units."""

    x: int
    y: int
    width: int
    height: int

    def holds(self, x: int, y: int) -> bool:
        """Return whether a point is in it."""
        return self.x <= x <= self.x + self.width and self.y <= y <= self.y + self.height


def read_quarters(content: bytes) -> Drawing:
    """Return the quarters of a GeoJSON file (RFC 7946): polygons with the properties ``name_ar`` and ``name_fr``.

    Raises:
        InvalidInput: ``quarters_not_understood``; ``quarters_too_many`` with ``limit``.
    """
    try:
        features = json.loads(content.decode("utf-8-sig"))["features"]
        found = [(_name(one, "name_ar"), _name(one, "name_fr"), _rings(one["geometry"])) for one in features]
    except (ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError) as error:
        raise InvalidInput("quarters_not_understood") from error
    points = [point for _, _, rings in found for point in chain.from_iterable(rings)]
    if not points:
        raise InvalidInput("quarters_not_understood")
    if len(found) > MOST_QUARTERS or len(points) > MOST_POINTS:
        raise InvalidInput("quarters_too_many", limit=MOST_QUARTERS)
    return _drawn(found, points)


def path_of(rings: Sequence[Sequence[Sequence[int]]]) -> str:
    """Return the outlines of a quarter as a path (SVG)."""
    return "".join("M" + "L".join(f"{x} {y}" for x, y in ring) + "z" for ring in rings)


def label_point(rings: Sequence[Sequence[Sequence[int]]]) -> tuple[int, int]:
    """Return where the name of a quarter stands: the middle of its largest outline."""
    ring = max(rings, key=len)
    ring = ring[:-1] if len(ring) > 1 and ring[0] == ring[-1] else ring
    return round(sum(x for x, _ in ring) / len(ring)), round(sum(y for _, y in ring) / len(ring))


def window_of(rings: Sequence[Sequence[Sequence[int]]]) -> Window:
    """Return the part of the drawing that shows a quarter with some of what is around it, no higher than wide."""
    points = list(chain.from_iterable(rings))
    left, right = min(x for x, _ in points), max(x for x, _ in points)
    top, bottom = min(y for _, y in points), max(y for _, y in points)
    margin = max(4, round(max(right - left, bottom - top) * MARGIN))
    height = bottom - top + 2 * margin
    width = max(right - left + 2 * margin, height)
    return Window(left - (width - (right - left)) // 2, top - margin, width, height)


def _name(feature: Any, key: str) -> str:
    name = " ".join(str(feature["properties"][key]).split())
    if not name or len(name) > NAME_LIMIT:
        raise ValueError(key)
    return name


def _rings(geometry: Any) -> list[list[tuple[float, float]]]:
    polygons = [geometry["coordinates"]] if geometry["type"] == "Polygon" else geometry["coordinates"]
    if geometry["type"] not in {"Polygon", "MultiPolygon"}:
        raise ValueError(geometry["type"])
    return [[_point(point) for point in ring] for polygon in polygons for ring in polygon]


def _point(point: Any) -> tuple[float, float]:
    longitude, latitude = float(point[0]), float(point[1])
    if not (-180 <= longitude <= 180 and -89 <= latitude <= 89):
        raise ValueError(point)
    return longitude, latitude


def _drawn(
    found: Sequence[tuple[str, str, list[list[tuple[float, float]]]]], points: Sequence[tuple[float, float]]
) -> Drawing:
    """Lay the earth flat at the middle of the district, north up, and round to units of the drawing."""
    west, east = min(x for x, _ in points), max(x for x, _ in points)
    south, north = min(y for _, y in points), max(y for _, y in points)
    shrink = math.cos(math.radians((south + north) / 2))
    span = max((east - west) * shrink, 1e-9)
    scale = WIDTH / span
    height = max(1, round((north - south) * scale))

    def flat(ring: Sequence[tuple[float, float]]) -> Ring:
        points = ((round((x - west) * shrink * scale), round((north - y) * scale)) for x, y in ring)
        return list(_unlike_neighbours(points))

    shapes = [QuarterShape(name_ar, name_fr, [flat(ring) for ring in rings]) for name_ar, name_fr, rings in found]
    return Drawing(height, shapes, Frame(west, north, 1 / (shrink * scale), 1 / scale))


def _unlike_neighbours(points: Iterator[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Yield points without those that fall on the one before."""
    last: tuple[int, int] | None = None
    for point in points:
        if point != last:
            yield point
        last = point
