"""``docflow keys``: the key of the seal."""

from __future__ import annotations

import argparse
import shutil
from pathlib import Path
from typing import Any

from docflow.cli.output import emit, whole_file
from docflow.cli.session import acting, add_common, open_runtime
from docflow.stamping.renewing import rotate_key
from docflow.stamping.rules import KeyStatus


def add_commands(commands: Any) -> None:
    """Add the commands of this file."""
    keys = commands.add_parser("keys", help="the key of the seal").add_subparsers(metavar="ACTION", required=True)
    status = keys.add_parser("status", help="which key seals, and until when")
    add_common(status)
    status.set_defaults(run=run_status)
    rotate = keys.add_parser("rotate", help="seal with a new key of this registry; earlier seals stay verifiable")
    add_common(rotate, has_actor=True)
    rotate.set_defaults(run=run_rotate)
    authority = keys.add_parser("authority", help="write the certificate to which seals of this registry lead")
    authority.add_argument("-o", "--output", type=Path, required=True, metavar="FILE.pem")
    add_common(authority)
    authority.set_defaults(run=run_authority)


def run_status(options: argparse.Namespace) -> int:
    """Print which key seals."""
    runtime = open_runtime()
    _emit(runtime.sealer.key_status(runtime.clock.now()), as_json=options.json)
    return 0


def run_rotate(options: argparse.Namespace) -> int:
    """Replace the registry's own key."""
    runtime = open_runtime()
    _emit(rotate_key(runtime, acting(runtime, options)), as_json=options.json)
    return 0


def run_authority(options: argparse.Namespace) -> int:
    """Write the public certificate of the registry's own authority, for readers that should trust its seals."""
    runtime = open_runtime()
    key = runtime.own_keys.current(runtime.clock.now())
    with whole_file(options.output) as part:
        shutil.copyfile(key.authority_path, part)
    emit({"file": str(options.output)}, as_json=options.json, text=str(options.output))
    return 0


def _emit(status: KeyStatus, *, as_json: bool) -> None:
    answer = {
        "kind": status.kind.value,
        "signer": status.signer,
        "issuer": status.issuer,
        "not_after": status.not_after.isoformat(),
        "certificate_sha256": status.certificate_sha256,
        "level": status.level.value,
    }
    text = f"{status.signer} ({status.kind.value}), {status.level.value}, until {status.not_after:%Y-%m-%d}"
    emit(answer, as_json=as_json, text=text)
