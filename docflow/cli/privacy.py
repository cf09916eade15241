"""``docflow person find`` and ``docflow person export``."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from sqlalchemy import select

from docflow.cli.output import emit, whole_file
from docflow.cli.session import acting, add_common, open_runtime
from docflow.privacy.models import PrivacyLook
from docflow.privacy.operations import look_for, write_export
from docflow.privacy.rules import LookKind, Sought, typed_sought
from docflow.texts import speaking


def add_commands(commands: Any) -> None:
    """Add the commands of this file."""
    person = commands.add_parser("person", help="what is held about somebody (law 09-08)")
    actions = person.add_subparsers(metavar="ACTION", required=True)
    for name, run, said in (
        ("find", run_find, "say what is held about somebody, a line a row"),
        ("export", run_export, "write it into an archive, as JSON and as a page"),
    ):
        parser = actions.add_parser(name, help=said)
        parser.add_argument("--name", default="", help="as it is written, in either script")
        parser.add_argument("--cin", default="", help="number of the identity card")
        parser.add_argument("--phone", default="", help="telephone")
        parser.add_argument("--email", default="", help="mail address")
        parser.add_argument("--number", default="", help="number of a receipt")
        parser.add_argument("--reason", default="", help="why, for the log and the journal; needed with --as")
        parser.add_argument("--user", default="", metavar="USERNAME", help="a member of the staff")
        if name == "export":
            parser.add_argument("--language", choices=("ar", "fr"), default="ar", help="language of the page")
            parser.add_argument("-o", "--output", type=Path, required=True, metavar="FILE.zip")
        add_common(parser, has_actor=True)
        parser.set_defaults(run=run)
    log = actions.add_parser("log", help="who looked for whom, the last first")
    log.add_argument("--limit", type=int, default=100)
    add_common(log)
    log.set_defaults(run=run_log)


def run_find(options: argparse.Namespace) -> int:
    """Print what is held about somebody."""
    runtime = open_runtime()
    with runtime.transactions.writing(acting(runtime, options)) as uow:
        held = look_for(uow, _sought(options), reason=options.reason)
    for one in held:
        line = {"what": one.kind, **one.values}
        emit(line, as_json=options.json, text=f"{one.kind}: {one.values.get('label') or one.values.get('id', '')}")
    return 0


def run_export(options: argparse.Namespace) -> int:
    """Write what is held about somebody into an archive."""
    runtime = open_runtime()
    sought = _sought(options)
    with whole_file(options.output) as part:
        # The file first: a line of the log says that something was taken away, which must not be missing.
        with runtime.transactions.writing(acting(runtime, options)) as uow, speaking(options.language):
            held = look_for(uow, sought, kind=LookKind.EXPORTED, reason=options.reason)
            write_export(part, sought, held, locale=options.language)
        part.chmod(0o600)
    emit({"ok": True, "rows": len(held)}, as_json=options.json, text=f"{len(held)} rows in {options.output}")
    return 0


def run_log(options: argparse.Namespace) -> int:
    """Print who looked for whom."""
    runtime = open_runtime()
    with runtime.transactions.reading() as session:
        looks = session.scalars(select(PrivacyLook).order_by(PrivacyLook.at.desc()).limit(options.limit)).all()
    for look in looks:
        line = {"at": look.at, "kind": look.kind, "by": look.actor_name, "about": look.about, "found": look.found}
        line["reason"] = look.reason
        emit(line, as_json=options.json, text=f"{look.at:%Y-%m-%d %H:%M} {look.actor_name} {look.kind} {look.about}")
    return 0


def _sought(options: argparse.Namespace) -> Sought:
    return typed_sought(
        name=options.name,
        cin=options.cin,
        phone=options.phone,
        email=options.email,
        number=options.number,
        username=options.user,
    )
