"""Keys of a provider and what seals carry along: time-stamps, revocation data, archive time-stamps renewed in time."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from pydantic import SecretStr, ValidationError
from pyhanko.keys import load_cert_from_pemder
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import DocumentSecurityStore, validate_pdf_signature, validate_pdf_timestamp
from pyhanko_certvalidator import ValidationContext

from docflow.core.clock import SystemClock
from docflow.core.errors import DocFlowError, Unavailable
from docflow.settings import Settings
from docflow.stamping.adapters.levels import Attestation
from docflow.stamping.adapters.pades import PadesSealer
from docflow.stamping.adapters.sealing import Job, sealed_as_it_is
from docflow.stamping.adapters.workshop import Workshop
from docflow.stamping.drawing import draw_stamp
from docflow.stamping.keys import LocalKeys
from docflow.stamping.ports import SealRequest
from docflow.stamping.rules import KeyKind, SealLevel

from .authority import PASSPHRASE, Provider
from .faces import DESIGN, face
from .odd_files import written

SOFTHSM = next((path for path in Path("/usr/lib").rglob("libsofthsm2.so")), Path("/usr/lib/softhsm/libsofthsm2.so"))
PIN = "1234-pin-of-the-token"


@pytest.fixture(scope="module")
def provider(tmp_path_factory) -> Iterator[Provider]:
    running = Provider(tmp_path_factory.mktemp("provider"))
    yield running
    running.stop()


@pytest.fixture
def sealer(tmp_path, shared_workshop):
    def make(workshop: Workshop = shared_workshop, **settings: object) -> PadesSealer:
        keys = LocalKeys(tmp_path, institution=lambda: "Arrondissement")
        return PadesSealer(Settings(home=tmp_path, **settings), keys, workshop)  # type: ignore[arg-type]

    return make


@pytest.fixture
def workshop_with_token(token):
    """A sealing process that was started after the token was configured, as the module of the token demands."""
    running = Workshop()
    yield running
    running.close()


def sealed_by(sealer: PadesSealer, folder: Path):
    (folder / "source.pdf").write_bytes(written())
    request = SealRequest(folder / "source.pdf", folder / "sealed.pdf", face(), DESIGN, "a.pdf", SystemClock().now())
    return sealer.seal(request), request.out.read_bytes()


def context(*roots: Path) -> ValidationContext:
    certificates = [load_cert_from_pemder(str(path)) for path in roots]
    return ValidationContext(trust_roots=certificates, allow_fetching=False)


def status_of(content: bytes, *roots: Path):
    signature = PdfFileReader(io.BytesIO(content)).embedded_regular_signatures[0]
    return validate_pdf_signature(
        signature, signer_validation_context=context(*roots), ts_validation_context=context(*roots)
    )


def test_a_time_stamp_attests_the_time_of_a_local_seal(sealer, provider, tmp_path):
    made = sealer(timestamp_url=provider.time_stamps())

    sealed, content = sealed_by(made, tmp_path)

    status = status_of(content, provider.root, tmp_path / "keys" / "authority.pem")
    assert (sealed.level, sealed.time_source) == (SealLevel.TIME_STAMPED, "rfc3161")
    assert status.bottom_line
    assert status.timestamp_validity.trusted


def test_a_bought_key_seals_from_its_file(sealer, provider, tmp_path):
    made = sealer(seal_pkcs12=provider.pkcs12(), seal_pkcs12_passphrase=SecretStr(PASSPHRASE))

    sealed, content = sealed_by(made, tmp_path)

    assert sealed.signer == "Arrondissement Hay Hassani – cachet"
    assert status_of(content, provider.root).bottom_line
    assert not (tmp_path / "keys").exists(), "no local key is made beside a bought one"


@pytest.mark.parametrize(
    "make_key",
    [lambda: rsa.generate_private_key(65537, 3072), lambda: ec.generate_private_key(ec.SECP521R1())],
    ids=["rsa", "p521"],
)
def test_room_is_kept_for_the_signature_of_every_kind_of_key(tmp_path, make_key):
    key = make_key()
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "م" * 32)])
    made = x509.CertificateBuilder(name, name, key.public_key(), 1, datetime(2020, 1, 1), datetime(2050, 1, 1))  # noqa: DTZ001
    certificate = made.sign(key, hashes.SHA256())
    (tmp_path / "certificate.pem").write_bytes(certificate.public_bytes(Encoding.PEM))
    (tmp_path / "key.pem").write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    paths = (str(tmp_path / "key.pem"), str(tmp_path / "certificate.pem"))
    drawing = draw_stamp(face(), DESIGN)
    spec = {"kind": "files", "key": paths[0], "certificate": paths[1], "chain": [], "passphrase": ""}
    attestation = Attestation.of({"level": SealLevel.BASIC, "time_stamp_url": "", "trusted": []})

    sealed = sealed_as_it_is(written(), Job(drawing, DESIGN.place, spec, datetime(2026, 1, 1, tzinfo=UTC), attestation))

    signature = PdfFileReader(io.BytesIO(sealed.content)).embedded_regular_signatures[0]
    assert validate_pdf_signature(signature, context(tmp_path / "certificate.pem")).intact


def test_a_wrong_passphrase_is_told_without_it(sealer, provider, tmp_path):
    made = sealer(seal_pkcs12=provider.pkcs12(), seal_pkcs12_passphrase=SecretStr("not-the-passphrase"))

    with pytest.raises(Unavailable) as refused:
        sealed_by(made, tmp_path)

    assert refused.value.code == "keys_unusable"
    assert "not-the-passphrase" not in str(refused.value)


@pytest.mark.parametrize("level", [SealLevel.LONG_TERM, SealLevel.ARCHIVAL])
def test_revocation_data_is_carried_along(sealer, provider, tmp_path, level):
    made = sealer(
        seal_pkcs12=provider.pkcs12(),
        seal_pkcs12_passphrase=SecretStr(PASSPHRASE),
        timestamp_url=provider.time_stamps(),
        seal_level=level.value,
        seal_trust=provider.root,
    )

    sealed, content = sealed_by(made, tmp_path)

    reader = PdfFileReader(io.BytesIO(content))
    store = DocumentSecurityStore.read_dss(reader)
    status = status_of(content, provider.root)
    assert sealed.level is level
    assert len(store.ocsps) + len(store.crls) >= 1
    assert status.bottom_line
    assert status.docmdp_ok
    assert len(reader.embedded_timestamp_signatures) == (1 if level is SealLevel.ARCHIVAL else 0)
    assert len(content) - len(written()) < 100_000


def test_an_archive_time_stamp_is_renewed_and_everything_before_still_holds(sealer, provider, tmp_path):
    made = sealer(
        seal_pkcs12=provider.pkcs12(),
        seal_pkcs12_passphrase=SecretStr(PASSPHRASE),
        timestamp_url=provider.time_stamps(),
        seal_level="B-LTA",
        seal_trust=provider.root,
    )
    sealed, content = sealed_by(made, tmp_path)
    assert sealed.renew_before == datetime(2050, 1, 1, tzinfo=UTC)

    due = made.renew(tmp_path / "sealed.pdf", tmp_path / "renewed.pdf", at=SystemClock().now())

    renewed = (tmp_path / "renewed.pdf").read_bytes()
    assert renewed.startswith(content)
    assert due == datetime(2050, 1, 1, tzinfo=UTC)
    stamps = PdfFileReader(io.BytesIO(renewed)).embedded_timestamp_signatures
    assert len(stamps) == 2
    assert status_of(renewed, provider.root).bottom_line
    states = [validate_pdf_timestamp(stamp, validation_context=context(provider.root)) for stamp in stamps]
    assert all(state.intact and state.valid and state.trusted for state in states)


def test_a_silent_time_stamping_server_is_a_failure_that_may_pass(sealer, tmp_path):
    made = sealer(timestamp_url="http://127.0.0.1:9/tsa")

    with pytest.raises(Unavailable) as refused:
        sealed_by(made, tmp_path)

    assert refused.value.code == "time_stamp_unavailable"


@pytest.fixture
def token(provider, tmp_path, monkeypatch) -> Path:
    """A SoftHSM token that holds the provider's key and certificate."""
    (tmp_path / "tokens").mkdir()
    (tmp_path / "softhsm.conf").write_text(
        f"directories.tokendir = {tmp_path / 'tokens'}\nobjectstore.backend = file\n"
    )
    monkeypatch.setenv("SOFTHSM2_CONF", str(tmp_path / "softhsm.conf"))
    command = ["softhsm2-util", "--init-token", "--free", "--label", "district", "--pin", PIN, "--so-pin", "so-" + PIN]
    subprocess.run(command, check=True, capture_output=True, env=os.environ)
    script = f"""
import sys
from pathlib import Path
import pkcs11
from pkcs11.util.ec import encode_named_curve_parameters, decode_ec_private_key
from pkcs11.util.x509 import decode_x509_certificate
token = pkcs11.lib({str(SOFTHSM)!r}).get_token(token_label="district")
with token.open(user_pin={PIN!r}, rw=True) as session:
    key = decode_ec_private_key(Path(sys.argv[1]).read_bytes())
    key.update({{pkcs11.Attribute.LABEL: "seal", pkcs11.Attribute.SIGN: True, pkcs11.Attribute.TOKEN: True}})
    session.create_object(key)
    certificate = decode_x509_certificate(Path(sys.argv[2]).read_bytes())
    certificate.update({{pkcs11.Attribute.LABEL: "seal", pkcs11.Attribute.TOKEN: True}})
    session.create_object(certificate)
"""
    der = provider.key("seal").private_bytes(Encoding.DER, PrivateFormat.TraditionalOpenSSL, NoEncryption())
    (tmp_path / "seal.der").write_bytes(der)
    (tmp_path / "seal.crt").write_bytes(provider.certificate("seal"))
    subprocess.run(
        [sys.executable, "-c", script, str(tmp_path / "seal.der"), str(tmp_path / "seal.crt")],
        check=True,
        env=os.environ,
    )
    (tmp_path / "seal.der").unlink()
    return SOFTHSM


