"""A time-stamping authority of its own for one test: OpenSSL behind a small HTTP server on loopback."""

from __future__ import annotations

import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

CONFIG = """
[tsa]
default_tsa = authority
[authority]
serial = {folder}/serial
signer_cert = {folder}/tsa.pem
certs = {folder}/ca.pem
signer_key = {folder}/tsa.key
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256
accuracy = secs:1
ordering = yes
tsa_name = yes
ess_cert_id_chain = no
ess_cert_id_alg = sha256
"""


class Authority:
    """What a test asks of the authority: its address, whether it answers, what it answers with."""

    def __init__(self, folder: Path, *, key: str) -> None:
        self.folder, self.url, self.answers = folder, "", []
        self.is_away = False
        self.forged: bytes | None = None
        (folder / "serial").write_text("01\n")
        (folder / "ts.cnf").write_text(CONFIG.format(folder=folder))
        (folder / "usage.cnf").write_text("extendedKeyUsage=critical,timeStamping\n")
        new = ["-newkey", "rsa:2048"] if key == "rsa" else ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"]
        openssl("req", "-x509", *new, "-nodes", "-subj", "/CN=Test root", "-days", "3650",
                "-keyout", f"{folder}/ca.key", "-out", f"{folder}/ca.pem")  # fmt: skip
        openssl("req", "-new", *new, "-nodes", "-subj", "/CN=Test time", "-keyout", f"{folder}/tsa.key",
                "-out", f"{folder}/tsa.csr")  # fmt: skip
        openssl("x509", "-req", "-in", f"{folder}/tsa.csr", "-CA", f"{folder}/ca.pem", "-CAkey", f"{folder}/ca.key",
                "-CAcreateserial", "-days", "3650", "-extfile", f"{folder}/usage.cnf",
                "-out", f"{folder}/tsa.pem")  # fmt: skip

    def reply(self, question: bytes) -> bytes:
        asked, answered = self.folder / "question.tsq", self.folder / "answer.tsr"
        asked.write_bytes(question)
        openssl("ts", "-reply", "-config", f"{self.folder}/ts.cnf", "-queryfile", str(asked), "-out", str(answered))
        self.answers.append(answered.read_bytes())
        return self.answers[-1]

    def agrees(self, token: bytes, digest: str) -> bool:
        """Whether OpenSSL finds that a token attests a digest, under this authority's root."""
        kept = self.folder / "token.der"
        kept.write_bytes(token)
        command = ["openssl", "ts", "-verify", "-digest", digest, "-in", str(kept), "-token_in",
                   "-CAfile", f"{self.folder}/ca.pem"]  # fmt: skip
        return subprocess.run(command, capture_output=True, check=False).returncode == 0


def openssl(*arguments: str) -> None:
    subprocess.run(["openssl", *arguments], check=True, capture_output=True)


@contextmanager
def running_authority(folder: Path, *, key: str = "rsa") -> Iterator[Authority]:
    authority = Authority(folder, key=key)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            question = self.rfile.read(int(self.headers["Content-Length"]))
            answer = b"" if authority.is_away else authority.forged or authority.reply(question)
            self.send_response(503 if authority.is_away else 200)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_args: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    authority.url = f"http://127.0.0.1:{server.server_port}/"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield authority
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
