"""Time-stamps and revocation data of seals; used in the sealing process only."""

from __future__ import annotations

import io
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from asn1crypto import cms, x509
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.general import SigningError
from pyhanko.sign.signers import PdfTimeStamper
from pyhanko.sign.timestamps.common_utils import TimestampRequestError
from pyhanko.sign.timestamps.requests_client import RequestsHTTPTimeStamper
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.errors import ValidationError
from pyhanko_certvalidator.fetchers.requests_fetchers import RequestsFetcherBackend

from docflow.core.errors import InvalidInput, Unavailable
from docflow.stamping.adapters.signers import certificates_in
from docflow.stamping.rules import SealLevel

TIME_STAMP_TIMEOUT_S = 20
WITH_REVOCATION = frozenset({SealLevel.LONG_TERM, SealLevel.ARCHIVAL})


@dataclass(frozen=True, slots=True)
class Attestation:
    """What a seal carries along.

    Attributes:
        level: the wanted level.
        time_stamp_url: the authority that is asked; empty for none.
        trusted: PEM files of the certificates that everything leads to.
    """

    level: SealLevel
    time_stamp_url: str
    trusted: tuple[str, ...]

    @classmethod
    def of(cls, request: dict[str, Any]) -> Attestation:
        """Return what a request asks for."""
        return cls(SealLevel(request["level"]), request["time_stamp_url"], tuple(request["trusted"]))

    def stamper(self) -> RequestsHTTPTimeStamper | None:
        """Return the client of the time-stamping authority, or none for a seal without one."""
        if self.level is SealLevel.BASIC:
            return None
        return RequestsHTTPTimeStamper(self.time_stamp_url, timeout=TIME_STAMP_TIMEOUT_S)

    def metadata(self) -> dict[str, Any]:
        """Return the options by which pyHanko adds revocation data and archive time-stamps."""
        if self.level not in WITH_REVOCATION:
            return {}
        return {
            "embed_validation_info": True,
            "validation_context": self.context(),
            "use_pades_lta": self.level is SealLevel.ARCHIVAL,
        }

    def context(self) -> ValidationContext:
        """Return a context that asks for revocation data where a certificate names a place to ask."""
        return ValidationContext(
            trust_roots=certificates_in(list(self.trusted)),
            allow_fetching=True,
            # The other client of the library follows redirects, wherever they lead.
            fetcher_backend=RequestsFetcherBackend(),
        )


def renew(request: dict[str, Any]) -> dict[str, Any]:
    """Add an archive time-stamp, with what is needed to verify the one before (ETSI EN 319 142-1, 5.5)."""
    attestation = Attestation.of(request)
    reader = PdfFileReader(io.BytesIO(Path(request["source"]).read_bytes()))
    if reader.encrypted:
        reader.decrypt("")
    stamper = attestation.stamper()
    if stamper is None:
        raise InvalidInput("seal_impossible", reason="no time-stamping authority")
    out = io.BytesIO()
    try:
        PdfTimeStamper(stamper).update_archival_timestamp_chain(
            reader, attestation.context(), in_place=False, output=out
        )
    except TimestampRequestError as error:
        raise Unavailable("time_stamp_unavailable", reason=type(error).__name__) from error
    except (SigningError, ValidationError, PdfError) as error:
        raise InvalidInput("seal_impossible", reason=type(error).__name__) from error
    content = out.getvalue()
    Path(request["out"]).write_bytes(content)
    return {"renew_before": (renewal_date(content) or datetime.now(tz=UTC)).isoformat()}


def renewal_date(content: bytes) -> datetime | None:
    """Return when the certificate of the last archive time-stamp ends, or none when there is no such time-stamp."""
    reader = PdfFileReader(io.BytesIO(content))
    if reader.encrypted:
        reader.decrypt("")
    stamps = reader.embedded_timestamp_signatures
    if not stamps:
        return None
    ends = [certificate_of(stamp.signed_data) for stamp in stamps]
    last = ends[-1]
    return None if last is None else last.not_valid_after


def certificate_of(signed: cms.SignedData) -> x509.Certificate | None:
    """Return the certificate of whoever made a signature."""
    wanted = signed["signer_infos"][0]["sid"].chosen
    for item in signed["certificates"]:
        certificate = item.chosen
        if isinstance(certificate, x509.Certificate) and certificate.serial_number == wanted["serial_number"].native:
            return certificate
    return None


OPERATIONS = {"renew": renew}
