"""LDAP: search for somebody, then bind as them; over TLS with the certificate checked, and no referral followed."""

from __future__ import annotations

import ssl
from typing import Any, Final
from urllib.parse import urlsplit

from ldap3 import NONE, SUBTREE, Connection, Server, Tls
from ldap3.core.exceptions import LDAPException
from ldap3.utils.conv import escape_filter_chars
from ldap3.utils.dn import parse_dn

from docflow.accounts.directory_rules import LONGEST, MOST_GROUPS, DirectoryPerson, Door
from docflow.core.errors import InvalidInput, Unavailable
from docflow.core.mail_addresses import clean_address
from docflow.settings import Settings

TIMEOUT_S: Final = 10
LDAPS_PORT, LDAP_PORT = 636, 389
INVALID_CREDENTIALS: Final = 49
"""RFC 4511, appendix A; whatever else a bind is answered with says nothing about the password."""


class _CheckedTls(Tls):  # type: ignore[misc]
    """TLS by the standard library's own rules: version, chain and the name of the host."""

    def __init__(self, host: str, authorities: str | None) -> None:
        super().__init__(validate=ssl.CERT_REQUIRED, ca_certs_file=authorities)
        self._host = host

    def wrap_socket(self, connection: Any, do_handshake: bool = False) -> None:  # noqa: FBT001, FBT002
        context = ssl.create_default_context(cafile=self.ca_certs_file)
        connection.socket = context.wrap_socket(connection.socket, server_hostname=self._host)


