"""``docflow backup`` and ``docflow restore``."""

from __future__ import annotations

import argparse
import getpass
import sys
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from docflow.backups.making import Forgotten, forget_old, make_backup
from docflow.backups.restoring import Proof, Restored, restore_backup
from docflow.backups.target import Target
from docflow.backups.verifying import keep_verification, verify_backup
from docflow.bootstrap import bootstrap, open_target
from docflow.cli.output import emit
from docflow.cli.session import add_common, open_runtime
from docflow.core.errors import InvalidInput, NotFound
from docflow.core.logging import configure_logging
from docflow.settings import Settings, load_settings


def add_commands(commands: Any) -> None:
    """Add the commands of this file."""
    backup = commands.add_parser("backup", help="put a backup into a folder, list those there, read one again")
    backup.add_argument("action", nargs="?", choices=("list", "verify"), help="instead of making one")
    backup.add_argument("target", type=Path, metavar="TARGET", help="folder of the backups, on another disk")
    backup.add_argument("--keep", type=_at_least_one, metavar="N", help="then forget all but the newest N backups")
    backup.add_argument(
        "--recheck", action="store_true", help="read again what the folder holds, and copy anew what is damaged"
    )
    backup.add_argument(
        "--first", action="store_true", help="begin in an empty folder, although earlier backups were put there"
    )
    restore = commands.add_parser("restore", help="restore a backup into an empty place, and prove it")
    restore.add_argument("target", type=Path, metavar="TARGET", help="folder of the backups")
    restore.add_argument("--to", required=True, metavar="HOME|DATABASE_URL", help="where to")
    restore.add_argument("--storage", metavar="URL", help="object storage; files in the home when none is given")
    for parser, function in ((backup, run_backup), (restore, run_restore)):
        parser.add_argument(
            "--at", metavar="DAY", help="the newest one of that day or instant (UTC) or before, or its name"
        )
        parser.add_argument(
            "--passphrase-file", type=Path, metavar="FILE", help="first line: the passphrase of keys and secrets"
        )
        add_common(parser)
        parser.set_defaults(run=function)


def run_backup(options: argparse.Namespace) -> int:
    """Make a backup, list those of a folder, or read one again; 1 when something is damaged or lacking."""
    if options.action == "list":
        return _list(options)
    if options.action == "verify":
        return _verify(options)
    passphrase = _passphrase(load_settings(), options)
    made = make_backup(
        open_runtime(),
        open_target(options.target),
        passphrase=passphrase,
        is_rechecking=options.recheck,
        is_first=options.first,
    )
    content = made.manifest.content
    forgotten = forget_old(open_target(options.target), keep=options.keep) if options.keep else Forgotten(0, 0)
    answer = {
        "name": content.name,
        "made_at": content.made_at,
        "schema": content.schema,
        "rows": made.manifest.rows,
        "objects": content.objects,
        "size_bytes": content.size_bytes,
        "copied_bytes": made.copied_bytes,
        "lacking": list(content.lacking),
        "forgotten_backups": forgotten.backups,
        "forgotten_objects": forgotten.objects,
    }
    text = (
        f"backup {content.name}: {made.manifest.rows} rows, {content.objects} files, {content.size_bytes} bytes; "
        f"new in the folder: {made.copied_bytes} bytes; forgotten: {forgotten.backups} backups"
    )
    if content.lacking:
        text += f"\n{len(content.lacking)} FILES ARE LACKING OR DAMAGED IN THE STORAGE; see: docflow storage check"
    emit(answer, as_json=options.json, text=text)
    return 1 if content.lacking else 0


def run_restore(options: argparse.Namespace) -> int:
    """Restore a backup and prove it; 1 when something is damaged, lacking or not proved."""
    settings = load_settings()
    configure_logging(is_json=settings.log_format == "json")
    target = existing_target(options.target)
    name = target.name_at(options.at)
    passphrase = _passphrase(settings, options)
    place = bootstrap(_settings_of(settings, options))
    restored = restore_backup(target, name, place, passphrase=passphrase)
    place.search_index.close()
    place.public_index.close()
    place.transactions.engine.dispose()
    emit(_restored_answer(restored), as_json=options.json, text=_restored_text(restored, options.to))
    return 0 if restored.ok else 1


def existing_target(folder: Path) -> Target:
    """Return a folder that has backups, and make none.

    Raises:
        NotFound: ``backup_unknown``.
    """
    if not (folder / "manifests").is_dir():
        raise NotFound("backup_unknown", folder=str(folder))
    return open_target(folder)


