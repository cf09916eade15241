"""The ``docflow`` command."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from docflow.cli import accounts, finding, intake, operating, reading, relevance
from docflow.cli.output import fail
from docflow.core.errors import DocFlowError

GROUPS = (reading, intake, finding, operating, accounts)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; 0 on success, 1 on a refused or failed item, 2 on wrong usage."""
    parser = argparse.ArgumentParser(prog="docflow", description="Electronic mail registry of a district.")
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    for group in GROUPS:
        group.add_commands(commands)
    bench = commands.add_parser("bench", help="reproducible measures")
    relevance.add_bench_commands(bench.add_subparsers(metavar="MEASURE", required=True))
    options = parser.parse_args(arguments)
    try:
        code: int = options.run(options)
    except DocFlowError as error:
        return fail(error, as_json=getattr(options, "json", False))
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        sys.stderr.close()
        return 0
    return code


__all__ = ["main"]

if __name__ == "__main__":
    sys.exit(main())
