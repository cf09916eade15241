"""The ``docflow`` command."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from docflow.cli.accounts import add_commands as add_account_commands
from docflow.cli.finding import add_commands as add_finding_commands
from docflow.cli.ingest_bench import add_bench_commands as add_ingest_measures
from docflow.cli.intake import add_commands as add_intake_commands
from docflow.cli.keys import add_commands as add_key_commands
from docflow.cli.moving import add_commands as add_moving_commands
from docflow.cli.operating import add_commands as add_operating_commands
from docflow.cli.output import fail
from docflow.cli.privacy import add_commands as add_privacy_commands
from docflow.cli.reading import add_commands as add_reading_commands
from docflow.cli.relevance import add_bench_commands
from docflow.cli.safekeeping import add_commands as add_safekeeping_commands
from docflow.cli.verifying import add_commands as add_verifying_commands
from docflow.cli.web_bench import add_bench_commands as add_web_measures
from docflow.core.errors import DocFlowError
from docflow.core.logging import configure_logging
from docflow.core.temporaries import own_temporaries

GROUPS = (
    add_reading_commands,
    add_intake_commands,
    add_finding_commands,
    add_operating_commands,
    add_account_commands,
    add_key_commands,
    add_verifying_commands,
    add_safekeeping_commands,
    add_moving_commands,
    add_privacy_commands,
)


def make_parser() -> argparse.ArgumentParser:
    """Return what understands every command."""
    parser = argparse.ArgumentParser(prog="docflow", description="Electronic mail registry of a district.")
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    for add_commands in GROUPS:
        add_commands(commands)
    bench = commands.add_parser("bench", help="reproducible measures")
    measures = bench.add_subparsers(metavar="MEASURE", required=True)
    add_bench_commands(measures)
    add_ingest_measures(measures)
    add_web_measures(measures)
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; 0 on success, 1 on a refused or failed item, 2 on wrong usage."""
    options = make_parser().parse_args(arguments)
    # Standard output carries answers alone, even of commands that read no settings.
    configure_logging(is_json=False)
    try:
        with own_temporaries():
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
