"""A provider of trust services for tests: revocation lists, OCSP and time-stamps over HTTP (certomancer)."""

from __future__ import annotations

import threading
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from asn1crypto import keys as asn1_keys
from asn1crypto import pem
from certomancer.integrations.animator import Animator, AnimatorArchStore
from certomancer.registry import CertLabel, CertomancerConfig, KeyLabel
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_der_private_key,
    pkcs12,
)
from cryptography.x509 import load_der_x509_certificate
from werkzeug.serving import WSGIRequestHandler, make_server

PASSPHRASE = "p12-passphrase-of-the-seal"
NAMES = ("root", "seal", "tsa", "tsa2", "ocsp")
CONFIG = """
external-url-prefix: "{address}"
keysets:
  provider:
    path-prefix: {folder}
    keys:
      root: {{path: root.pem}}
      seal: {{path: seal.pem}}
      tsa: {{path: tsa.pem}}
      tsa2: {{path: tsa2.pem}}
      ocsp: {{path: ocsp.pem}}
pki-architectures:
  provider:
    keyset: provider
    entity-defaults: {{country-name: MA, organization-name: Prestataire de confiance}}
    entities:
      root: {{common-name: Racine}}
      seal: {{common-name: "Arrondissement Hay Hassani – cachet"}}
      tsa: {{common-name: Horodatage}}
      tsa2: {{common-name: Horodatage suivant}}
      ocsp: {{common-name: OCSP}}
    certs:
      root:
        subject: root
        subject-key: root
        issuer: root
        authority-key: root
        validity: {{valid-from: "2020-01-01T00:00:00+0000", valid-to: "2060-01-01T00:00:00+0000"}}
        profiles: [{{id: simple-ca, params: {{crl-repo: root}}}}]
      seal:
        subject: seal
        subject-key: seal
        issuer: root
        authority-key: root
        validity: {{valid-from: "2020-01-01T00:00:00+0000", valid-to: "2050-01-01T00:00:00+0000"}}
        profiles: [{{id: digsig-commitment, params: {{crl-repo: root, ocsp-service: root}}}}]
      tsa:
        subject: tsa
        subject-key: tsa
        issuer: root
        authority-key: root
        validity: {{valid-from: "2020-01-01T00:00:00+0000", valid-to: "{tsa_until}"}}
        extensions:
          - {{id: extended_key_usage, critical: true, value: [time_stamping]}}
      tsa2:
        subject: tsa2
        subject-key: tsa2
        issuer: root
        authority-key: root
        validity: {{valid-from: "2020-01-01T00:00:00+0000", valid-to: "2050-01-01T00:00:00+0000"}}
        extensions:
          - {{id: extended_key_usage, critical: true, value: [time_stamping]}}
      ocsp:
        subject: ocsp
        subject-key: ocsp
        issuer: root
        authority-key: root
        validity: {{valid-from: "2020-01-01T00:00:00+0000", valid-to: "2050-01-01T00:00:00+0000"}}
        extensions:
          - {{id: extended_key_usage, critical: true, value: [ocsp_signing]}}
          - {{id: ocsp_no_check}}
    services:
      ocsp:
        root: {{for-issuer: root, responder-cert: ocsp, signing-key: ocsp}}
      crl-repo:
        root: {{for-issuer: root, signing-key: root, simulated-update-schedule: "P90D"}}
      time-stamping:
        tsa: {{signing-key: tsa, signing-cert: tsa}}
        tsa2: {{signing-key: tsa2, signing-cert: tsa2}}
"""


class Provider:
    """The provider, served on a free loopback port until it is stopped."""

    def __init__(self, folder: Path, *, tsa_until: datetime = datetime(2050, 1, 1, tzinfo=UTC)) -> None:
        for name in NAMES:
            key = ec.generate_private_key(ec.SECP256R1())
            content = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
            (folder / f"{name}.pem").write_bytes(content)
        self.folder = folder
        self._app: Any = None
        self._server = make_server("127.0.0.1", 0, self._answer, threaded=True, request_handler=_Silent)
        self.address = f"http://127.0.0.1:{self._server.server_port}"
        config = CONFIG.format(address=self.address, folder=folder, tsa_until=f"{tsa_until:%Y-%m-%dT%H:%M:%S}+0000")
        self._architecture = CertomancerConfig.from_yaml(config, key_search_dir=str(folder)).get_pki_arch("provider")
        self._app = Animator(AnimatorArchStore({"provider": self._architecture}), with_web_ui=False)
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    def _answer(self, environ: Any, start_response: Any) -> Any:
        return self._app(environ, start_response)

    def time_stamps(self, name: str = "tsa") -> str:
        """The address of a time-stamping service."""
        return f"{self.address}/provider/tsa/{name}"

    @property
    def root(self) -> Path:
        """A PEM file of the authority's certificate."""
        path = self.folder / "root-certificate.pem"
        path.write_bytes(pem.armor("CERTIFICATE", self._certificate("root")))
        return path

    def pkcs12(self) -> Path:
        """The seal's key and certificates, under ``PASSPHRASE``."""
        root, certificate = (load_der_x509_certificate(self._certificate(name)) for name in ("root", "seal"))
        content = pkcs12.serialize_key_and_certificates(
            b"seal", self.key("seal"), certificate, [root], BestAvailableEncryption(PASSPHRASE.encode())
        )
        path = self.folder / "seal.p12"
        path.write_bytes(content)
        path.chmod(0o600)
        return path

    def key(self, name: str) -> ec.EllipticCurvePrivateKey:
        """A private key."""
        info: asn1_keys.PrivateKeyInfo = self._architecture.key_set.get_private_key(KeyLabel(name))
        return load_der_private_key(info.dump(), password=None)  # type: ignore[return-value]

    def certificate(self, name: str) -> bytes:
        """A certificate in DER."""
        return self._certificate(name)

    def _certificate(self, name: str) -> bytes:
        return self._architecture.get_cert(CertLabel(name)).dump()

    def stop(self) -> None:
        """End the server."""
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


class _Silent(WSGIRequestHandler):
    def log_request(self, *_args: object) -> None:
        """Say nothing."""
