"""OpenID Connect: authorization code with PKCE (RFC 7636), state and nonce; tokens signed by asymmetric keys alone."""

from __future__ import annotations

import base64
import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote, urlencode

from joserfc import jwk, jwt
from joserfc.errors import ExpiredTokenError, JoseError

from docflow.accounts.adapters.provider_http import ProviderHttp
from docflow.accounts.directory_rules import LONGEST, MOST_GROUPS, DirectoryPerson, Door
from docflow.accounts.ports import Begun
from docflow.core.clock import Clock
from docflow.core.errors import InvalidInput, PermissionDenied, Unavailable
from docflow.core.mail_addresses import clean_address
from docflow.settings import Settings

ALGORITHMS: Final = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
"""Signatures taken: none that the client's own secret could make, and never ``none``."""
LEEWAY_S: Final = 60
"""By how much two clocks may differ."""
FRESH: Final = timedelta(hours=1)
"""How long the provider's description and keys are kept; a key that is not among them is asked for at once."""
KEYS_AGAIN: Final = timedelta(minutes=1)
"""So often are keys asked for anew at most, whatever tokens name."""
ENDPOINTS: Final = ("authorization_endpoint", "token_endpoint", "jwks_uri")


@dataclass(frozen=True, slots=True)
class _Known:
    """The provider's description of itself, and its keys."""

    metadata: Mapping[str, Any]
    keys: jwk.KeySet
    asked_at: datetime


class OidcProvider:
    """One provider, by the settings ``oidc_*``; nothing is contacted before somebody signs in."""

    def __init__(self, settings: Settings, clock: Clock) -> None:
        """Take the settings, and the clock by which tokens expire."""
        self._settings = settings
        self._clock = clock
        authorities: Path | None = settings.oidc_authorities
        self._http = ProviderHttp(settings.oidc_issuer, authorities=authorities)
        self._known: _Known | None = None

    @property
    def is_set_up(self) -> bool:
        """Whether an issuer is named."""
        return bool(self._settings.oidc_issuer)

    def begin(self, back_to: str, *, locale: str) -> Begun:
        """Return where the browser is sent, with what the answer must fit."""
        state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
        challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
        question = {
            "response_type": "code",
            "scope": self._settings.oidc_scopes,
            "client_id": self._settings.oidc_client_id,
            "redirect_uri": back_to,
            "state": state,
            "nonce": nonce,
            "code_challenge": challenge,
            "code_challenge_method": "S256",
            "ui_locales": locale,
        }
        address = _with_query(self._provider().metadata["authorization_endpoint"], question)
        return Begun(address, {"state": state, "nonce": nonce, "verifier": verifier, "back_to": back_to})

    def finish(self, kept: Mapping[str, str], answer: Mapping[str, str]) -> DirectoryPerson:
        """Return whom the provider recognised; see the port."""
        if not secrets.compare_digest(kept["state"].encode(), answer.get("state", "").encode()):
            raise _refused("state")
        metadata = self._provider().metadata
        # RFC 9207: which provider answers, where it says so.
        says_issuer = metadata.get("authorization_response_iss_parameter_supported") is True
        if answer.get("iss", "" if says_issuer else self._settings.oidc_issuer) != self._settings.oidc_issuer:
            raise _refused("issuer")
        if "error" in answer or not answer.get("code"):
            raise PermissionDenied("directory_refused")
        tokens = self._tokens(answer["code"], kept)
        claims = self._checked(tokens.get("id_token"), kept["nonce"])
        wanted = (self._settings.oidc_username_claim, self._settings.oidc_groups_claim)
        if any(claim_at(claims, name) is None for name in wanted if name):
            claims = {**self._further(metadata, tokens, claims["sub"]), **claims}
        return self._person(claims)

    def leaving_address(self, back_to: str) -> str:
        """Return where one signs out of the provider (RP-Initiated Logout 1.0), if it has such a page."""
        try:
            address = self._provider().metadata.get("end_session_endpoint")
        except Unavailable:
            return ""
        if not self._http.is_own(address):
            return ""
        question = {"client_id": self._settings.oidc_client_id, "post_logout_redirect_uri": back_to}
        return _with_query(str(address), question)

    def _provider(self, *, is_anew: bool = False) -> _Known:
        """Return what is known of the provider, asked for when it is old or when somebody needs it anew."""
        known, now = self._known, self._clock.now()
        if known is not None and now - known.asked_at < (KEYS_AGAIN if is_anew else FRESH):
            return known
        issuer = self._settings.oidc_issuer
        metadata = self._http.get(f"{issuer.rstrip('/')}/.well-known/openid-configuration")
        # OpenID Connect Discovery 1.0, 4.3: exactly the issuer that was asked.
        if metadata.get("issuer") != issuer:
            raise Unavailable("directory_unavailable", reason="issuer")
        if not all(self._http.is_own(metadata.get(name)) for name in ENDPOINTS):
            raise Unavailable("directory_unavailable", reason="address")
        self._known = _Known(metadata, _keys_among(self._http.get(metadata["jwks_uri"])), now)
        return self._known

    def _tokens(self, code: str, kept: Mapping[str, str]) -> Mapping[str, Any]:
        """Give the code for tokens; it is given once."""
        metadata, client_id = self._provider().metadata, self._settings.oidc_client_id
        fields = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": kept["back_to"],
            "code_verifier": kept["verifier"],
        }
        headers: dict[str, str] = {}
        given = self._settings.oidc_client_secret
        secret = "" if given is None else given.get_secret_value()
        methods = metadata.get("token_endpoint_auth_methods_supported", ["client_secret_basic"])
        if secret and "client_secret_basic" in methods:
            # RFC 6749, 2.3.1: both are encoded as in a form.
            pair = f"{quote(client_id, safe='')}:{quote(secret, safe='')}"
            headers["Authorization"] = "Basic " + base64.b64encode(pair.encode()).decode()
        else:
            fields |= {"client_id": client_id} | ({"client_secret": secret} if secret else {})
        status, tokens = self._http.post(metadata["token_endpoint"], fields, headers=headers)
        if status >= 500:
            raise Unavailable("directory_unavailable", reason=f"HTTP {status}")
        if status != 200:
            raise _refused("code")
        return tokens

    def _checked(self, token: object, nonce: str) -> dict[str, Any]:
        """Return the claims of an ID token that is meant for us, now (OpenID Connect Core 1.0, 3.1.3.7)."""
        if not isinstance(token, str):
            raise _refused("token")
        claims = self._signed(token)
        client_id = self._settings.oidc_client_id
        rules = jwt.JWTClaimsRegistry(
            now=int(self._clock.now().timestamp()),
            leeway=LEEWAY_S,
            iss={"essential": True, "value": self._settings.oidc_issuer},
            aud={"essential": True, "value": client_id},
            sub={"essential": True},
            exp={"essential": True},
            iat={"essential": True},
        )
        try:
            rules.validate(claims)
        except ExpiredTokenError as error:
            raise _refused("expired") from error
        except JoseError as error:
            raise _refused("claims") from error
        audience = claims["aud"] if isinstance(claims["aud"], list) else [claims["aud"]]
        if claims.get("azp", client_id if len(audience) == 1 else "") != client_id:
            raise _refused("audience")
        if not secrets.compare_digest(nonce.encode(), str(claims.get("nonce", "")).encode()):
            raise _refused("nonce")
        if len(claims["sub"]) > LONGEST:
            raise _refused("claims")
        return claims

    def _signed(self, token: str) -> dict[str, Any]:
        """Return what a token says that a key of the provider signed; new keys are asked for once."""
        for is_anew in (False, True):
            keys = self._provider(is_anew=is_anew).keys
            try:
                return jwt.decode(token, keys, algorithms=ALGORITHMS).claims
            except (JoseError, ValueError, TypeError) as error:
                if is_anew:
                    raise _refused("signature") from error
        raise _refused("signature")

    def _further(self, metadata: Mapping[str, Any], tokens: Mapping[str, Any], subject: str) -> dict[str, Any]:
        """Return what the provider says of the person elsewhere, if it is about them (5.3.2)."""
        address, access = metadata.get("userinfo_endpoint"), tokens.get("access_token")
        if not self._http.is_own(address) or not isinstance(access, str):
            return {}
        said = self._http.get(str(address), bearer=access)
        if said.get("sub") != subject:
            raise _refused("subject")
        return said

    def _person(self, claims: Mapping[str, Any]) -> DirectoryPerson:
        settings = self._settings
        username = claim_at(claims, settings.oidc_username_claim)
        if not isinstance(username, str) or not username.strip() or len(username) > 80:
            raise _refused("username")
        given = claim_at(claims, settings.oidc_groups_claim) if settings.oidc_groups_claim else None
        groups = [given] if isinstance(given, str) else given if isinstance(given, list) else []
        name = str(claims.get("name") or username)[:200]
        return DirectoryPerson(
            door=Door.OIDC,
            issuer=settings.oidc_issuer,
            subject=claims["sub"],
            username=username.strip().lower(),
            name_ar=str(claim_at(claims, settings.oidc_name_ar_claim) or name)[:200],
            name_fr=name,
            email=_verified_mail(claims),
            groups=tuple(one for one in groups[:MOST_GROUPS] if isinstance(one, str) and len(one) <= LONGEST),
            did_factor=self._did_factor(claims),
        )

    def _did_factor(self, claims: Mapping[str, Any]) -> bool:
        """Return whether the provider says that it asked for a second factor (RFC 8176, or a class of its own)."""
        methods = claims.get("amr")
        said = {one for one in methods if isinstance(one, str)} if isinstance(methods, list) else set()
        return bool((said | {str(claims.get("acr", ""))}) & set(self._settings.oidc_factor_values.split()))


