"""Sealing the papers that the product makes itself, so that a print of them is proved like a letter."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path

from docflow.core.uow import UnitOfWork
from docflow.stamping.models import SealedPaper
from docflow.stamping.ports import Deps, PaperSeal
from docflow.storage.operations import name_blob
from docflow.storage.rules import BlobKind, BlobRef


@dataclass(frozen=True, slots=True)
class MadePaper:
    """A sealed paper in the store, which no row names yet."""

    blob: BlobRef
    seal: PaperSeal


def seal_paper(deps: Deps, content: bytes) -> MadePaper:
    """Seal a PDF that the product made and put it in the store; ``keep_paper`` names it.

    Raises:
        InvalidInput: ``seal_impossible(reason)``.
        Unavailable: ``keys_unusable``, ``time_stamp_unavailable``, ``sealing_child_failed``, ``storage_unavailable``.
    """
    with tempfile.TemporaryDirectory(prefix="docflow-paper-") as folder:
        source = Path(folder) / "paper.pdf"
        source.write_bytes(content)
        return seal_paper_file(deps, source, out=Path(folder) / "sealed.pdf")


def seal_paper_file(deps: Deps, source: Path, *, out: Path) -> MadePaper:
    """Seal a PDF of the product's making that is too large to be held in memory, as ``seal_paper`` does."""
    seal = deps.sealer.seal_paper(source, out, at=deps.clock.now())
    with out.open("rb") as stream:
        return MadePaper(deps.blob_store.put(BlobKind.SEALED, stream, media_type="application/pdf"), seal)


def keep_paper(uow: UnitOfWork, made: MadePaper, *, number: str = "") -> None:
    """Keep a sealed paper and its hash; the caller writes the line of the journal that says what it is."""
    name_blob(uow, made.blob, media_type="application/pdf")
    uow.session.add(
        SealedPaper(
            sha256=made.blob.sha256,
            size_bytes=made.blob.size_bytes,
            number=number,
            level=made.seal.level,
            time_source=made.seal.time_source,
            signer=made.seal.signer,
            certificate_sha256=made.seal.certificate_sha256,
            sealed_at=uow.now,
        )
    )
