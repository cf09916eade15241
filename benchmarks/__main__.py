"""``make bench``: the measures one after the other, each a JSON line; see each module for its own options."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

GOLDEN = Path(__file__).parents[1] / "tests" / "golden" / "scans"
DOCFLOW = str(Path(sys.executable).with_name("docflow"))
MEASURES = (
    [sys.executable, "-m", "benchmarks.reading", str(GOLDEN)],
    [sys.executable, "-m", "benchmarks.ingest", str(GOLDEN)],
    [DOCFLOW, "bench", "search", "--documents", "20000", "--json"],
    [sys.executable, "-m", "benchmarks.web"],
    [sys.executable, "-m", "benchmarks.journal"],
    [sys.executable, "-m", "benchmarks.registry"],
    [sys.executable, "-m", "benchmarks.seal"],
    [sys.executable, "-m", "benchmarks.approvals"],
    [sys.executable, "-m", "benchmarks.reports"],
    [sys.executable, "-m", "benchmarks.surge", "1000"],
    [sys.executable, "-m", "benchmarks.backup"],
    [sys.executable, "-m", "benchmarks.citizens"],
    [sys.executable, "-m", "benchmarks.jobs"],
)


def main() -> int:
    """Run every measure in its own process, so that none inherits the memory of another."""
    return max(subprocess.run(measure, check=False).returncode for measure in MEASURES)


if __name__ == "__main__":
    sys.exit(main())
