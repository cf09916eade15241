"""The token of forms: the same for ten minutes, so that a page asked for twice is the same page."""

from __future__ import annotations

from typing import Final

from flask import current_app, g, session
from flask_wtf.csrf import generate_csrf
from itsdangerous import TimestampSigner, URLSafeTimedSerializer

STEADY_S: Final = 600
_SALT: Final = "wtf-csrf-token"


class _SteadySigner(TimestampSigner):
    def get_timestamp(self) -> int:
        """Return the beginning of the ten minutes, in seconds."""
        return super().get_timestamp() // STEADY_S * STEADY_S


def form_token() -> str:
    """Return the token of this session, as Flask-WTF checks it.

    Its own is signed with the second: of two pages that say the same none would equal the other, for caches and for
    whoever compares them to see whether a value of the address changes anything.
    """
    if "form_token" not in g:
        generate_csrf()
        key = current_app.secret_key
        assert key is not None  # noqa: S101 - no app is made without one
        g.form_token = str(URLSafeTimedSerializer(key, salt=_SALT, signer=_SteadySigner).dumps(session["csrf_token"]))
    token: str = g.form_token
    return token
