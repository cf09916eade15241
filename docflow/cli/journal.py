"""``docflow journal verify``, ``anchor``, ``accept-clock``."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from docflow.accounts.queries import OPERATOR
from docflow.audit.anchors import JournalReport, anchor_journal, verify_anchored
from docflow.audit.operations import accept_clock
from docflow.cli.output import emit
from docflow.cli.session import add_common, open_runtime


def add_journal_commands(commands: Any) -> None:
    """Add the commands of this file."""
    journal = commands.add_parser("journal", help="the journal").add_subparsers(metavar="ACTION", required=True)
    verify = journal.add_parser("verify", help="follow the chain from its first line, and hold it against its anchors")
    verify.add_argument(
        "--anchors",
        metavar="FOLDER",
        type=Path,
        action="append",
        default=[],
        help="copies of anchors kept elsewhere, besides those of the home; may be given several times",
    )
    anchor = journal.add_parser("anchor", help="anchor the lines since the last anchor now")
    accept = journal.add_parser("accept-clock", help="begin again from the present time, after a clock that ran ahead")
    accept.add_argument("--reason", required=True, help="what happened to the clock; it stays in the journal")
    for parser, function in (
        (verify, run_journal_verify),
        (anchor, run_journal_anchor),
        (accept, run_accept_clock),
    ):
        add_common(parser)
        parser.set_defaults(run=function)


def run_journal_verify(options: argparse.Namespace) -> int:
    """Follow the journal's chain; 1 when a line or an anchor does not fit."""
    report = verify_anchored(open_runtime(), options.anchors)
    verdict = report.verdict
    answer = {
        "entries": verdict.entries,
        "ok": verdict.ok,
        "first_bad_entry": verdict.first_bad_entry,
        "anchors": report.anchors,
        "anchor_files": report.files,
        "anchored_entries": report.anchored_entries,
        "failed_anchors": [
            {
                "where": failed.where,
                "fault": failed.fault.value,
                "first_number": failed.first_number,
                "last_number": failed.last_number,
            }
            for failed in report.failed_anchors
        ],
    }
    emit(answer, as_json=options.json, text=_told(report))
    return 0 if verdict.ok else 1


def run_journal_anchor(options: argparse.Namespace) -> int:
    """Make an anchor now."""
    anchor = anchor_journal(open_runtime(), OPERATOR)
    if anchor is None:
        emit({"anchored": None}, as_json=options.json, text="nothing happened since the last anchor")
        return 0
    lines = {"first_number": anchor.first_number, "last_number": anchor.last_number, "root": anchor.root}
    text = f"lines {anchor.first_number} to {anchor.last_number} are anchored: {anchor.root}"
    emit({"anchored": lines}, as_json=options.json, text=text)
    return 0


def run_accept_clock(options: argparse.Namespace) -> int:
    """Let the journal begin again from the present time."""
    with open_runtime().transactions.writing(OPERATOR) as uow:
        accept_clock(uow, reason=options.reason)
    emit({"ok": True}, as_json=options.json, text="the journal goes on from the present time")
    return 0


def _told(report: JournalReport) -> str:
    verdict = report.verdict
    anchors = f"{report.anchors} anchors and {report.files} files of anchors, up to line {report.anchored_entries}"
    if verdict.ok:
        return f"the journal is intact: {verdict.entries} lines; {anchors}"
    lines = [f"THE JOURNAL IS NOT INTACT; {anchors}"]
    if verdict.first_bad_entry is not None:
        lines.append(f"first line that does not fit: {verdict.first_bad_entry}")
    for failed in report.failed_anchors:
        covers = f"lines {failed.first_number} to {failed.last_number}, " if failed.first_number is not None else ""
        lines.append(f"anchor of {covers}{failed.where}: {failed.fault.value}")
    return "\n".join(lines)
