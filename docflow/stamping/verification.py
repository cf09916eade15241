"""Whether a file is what this registry sealed: its seals, what came after them, and the hashes that were kept.

A seal alone is not believed: readers call an overlay on a signed file valid, so what came later is compared with what
the seal allows; and a key may be stolen, so a file counts as authentic only when the registry kept the hash of it, or
of the state of it that was sealed.
"""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TypeAlias

from docflow.core.errors import InvalidInput
from docflow.stamping.keys import fingerprint, local_keys
from docflow.stamping.ports import Deps, Examination, Examined
from docflow.stamping.queries import (
    SealedPaperView,
    SealedRevisionView,
    sealed_papers_with,
    sealed_revisions_with,
    sealing_certificates,
)
from docflow.stamping.rules import Change, Finding, SealReport, Verdict

HOSTILE = frozenset({"file_poisonous", "file_too_slow", "file_too_demanding"})
Kept: TypeAlias = SealedRevisionView | SealedPaperView
NOTHING = Examination(states=(), is_pdf=False, is_sound=False, signatures=())


def verify_bytes(deps: Deps, data: bytes) -> Verdict:
    """Return whether a file is authentic, altered or unknown; nothing is kept of it, and nobody is asked.

    Raises:
        InvalidInput: ``file_too_large(size_bytes, limit_bytes)``.
        Unavailable: ``sealing_child_failed``.
    """
    limit = deps.settings.max_file_bytes
    if len(data) > limit:
        raise InvalidInput("file_too_large", size_bytes=len(data), limit_bytes=limit)
    with tempfile.TemporaryDirectory(prefix="docflow-verify-") as folder:
        path = Path(folder) / "file.pdf"
        path.write_bytes(data)
        try:
            examination = deps.sealer.examine(path, at=deps.clock.now())
        except InvalidInput as refusal:
            if refusal.code not in HOSTILE:
                raise
            examination = NOTHING
    states = examination.states or (hashlib.sha256(data).hexdigest(),)
    with deps.transactions.reading() as session:
        kept: Sequence[Kept] = [*sealed_papers_with(session, states), *sealed_revisions_with(session, states)]
        own = sealing_certificates(session, (item.certificate_sha256 for item in examination.signatures))
    own |= {fingerprint(path.read_bytes()) for path in local_keys(deps.settings).certificates() if path.exists()}
    return judged(replace(examination, states=tuple(states)), own=own, kept=kept)


def judged(examination: Examination, *, own: frozenset[str], kept: Sequence[Kept]) -> Verdict:
    """Return the verdict on what was found in a file.

    Args:
        examination: what was found.
        own: SHA-256 of the certificates with which this registry sealed.
        kept: the kept files that are this file, or a state that it went through.
    """
    signatures = sorted(examination.signatures, key=lambda item: item.revision)
    seals = [item for item in signatures if item.certificate_sha256 in own]
    reports = tuple(_named(item, is_seal=item in seals) for item in signatures)
    newest = kept[-1] if kept else None
    number = "" if newest is None else newest.register_number

    def verdict(finding: Finding, reason: str, changes: Sequence[Change] = ()) -> Verdict:
        return Verdict(finding, reports, tuple(changes), number, reason)

    if any(item.blob.sha256 == examination.states[-1] for item in kept):
        return verdict(Finding.AUTHENTIC, "kept_file")
    changes = list(dict.fromkeys(_changes(examination, signatures, seals)))
    if (seals or newest is not None) and changes:
        return verdict(Finding.ALTERED, "changed_since", changes)
    if not examination.is_pdf:
        return verdict(Finding.UNKNOWN, "unreadable")
    if not seals:
        return verdict(Finding.UNKNOWN, "other_seal" if signatures else "no_seal")
    if newest is None:
        return verdict(Finding.UNKNOWN, "not_kept")
    return verdict(Finding.AUTHENTIC, "kept_state")


def _named(item: Examined, *, is_seal: bool) -> SealReport:
    """Return the report of a signature; a seal of this registry is trusted by its certificate itself."""
    if not is_seal or item.report.kind == "time_stamp":
        return item.report
    return replace(item.report, kind="seal", trusted=True)


def _changes(examination: Examination, signatures: Sequence[Examined], seals: Sequence[Examined]) -> list[Change]:
    """Return what is not as it was sealed."""
    if not seals:
        return [Change("seal_removed")] if examination.is_pdf else [Change("damaged")]
    first = seals[0]
    found: list[Change] = [] if examination.is_sound else [Change("damaged")]
    for item in seals:
        if not item.report.intact:
            found.append(Change("bytes_changed", item.revision, item.report.field))
        if item.report.later_changes == "forbidden":
            found += item.differences
    for item in signatures:
        is_later = item.revision > first.revision and item not in seals
        if is_later and not item.report.intact:
            found.append(Change("signature_broken", item.revision, item.report.field))
        elif is_later and not item.report.trusted:
            found.append(Change("signature_foreign", item.revision, item.report.field))
    return found
