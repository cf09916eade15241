"""An OpenID Connect provider of the tests: Authlib's server over HTTP, which forges what it is told to forge."""

from __future__ import annotations

import base64
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, ClassVar
from unittest.mock import patch

from authlib.integrations.flask_oauth2 import AuthorizationServer
from authlib.oauth2.rfc6749.grants import AuthorizationCodeGrant
from authlib.oauth2.rfc7636 import CodeChallenge
from authlib.oidc.core import OpenIDCode
from flask import Flask, Response, jsonify, redirect, request
from joserfc import jwk, jwt
from werkzeug.serving import make_server

from docflow.core.clock import Clock

CLIENT_ID, CLIENT_SECRET = "docflow-bo", "secret:with/marks"


@dataclass
class Client:
    """The one client of the provider."""

    redirect_uri: str

    def get_client_id(self):
        return CLIENT_ID

    def get_default_redirect_uri(self):
        return self.redirect_uri

    def get_allowed_scope(self, scope):
        return scope

    def check_redirect_uri(self, redirect_uri):
        return redirect_uri == self.redirect_uri

    def check_client_secret(self, client_secret):
        return client_secret == CLIENT_SECRET

    def check_endpoint_auth_method(self, method, endpoint):
        return method == "client_secret_basic"

    def check_response_type(self, response_type):
        return response_type == "code"

    def check_grant_type(self, grant_type):
        return grant_type == "authorization_code"


@dataclass
class Code:
    """A code that was given out, until it is taken."""

    values: dict[str, Any]
    code_challenge: str
    code_challenge_method: str

    def get_redirect_uri(self):
        return self.values["redirect_uri"]

    def get_scope(self):
        return "openid"


@dataclass
class Provider:
    """What it says of the person at the browser, and how it misbehaves."""

    clock: Clock
    claims: dict[str, Any] = field(
        default_factory=lambda: {
            "sub": "4711",
            "preferred_username": "N.Alami",
            "name": "Nadia Alami",
            "groups": ["agents-etat-civil"],
        }
    )
    userinfo: dict[str, Any] = field(default_factory=dict)
    metadata: dict[str, Any] = field(default_factory=dict)
    forge: Callable[[dict[str, Any]], object] = lambda claims: None
    algorithm: str = "RS256"
    signs_with: jwk.RSAKey | None = None
    is_broken: bool = False
    issuer: str = ""
    key: jwk.RSAKey = field(default_factory=lambda: jwk.RSAKey.generate_key(2048, {"kid": "one", "use": "sig"}))
    codes: dict[str, Code] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def token(self, nonce: str) -> str:
        now = int(self.clock.now().timestamp())
        claims = {"iss": self.issuer, "aud": CLIENT_ID, "iat": now, "exp": now + 300, "nonce": nonce, **self.claims}
        self.forge(claims)
        if self.algorithm == "none":
            parts = ({"alg": "none"}, claims)
            return (
                ".".join(base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode() for part in parts)
                + "."
            )
        if self.algorithm == "HS256":
            secret = jwk.OctKey.import_key(CLIENT_SECRET.encode())
            return jwt.encode({"alg": "HS256"}, claims, secret, ["HS256"])
        return jwt.encode({"alg": self.algorithm, "kid": "one"}, claims, self.signs_with or self.key, [self.algorithm])


def make_provider_app(provider: Provider, redirect_uri: str) -> Flask:  # noqa: C901 - a route each
    client = Client(redirect_uri)

    class Grant(AuthorizationCodeGrant):
        TOKEN_ENDPOINT_AUTH_METHODS: ClassVar = ["client_secret_basic"]

        def save_authorization_code(self, code, asked):
            given = asked.payload.data
            provider.codes[code] = Code(dict(given), given["code_challenge"], given["code_challenge_method"])

        def query_authorization_code(self, code, _client):
            return provider.codes.get(code)

        def delete_authorization_code(self, authorization_code):
            provider.codes = {code: kept for code, kept in provider.codes.items() if kept is not authorization_code}

        def authenticate_user(self, _authorization_code):
            return "person"

    class IdToken(OpenIDCode):
        def exists_nonce(self, _nonce, _request):
            return False

        def encode_id_token(self, _token, asked):
            return provider.token(asked.authorization_code.values["nonce"])

    app = Flask("provider")
    server = AuthorizationServer(app, query_client=lambda _id: client, save_token=lambda _token, _request: None)
    server.register_grant(Grant, [IdToken(require_nonce=True), CodeChallenge(required=True)])

    @app.before_request
    def count():
        provider.asked.append(request.path)
        return Response("<h1>Bad gateway</h1>", 502) if provider.is_broken else None

    @app.get("/.well-known/openid-configuration")
    def description():
        own = {
            "issuer": provider.issuer,
            "authorization_endpoint": f"{provider.issuer}/authorize",
            "token_endpoint": f"{provider.issuer}/token",
            "userinfo_endpoint": f"{provider.issuer}/userinfo",
            "end_session_endpoint": f"{provider.issuer}/leave",
            "jwks_uri": f"{provider.issuer}/keys",
        }
        return jsonify({**own, **provider.metadata})

    @app.get("/keys")
    def keys():
        return jsonify(keys=[{"kty": "new", "kid": "zero"}, provider.key.as_dict(private=False)])

    @app.get("/authorize")
    def authorize():
        grant = server.get_consent_grant(end_user="person")
        return server.create_authorization_response(grant_user="person", grant=grant)

    @app.post("/token")
    def token():
        return server.create_token_response()

    @app.get("/userinfo")
    def userinfo():
        return jsonify(provider.userinfo)

    @app.get("/elsewhere")
    def elsewhere():
        return redirect(f"{provider.issuer}/keys")

    return app


@contextmanager
def running_provider(clock: Clock, redirect_uri: str) -> Iterator[Provider]:
    """Run a provider on a free loopback port."""
    provider = Provider(clock)
    # Authlib asks for TLS, which a port of this machine does without.
    with patch.dict("os.environ", {"AUTHLIB_INSECURE_TRANSPORT": "1"}):
        server = make_server("127.0.0.1", 0, make_provider_app(provider, redirect_uri), threaded=True)
        provider.issuer = f"http://127.0.0.1:{server.port}"
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield provider
        finally:
            server.shutdown()
            thread.join()
            server.server_close()