def claim_at(claims: Mapping[str, Any], name: str) -> Any:
    """Return a claim by its name, or by the dotted way to it, as ``realm_access.roles``."""
    if name in claims:
        return claims[name]
    found: Any = claims
    for part in name.split("."):
        found = found.get(part) if isinstance(found, Mapping) else None
    return found


def _keys_among(given: Mapping[str, Any]) -> jwk.KeySet:
    """Return the keys that sign; those of kinds that we do not know are left out."""
    found: list[Any] = []
    for one in given.get("keys") or ():
        is_signing = isinstance(one, dict) and one.get("use", "sig") == "sig" and one.get("kty") in {"RSA", "EC", "OKP"}
        if is_signing:
            try:
                found.append(jwk.import_key(one))
            except (JoseError, ValueError, TypeError):
                continue
    if not found:
        raise Unavailable("directory_unavailable", reason="keys")
    return jwk.KeySet(found)


def _verified_mail(claims: Mapping[str, Any]) -> str:
    """Return the mail address, if the provider says that it is theirs."""
    if claims.get("email_verified") is not True:
        return ""
    try:
        return clean_address(str(claims.get("email", "")))
    except InvalidInput:
        return ""


def _with_query(address: str, question: Mapping[str, str]) -> str:
    return f"{address}{'&' if '?' in address else '?'}{urlencode(question)}"


def _refused(reason: str) -> PermissionDenied:
    return PermissionDenied("directory_answer_refused", reason=reason)
