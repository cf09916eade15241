"""A day with many faults: ``python -m benchmarks.faults [FAULTS] [SEED]``, 200 and 2026 when none are said.

People send, register, send on, draft, decide and deposit over HTTP on PostgreSQL, an S3 server and RabbitMQ, while
processes are killed, servers go away, disks fill up, clocks are wrong and the index is deleted (``tests/faults/``).
Printed are the seconds from the end of each fault until everybody was acknowledged something again, and what was
acknowledged; asserted is that nothing of it is lost or doubled, that numbers have no gaps, that journal and seals
verify, that the index equals the database and that no job or act is stuck. SIGTERM ends the day early, and what was
played until then is looked at.
"""

from __future__ import annotations

import json
import os
import resource
import signal
import statistics
import sys
import threading
import time

from tests.faults.day import play


def main() -> None:
    """Print one JSON object; the exit code says whether something is wrong."""
    faults, seed = (int(given) for given in (*sys.argv[1:3], *("200", "2026")[len(sys.argv) - 1 :]))
    start, load = time.monotonic(), os.getloadavg()[0]
    is_over = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: is_over.set())
    outcome = play(faults, seed, is_long=True, is_over=is_over)
    every = [seconds for times in outcome.recovery_s.values() for seconds in times]
    answer = {
        "faults": len(every),
        "seed": seed,
        "acknowledged": outcome.acknowledged,
        "wrong": outcome.wrong,
        "recovery_s": {
            name: {"count": len(times), "p50": round(statistics.median(times), 1), "max": round(max(times), 1)}
            for name, times in sorted(outcome.recovery_s.items())
        },
        "recovery_p50_s": round(statistics.median(every), 1),
        "recovery_p95_s": round(sorted(every)[int(len(every) * 0.95)], 1),
        "wall_s": round(time.monotonic() - start),
        "cpu_s_of_what_ended": round(sum(resource.getrusage(resource.RUSAGE_CHILDREN)[:2])),
        "load_at_start": load,
    }
    print(json.dumps(answer, indent=1, ensure_ascii=False))
    sys.exit(1 if outcome.wrong else 0)


if __name__ == "__main__":
    main()
