"""``docflow move``, and ``docflow doctor --compare``."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from pydantic import SecretStr

from docflow.backups.moving import move, reopen
from docflow.backups.places import Comparison, compare_places
from docflow.bootstrap import Runtime, bootstrap
from docflow.cli.output import emit
from docflow.cli.session import add_common, open_runtime
from docflow.settings import Settings


def add_commands(commands: Any) -> None:
    """Add the command of this file."""
    parser = commands.add_parser("move", help="move the embedded database and files to servers; nothing is written")
    aim = parser.add_mutually_exclusive_group(required=True)
    aim.add_argument("--to", metavar="DATABASE_URL", help="an empty database")
    aim.add_argument("--reopen", action="store_true", help="stay here after all: let the old database be written again")
    parser.add_argument("--storage", metavar="URL", help="an empty object storage; the present one when none is given")
    add_common(parser)
    parser.set_defaults(run=run_move)


def add_comparison(parser: argparse.ArgumentParser) -> None:
    """Add the options by which ``doctor`` compares this installation with another place."""
    parser.add_argument("--compare", metavar="DATABASE_URL", help="compare every row and byte with this place instead")
    parser.add_argument("--storage", metavar="URL", help="with --compare: its object storage, if not the present one")


def run_move(options: argparse.Namespace) -> int:
    """Move to servers, or reopen the old place."""
    here = open_runtime(is_migrating=False)
    if options.reopen:
        reopen(here.transactions.engine)
        emit({"ok": True}, as_json=options.json, text="this place can be written again; do not use the other one")
        return 0
    with _there(here.settings, options.to, options.storage) as there:
        moved = move(here, there)
    comparison = moved.comparison
    answer = {
        "ok": True,
        "rows": comparison.rows,
        "objects": comparison.objects,
        "size_bytes": comparison.size_bytes,
        "copied_bytes": moved.objects.new_bytes,
    }
    text = (
        f"moved and compared: {comparison.rows} rows, {comparison.objects} files, {comparison.size_bytes} bytes\n"
        "Now set DOCFLOW_DATABASE_URL and DOCFLOW_STORAGE_URL to the new place and start DocFlow. The old database "
        "stays as it is, closed to writing."
    )
    emit(answer, as_json=options.json, text=text)
    return 0


def compare_with(options: argparse.Namespace) -> int:
    """Compare this installation with another place; 1 when they differ."""
    here = open_runtime(is_migrating=False)
    with _there(here.settings, options.compare, options.storage) as there:
        found = compare_places(here, there)
    answer = {
        "ok": found.is_equal,
        "rows": found.rows,
        "objects": found.objects,
        "size_bytes": found.size_bytes,
        "tables": [
            {"name": name, "rows_here": one.rows, "rows_there": other.rows} for name, one, other in found.tables
        ],
        "lacking_here": found.here,
        "lacking_there": found.there,
    }
    emit(answer, as_json=options.json, text=_told(found))
    return 0 if found.is_equal else 1


def _told(found: Comparison) -> str:
    if found.is_equal:
        return f"both places are equal: {found.rows} rows, {found.objects} files, {found.size_bytes} bytes"
    lines = ["THE PLACES DIFFER"]
    lines += [f"table {name}: {one.rows} rows here, {other.rows} there" for name, one, other in found.tables]
    lines += [f"missing or altered here: {key}" for key in found.here]
    lines += [f"missing or altered there: {key}" for key in found.there]
    return "\n".join(lines)


@contextmanager
def _there(settings: Settings, database_url: str, storage_url: str | None) -> Iterator[Runtime]:
    changes = {"database_url": SecretStr(database_url)}
    if storage_url:
        changes["storage_url"] = SecretStr(storage_url)
    there = bootstrap(settings.model_copy(update=changes))
    yield there
    there.transactions.engine.dispose()
