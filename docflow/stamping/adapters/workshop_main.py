"""The warm process that seals: every file is handled in a fork of it."""

from __future__ import annotations

from docflow.core.fork_server import Operations, serve
from docflow.stamping.adapters import acts, examining, levels, papers, sealing
from docflow.stamping.adapters.warming import warmed

FAILURE = "sealing_child_failed"
OPERATIONS: Operations = {
    **sealing.OPERATIONS,
    **acts.OPERATIONS,
    **levels.OPERATIONS,
    **examining.OPERATIONS,
    **papers.OPERATIONS,
}


def main() -> int:
    """Warm up, then serve."""
    with warmed() as rehearsals:
        return serve(OPERATIONS, failure=FAILURE, rehearsals=rehearsals)


if __name__ == "__main__":
    raise SystemExit(main())
