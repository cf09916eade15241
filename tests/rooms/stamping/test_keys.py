"""The registry's own keys: private, honest in their names, one set for processes that start together."""

from __future__ import annotations

import stat
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
from cryptography import x509

from docflow.core.errors import Unavailable
from docflow.stamping.keys import LocalKeys

NOW = datetime(2026, 3, 2, tzinfo=UTC)


@pytest.fixture
def keys(tmp_path):
    return LocalKeys(tmp_path, institution_fr="Arrondissement Hay Hassani")


def test_private_keys_are_their_owners_alone(keys):
    keys.current(NOW)

    secret = sorted(keys.folder.glob("*.key"))
    assert len(secret) == 2
    assert {stat.S_IMODE(path.stat().st_mode) for path in secret} == {0o600}
    assert stat.S_IMODE(keys.folder.stat().st_mode) == 0o700
    assert keys.exposed_files() == []


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
        return LocalKeys(tmp_path, institution_fr="Arrondissement").current(NOW).certificate_path.read_bytes()

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
        tmp_path, institution_fr="Préfecture d'arrondissements de Aïn Sebaâ Hay Mohammadi, Casablanca-Settat"
    )

    assert x509.load_pem_x509_certificate(keys.current(NOW).certificate_path.read_bytes())
