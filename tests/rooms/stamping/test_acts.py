"""Outgoing acts: frozen, visas, signature, departure; every earlier signature stays valid at every step."""

from __future__ import annotations

import io
import json
import subprocess
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise

import pypdfium2
import pytest
import zxingcpp
from pyhanko.keys import load_cert_from_pemder
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import MDPPerm
from pyhanko.sign.validation import read_certification_data, validate_pdf_signature
from pyhanko_certvalidator import ValidationContext

from docflow.accounts.queries import OPERATOR
from docflow.core.errors import Conflict, InvalidInput
from docflow.core.ids import new_id
from docflow.stamping.acts import SignedAhead, freeze_act, keep_signature, seal_departure, sign_act, signing_ahead
from docflow.stamping.keys import local_keys
from docflow.stamping.queries import sealed_revision_of
from docflow.stamping.rules import Finding, ForeseenField, SignatureFace, SignatureKind, StampKind, Standing
from docflow.stamping.verification import verify_bytes
from docflow.storage.rules import BlobKind

from .faces import face
from .letters import LETTER, letter
from .odd_files import FULL, Sender, put, written
from .tampering import drawn_over, incremental, sealed_by

FIELDS = (
    ForeseenField("Visa1", SignatureKind.VISA, "رئيس المصلحة", "Chef de service"),
    ForeseenField("Visa2", SignatureKind.VISA, "رئيس القسم", "Chef de division"),
    ForeseenField("Signature", SignatureKind.SIGNATURE, "رئيس المجلس", "Président du conseil"),
)
PIN = "4711-92"
PEOPLE = {name: new_id() for name in ("Visa1", "Visa2", "Signature")}


def frozen(runtime, content: bytes = LETTER):
    document = letter(runtime, content)
    file = runtime.blob_store.put(BlobKind.ORIGINAL, io.BytesIO(content), media_type="application/pdf")
    return document.id, freeze_act(runtime, OPERATOR, document_id=document.id, file=file, fields=FIELDS)


@dataclass(frozen=True)
class KeyInHand:
    """The key of a person, and what opens it."""

    spec: dict[str, object]
    passphrase: Callable[[], str]


def key_of(runtime, person_id, *, name: str):
    now = runtime.clock.now()
    if runtime.person_keys.certificate_of(person_id, now=now) is None:
        runtime.person_keys.make(person_id, name=name, pin=PIN, now=now)
    spec = runtime.person_keys.find(person_id, now=now)
    return KeyInHand(spec, lambda: runtime.person_keys.unlock(person_id, pin=PIN, now=now))


def signed(runtime, document_id, name: str):
    now = runtime.clock.now()
    key = key_of(runtime, PEOPLE[name], name=f"Fatima Zahra {name}")
    kind = SignatureKind.SIGNATURE if name == "Signature" else SignatureKind.VISA
    shown = SignatureFace(
        kind=kind,
        name_ar="فاطمة الزهراء العلوي",
        name_fr="Fatima Zahra Alaoui",
        title_ar="نائبة الرئيس",
        title_fr="Vice-présidente",
        at=now,
        standing=Standing.DELEGATION,
        for_ar="رئيس المجلس",
        for_fr="Président du conseil",
    )
    return sign_act(runtime, OPERATOR, document_id=document_id, field=name, face=shown, key=key)


def departed(runtime, document_id):
    return seal_departure(
        runtime, OPERATOR, document_id=document_id, face=face("D-2026-000012", kind=StampKind.DEPARTURE)
    )


def bytes_of(runtime, revision) -> bytes:
    with runtime.blob_store.open(BlobKind.SEALED, revision.blob.sha256) as stream:
        return stream.read()


def states_of(runtime, content: bytes) -> dict[str, bool]:
    """Whether each signature is valid, by field."""
    roots = [load_cert_from_pemder(str(path)) for path in local_keys(runtime.settings).authorities()]
    moment = runtime.clock.now() + timedelta(minutes=1)
    return {
        signature.field_name: validate_pdf_signature(
            signature,
            signer_validation_context=ValidationContext(trust_roots=roots, moment=moment, allow_fetching=False),
        ).bottom_line
        for signature in PdfFileReader(io.BytesIO(content)).embedded_signatures
    }


