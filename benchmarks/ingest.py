"""What a page costs through the whole pipeline: deposit, reading, searchable PDF, pictures, index.

usage: ingest.py SCAN... [--files N] [--letters N] [--seed N]

SCAN is a scan or a folder of scans whose names hold their level (clean, office, poor, fax, rotated). Everything happens
in a throw-away home on SQLite and local files. Prints JSON: for each level, processor seconds (children included) and
seconds on the clock a page with one worker; the peak resident memory of a real worker with its children; the time from
the deposit of a letter to its being in the index while the machine does nothing else.
"""

from __future__ import annotations

import sys

from docflow.cli import main

if __name__ == "__main__":
    sys.exit(main(["bench", "ingest", *sys.argv[1:], "--json"]))
