"""``make bench``: the measures one after the other, each a JSON line; see each module for its own options."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

GOLDEN = Path(__file__).parents[1] / "tests" / "golden" / "scans"
MEASURES = (
    ["benchmarks.reading", str(GOLDEN)],
    ["benchmarks.ingest", str(GOLDEN)],
    ["benchmarks.search"],
    ["benchmarks.web"],
    ["benchmarks.journal"],
    ["benchmarks.registry"],
    ["benchmarks.seal"],
    ["benchmarks.approvals"],
    ["benchmarks.reports"],
)


def main() -> int:
    """Run every measure in its own process, so that none inherits the memory of another."""
    return max(subprocess.run([sys.executable, "-m", *measure], check=False).returncode for measure in MEASURES)


if __name__ == "__main__":
    sys.exit(main())