def whole_act(runtime, content: bytes = LETTER) -> bytes:
    document_id, _ = frozen(runtime, content)
    for name in PEOPLE:
        signed(runtime, document_id, name)
    return bytes_of(runtime, departed(runtime, document_id))


def test_every_earlier_signature_stays_valid_at_every_step(sqlite_runtime, tmp_path):
    document_id, first = frozen(sqlite_runtime)
    steps = [bytes_of(sqlite_runtime, first)]
    for name in PEOPLE:
        sqlite_runtime.clock.move(minutes=5)
        steps.append(bytes_of(sqlite_runtime, signed(sqlite_runtime, document_id, name)))
    last = departed(sqlite_runtime, document_id)
    steps.append(bytes_of(sqlite_runtime, last))

    assert read_certification_data(PdfFileReader(io.BytesIO(steps[0]))).permission is MDPPerm.FILL_FORMS
    for count, content in enumerate(steps, start=1):
        states = states_of(sqlite_runtime, content)
        assert len(states) == count
        assert all(states.values()), states
    assert all(after.startswith(before) for before, after in pairwise(steps))
    assert (last.revision, last.register_number) == (5, "D-2026-000012")
    (tmp_path / "act.pdf").write_bytes(steps[-1])
    said = subprocess.run(
        ["env", f"HOME={tmp_path}", "pdfsig", str(tmp_path / "act.pdf")], capture_output=True, text=True, check=False
    ).stdout
    assert said.count("Signature is Valid") == 5
    for command in (["qpdf", "--check"], ["mutool", "draw", "-q", "-o", "/dev/null", "-F", "png"]):
        subprocess.run([*command, str(tmp_path / "act.pdf")], check=True, capture_output=True)


@pytest.mark.parametrize(
    "content",
    [LETTER, written(pages=3), written(content=FULL), written(page=put(Rotate=90)), written(size=(842, 595))],
    ids=["letter", "three pages", "full", "turned", "landscape"],
)
def test_acts_of_every_form_are_authentic_and_show_their_departure(sqlite_runtime, content, tmp_path):
    act = whole_act(sqlite_runtime, content)

    verdict = verify_bytes(sqlite_runtime, act)
    (tmp_path / "act.pdf").write_bytes(act)
    document = pypdfium2.PdfDocument(act)
    document.init_forms()
    shown = document[0].render(scale=150 / 72, may_draw_forms=True).to_pil()
    document.close()

    assert (verdict.finding, verdict.register_number) == (Finding.AUTHENTIC, "D-2026-000012")
    assert all(item.intact and item.trusted for item in verdict.seals)
    assert [item.kind for item in verdict.seals] == ["seal", "signature", "signature", "signature", "seal"]
    assert [code.text for code in zxingcpp.read_barcodes(shown)] == [face("D-2026-000012").verification_url]


def test_a_full_page_gets_a_sheet_for_its_signatures(sqlite_runtime):
    act = whole_act(sqlite_runtime, written(content=FULL))

    assert len(pypdfium2.PdfDocument(act)) == 2


def test_each_step_is_authentic_and_an_overlay_on_any_is_altered(sqlite_runtime):
    document_id, first = frozen(sqlite_runtime)
    second = signed(sqlite_runtime, document_id, "Visa1")

    for revision in (first, second):
        content = bytes_of(sqlite_runtime, revision)
        assert verify_bytes(sqlite_runtime, content).finding is Finding.AUTHENTIC
        assert verify_bytes(sqlite_runtime, incremental(content, drawn_over)).finding is Finding.ALTERED


