"""Somebody of the demonstration at the staff site."""

from __future__ import annotations

import re

from flask.testing import FlaskClient

from docflow.accounts.sign_in import Credentials, sign_in
from docflow.accounts.views.door import COOKIE
from docflow.app import create_staff_app
from docflow.bootstrap import Runtime
from tests.conftest import DEMO_PASSWORD


def signed_in_client(runtime: Runtime, username: str) -> FlaskClient:
    secret = sign_in(runtime.transactions, Credentials(username, DEMO_PASSWORD, "127.0.0.1"))
    client = create_staff_app(runtime).test_client()
    client.set_cookie(COOKIE, secret)
    return client


def token_of(client: FlaskClient) -> str:
    """Return the token that this session's forms carry."""
    page = client.get("/search").get_data(as_text=True)
    return re.search(r'name="csrf-token" content="([^"]+)"', page)[1]
