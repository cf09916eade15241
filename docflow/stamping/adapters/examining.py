"""Examining the seals, signatures and time-stamps of one file; runs in a fork of the sealing process only."""

from __future__ import annotations

import hashlib
import io
import logging
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.diff_analysis import DiffResult, ModificationLevel
from pyhanko.sign.validation import (
    DocumentSecurityStore,
    EmbeddedPdfSignature,
    SignatureCoverageLevel,
    validate_pdf_signature,
    validate_pdf_timestamp,
)
from pyhanko.sign.validation.errors import SignatureValidationError
from pyhanko_certvalidator import ValidationContext

from docflow.stamping.adapters.appearance import revisions_end
from docflow.stamping.adapters.comparing import later_differences, unexplained_states
from docflow.stamping.adapters.signers import certificates_in, name_in
from docflow.stamping.rules import SealLevel

MOST_SIGNATURES = 60
MOST_REVISIONS = 200
FOREIGN_FAULTS = (PdfError, SignatureValidationError, ValueError, TypeError, KeyError, AttributeError, IndexError)
"""What a file that somebody tampered with makes the library raise; each says that the signature does not hold."""


def examine(request: dict[str, Any]) -> dict[str, Any]:
    """Return the hashes of a file's states and what each of its signatures is worth."""
    # The library tells in its log what certificates say; nothing of a stranger's file belongs there.
    logging.disable(logging.CRITICAL)
    content = Path(request["source"]).read_bytes()
    answer: dict[str, Any] = {"states": _states(content), "signatures": [], "is_sound": False, "is_pdf": False}
    reader, answer["is_sound"] = _opened(content)
    if reader is None:
        return answer
    answer["is_pdf"] = True
    # What follows the last end-of-file mark belongs to no state, and readers differ on what it means.
    if content[max(revisions_end(content), default=0) :].strip():
        answer["is_sound"] = False
    try:
        signatures = list(reader.embedded_signatures)[:MOST_SIGNATURES]
    except FOREIGN_FAULTS:
        answer["is_sound"] = False
        return answer
    context = _Context(reader, signatures, request["trusted"], datetime.fromisoformat(request["at"]))
    answer["signatures"] = [_report(signature, context) for signature in signatures]
    return answer


def _states(content: bytes) -> list[str]:
    """Return the SHA-256 of each state that the file went through, the last one being the file itself."""
    digest, at, hashes = hashlib.sha256(), 0, []
    for end in [*list(revisions_end(content))[:MOST_REVISIONS], len(content)]:
        if end >= at:
            digest.update(content[at:end])
            at = end
            hashes.append(digest.hexdigest())
    return list(dict.fromkeys(hashes))


def _opened(content: bytes) -> tuple[PdfFileReader | None, bool]:
    """Return a reader and whether the file is sound; a file that is not is read as far as that goes."""
    for is_strict in (True, False):
        try:
            reader = PdfFileReader(io.BytesIO(content), strict=is_strict)
            if reader.encrypted:
                reader.decrypt("")
            reader.embedded_signatures  # noqa: B018 - reading the form is what finds most faults
        except FOREIGN_FAULTS:
            continue
        return reader, is_strict
    return None, False


class _Context:
    """What signatures are validated against: trusted certificates, and the revocation data that the file brings."""

    def __init__(
        self, reader: PdfFileReader, signatures: list[EmbeddedPdfSignature], trusted: list[str], now: datetime
    ) -> None:
        self.signed_states = {signature.signed_revision for signature in signatures}
        self.reader, self.now = reader, now
        self._roots = certificates_in(trusted)
        self.has_archive_stamp = bool(reader.embedded_timestamp_signatures)
        try:
            self.store: DocumentSecurityStore | None = DocumentSecurityStore.read_dss(reader)
        except (*FOREIGN_FAULTS, LookupError):
            self.store = None

    def at(self, moment: datetime | None) -> ValidationContext:
        """Return a context that asks nobody, at the time of a signature: certificates end, seals stay."""
        moment = self.now if moment is None else min(moment, self.now)
        arguments: dict[str, Any] = {"trust_roots": self._roots, "allow_fetching": False, "moment": moment}
        if self.store is not None:
            return self.store.as_validation_context(arguments)
        return ValidationContext(**arguments)


