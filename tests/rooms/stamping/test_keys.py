"""The registry's own keys: private, honest in their names, one set for processes that start together."""

from __future__ import annotations

import io
import stat
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from pydantic import SecretStr
from pyhanko.keys import load_cert_from_pemder
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext
from sqlalchemy import select

from docflow.accounts.queries import OPERATOR
from docflow.audit.models import JournalEntry
from docflow.core.errors import Conflict, PermissionDenied, Unavailable
from docflow.settings import Settings
from docflow.stamping.adapters.pades import PadesSealer
from docflow.stamping.keys import LocalKeys, local_keys
from docflow.stamping.operations import seal_arrival
from docflow.stamping.ports import SealRequest
from docflow.stamping.renewing import rotate_key
from tests.conftest import actor

from .faces import DESIGN, face
from .letters import letter
from .odd_files import written

NOW = datetime(2026, 3, 2, tzinfo=UTC)


@pytest.fixture
def keys(tmp_path):
    return LocalKeys(tmp_path, institution=lambda: "Arrondissement Hay Hassani")


def test_private_keys_are_their_owners_alone(keys):
    keys.current(NOW)

    secret = sorted(keys.folder.glob("*.key"))
    assert len(secret) == 2
    assert {stat.S_IMODE(path.stat().st_mode) for path in secret} == {0o600}
    assert stat.S_IMODE(keys.folder.stat().st_mode) == 0o700
    assert keys.exposed_files() == []


def test_where_something_was_sealed_no_key_is_made_in_the_place_of_one_that_is_gone(runtime):
    runtime.check_keys()
    seal_arrival(runtime, document_id=letter(runtime).id, face=face())
    runtime.check_keys()
    gone = runtime.own_keys.folder.rename(runtime.own_keys.folder.with_name("safe"))

    for asked in (runtime.check_keys, lambda: runtime.sealer.key_status(NOW)):
        with pytest.raises(Unavailable, match="keys_gone") as refusal:
            asked()
        assert refusal.value.params == {"folder": str(runtime.own_keys.folder)}
    assert not runtime.own_keys.folder.exists()

    gone.rename(runtime.own_keys.folder)
    runtime.check_keys()
    runtime.own_keys.folder.rename(gone)
    rotate_key(runtime, OPERATOR)
    runtime.check_keys()


def test_the_certificate_says_that_it_is_not_qualified_in_both_languages(keys):
    certificate = x509.load_pem_x509_certificate(keys.current(NOW).certificate_path.read_bytes())

    name = certificate.subject.rfc4514_string()
    assert "non qualifié" in name
    assert "غير مؤهل" in name
    assert "Arrondissement Hay Hassani" in name


def test_the_authority_signed_the_certificate(keys):
    key = keys.current(NOW)

    authority = x509.load_pem_x509_certificate(key.authority_path.read_bytes())
    x509.load_pem_x509_certificate(key.certificate_path.read_bytes()).verify_directly_issued_by(authority)


def test_processes_that_start_together_agree_on_one_key(tmp_path):
    def first_key(_number):
        return LocalKeys(tmp_path, institution=lambda: "Arrondissement").current(NOW).certificate_path.read_bytes()

    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(first_key, range(8)))) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["keys"]


def test_a_new_key_takes_over_and_the_old_private_part_is_gone(keys):
    before = keys.current(NOW)

    after = keys.rotate(NOW)

    assert keys.current(NOW) == after
    assert after.number == before.number + 1
    assert not before.key_path.exists()
    assert before.certificate_path in keys.certificates()


def test_a_key_that_somebody_else_may_read_is_told(keys):
    keys.current(NOW).key_path.chmod(0o640)

    assert keys.exposed_files() == ["seal-0001.key"]


def test_a_lost_private_key_is_a_failure_and_never_a_new_key(keys):
    keys.current(NOW).key_path.unlink()

    with pytest.raises(Unavailable, match="keys_unusable"):
        keys.current(NOW)


def test_a_very_long_name_fits_a_certificate(tmp_path):
    keys = LocalKeys(
        tmp_path, institution=lambda: "Préfecture d'arrondissements de Aïn Sebaâ Hay Mohammadi, Casablanca-Settat"
    )

    assert x509.load_pem_x509_certificate(keys.current(NOW).certificate_path.read_bytes())


