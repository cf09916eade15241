"""The warm process that seals: every file is handled in a fork of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import requests.sessions

from docflow.core.enclosure import Openings
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


def opened_for(request: Mapping[str, Any]) -> Openings:
    """Return what an operation needs: a time-stamp the network, a token its driver; a stranger's file neither."""
    key = request.get("key")
    is_token = isinstance(key, Mapping) and key.get("kind") == "pkcs11"
    return Openings(network=bool(request.get("time_stamp_url")), anything=is_token)


def forbid_redirects() -> None:
    """Let no answer send a question to another address than the one of the settings or of a certificate."""
    requests.sessions.DEFAULT_REDIRECT_LIMIT = 0  # type: ignore[attr-defined]


def main() -> int:
    """Warm up, then serve."""
    forbid_redirects()
    with warmed() as rehearsals:
        return serve(OPERATIONS, failure=FAILURE, rehearsals=rehearsals, opens=opened_for)


if __name__ == "__main__":
    raise SystemExit(main())
