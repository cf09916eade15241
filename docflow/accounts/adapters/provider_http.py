"""Asking a provider: its own addresses alone, checked certificates, no redirect, bounded answers."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

import certifi
import urllib3

from docflow.core.errors import Unavailable

TIMEOUT_S = 10.0
LARGEST_ANSWER = 1024 * 1024


class ProviderHttp:
    """Sends requests to one provider and understands JSON answers."""

    def __init__(self, issuer: str, *, authorities: Path | None) -> None:
        """Take the issuer, whose scheme every address must have, and a PEM file of authorities beside the usual."""
        self._scheme = urlsplit(issuer).scheme
        self._http = urllib3.PoolManager(
            timeout=urllib3.Timeout(total=TIMEOUT_S),
            retries=False,
            cert_reqs="CERT_REQUIRED",
            ca_certs=certifi.where() if authorities is None else str(authorities),
        )

    def get(self, address: str, *, bearer: str = "") -> dict[str, Any]:
        """Return the object at an address.

        Raises:
            Unavailable: ``directory_unavailable`` with ``reason``.
        """
        status, content = self._ask("GET", address, headers={"Authorization": f"Bearer {bearer}"} if bearer else {})
        if status != 200:
            raise Unavailable("directory_unavailable", reason=f"HTTP {status}")
        return content

    def post(
        self, address: str, fields: Mapping[str, str], *, headers: Mapping[str, str]
    ) -> tuple[int, dict[str, Any]]:
        """Return the status and the object that a form is answered with.

        Raises:
            Unavailable: ``directory_unavailable`` with ``reason``.
        """
        form = {"Content-Type": "application/x-www-form-urlencoded"}
        return self._ask("POST", address, body=urlencode(fields).encode(), headers={**headers, **form})

    def is_own(self, address: object) -> bool:
        """Return whether an address may be asked: what the provider names is of its own scheme, and bears no name."""
        if not isinstance(address, str):
            return False
        parts = urlsplit(address)
        return parts.scheme == self._scheme and bool(parts.hostname) and "@" not in parts.netloc

    def _ask(
        self, method: str, address: str, *, headers: Mapping[str, str], body: bytes | None = None
    ) -> tuple[int, dict[str, Any]]:
        if not self.is_own(address):
            raise Unavailable("directory_unavailable", reason="address")
        try:
            answer = self._http.request(
                method,
                address,
                body=body,
                headers={"Accept": "application/json", **headers},
                redirect=False,
                preload_content=False,
            )
            content = answer.read(LARGEST_ANSWER + 1)
            answer.release_conn()
            found = json.loads(content) if len(content) <= LARGEST_ANSWER else None
        except (urllib3.exceptions.HTTPError, OSError) as error:
            raise Unavailable("directory_unavailable", reason=type(error).__name__) from error
        except ValueError as error:
            raise Unavailable("directory_unavailable", reason=f"HTTP {answer.status}") from error
        if not isinstance(found, dict):
            raise Unavailable("directory_unavailable", reason=f"HTTP {answer.status}")
        return int(answer.status), found
