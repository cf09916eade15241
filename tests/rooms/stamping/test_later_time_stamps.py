"""Time-stamps and revocation data that come after a seal are no alteration."""

from __future__ import annotations

from dataclasses import replace

import pytest
from pydantic import SecretStr

from docflow.core.clock import SystemClock
from docflow.settings import Settings
from docflow.stamping.adapters.pades import PadesSealer
from docflow.stamping.keys import local_keys
from docflow.stamping.operations import seal_arrival
from docflow.stamping.rules import Finding, SealLevel
from docflow.stamping.verification import verify_bytes
from docflow.storage.rules import BlobKind

from .authority import PASSPHRASE, Provider
from .faces import face
from .letters import letter
from .tampering import drawn_over, incremental


@pytest.fixture
def archival(sqlite_runtime, shared_workshop, tmp_path):
    """A registry that seals with a bought key at the highest level."""
    (tmp_path / "provider").mkdir()
    provider = Provider(tmp_path / "provider")
    settings = Settings(
        home=tmp_path,
        seal_pkcs12=provider.pkcs12(),
        seal_pkcs12_passphrase=SecretStr(PASSPHRASE),
        timestamp_url=provider.time_stamps(),
        seal_level="B-LTA",
        seal_trust=provider.root,
    )
    runtime = replace(sqlite_runtime, settings=settings, clock=SystemClock())
    runtime.__dict__["sealer"] = PadesSealer(settings, local_keys(settings), shared_workshop)
    yield runtime
    provider.stop()


def test_an_archival_seal_and_its_renewal_are_authentic_and_an_overlay_on_either_is_not(archival, tmp_path):
    revision = seal_arrival(archival, document_id=letter(archival).id, face=face())
    with archival.blob_store.open(BlobKind.SEALED, revision.blob.sha256) as stream:
        content = stream.read()
    (tmp_path / "sealed.pdf").write_bytes(content)
    archival.sealer.renew(tmp_path / "sealed.pdf", tmp_path / "renewed.pdf", at=archival.clock.now())
    renewed = (tmp_path / "renewed.pdf").read_bytes()

    as_kept, later = verify_bytes(archival, content), verify_bytes(archival, renewed)

    assert (as_kept.finding, as_kept.reason) == (Finding.AUTHENTIC, "kept_file")
    assert (later.finding, later.reason) == (Finding.AUTHENTIC, "kept_state")
    seal = next(item for item in later.seals if item.kind == "seal")
    assert (seal.level, seal.time_source, seal.later_changes) == (SealLevel.ARCHIVAL, "rfc3161", "allowed")
    assert [item.kind for item in later.seals].count("time_stamp") == 2
    assert all(item.intact and item.trusted for item in later.seals)
    assert verify_bytes(archival, incremental(renewed, drawn_over)).finding is Finding.ALTERED
