"""Sealing papers that the product made itself; runs in a fork of the sealing process only."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

from pyhanko.pdf_utils.misc import PdfError
from pyhanko.sign import signers
from pyhanko.sign.fields import MDPPerm, SigFieldSpec, SigSeedSubFilter

from docflow.core.errors import InvalidInput
from docflow.stamping.adapters.levels import Attestation
from docflow.stamping.adapters.sealing import DIGEST, FIELD, DatedSigner, opened_writer, signed_content
from docflow.stamping.adapters.signers import name_in, opened_signer
from docflow.stamping.rules import SealLevel


def seal_paper(request: dict[str, Any]) -> dict[str, Any]:
    """Seal a paper as it is, without a stamp; nothing may be added to it afterwards."""
    attestation = Attestation.of(request)
    metadata = signers.PdfSignatureMetadata(
        field_name=FIELD,
        md_algorithm=DIGEST,
        subfilter=SigSeedSubFilter.PADES,
        certify=True,
        docmdp_permissions=MDPPerm.NO_CHANGES,
        **attestation.metadata(),
    )
    try:
        writer = opened_writer(Path(request["source"]).read_bytes())
        with opened_signer(request["key"]) as signer:
            sealing = DatedSigner(
                metadata, signer, timestamper=attestation.stamper(), new_field_spec=SigFieldSpec(FIELD)
            )
            sealing.at = datetime.fromisoformat(request["at"])
            content = signed_content(sealing, writer)
            certificate = signer.signing_cert
    except PdfError as error:
        raise InvalidInput("seal_impossible", reason=type(error).__name__) from error
    assert certificate is not None  # noqa: S101 - a signer without a certificate was refused
    Path(request["out"]).write_bytes(content)
    return {
        "level": attestation.level,
        "time_source": "local" if attestation.level is SealLevel.BASIC else "rfc3161",
        "signer": name_in(certificate),
        "certificate_sha256": certificate.sha256.hex(),
    }


OPERATIONS = {"seal_paper": seal_paper}
