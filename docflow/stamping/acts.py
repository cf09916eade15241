"""Outgoing acts: frozen, signed field by field, sealed at their departure; each state is kept.

Whether a step is due and whose it is are checked by the circuit that asks for it.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final, Self
from uuid import UUID

from sqlalchemy import select

from docflow.core.actor import Actor
from docflow.core.errors import Conflict
from docflow.core.uow import UnitOfWork
from docflow.stamping.models import SealedRevision
from docflow.stamping.ports import Deps, FreezeRequest, PersonKey, SealedFile, SignRequest
from docflow.stamping.queries import SealedRevisionView, current_design, sealed_revision_of
from docflow.stamping.rules import (
    MOST_FIELDS,
    ForeseenField,
    SealLevel,
    SealSource,
    SignatureFace,
    StampFace,
    StampKind,
    StampPlacement,
)
from docflow.storage.operations import name_blob
from docflow.storage.rules import BlobKind, BlobRef

DEPARTURE_FIELD: Final = "Depart"


@dataclass(frozen=True, slots=True)
class _Step:
    """A step of an act: what the journal calls it, the number it shows, and the state that it starts from."""

    verb: str
    register_number: str = ""
    before: SealedRevisionView | None = None
    is_of_person: bool = False


@dataclass(frozen=True, slots=True)
class SignedAhead:
    """A signed state of an act that is in the store, but not yet kept as the act's newest.

    Attributes:
        document_id: which act.
        before_sha256: the state that it was made from; when another came meanwhile, this one is worth nothing.
        blob: the signed file.
        sealed: how it was signed.
    """

    document_id: UUID
    before_sha256: str
    blob: BlobRef
    sealed: SealedFile

    def as_row(self) -> dict[str, Any]:
        """Return it as values for the database."""
        until = self.sealed.renew_before
        return {
            "document_id": str(self.document_id),
            "before_sha256": self.before_sha256,
            "sha256": self.blob.sha256,
            "size_bytes": self.blob.size_bytes,
            "sealed": asdict(self.sealed) | {"renew_before": None if until is None else until.isoformat()},
        }

    @classmethod
    def from_row(cls, row: dict[str, Any]) -> Self:
        """Return what ``as_row`` made values of."""
        kept = row["sealed"]
        until = kept["renew_before"]
        sealed = SealedFile(
            **{
                **kept,
                "source": SealSource(kept["source"]),
                "placement": StampPlacement(kept["placement"]),
                "level": SealLevel(kept["level"]),
                "renew_before": None if until is None else datetime.fromisoformat(until),
            }
        )
        blob = BlobRef(BlobKind.SEALED, row["sha256"], row["size_bytes"])
        return cls(UUID(row["document_id"]), row["before_sha256"], blob, sealed)


def freeze_act(
    deps: Deps, actor: Actor, *, document_id: UUID, file: BlobRef, fields: Sequence[ForeseenField]
) -> SealedRevisionView:
    """Freeze a version of an act: a certifying seal, an empty field for each visa and signature, and for departure.

    Raises:
        InvalidInput: ``act_signed_already``, ``seal_impossible(reason)``, those of a hostile file.
        Conflict: ``act_changed_meanwhile``.
        Unavailable: ``keys_unusable``, ``time_stamp_unavailable``, ``sealing_child_failed``.
    """
    names = [item.name for item in fields]
    if len(names) > MOST_FIELDS or len(set(names)) < len(names) or DEPARTURE_FIELD in names:
        message = "too many fields, or two of one name"
        raise ValueError(message)
    with deps.transactions.reading() as session:
        design = current_design(session)
        before = sealed_revision_of(session, document_id)

    def freeze(source: Path, out: Path) -> SealedFile:
        return deps.sealer.freeze(FreezeRequest(source, out, tuple(fields), design, deps.clock.now()))

    return _stepped(deps, actor, document_id, file, freeze, step=_Step("stamping.frozen", before=before))


def sign_act(
    deps: Deps, actor: Actor, *, document_id: UUID, field: str, face: SignatureFace, key: PersonKey
) -> SealedRevisionView:
    """Sign one empty field of the newest state of an act with a person's key.

    Raises:
        InvalidInput: ``field_unknown(field)``, ``field_signed_already(field)``, ``seal_impossible(reason)``.
        Conflict: ``act_not_frozen``, ``act_changed_meanwhile``.
        Unavailable: as ``freeze_act``.
    """
    with (
        signing_ahead(deps, document_id=document_id, field=field, face=face, key=key) as (signed, require_sound),
        deps.transactions.writing(actor) as uow,
    ):
        kept = keep_signature(uow, signed)
        require_sound()
        return kept


@contextmanager
def signing_ahead(
    deps: Deps, *, document_id: UUID, field: str, face: SignatureFace, key: PersonKey
) -> Iterator[tuple[SignedAhead, Callable[[], None]]]:
    """Sign one empty field of the newest state of an act, and put the file in the store without keeping it as newest.

    Whoever waits with it names the blob in a transaction of theirs, or the sweeper takes it. Whether the earlier
    signatures bear with this one is looked at while they do so; what is given beside the state waits for that, and
    belongs before the end of the transaction.

    Raises:
        InvalidInput: ``field_unknown(field)``, ``field_signed_already(field)``, ``seal_impossible(reason)``; the
            last one from what is given, too.
        Conflict: ``act_not_frozen``.
        Unavailable: as ``freeze_act``.
        DocFlowError: that of the key.
    """
    newest = _newest(deps, document_id)
    with (
        deps.blob_store.local_copy(newest.blob.kind, newest.blob.sha256) as source,
        tempfile.TemporaryDirectory(prefix="docflow-seal-") as folder,
        ThreadPoolExecutor(1) as aside,
    ):
        out = Path(folder) / "act.pdf"
        sealed = deps.sealer.sign_field(SignRequest(source, out, field, face, deps.clock.now(), key=key))
        checking = aside.submit(deps.sealer.check_field, out)
        yield SignedAhead(document_id, newest.blob.sha256, _stored(deps, out), sealed), checking.result


def keep_signature(uow: UnitOfWork, signed: SignedAhead) -> SealedRevisionView:
    """Keep a signed state as the newest of its act.

    Raises:
        Conflict: ``act_changed_meanwhile``, when it was not made from the newest.
    """
    before = sealed_revision_of(uow.session, signed.document_id)
    if before is None or before.blob.sha256 != signed.before_sha256:
        raise Conflict("act_changed_meanwhile")
    step = _Step("stamping.signed", before=before, is_of_person=True)
    _keep(uow, signed.document_id, signed.sealed, signed.blob, step=step)
    uow.session.flush()
    made = sealed_revision_of(uow.session, signed.document_id)
    assert made is not None  # noqa: S101 - it was written just now
    return made


def seal_departure(deps: Deps, actor: Actor, *, document_id: UUID, face: StampFace) -> SealedRevisionView:
    """Put the stamp of departure and the seal into the field kept for them; asking again gives what was sealed then.

    Raises:
        InvalidInput: ``field_signed_already(field)``, ``seal_impossible(reason)``.
        Conflict: ``act_not_frozen``, ``act_changed_meanwhile``.
        Unavailable: as ``freeze_act``.
    """
    with deps.transactions.reading() as session:
        kept = sealed_revision_of(session, document_id, register_number=face.register_number)
        design = current_design(session)
    if kept is not None:
        return kept
    newest = _newest(deps, document_id)
    with ExitStack() as opened:
        logo = None
        if design.logo_sha256 is not None:
            logo = opened.enter_context(deps.blob_store.local_copy(BlobKind.LOGO, design.logo_sha256))

        def sign(source: Path, out: Path) -> SealedFile:
            request = SignRequest(source, out, DEPARTURE_FIELD, face, deps.clock.now(), design=design, logo=logo)
            sealed = deps.sealer.sign_field(request)
            deps.sealer.check_field(out)
            return sealed

        step = _Step("stamping.departed", face.register_number, newest)
        return _stepped(deps, actor, document_id, newest.blob, sign, step=step)


def _newest(deps: Deps, document_id: UUID) -> SealedRevisionView:
    with deps.transactions.reading() as session:
        newest = sealed_revision_of(session, document_id)
    if newest is None or newest.kind is not StampKind.DEPARTURE:
        raise Conflict("act_not_frozen")
    return newest


def _stepped(
    deps: Deps,
    actor: Actor,
    document_id: UUID,
    file: BlobRef,
    work: Callable[[Path, Path], SealedFile],
    *,
    step: _Step,
) -> SealedRevisionView:
    """Make and keep the next state of an act."""
    with (
        deps.blob_store.local_copy(file.kind, file.sha256) as source,
        tempfile.TemporaryDirectory(prefix="docflow-seal-") as folder,
    ):
        out = Path(folder) / "act.pdf"
        sealed = work(source, out)
        blob = _stored(deps, out)
    with deps.transactions.writing(actor) as uow:
        _keep(uow, document_id, sealed, blob, step=step)
        uow.session.flush()
        made = sealed_revision_of(uow.session, document_id)
    assert made is not None  # noqa: S101 - it was written just now
    return made


def _stored(deps: Deps, out: Path) -> BlobRef:
    with out.open("rb") as stream:
        return deps.blob_store.put(BlobKind.SEALED, stream, media_type="application/pdf")


def _keep(uow: UnitOfWork, document_id: UUID, sealed: SealedFile, blob: BlobRef, *, step: _Step) -> None:
    """Keep a state, unless another one came after that from which it was made."""
    if step.before is not None:
        # Whoever made another state of it holds this row, or has left a newer one.
        uow.session.scalar(
            select(SealedRevision.id).where(SealedRevision.sha256 == step.before.blob.sha256).limit(1).with_for_update()
        )
    present = sealed_revision_of(uow.session, document_id)
    if present != step.before:
        raise Conflict("act_changed_meanwhile")
    name_blob(uow, blob, media_type="application/pdf")
    revision = 1 if present is None else present.revision + 1
    # The row names the institution's certificate; a person's is in the file and in the journal.
    seal = present if step.is_of_person and present is not None else sealed
    uow.session.add(
        SealedRevision(
            document_id=document_id,
            register_number=step.register_number,
            revision=revision,
            kind=StampKind.DEPARTURE,
            sha256=blob.sha256,
            size_bytes=blob.size_bytes,
            source=sealed.source,
            placement=sealed.placement,
            level=sealed.level,
            time_source=sealed.time_source,
            signer=seal.signer,
            certificate_sha256=seal.certificate_sha256,
            sealed_at=uow.now,
            renew_before=sealed.renew_before,
        )
    )
    uow.record(
        step.verb,
        subject_kind="document",
        subject_id=document_id,
        revision=revision,
        field=sealed.field,
        sha256=blob.sha256,
        certificate=sealed.certificate_sha256,
        **({"register_number": step.register_number} if step.register_number else {}),
    )
