"""One worker process: the runtime, a loop over the job table or the broker's messages, the periodic jobs."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable

import structlog

from docflow.bootstrap import Runtime, bootstrap
from docflow.core.logging import configure_logging
from docflow.core.temporaries import own_temporaries, remove_left
from docflow.jobs.ports import Share
from docflow.settings import load_settings
from workers.schedule import TICK_S, ask_for_periodic_jobs

logger = structlog.get_logger()

NICENESS = 10
"""Where the kernel does not know of idle work: a tenth of a processor that a site wants too."""


def main() -> None:
    """Run jobs until told to stop by SIGTERM or SIGINT; the jobs under way are finished first.

    Jobs of a lane have a thread of their own: who registered a letter finds it at once, however many pages wait to be
    read.
    """
    give_way()
    settings = load_settings()
    configure_logging(is_json=settings.log_format == "json")
    is_stopping = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: is_stopping.set())
    with own_temporaries():
        runtime = bootstrap(settings)
        lanes = threading.Thread(target=_run, args=(runtime, Share.LANES, is_stopping), name="lanes")
        lanes.start()
        _run(runtime, Share.OTHERS, is_stopping)
        lanes.join()


def give_way() -> None:
    """Let whoever waits for a page come first where workers and sites share a machine.

    Niceness says how much of a processor one gets, not how soon: a page goes to the database and back forty times, and
    each time it waited until a worker's turn was over. From idle work the processor is taken at once.
    """
    try:
        os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))
    except OSError:
        os.nice(NICENESS)


def _run(runtime: Runtime, share: Share, is_stopping: threading.Event) -> None:
    runner = runtime.make_runner(share)
    broker = runtime.job_broker
    tickets = None if broker is None else broker.listen(share)
    logger.info("worker_started", owner=runner.owner, share=share, has_broker=broker is not None)
    next_tick = 0.0
    while not is_stopping.is_set():
        try:
            if time.monotonic() >= next_tick:
                next_tick = time.monotonic() + TICK_S
                if share is Share.OTHERS:
                    remove_left()
                    ask_for_periodic_jobs(runtime)
            if tickets is None:
                runner.run_until(_until(is_stopping, next_tick), wait=is_stopping.wait)
            else:
                runner.run_tickets(tickets, _until(is_stopping, next_tick))
        except Exception:
            # A database that is away for a moment must not end the worker.
            logger.exception("worker_interrupted")
            is_stopping.wait(2)
    if tickets is not None:
        tickets.close()
    logger.info("worker_stopped", owner=runner.owner, share=share)


def _until(is_stopping: threading.Event, deadline: float) -> Callable[[], bool]:
    return lambda: is_stopping.is_set() or time.monotonic() >= deadline


if __name__ == "__main__":
    main()
