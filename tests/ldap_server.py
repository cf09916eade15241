"""A private OpenLDAP of the tests: Debian's slapd in a folder and on ports of its own."""

from __future__ import annotations

import base64
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.mail_server import write_certificate
from tests.servers import free_port, wait_for_port

BASE, READER, READER_PASSWORD = "dc=hay-hassani,dc=ma", "cn=reader,dc=hay-hassani,dc=ma", "reader-secret"
PASSWORD = "mot de passe, annuaire"
CONFIG = """\
include /etc/ldap/schema/core.schema
include /etc/ldap/schema/cosine.schema
include /etc/ldap/schema/inetorgperson.schema
modulepath /usr/lib/ldap
moduleload back_mdb
pidfile {folder}/slapd.pid
TLSCertificateFile {folder}/server.pem
TLSCertificateKeyFile {folder}/server.pem
disallow bind_anon
security simple_bind=128
database mdb
suffix "{base}"
rootdn "{reader}"
rootpw {password}
directory {folder}/data
access to attrs=userPassword by anonymous auth by * none
access to * by dn.exact="{reader}" read by * none
"""
PEOPLE = {
    "n.alami": ("Nadia Alami", PASSWORD, "agents"),
    "o.tazi": ("Omar Tazi", PASSWORD, "bureau"),
    "clerk": ("Quelqu'un d'autre", PASSWORD, "agents"),
}


@dataclass(frozen=True, slots=True)
class LdapServer:
    """Where it answers, over TLS at once and after StartTLS, and the authority of its certificate."""

    ldaps: str
    starttls: str
    authority: Path


def entries() -> str:
    """Return the people and groups as LDIF."""
    parts = [
        f"dn: {BASE}\nobjectClass: organization\nobjectClass: dcObject\no: Hay Hassani\ndc: hay-hassani",
        f"dn: ou=people,{BASE}\nobjectClass: organizationalUnit\nou: people",
        f"dn: ou=groups,{BASE}\nobjectClass: organizationalUnit\nou: groups",
    ]
    for name, (full, password, room) in PEOPLE.items():
        kept = base64.b64encode(password.encode()).decode()
        parts.append(
            f"dn: uid={name},ou=people,{BASE}\nobjectClass: inetOrgPerson\nuid: {name}\ncn: {full}\nsn: {full}\n"
            f"mail: {name}@hay-hassani.example\ndepartmentNumber: {room}\nuserPassword:: {kept}"
        )
    for group in ("Agents d'état civil", "Bureau d'ordre"):
        named = base64.b64encode(f"cn={group},ou=groups,{BASE}".encode()).decode()
        common = base64.b64encode(group.encode()).decode()
        member = "n.alami" if group.startswith("Agents") else "o.tazi"
        parts.append(f"dn:: {named}\nobjectClass: groupOfNames\ncn:: {common}\nmember: uid={member},ou=people,{BASE}")
    return "\n\n".join(parts) + "\n"


@contextmanager
def running_ldap(folder: Path) -> Iterator[LdapServer]:
    """Run a directory of three people and two groups."""
    program = shutil.which("slapd") or "/usr/sbin/slapd"
    (folder / "data").mkdir()
    write_certificate(folder / "server.pem")
    config, people = folder / "slapd.conf", folder / "people.ldif"
    config.write_text(CONFIG.format(folder=folder, base=BASE, reader=READER, password=READER_PASSWORD))
    people.write_text(entries())
    # The same program under another name adds entries to a database that does not run.
    subprocess.run([program, "-Tadd", "-f", config, "-l", people], check=True, capture_output=True)
    wrapped, plain = free_port(), free_port()
    addresses = f"ldaps://127.0.0.1:{wrapped}/ ldap://127.0.0.1:{plain}/"
    with (folder / "slapd.log").open("wb") as log:
        # With a level of messages, even none, it stays in the foreground.
        server = subprocess.Popen(
            [program, "-d", "0", "-f", config, "-h", addresses], stdout=log, stderr=log, env={**os.environ}
        )
    try:
        wait_for_port(wrapped)
        wait_for_port(plain)
        yield LdapServer(f"ldaps://127.0.0.1:{wrapped}", f"ldap+starttls://127.0.0.1:{plain}", folder / "server.pem")
    finally:
        server.terminate()
        server.wait()