class LdapDirectory:
    """One directory, by the settings ``ldap_*``; nothing is contacted before somebody signs in."""

    def __init__(self, settings: Settings) -> None:
        """Take the settings."""
        self._settings = settings

    @property
    def is_set_up(self) -> bool:
        """Whether an address is named."""
        return bool(self._settings.ldap_url)

    def person_with(self, username: str, password: str) -> DirectoryPerson | None:
        """Return whom a name and a password belong to; see the port."""
        # RFC 4513, 5.1.2: a bind without a password succeeds, and proves nothing.
        if not password or not username.strip() or "\x00" in username:
            return None
        try:
            return self._found(username.strip(), password)
        except (LDAPException, OSError, ValueError) as error:
            raise Unavailable("directory_unavailable", reason=type(error).__name__) from error

    def _found(self, username: str, password: str) -> DirectoryPerson | None:
        settings = self._settings
        own = settings.ldap_bind_password
        searching = self._opened(settings.ldap_bind_dn, "" if own is None else own.get_secret_value())
        try:
            if not searching.bind():
                raise Unavailable("directory_unavailable", reason="search account")
            entry = self._entry(searching, username)
            if entry is None or not self._is_password(entry["dn"], password):
                return None
            return self._person(searching, entry, username)
        finally:
            searching.unbind()

    def _opened(self, name: str, password: str) -> Connection:
        """Return a connection over TLS, not yet bound.

        Raises:
            LDAPException: TLS, or the server, is not as it must be.
        """
        parts = urlsplit(self._settings.ldap_url)
        host, is_wrapped = parts.hostname or "", parts.scheme == "ldaps"
        authorities = self._settings.ldap_authorities
        server = Server(
            host,
            port=parts.port or (LDAPS_PORT if is_wrapped else LDAP_PORT),
            use_ssl=is_wrapped,
            tls=_CheckedTls(host, None if authorities is None else str(authorities)),
            get_info=NONE,
            connect_timeout=TIMEOUT_S,
        )
        connection = Connection(
            server,
            user=name or None,
            password=password or None,
            receive_timeout=TIMEOUT_S,
            # A referral names another host: passwords would go wherever an entry says.
            auto_referrals=False,
            read_only=True,
            raise_exceptions=False,
        )
        try:
            connection.open()
            # A name or a password is said only after this.
            if not is_wrapped:
                connection.start_tls()
        except BaseException:
            if connection.socket is not None:
                connection.socket.close()
            raise
        if not (is_wrapped or connection.tls_started):
            connection.socket.close()
            raise Unavailable("directory_unavailable", reason="StartTLS")
        return connection

    def _entry(self, searching: Connection, username: str) -> Any:
        """Return the one entry of a name; none when there is none, or more than one."""
        settings = self._settings
        said = f"(&{settings.ldap_filter}({settings.ldap_username_attribute}={escape_filter_chars(username)}))"
        wanted = [
            settings.ldap_username_attribute,
            settings.ldap_id_attribute,
            settings.ldap_name_attribute,
            settings.ldap_name_ar_attribute,
            settings.ldap_mail_attribute,
            settings.ldap_groups_attribute,
        ]
        searching.search(
            settings.ldap_base, said, SUBTREE, attributes=[name for name in wanted if name], size_limit=2, time_limit=5
        )
        found = _entries(searching)
        return found[0] if len(found) == 1 else None

    def _is_password(self, name: str, password: str) -> bool:
        connection = self._opened(name, password)
        try:
            if connection.bind():
                return True
            if connection.result["result"] != INVALID_CREDENTIALS:
                raise Unavailable("directory_unavailable", reason=str(connection.result["description"]))
            return False
        finally:
            connection.unbind()

    def _person(self, searching: Connection, entry: Any, typed: str) -> DirectoryPerson:
        settings = self._settings
        subject = _identifier(entry, settings.ldap_id_attribute)
        if not subject:
            raise Unavailable("directory_unavailable", reason=settings.ldap_id_attribute)
        username = _first(entry, settings.ldap_username_attribute) or typed
        name = _first(entry, settings.ldap_name_attribute) or username
        return DirectoryPerson(
            door=Door.LDAP,
            issuer=settings.ldap_base[:LONGEST],
            subject=subject,
            username=username.lower()[:80],
            name_ar=(_first(entry, settings.ldap_name_ar_attribute) or name)[:200],
            name_fr=name[:200],
            email=_mail(entry, settings.ldap_mail_attribute),
            groups=tuple(self._groups(searching, entry)),
        )

    def _groups(self, searching: Connection, entry: Any) -> list[str]:
        """Return the groups of an entry, each by its whole name and by the first part of it."""
        settings = self._settings
        names = _values(entry, settings.ldap_groups_attribute)
        if settings.ldap_groups_base:
            member = escape_filter_chars(entry["dn"])
            said = f"(|(member={member})(uniqueMember={member}))"
            searching.search(settings.ldap_groups_base, said, SUBTREE, attributes=["1.1"], size_limit=MOST_GROUPS)
            names += [found["dn"] for found in _entries(searching)]
        both = (part for name in names[:MOST_GROUPS] for part in (name, _first_part(name)))
        return [part for part in both if len(part) <= LONGEST]


def _entries(connection: Connection) -> list[Any]:
    """Return what a search found, without what it refers to elsewhere."""
    return [found for found in connection.response or () if found.get("type") == "searchResEntry"]


def _values(entry: Any, attribute: str) -> list[str]:
    if not attribute:
        return []
    given: list[bytes] = next(
        (raw for name, raw in entry["raw_attributes"].items() if name.lower() == attribute.lower()), []
    )
    return [value.decode("utf-8", "replace") for value in given]


def _first(entry: Any, attribute: str) -> str:
    return next(iter(_values(entry, attribute)), "").strip()


def _identifier(entry: Any, attribute: str) -> str:
    """Return the identifier of an entry; one that is no text, as ``objectGUID``, in hexadecimal."""
    raw: list[bytes] = next(
        (raw for name, raw in entry["raw_attributes"].items() if name.lower() == attribute.lower()), []
    )
    if not raw:
        return ""
    value = bytes(raw[0])
    return value.decode("ascii") if value.isascii() and value.decode("ascii").isprintable() else value.hex()


def _first_part(name: str) -> str:
    """Return ``agents`` of ``cn=agents,ou=groups``, or the name itself where it has no parts."""
    try:
        return str(parse_dn(name)[0][1])
    except (LDAPException, IndexError):
        return name


def _mail(entry: Any, attribute: str) -> str:
    try:
        return clean_address(_first(entry, attribute))
    except InvalidInput:
        return ""