def test_a_foreseen_field_signed_by_a_stranger_is_altered(sqlite_runtime, tmp_path):
    _, first = frozen(sqlite_runtime)
    stranger = Sender(tmp_path / "stranger").signer

    verdict = verify_bytes(
        sqlite_runtime, sealed_by(stranger, bytes_of(sqlite_runtime, first), name="Signature", certify=False)
    )

    assert verdict.finding is Finding.ALTERED
    assert [change.code for change in verdict.changes] == ["signature_foreign"]


def test_a_field_is_signed_once(sqlite_runtime):
    document_id, _ = frozen(sqlite_runtime)
    signed(sqlite_runtime, document_id, "Visa1")

    with pytest.raises(InvalidInput) as refused:
        signed(sqlite_runtime, document_id, "Visa1")

    assert refused.value.code == "field_signed_already"


def test_a_field_that_was_not_foreseen_is_refused(sqlite_runtime):
    document_id, _ = frozen(sqlite_runtime)
    now = sqlite_runtime.clock.now()
    key = key_of(sqlite_runtime, new_id(), name="Inconnu")
    shown = SignatureFace(SignatureKind.VISA, "أ", "A", "", "", now)

    with pytest.raises(InvalidInput) as refused:
        sign_act(sqlite_runtime, OPERATOR, document_id=document_id, field="Visa9", face=shown, key=key)

    assert refused.value.code == "field_unknown"


def test_nothing_is_signed_before_the_act_is_frozen(sqlite_runtime):
    with pytest.raises(Conflict) as refused:
        signed(sqlite_runtime, letter(sqlite_runtime).id, "Visa1")

    assert refused.value.code == "act_not_frozen"


def test_two_who_sign_at_once_do_not_lose_a_signature(sqlite_runtime):
    document_id, _ = frozen(sqlite_runtime)

    def attempt(name: str):
        try:
            return signed(sqlite_runtime, document_id, name)
        except Conflict as refused:
            return refused.code

    with ThreadPoolExecutor(2) as pool:
        outcomes = list(pool.map(attempt, ("Visa1", "Visa2")))
    for name, outcome in zip(("Visa1", "Visa2"), outcomes, strict=True):
        if outcome == "act_changed_meanwhile":
            signed(sqlite_runtime, document_id, name)

    act = bytes_of(sqlite_runtime, departed(sqlite_runtime, document_id))
    assert set(states_of(sqlite_runtime, act)) == {"Cachet", "Visa1", "Visa2", "Depart"}


def test_a_signed_file_is_not_frozen(sqlite_runtime, tmp_path):
    with pytest.raises(InvalidInput) as refused:
        frozen(sqlite_runtime, Sender(tmp_path / "stranger").sign(LETTER))

    assert refused.value.code == "act_signed_already"


def test_departure_is_sealed_once(sqlite_runtime):
    document_id, _ = frozen(sqlite_runtime)

    assert departed(sqlite_runtime, document_id) == departed(sqlite_runtime, document_id)


def test_a_signature_made_ahead_counts_when_it_is_kept_and_only_on_the_state_it_was_made_from(sqlite_runtime):
    document_id, first = frozen(sqlite_runtime)
    now = sqlite_runtime.clock.now()
    shown = SignatureFace(SignatureKind.VISA, "أ", "A", "", "", now)
    ahead = []
    for name in ("Visa1", "Visa2"):
        key = key_of(sqlite_runtime, PEOPLE[name], name="A")
        with signing_ahead(sqlite_runtime, document_id=document_id, field=name, face=shown, key=key) as (signed, check):
            check()
            ahead.append(signed)
    with sqlite_runtime.transactions.reading() as session:
        assert sealed_revision_of(session, document_id) == first

    with sqlite_runtime.transactions.writing(OPERATOR) as uow:
        kept = keep_signature(uow, SignedAhead.from_row(json.loads(json.dumps(ahead[0].as_row()))))
    with pytest.raises(Conflict) as refused, sqlite_runtime.transactions.writing(OPERATOR) as uow:
        keep_signature(uow, ahead[1])

    assert refused.value.code == "act_changed_meanwhile"
    assert states_of(sqlite_runtime, bytes_of(sqlite_runtime, kept)) == {"Cachet": True, "Visa1": True}
