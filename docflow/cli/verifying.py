"""``docflow verify``: whether a file is what this registry sealed."""

from __future__ import annotations

import argparse
from dataclasses import asdict
from pathlib import Path
from typing import Any

from docflow.cli.output import emit
from docflow.cli.session import add_common, open_runtime
from docflow.core.errors import InvalidInput
from docflow.stamping.rules import Finding, Verdict
from docflow.stamping.verification import verify_bytes


def add_commands(commands: Any) -> None:
    """Add the command of this file."""
    verify = commands.add_parser("verify", help="whether a file is what this registry sealed; nobody is asked")
    verify.add_argument("file", type=Path, metavar="FILE.pdf")
    add_common(verify)
    verify.set_defaults(run=run_verify)


def run_verify(options: argparse.Namespace) -> int:
    """Print the verdict on a file; 0 when it is authentic, 1 otherwise."""
    if not options.file.is_file():
        raise InvalidInput("file_not_found", file=str(options.file))
    verdict = verify_bytes(open_runtime(), options.file.read_bytes())
    emit(as_object(verdict), as_json=options.json, text=as_text(verdict))
    return 0 if verdict.finding is Finding.AUTHENTIC else 1


def as_object(verdict: Verdict) -> dict[str, Any]:
    """Return a verdict as JSON holds it."""
    return {
        "verdict": verdict.finding.value,
        "reason": verdict.reason,
        "seals": [asdict(seal) for seal in verdict.seals],
        "changes": [asdict(change) for change in verdict.changes],
        "register_number": verdict.register_number or None,
    }


def as_text(verdict: Verdict) -> str:
    """Return a verdict as lines for a person."""
    lines = [f"{verdict.finding.value} ({verdict.reason}) {verdict.register_number}".rstrip()]
    lines += [
        f"  {seal.kind} of {seal.signer}, {seal.time or 'no time'} ({seal.time_source}): "
        + ("intact" if seal.intact else "BROKEN")
        + ("" if seal.trusted else ", not trusted")
        for seal in verdict.seals
    ]
    lines += [
        f"  changed in state {change.revision}: {change.code} {change.detail}".rstrip() for change in verdict.changes
    ]
    return "\n".join(lines)
