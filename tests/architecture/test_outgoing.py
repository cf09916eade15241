"""The product calls the addresses of its settings alone: who speaks to the network at all is written down here."""

from __future__ import annotations

import ast
import asyncio
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
import requests.sessions
from asn1crypto import tsp
from pyhanko.sign.timestamps import TimestampRequestError

from docflow.stamping.adapters.levels import Attestation
from docflow.stamping.adapters.workshop_main import forbid_redirects, opened_for
from docflow.stamping.rules import SealLevel
from tests.architecture.test_house import ROOT, trees

SPEAKERS = {
    "aiohttp", "ftplib", "http.client", "httpx", "ldap3", "minio", "opensearchpy", "requests", "smtplib",
    "urllib.request", "urllib3", "xmlrpc",
}  # fmt: skip
SPEAKING = {
    "docflow/accounts/adapters/ldap.py",
    "docflow/accounts/adapters/provider_http.py",
    "docflow/audit/adapters/rfc3161.py",
    "docflow/notifications/adapters/smtp.py",
    "docflow/search/adapters/opensearch.py",
    "docflow/stamping/adapters/workshop_main.py",
    "docflow/storage/adapters/s3.py",
    "docflow/supervisor.py",
}
"""Each asks an address of the settings, the supervisor its own processes; nothing leads them elsewhere."""


def test_no_other_module_speaks_to_the_network():
    found = set()
    for path, tree in trees():
        for node in ast.walk(tree):
            names = (
                [alias.name for alias in node.names] if isinstance(node, ast.Import)
                else [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            )  # fmt: skip
            if any(name == one or name.startswith(f"{one}.") for name in names for one in SPEAKERS):
                found.add(str(path.relative_to(ROOT)))
    measures = {name for name in found if name.startswith("docflow/cli/")}
    assert found - measures <= SPEAKING, found - measures - SPEAKING


def test_a_file_of_a_stranger_is_examined_without_the_network_and_a_seal_with_it_for_its_time_stamp_alone():
    assert not opened_for({"operation": "examine", "source": "x", "trusted": [], "at": ""}).network
    assert not opened_for({"operation": "seal", "time_stamp_url": "", "key": {"kind": "files"}}).network
    sealing = opened_for({"operation": "seal", "time_stamp_url": "http://tsa.example", "key": {"kind": "files"}})
    assert sealing.network
    assert not sealing.anything


def test_the_time_stamping_authority_sends_nobody_elsewhere(monkeypatch):
    asked = []

    class Authority(BaseHTTPRequestHandler):
        def do_POST(self):
            asked.append(self.path)
            self.send_response(307)
            self.send_header("Location", "/elsewhere")
            self.end_headers()

        def do_GET(self):
            self.do_POST()

        def log_message(self, *_said):
            """Say nothing."""

    monkeypatch.setattr(requests.sessions, "DEFAULT_REDIRECT_LIMIT", requests.sessions.DEFAULT_REDIRECT_LIMIT)
    forbid_redirects()
    imprint = {"hash_algorithm": {"algorithm": "sha256"}, "hashed_message": bytes(32)}
    question = tsp.TimeStampReq({"version": "v1", "message_imprint": imprint})
    server = HTTPServer(("127.0.0.1", 0), Authority)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        stamper = Attestation(SealLevel.TIME_STAMPED, f"http://127.0.0.1:{server.server_port}/stamp", ()).stamper()
        with pytest.raises(TimestampRequestError):
            asyncio.run(stamper.async_request_tsa_response(question))
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
    assert asked == ["/stamp"]
