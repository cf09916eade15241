"""Pages of results, measured at the server: ``python benchmarks/web.py [DOCUMENTS]``, 20,000 when none are said."""

from __future__ import annotations

import sys

from docflow.cli import main

if __name__ == "__main__":
    sys.exit(main(["bench", "web", "--json", *(["--documents", sys.argv[1]] if len(sys.argv) > 1 else [])]))
