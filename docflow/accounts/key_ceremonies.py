"""What is asked of a security key, and whether its answer is one (Web Authentication, level 2)."""

from __future__ import annotations

import ipaddress
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final
from urllib.parse import urlsplit

import structlog
import webauthn
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    AuthenticatorTransport,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from docflow.accounts.models import Person, SecurityKey
from docflow.core.errors import PermissionDenied

log = structlog.get_logger(__name__)

KEY_TIME: Final = timedelta(minutes=5)
"""How long the answer of a key is waited for."""
MOST_CHARACTERS: Final = 20_000
"""Longest answer that is looked at; those of keys have some hundreds."""
REASON_LENGTH: Final = 200


@dataclass(frozen=True, slots=True)
class KeyPlace:
    """Where keys are used: the name that they are bound to, and the origin that browsers must say they saw.

    Both come from the settings, never from what a request says of its host.
    """

    rp_id: str
    origin: str


@dataclass(frozen=True, slots=True)
class NewKey:
    """A key that just proved itself, as it is kept."""

    credential_id: str
    public_key: str
    sign_count: int
    transports: list[str]


def key_place(staff_url: str) -> KeyPlace | None:
    """Return where keys are used, or none where browsers allow it nowhere.

    They want a name, not a number, and https unless it is this machine itself (sections 5.1.3 and 5.1.4).
    """
    try:
        parts = urlsplit(staff_url.strip())
        host = (parts.hostname or "").encode("idna").decode()
        port = parts.port
    except ValueError:
        return None
    is_here = host == "localhost" or host.endswith(".localhost")
    if not host or _is_number(host) or not (parts.scheme == "https" or (parts.scheme == "http" and is_here)):
        return None
    shown = "" if port in {None, 443 if parts.scheme == "https" else 80} else f":{port}"
    return KeyPlace(host, f"{parts.scheme}://{host}{shown}")


def options_to_add(
    place: KeyPlace, challenge: str, person: Person, held: Sequence[SecurityKey], *, house: str
) -> dict[str, Any]:
    """Return what the browser asks of a key to be added; those that are ``held`` do not answer."""
    options = webauthn.generate_registration_options(
        rp_id=place.rp_id,
        rp_name=house,
        user_id=person.id.bytes,
        user_name=person.username,
        user_display_name=person.name_fr,
        challenge=base64url_to_bytes(challenge),
        timeout=_milliseconds(),
        exclude_credentials=_described(held),
        # It stands beside the password and need not know by itself whose it is; so it takes no room on the key.
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.DISCOURAGED, user_verification=UserVerificationRequirement.PREFERRED
        ),
    )
    return _plain(webauthn.options_to_json(options))


def options_to_use(place: KeyPlace, challenge: str, held: Sequence[SecurityKey]) -> dict[str, Any]:
    """Return what the browser asks of one of the keys that are ``held``."""
    options = webauthn.generate_authentication_options(
        rp_id=place.rp_id,
        challenge=base64url_to_bytes(challenge),
        timeout=_milliseconds(),
        allow_credentials=_described(held),
        user_verification=UserVerificationRequirement.PREFERRED,
    )
    return _plain(webauthn.options_to_json(options))


def challenge_in(answer: str) -> str:
    """Return the challenge that an answer says it is to; whether it is, its signature tells.

    Raises:
        PermissionDenied: ``key_refused``.
    """
    try:
        told = json.loads(base64url_to_bytes(_read(answer)["response"]["clientDataJSON"]))
        return str(told["challenge"])
    except (ValueError, TypeError, LookupError, RecursionError) as error:
        raise PermissionDenied("key_refused") from error


def credential_in(answer: str) -> str:
    """Return which key an answer says it is of.

    Raises:
        PermissionDenied: ``key_refused``.
    """
    try:
        return str(_read(answer)["id"])
    except (ValueError, TypeError, LookupError, RecursionError) as error:
        raise PermissionDenied("key_refused") from error


def checked_new_key(place: KeyPlace, challenge: str, answer: str) -> NewKey:
    """Return the key that an answer adds.

    Raises:
        PermissionDenied: ``key_refused``.
    """
    try:
        told = _read(answer)
        found = webauthn.verify_registration_response(
            credential=told,
            expected_challenge=base64url_to_bytes(challenge),
            expected_rp_id=place.rp_id,
            expected_origin=place.origin,
        )
        named = told["response"].get("transports") or []
        transports = [one.value for one in AuthenticatorTransport if one.value in named]
    except Exception as error:
        # What strangers' bytes make of a parser is no list that could be written down here: none of it is a key.
        raise _refused(error) from error
    return NewKey(
        bytes_to_base64url(found.credential_id),
        bytes_to_base64url(found.credential_public_key),
        found.sign_count,
        transports,
    )


def checked_count(place: KeyPlace, challenge: str, answer: str, key: SecurityKey) -> int:
    """Return the key's own count of signatures from an answer that it signed; whether it grew is for the caller.

    Raises:
        PermissionDenied: ``key_refused``.
    """
    try:
        found = webauthn.verify_authentication_response(
            credential=_read(answer),
            expected_challenge=base64url_to_bytes(challenge),
            expected_rp_id=place.rp_id,
            expected_origin=place.origin,
            credential_public_key=base64url_to_bytes(key.public_key),
            credential_current_sign_count=0,
        )
    except Exception as error:
        raise _refused(error) from error
    return found.new_sign_count


def _read(answer: str) -> dict[str, Any]:
    if len(answer) > MOST_CHARACTERS:
        raise ValueError("too long")
    told = json.loads(answer)
    if not isinstance(told, dict):
        raise TypeError("no object")
    return told


def _refused(error: Exception) -> PermissionDenied:
    # Of use when the address in the settings is not the one in the browser's bar; holds no secret.
    log.warning("security_key_refused", reason=str(error)[:REASON_LENGTH])
    return PermissionDenied("key_refused")


def _described(keys: Sequence[SecurityKey]) -> list[PublicKeyCredentialDescriptor]:
    return [
        PublicKeyCredentialDescriptor(
            id=base64url_to_bytes(key.credential_id),
            transports=[AuthenticatorTransport(one) for one in key.transports] or None,
        )
        for key in keys
    ]


def _plain(text: str) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(text)
    return told


def _milliseconds() -> int:
    return int(KEY_TIME.total_seconds() * 1000)


def _is_number(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