def test_a_key_on_a_token_seals_and_never_leaves_it(sealer, provider, token, workshop_with_token, tmp_path):
    made = sealer(
        workshop_with_token,
        seal_pkcs11_module=token,
        seal_pkcs11_token="district",
        seal_pkcs11_label="seal",
        seal_pkcs11_pin=SecretStr(PIN),
    )

    _, content = sealed_by(made, tmp_path)

    assert status_of(content, provider.root).bottom_line
    assert made.key_status(SystemClock().now()).kind is KeyKind.PKCS11


def test_a_wrong_pin_is_told_without_it(sealer, token, tmp_path):
    made = sealer(
        seal_pkcs11_module=token,
        seal_pkcs11_token="district",
        seal_pkcs11_label="seal",
        seal_pkcs11_pin=SecretStr("9999-wrong"),
    )

    with pytest.raises(DocFlowError) as refused:
        sealed_by(made, tmp_path)

    assert refused.value.code == "keys_unusable"
    assert "9999-wrong" not in str(refused.value)


def test_settings_that_contradict_each_other_are_refused(tmp_path):
    with pytest.raises(ValidationError, match="needs DOCFLOW_TIMESTAMP_URL"):
        Settings(home=tmp_path, seal_level="B-T")
    with pytest.raises(ValidationError, match="not both"):
        Settings(home=tmp_path, seal_pkcs12=tmp_path / "a.p12", seal_pkcs11_module=tmp_path / "b.so")
