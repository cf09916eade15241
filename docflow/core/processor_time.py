"""What this process and those it started have cost."""

from __future__ import annotations

import os

import psutil


def processor_s() -> float:
    """Return the processor seconds of this process, of the children it has waited for, and of those that still run."""
    times = os.times()
    return sum(times[:4]) + sum(_of_child(child) for child in psutil.Process().children())


def _of_child(child: psutil.Process) -> float:
    try:
        times = child.cpu_times()
    except psutil.NoSuchProcess:
        return 0.0
    return float(times.user + times.system + times.children_user + times.children_system)
