"""How many requests each route answered, how, and in what time, over all web processes of a host.

Each process counts in files of its own, mapped into its memory (the form that prometheus_client reads), so that a count
costs no system call; a process that ended leaves them, and the next that starts adds them to what is kept of the past.
"""

from __future__ import annotations

import fcntl
import secrets
import threading
import time
import weakref
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from flask import Flask, Response, g, request
from prometheus_client.mmap_dict import MmapedDict, mmap_key
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.utils import floatToGoString

BOUNDS_S: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, float("inf"))
REQUESTS: Final = "docflow_requests"
DURATION: Final = "docflow_request_duration_seconds"
REQUESTS_HELP: Final = "Requests that were answered, by site, route and status."
DURATION_HELP: Final = "Time until the answer began, by site and route."
KINDS: Final = ("counter", "histogram")
PAST: Final = "past"


class RequestCounts:
    """Counts the requests of one process, and reads the counts of all that share the folder."""

    def __init__(self, folder: Path) -> None:
        """Open files of this process in a folder, after adding up those of processes that ended."""
        self._folder = folder
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        name = secrets.token_hex(8)
        with self._alone(fcntl.LOCK_EX):
            self._add_up_the_past()
            self._counter, self._histogram = (MmapedDict(str(_file(folder, kind, name))) for kind in KINDS)
            # Held until the process ends, however it ends: by this the next one knows.
            self._held = _file(folder, "histogram", name).open("rb")
            fcntl.flock(self._held, fcntl.LOCK_EX)
        self._close = weakref.finalize(self, _close, self._counter, self._histogram, self._held)
        self._lock = threading.Lock()
        self._keys: dict[tuple[str, str, str], tuple[str, list[str]]] = {}
        self._counted: dict[tuple[str, str, str, int], str] = {}

    def count(self, *, site: str, method: str, route: str, status: int, took_s: float) -> None:
        """Count one request."""
        with self._lock:
            key = self._counted.get((site, method, route, status))
            if key is None:
                key = self._counted[site, method, route, status] = _counter_key(site, method, route, status)
            _add(self._counter, key, 1)
            keys = self._keys.get((site, method, route))
            if keys is None:
                keys = self._keys[site, method, route] = _histogram_keys(site, method, route)
                for bucket in keys[1]:
                    _add(self._histogram, bucket, 0)
            _add(self._histogram, keys[0], took_s)
            _add(self._histogram, keys[1][bisect_left(BOUNDS_S, took_s)], 1)

    def collect(self) -> Iterable[Any]:
        """Return the metrics of all processes, as prometheus_client has them."""
        with self._alone(fcntl.LOCK_SH):
            files = [str(path) for path in self._folder.glob("*.db")]
            return list(MultiProcessCollector.merge(files))

    def close(self) -> None:
        """Leave the files to the next process."""
        self._close()

    @contextmanager
    def _alone(self, how: int) -> Iterator[None]:
        with (self._folder / "lock").open("ab") as lock:
            fcntl.flock(lock, how)
            yield

    def _add_up_the_past(self) -> None:
        for path in self._folder.glob("histogram_*.db"):
            name = path.stem.partition("_")[2]
            if name == PAST or not _has_ended(path):
                continue
            for kind in KINDS:
                ended = _file(self._folder, kind, name)
                kept = MmapedDict(str(_file(self._folder, kind, PAST)))
                for key, value, _at, _place in MmapedDict.read_all_values_from_file(str(ended)):
                    _add(kept, key.rstrip(), value)
                kept.close()
                ended.unlink()


def install_request_counts(app: Flask, counts: RequestCounts, *, site: str) -> None:
    """Count every answer of a site under its route, never under the address that was asked for."""

    @app.after_request
    def count_request(response: Response) -> Response:
        route = request.url_rule.rule if request.url_rule else ""
        took_s = time.perf_counter() - g.began if "began" in g else 0.0
        # Any word can be sent as a method; each would be a line of its own for ever.
        method = request.method if route else ""
        counts.count(site=site, method=method, route=route, status=response.status_code, took_s=took_s)
        return response


def _close(*opened: Any) -> None:
    for each in opened:
        each.close()


def _file(folder: Path, kind: str, name: str) -> Path:
    return folder / f"{kind}_{name}.db"


def _has_ended(path: Path) -> bool:
    with path.open("rb") as held:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
    return True


def _add(values: MmapedDict, key: str, more: float) -> None:
    values.write_value(key, values.read_value(key)[0] + more, 0.0)


def _counter_key(site: str, method: str, route: str, status: int) -> str:
    names = ["site", "method", "route", "status"]
    return str(mmap_key(REQUESTS, f"{REQUESTS}_total", names, [site, method, route, str(status)], REQUESTS_HELP))


def _histogram_keys(site: str, method: str, route: str) -> tuple[str, list[str]]:
    names, values = ["site", "method", "route"], [site, method, route]
    total = mmap_key(DURATION, f"{DURATION}_sum", names, values, DURATION_HELP)
    buckets = [
        mmap_key(DURATION, f"{DURATION}_bucket", [*names, "le"], [*values, floatToGoString(bound)], DURATION_HELP)
        for bound in BOUNDS_S
    ]
    return total, buckets
