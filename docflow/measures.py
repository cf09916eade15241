"""What Prometheus reads: the figures of every room, those of the machine, and the requests of all web processes."""

from __future__ import annotations

import shutil
import threading
import time
from collections.abc import Iterable, Sequence
from importlib.metadata import version
from typing import Any, Final

import structlog
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4, generate_latest

from docflow.bootstrap import Runtime
from docflow.core.capability import Measure, Measuring
from docflow.schema import schema_of
from docflow.web.request_counts import RequestCounts

logger = structlog.get_logger()

FORM: Final = CONTENT_TYPE_PLAIN_0_0_4


class Watch:
    """Takes the figures when it is asked, and keeps those that cost something for a while."""

    def __init__(self, runtime: Runtime, counts: RequestCounts | None = None) -> None:
        """Take the runtime, and where requests are counted."""
        self._runtime = runtime
        self._counts = counts
        self._kept: dict[tuple[str, int], tuple[float, Sequence[Measure]]] = {}
        self._lock = threading.Lock()

    def told(self) -> bytes:
        """Return everything in the text form of Prometheus."""
        # One at a time: whoever asks while somebody else does gets what was just counted.
        with self._lock:
            return bytes(generate_latest(self))

    def collect(self) -> Iterable[Any]:
        """Return every figure, as prometheus_client has them."""
        began = time.perf_counter()
        failed = []
        for room in self._runtime.capabilities:
            for place, measuring in enumerate(room.measures):
                try:
                    measures = self._taken((room.name, place), measuring)
                except Exception:
                    # The boundary of a scrape: while the database is away, everything else is still told.
                    logger.exception("measures_failed", room=room.name)
                    failed.append(room.name)
                    continue
                yield from map(_family, measures)
        yield from map(_family, self._own(failed))
        if self._counts is not None:
            yield from self._counts.collect()
        took = Measure("docflow_scrape_seconds", "What taking these figures took.", [({}, time.perf_counter() - began)])
        yield _family(took)

    def _taken(self, key: tuple[str, int], measuring: Measuring) -> Sequence[Measure]:
        now = time.monotonic()
        kept = self._kept.get(key)
        if kept is not None and now - kept[0] < measuring.kept_s:
            return kept[1]
        measures = measuring.take(self._runtime)
        self._kept[key] = (now, measures)
        return measures

    def _own(self, failed: Sequence[str]) -> Sequence[Measure]:
        disk = shutil.disk_usage(self._runtime.settings.home)
        rooms = [room.name for room in self._runtime.capabilities if room.measures]
        return [
            Measure("docflow_disk_free_bytes", "Room left on the disk of the home.", [({}, disk.free)]),
            Measure("docflow_disk_size_bytes", "Size of the disk of the home.", [({}, disk.total)]),
            Measure(
                "docflow_measures_failed",
                "1 where the figures of a room could not be taken.",
                [({"room": name}, float(name in failed)) for name in dict.fromkeys(rooms)],
            ),
            Measure("docflow_info", "Version and schema.", [({"version": version("docflow"), **self._schema()}, 1)]),
        ]

    def _schema(self) -> dict[str, str]:
        try:
            with self._runtime.transactions.reading() as session:
                return {"schema": schema_of(session.connection()) or ""}
        except Exception:
            # As above; the rooms have said so.
            return {"schema": ""}


def _family(measure: Measure) -> GaugeMetricFamily:
    labels = list(measure.samples[0][0]) if measure.samples else []
    family = GaugeMetricFamily(measure.name, measure.help, labels=labels)
    for named, value in measure.samples:
        family.add_metric([named[label] for label in labels], value)
    return family
