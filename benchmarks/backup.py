"""Backup and restore, measured while the installation changes: ``python -m benchmarks.backup [--documents N]``.

Fills a home with made-up documents and files of theirs, backs it up by the command while another process deposits
letters, then once more, reads the backup again and restores it. Each command is a process of its own, so that its
seconds of CPU and its memory are its own. The restore compares every row and every byte; the measure fails unless all
of them are equal and the journal verifies.
"""

from __future__ import annotations

import argparse
import hashlib
import io
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import insert, select

from docflow.accounts.demo import fill_demo_district
from docflow.accounts.queries import OPERATOR
from docflow.bootstrap import Runtime, bootstrap
from docflow.cli.made_up_home import PASSWORD, fill
from docflow.documents.models import Document
from docflow.documents.operations import Deposit
from docflow.ingest.operations import IncomingFile, deposit_file
from docflow.schema import migrate
from docflow.search.measuring import Corpus
from docflow.settings import Settings
from docflow.storage.models import Blob
from docflow.storage.rules import BlobKind, blob_key

DOCFLOW = Path(sys.executable).parent / "docflow"
PASSPHRASE = "quatre mots pour la nuit"
FILES = ((BlobKind.ORIGINAL, 24_000), (BlobKind.PAGE, 12_000), (BlobKind.THUMBNAIL, 2_000))
"""The files of each document, with their sizes in bytes."""
BATCH = 2000
BETWEEN_DEPOSITS_S = 0.1


def main() -> int:
    """Print one JSON object; 1 when what was restored is not what was backed up."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--documents", type=int, default=500)
    parser.add_argument("--change", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.change:
        return change(options.change)
    with TemporaryDirectory(prefix="docflow-backup-") as folder:
        answer = measure(Path(folder), options.documents)
    print(json.dumps(answer, indent=2))
    return 0 if answer["equal"] else 1


def measure(folder: Path, documents: int) -> dict[str, Any]:
    """Fill, back up while it changes, back up again, verify, restore."""
    home, disk, aim = folder / "home", folder / "disk", folder / "restored"
    files = fill_home(home, documents)
    changing = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.backup", "--change", str(home)], stdout=subprocess.PIPE, text=True
    )
    assert changing.stdout is not None
    changing.stdout.readline()
    first = command(home, "backup", disk)
    changing.send_signal(signal.SIGTERM)
    deposits = int(changing.communicate()[0])
    second = command(home, "backup", disk)
    verified = command(home, "backup", "verify", disk)
    restored = command(home, "restore", disk, "--to", aim)
    return {
        "documents": documents,
        "files": files,
        "deposits_meanwhile": deposits,
        "database_bytes": (home / "docflow.sqlite").stat().st_size,
        "target_bytes": sum(path.stat().st_size for path in disk.rglob("*") if path.is_file()),
        "backup": first,
        "second_backup": second,
        "verify": verified,
        "restore": restored,
        "equal": verified["said"]["ok"] and restored["said"]["ok"],
    }


def fill_home(home: Path, documents: int) -> int:
    """Make a home with so many documents; return how many files they have."""
    runtime = bootstrap(Settings(home=home, demo_password=PASSWORD))
    migrate(runtime.transactions.engine)
    fill_demo_district(runtime.transactions, runtime.settings)
    fill(runtime, Corpus(documents))
    with runtime.transactions.reading() as session:
        ids = session.scalars(select(Document.id)).all()
    count = 0
    for start in range(0, len(ids), BATCH):
        rows = [put(home, kind, one.bytes, size) for one in ids[start : start + BATCH] for kind, size in FILES]
        now = runtime.clock.now()
        with runtime.transactions.writing(OPERATOR) as uow:
            uow.session.execute(insert(Blob), [row | {"created_at": now} for row in rows])
        count += len(rows)
    runtime.transactions.engine.dispose()
    return count


def put(home: Path, kind: BlobKind, seed: bytes, size_bytes: int) -> dict[str, Any]:
    """Write a file of its own beside the store, which would flush each one to the disk, and return its row."""
    content = hashlib.shake_128(seed + kind.value.encode()).digest(size_bytes)
    sha256 = hashlib.sha256(content).hexdigest()
    path = home / "blobs" / blob_key(kind, sha256)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return {"kind": kind, "sha256": sha256, "size_bytes": size_bytes, "media_type": "application/octet-stream"}


def change(home: Path) -> int:
    """Deposit letters until told to stop, then print how many."""
    runtime = bootstrap(Settings(home=home, demo_password=PASSWORD))
    is_going = True

    def stop(*_: object) -> None:
        nonlocal is_going
        is_going = False

    signal.signal(signal.SIGTERM, stop)
    number = 0
    while is_going:
        deposit(runtime, number)
        number += 1
        if number == 1:
            print("ready", flush=True)
        time.sleep(BETWEEN_DEPOSITS_S)
    print(number)
    return 0


def deposit(runtime: Runtime, number: int) -> None:
    """Deposit one letter."""
    deposit_file(
        runtime.transactions,
        runtime.blob_store,
        OPERATOR,
        incoming=IncomingFile(io.BytesIO(b"%%PDF-1.7 %d" % number), Deposit(file_name=f"{number}.pdf")),
        max_bytes=runtime.settings.max_file_bytes,
    )


def command(home: Path, *arguments: object) -> dict[str, Any]:
    """Run a command and return what it cost and said."""
    own = {"DOCFLOW_HOME": str(home), "DOCFLOW_BACKUP_PASSPHRASE": PASSPHRASE}
    kept = {name: value for name, value in os.environ.items() if not name.startswith("DOCFLOW_")}
    words: Sequence[str] = [str(DOCFLOW), *map(str, arguments), "--json"]
    began = time.perf_counter()
    process = subprocess.Popen(words, env=kept | own, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    assert process.stdout is not None
    said = json.loads(process.stdout.read())
    _, _, used = os.wait4(process.pid, 0)
    return {
        "wall_s": round(time.perf_counter() - began, 1),
        "cpu_s": round(used.ru_utime + used.ru_stime, 1),
        "peak_rss_bytes": used.ru_maxrss * 1024,
        "said": said,
    }


if __name__ == "__main__":
    sys.exit(main())
