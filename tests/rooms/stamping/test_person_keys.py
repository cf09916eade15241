"""Keys of people: opened by their PIN alone, which is kept nowhere."""

from __future__ import annotations

from datetime import timedelta

import pytest

from docflow.core.errors import InvalidInput, NotFound
from docflow.core.ids import new_id
from docflow.stamping.keys import local_keys
from docflow.stamping.person_keys import LocalPersonKeys, checked_pin

PIN = "4711-92"


@pytest.fixture
def keys(sqlite_runtime):
    return LocalPersonKeys(local_keys(sqlite_runtime.settings))


def test_a_key_is_opened_by_its_pin_and_by_no_other(keys, clock):
    person, now = new_id(), clock.now()
    made = keys.make(person, name="Karim Tazi (head)", pin=PIN, now=now)

    assert keys.certificate_of(person, now=now) == made
    assert made.signer.startswith("Karim Tazi (head)")
    assert keys.unlock(person, pin=PIN, now=now)
    assert "passphrase" not in keys.find(person, now=now)
    for wrong in ("", "4711-93", PIN + " "):
        with pytest.raises(InvalidInput) as refused:
            keys.unlock(person, pin=wrong, now=now)
        assert refused.value.code == "pin_wrong"


def test_digits_of_every_script_are_the_same_pin(keys, clock):
    person, now = new_id(), clock.now()
    keys.make(person, name="Karim", pin="471192", now=now)

    assert keys.unlock(person, pin="٤٧١١٩٢", now=now)


def test_the_pin_and_the_key_are_in_no_file(keys, clock, sqlite_runtime):
    person, now = new_id(), clock.now()
    keys.make(person, name="Karim", pin=PIN, now=now)
    files = [path for path in (sqlite_runtime.settings.home / "keys").rglob("*") if path.is_file()]

    assert all(PIN.encode() not in path.read_bytes() for path in files)
    own = [path for path in files if path.name.startswith(str(person)) and path.suffix == ".key"]
    assert [b"ENCRYPTED PRIVATE KEY" in path.read_bytes() for path in own] == [True]
    assert {path.stat().st_mode & 0o077 for path in files if path.suffix in {".key", ".salt"}} == {0}


def test_a_new_key_takes_the_place_of_a_forgotten_one(keys, clock):
    person, now = new_id(), clock.now()
    first = keys.make(person, name="Karim", pin=PIN, now=now)
    second = keys.make(person, name="Karim", pin="another-1", now=now)

    assert first.sha256 != second.sha256
    assert keys.unlock(person, pin="another-1", now=now)
    with pytest.raises(InvalidInput):
        keys.unlock(person, pin=PIN, now=now)


def test_nobody_signs_without_a_key_or_with_one_that_ended(keys, clock):
    person, now = new_id(), clock.now()
    with pytest.raises(NotFound) as refused:
        keys.unlock(person, pin=PIN, now=now)
    assert refused.value.code == "signature_key_missing"
    keys.make(person, name="Karim", pin=PIN, now=now)

    later = now + timedelta(days=1200)
    assert keys.certificate_of(person, now=later) is None
    with pytest.raises(NotFound):
        keys.unlock(person, pin=PIN, now=later)


@pytest.mark.parametrize("pin", ["", "12345", "123456", "987654", "111111", "121212", "x" * 65])
def test_a_pin_that_is_guessed_first_is_refused(pin):
    with pytest.raises(InvalidInput):
        checked_pin(pin)