def test_seals_of_an_earlier_key_stay_valid_after_a_rotation(sqlite_runtime, tmp_path):
    source, first, second = (tmp_path / name for name in ("source.pdf", "first.pdf", "second.pdf"))
    source.write_bytes(written())
    sealer, now = sqlite_runtime.sealer, sqlite_runtime.clock.now()
    sealer.seal(SealRequest(source, first, face(), DESIGN, "a.pdf", now))

    status = rotate_key(sqlite_runtime, OPERATOR)
    sealer.seal(SealRequest(source, second, face(), DESIGN, "a.pdf", now))

    certificates = {path: signer_of(path, local_keys(sqlite_runtime.settings)) for path in (first, second)}
    assert certificates[second] == status.certificate_sha256 != certificates[first]
    with sqlite_runtime.transactions.reading() as session:
        verbs = [entry.verb for entry in session.scalars(select(JournalEntry).order_by(JournalEntry.number))]
        assert verbs[-1] == "stamping.key_rotated"


def signer_of(path, keys) -> str:
    """The certificate of a valid seal."""
    (signature,) = PdfFileReader(io.BytesIO(path.read_bytes())).embedded_signatures
    roots = [load_cert_from_pemder(str(authority)) for authority in keys.authorities()]
    status = validate_pdf_signature(
        signature,
        signer_validation_context=ValidationContext(
            trust_roots=roots, moment=NOW + timedelta(days=1), allow_fetching=False
        ),
    )
    assert status.bottom_line
    return status.signing_cert.sha256.hex()


def test_only_who_manages_stamps_replaces_the_key(sqlite_runtime):
    before = local_keys(sqlite_runtime.settings).current(NOW)

    with pytest.raises(PermissionDenied):
        rotate_key(sqlite_runtime, actor(sqlite_runtime, "clerk"))

    assert local_keys(sqlite_runtime.settings).current(NOW) == before


def test_a_bought_key_is_not_replaced_here(sqlite_runtime, tmp_path):
    bought = replace(sqlite_runtime, settings=Settings(home=tmp_path, seal_pkcs12=tmp_path / "seal.p12"))

    with pytest.raises(Conflict, match="keys_not_local"):
        rotate_key(bought, OPERATOR)


def test_a_passphrase_encrypts_the_keys_that_are_there_and_those_to_come(sqlite_runtime, shared_workshop, tmp_path):
    settings = Settings(home=tmp_path / "home", keys_passphrase=SecretStr("passphrase of the keys"))
    clear = LocalKeys(settings.home, institution=lambda: "Arrondissement")
    clear.current(NOW)
    keys = local_keys(settings)
    source, out = tmp_path / "source.pdf", tmp_path / "sealed.pdf"
    source.write_bytes(written())

    PadesSealer(settings, keys, shared_workshop).seal(SealRequest(source, out, face(), DESIGN, "a.pdf", NOW))
    keys.rotate(NOW)

    private = [path.read_text() for path in keys.folder.rglob("*.key")]
    assert len(private) == 2
    assert all("ENCRYPTED PRIVATE KEY" in text for text in private)
    assert keys.exposed_files() == []
    assert signer_of(out, keys)


def test_a_wrong_passphrase_is_told_without_it(shared_workshop, tmp_path):
    LocalKeys(tmp_path, institution=lambda: "Arrondissement", passphrase="the right one").current(NOW)
    settings = Settings(home=tmp_path, keys_passphrase=SecretStr("a wrong one"))
    source = tmp_path / "source.pdf"
    source.write_bytes(written())
    request = SealRequest(source, tmp_path / "sealed.pdf", face(), DESIGN, "a.pdf", NOW)

    with pytest.raises(Unavailable) as refused:
        PadesSealer(settings, local_keys(settings), shared_workshop).seal(request)
    with pytest.raises(Unavailable, match="keys_unusable"):
        local_keys(settings).rotate(NOW)

    assert refused.value.code == "keys_unusable"
    assert "wrong one" not in str(refused.value)