def _report(signature: EmbeddedPdfSignature, context: _Context) -> dict[str, Any]:
    report: dict[str, Any] = {
        "kind": "signature",
        "field": str(signature.field_name or "")[:100],
        "signer": "",
        "certificate_sha256": "",
        "time": "",
        "time_source": "local",
        "level": SealLevel.BASIC,
        "intact": False,
        "trusted": False,
        "covers_whole_file": False,
        "later_changes": "none",
        "revision": signature.signed_revision + 1,
        "differences": [],
    }
    try:
        certificate = signature.signer_cert
        report["signer"], report["certificate_sha256"] = name_in(certificate)[:200], certificate.sha256.hex()
        _examine_integrity(signature, report, context)
        if str(signature.sig_object_type) == "/DocTimeStamp":
            _examine_time_stamp(signature, report, context)
        else:
            _examine_signature(signature, report, context)
    except FOREIGN_FAULTS:
        report["intact"] = False
    return report


def _examine_integrity(signature: EmbeddedPdfSignature, report: dict[str, Any], context: _Context) -> None:
    signature.compute_integrity_info()
    report["covers_whole_file"] = signature.coverage is SignatureCoverageLevel.ENTIRE_FILE
    if report["covers_whole_file"]:
        return
    is_whole_state = signature.coverage is SignatureCoverageLevel.ENTIRE_REVISION
    difference = signature.diff_result
    unexplained = unexplained_states(context.reader, signature.signed_revision, context.signed_states)
    is_allowed = is_whole_state and signature.summarise_integrity_info()["docmdp_ok"] is not False and not unexplained
    is_nothing = isinstance(difference, DiffResult) and difference.modification_level is ModificationLevel.NONE
    report["later_changes"] = ("none" if is_nothing else "allowed") if is_allowed else "forbidden"
    if not is_allowed:
        found = later_differences(context.reader, signature.signed_revision)
        report["differences"] = [{"code": code, "revision": number, "detail": detail} for code, number, detail in found]


def _examine_time_stamp(signature: EmbeddedPdfSignature, report: dict[str, Any], context: _Context) -> None:
    report["kind"], report["time_source"] = "time_stamp", "rfc3161"
    status = validate_pdf_timestamp(signature, validation_context=context.at(None), skip_diff=True)
    report["time"] = status.timestamp.astimezone(UTC).isoformat()
    report["intact"] = bool(status.intact and status.valid)
    report["trusted"] = bool(status.trusted)


def _examine_signature(signature: EmbeddedPdfSignature, report: dict[str, Any], context: _Context) -> None:
    claimed = signature.self_reported_timestamp
    status = validate_pdf_signature(
        signature,
        signer_validation_context=context.at(claimed),
        ts_validation_context=context.at(None),
        skip_diff=True,
    )
    stamped = status.timestamp_validity
    moment: datetime | None = claimed
    if stamped is not None and stamped.intact and stamped.valid:
        report["time_source"], moment = "rfc3161", stamped.timestamp
        report["level"] = _level(context)
    report["time"] = "" if moment is None else moment.astimezone(UTC).isoformat()
    is_stamp_sound = stamped is None or (stamped.intact and stamped.valid)
    report["intact"] = bool(status.intact and status.valid and is_stamp_sound)
    report["trusted"] = bool(status.trusted)


def _level(context: _Context) -> SealLevel:
    """Return the level of a seal that has a time-stamp."""
    if context.store is None:
        return SealLevel.TIME_STAMPED
    return SealLevel.ARCHIVAL if context.has_archive_stamp else SealLevel.LONG_TERM


OPERATIONS: dict[str, Any] = {"examine": examine}
