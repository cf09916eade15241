"""Tasks that start at the same moment."""

from __future__ import annotations

import threading
from collections.abc import Callable


def at_once(*tasks: Callable[[], object]) -> list[BaseException]:
    """Run tasks in threads that start together; return what they raised."""
    gate, raised = threading.Barrier(len(tasks)), list[BaseException]()

    def run(task: Callable[[], object]) -> None:
        gate.wait()
        try:
            task()
        except BaseException as error:  # the test's own thread reports it
            raised.append(error)

    threads = [threading.Thread(target=run, args=(task,)) for task in tasks]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return raised