def _list(options: argparse.Namespace) -> int:
    target = existing_target(options.target)
    for name in target.names():
        manifest = target.read(name)
        content = manifest.content
        line = {
            "name": name,
            "made_at": content.made_at,
            "engine": content.engine,
            "schema": content.schema,
            "rows": manifest.rows,
            "objects": content.objects,
            "size_bytes": content.size_bytes,
            "lacking": len(content.lacking),
        }
        text = f"{name}  {manifest.rows} rows, {content.objects} files, {content.size_bytes} bytes, {content.engine}"
        emit(line, as_json=options.json, text=text + (f", {len(content.lacking)} LACKING" if content.lacking else ""))
    return 0


def _verify(options: argparse.Namespace) -> int:
    target = existing_target(options.target)
    found = verify_backup(target, target.name_at(options.at), passphrase=_given_passphrase(load_settings(), options))
    keep_verification(open_runtime().transactions, found)
    answer = {
        "name": found.name,
        "ok": found.ok,
        "rows": found.rows,
        "objects": found.objects,
        "size_bytes": found.size_bytes,
        "damaged_tables": found.damaged_tables,
        "missing": found.missing,
        "altered": found.altered,
        "secrets_open": found.are_secrets_sound,
    }
    secrets = {True: "keys and secrets open", False: "KEYS AND SECRETS DO NOT OPEN", None: "keys not tried"}
    text = (
        f"backup {found.name} is {'sound' if found.ok else 'DAMAGED'}: {found.rows} rows, {found.objects} files, "
        f"{found.size_bytes} bytes; {secrets[found.are_secrets_sound]}"
    )
    damaged = [*(f"table {name}" for name in found.damaged_tables), *found.missing, *found.altered]
    emit(answer, as_json=options.json, text="\n".join([text, *damaged]))
    return 0 if found.ok else 1


def _settings_of(settings: Settings, options: argparse.Namespace) -> Settings:
    """Return the settings of the place to restore into; nothing of what runs here is named in them by mistake."""
    storage = SecretStr(options.storage) if options.storage else None
    if "://" in options.to:
        return settings.model_copy(update={"database_url": SecretStr(options.to), "storage_url": storage})
    own = {"home": Path(options.to), "database_url": None, "search_url": None}
    return settings.model_copy(update={**own, "storage_url": storage})


def _given_passphrase(settings: Settings, options: argparse.Namespace) -> str | None:
    if options.passphrase_file is not None:
        try:
            lines = options.passphrase_file.read_text(encoding="utf-8").splitlines()
        except OSError as error:
            raise InvalidInput("file_not_found", file=str(options.passphrase_file)) from error
        return lines[0].strip() if lines else None
    return settings.backup_passphrase.get_secret_value() if settings.backup_passphrase is not None else None


def _passphrase(settings: Settings, options: argparse.Namespace) -> str:
    given = _given_passphrase(settings, options)
    if not given and sys.stdin.isatty():
        given = getpass.getpass("Passphrase of the backups: ")
    if not given:
        raise InvalidInput("backup_passphrase_missing")
    return given


def _proof_answer(proof: Proof) -> dict[str, Any]:
    verdict = proof.journal.verdict
    return {
        "journal": {
            "ok": verdict.ok,
            "entries": verdict.entries,
            "first_bad_entry": verdict.first_bad_entry,
            "failed_anchors": len(proof.journal.failed_anchors),
        },
        "seals": dict(proof.seals),
        "doubtful_seals": proof.doubtful_seals,
    }


def _restored_answer(restored: Restored) -> dict[str, Any]:
    content = restored.manifest.content
    return {
        "name": content.name,
        "ok": restored.ok,
        "rows": restored.manifest.rows,
        "objects": restored.objects.objects,
        "size_bytes": restored.objects.size_bytes,
        "lacking": restored.objects.lacking,
        "indexed": restored.indexed,
        **_proof_answer(restored.proof),
    }


def _restored_text(restored: Restored, place: str) -> str:
    content, proof = restored.manifest.content, restored.proof
    verdict = proof.journal.verdict
    shown_place = place if "://" not in place else "the database"
    counts = f"{restored.manifest.rows} rows, {restored.objects.objects} files, {restored.objects.size_bytes} bytes"
    lines = [
        f"backup {content.name} is in {shown_place}: {counts}, every one compared with its hash",
        f"journal: {verdict.entries} lines, {'intact' if verdict.ok else 'NOT INTACT; see: docflow journal verify'}",
        f"sealed files: {dict(proof.seals) or 'none'}",
        f"searchable again: {restored.indexed} documents",
    ]
    lines += [f"LACKING: {key}" for key in restored.objects.lacking]
    lines += [f"NOT AUTHENTIC: {key}" for key in proof.doubtful_seals]
    return "\n".join(lines)


def _at_least_one(value: str) -> int:
    number = int(value)
    if number < 1:
        message = "at least one backup is kept"
        raise argparse.ArgumentTypeError(message)
    return number
