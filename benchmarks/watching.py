"""What the processes of an installation hold while it is used, and whether any of it grows."""

from __future__ import annotations

import statistics
import time
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from benchmarks.serving import District

ROLES: Final = ("wsgi:staff", "wsgi:public", "workers.main", "workers.relay", "workshop_main")
WARM: Final = 0.25
"""The part of the time in which caches may fill."""
LEAST: Final = {"memory_bytes": 12_000_000, "files": 4, "sockets": 4}
"""What is not yet growth, over all of the time that is looked at."""
LEAST_PART: Final = 0.05


class Watch:
    """Notes, for each process, its memory, open files and connections."""

    def __init__(self, district: District) -> None:
        """Take the installation."""
        self._district = district
        self._start = time.monotonic()
        self._noted: dict[tuple[str, int, str], list[tuple[float, int]]] = defaultdict(list)

    def look(self) -> None:
        """Note what there is now."""
        at = time.monotonic() - self._start
        for process_id, (_parent, command) in self._district.processes().items():
            role = next((name for name in ROLES if name in command), "other")
            try:
                held = _held(process_id)
            except OSError:
                continue
            for what, value in held.items():
                self._noted[role, process_id, what].append((at, value))

    def told(self) -> dict[str, dict[str, list[int]]]:
        """Return, by what a process is and how much there was, the first and the last of all its processes together."""
        found: dict[str, dict[str, list[int]]] = defaultdict(lambda: defaultdict(lambda: [0, 0]))
        last = max(moments[-1][0] for moments in self._noted.values())
        for (role, _process_id, what), moments in self._noted.items():
            found[role][what][0] += moments[0][1] if moments[0][0] < 1 else 0
            found[role][what][1] += moments[-1][1] if moments[-1][0] == last else 0
        return {role: dict(held) for role, held in found.items()}

    def growing(self) -> list[str]:
        """Return what grew, by a line through what was noted once everything was warm."""
        last = max(moments[-1][0] for moments in self._noted.values())
        return [
            f"{role} {process_id}: {what} grows by {grown:.0f} from {level:.0f}"
            for (role, process_id, what), moments in sorted(self._noted.items())
            for level, grown in [growth([one for one in moments if one[0] >= last * WARM])]
            if grown > max(LEAST[what], level * LEAST_PART)
        ]


def growth(moments: Sequence[tuple[float, int]]) -> tuple[float, float]:
    """Return where a line through what was noted begins, and by how much it rises from the first to the last."""
    if len(moments) < 2:
        return float(moments[0][1]) if moments else 0.0, 0.0
    line = statistics.linear_regression([at for at, _ in moments], [value for _, value in moments])
    first, last = moments[0][0], moments[-1][0]
    return line.intercept + line.slope * first, line.slope * (last - first)


def _held(process_id: int) -> dict[str, int]:
    folder = Path(f"/proc/{process_id}")
    rollup = (folder / "smaps_rollup").read_text().splitlines()
    memory = next(int(line.split()[1]) * 1024 for line in rollup if line.startswith("Pss:"))
    targets = []
    for entry in (folder / "fd").iterdir():
        try:
            targets.append(str(entry.readlink()))
        except OSError:
            continue
    sockets = sum(target.startswith("socket:") for target in targets)
    return {"memory_bytes": memory, "files": len(targets) - sockets, "sockets": sockets}
