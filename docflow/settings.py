"""Every setting, typed, read from ``DOCFLOW_*`` variables or ``docflow.toml``, checked at start.

``docs/settings.md`` documents each one; a test holds the two together.
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal, Self
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, ValidationError, model_validator
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SecretsSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from docflow.core.errors import InvalidInput

SECRET_KEY_FILE = "secret-key"  # noqa: S105 - the name of a file, not a secret
"""Where the home keeps the key that signs cookies when none is given."""
LDAP_ATTRIBUTE = r"^[A-Za-z][A-Za-z0-9-]*$"
"""Name of an attribute (RFC 4512, 2.5), which needs no mask in a filter."""
SECRETS_FOLDER = Path("/run/secrets")
"""Where containers find secrets, each a file under the name of its setting, such as ``docflow_database_url``."""
EMBED_ORIGINS = r"^(https?://[A-Za-z0-9*.-]+(:[0-9]{1,5})?( https?://[A-Za-z0-9*.-]+(:[0-9]{1,5})?)*)?$"
"""Origins as a content security policy names them, a space between two; nothing that could end the directive."""


class Settings(BaseSettings):
    """The settings of one installation."""

    model_config = SettingsConfigDict(
        env_prefix="DOCFLOW_", toml_file="docflow.toml", extra="forbid", frozen=True, hide_input_in_errors=True
    )

    home: Path = Path("var")
    """Folder of the embedded default: database, blobs, index, keys."""
    database_url: SecretStr | None = None
    """SQLAlchemy address; empty: SQLite in the home."""
    storage_url: SecretStr | None = None
    """``file:///…`` or ``s3+https://key:secret@host/bucket``; empty: files in the home."""
    search_url: SecretStr | None = None
    """``tantivy:///…``, ``whoosh:///…`` or ``opensearch+https://…/alias``; empty: tantivy in the home."""
    broker_url: SecretStr | None = None
    """``amqp://user:password@host:5672/vhost`` or ``amqps://…`` of RabbitMQ; empty: workers look into the job table."""
    shared_home: Path | None = None
    """Folder that every host mounts, with the keys of seals and people, anchors and the secret key; empty: the home."""
    host: str = "127.0.0.1"
    """Address both sites listen on."""
    port: int = Field(8000, ge=1, le=65535)
    """Port of the staff site."""
    public_port: int = Field(8001, ge=1, le=65535)
    """Port of the public site."""
    public_url: str = "http://127.0.0.1:8001"
    """Base of the addresses in the QR codes of stamps; the public site must answer there."""
    staff_url: str = "http://127.0.0.1:8000"
    """Address of the staff site, in mail to the staff and at the provider; security keys are bound to its name."""
    demo: bool = False
    """Whether the first start fills the district with the demonstration people and units."""
    demo_password: SecretStr | None = None
    """Password of the demonstration accounts; empty: a random one, kept in a 0600 file of the home."""
    workers: int = Field(2, ge=0, le=64)
    """Worker processes started by ``docflow serve``."""
    web_processes: int = Field(1, ge=1, le=32)
    """Web processes of the staff site."""
    web_threads: int = Field(16, ge=2, le=128)
    """Threads of each web process; a live progress page holds one."""
    max_file_bytes: int = Field(100_000_000, ge=1024)
    """Largest file accepted, in bytes."""
    max_file_pages: int = Field(1000, ge=1)
    """Most pages accepted in one file."""
    max_page_pixels: int = Field(80_000_000, ge=1_000_000)
    """Largest page image accepted, in pixels."""
    read_timeout_s: int = Field(120, ge=5)
    """Longest time of one call of Tesseract, which reads all the lines of a page, in seconds."""
    job_lease_s: int = Field(30, ge=2)
    """A worker that gives no sign for so long loses its job to another."""
    orphan_grace_s: int = Field(86_400, ge=0)
    """Age after which bytes that no document names are swept."""
    scrub_bytes_per_s: int = Field(2_000_000, ge=0)
    """How fast stored files are read again in the background and compared with their hashes; 0: never."""
    backup_passphrase: SecretStr | None = None
    """Passphrase under which backups keep the keys and secrets of the home; empty: the command asks."""
    backup_max_age_h: int = Field(26, ge=0)
    """Age in hours from which the last backup counts as too old; 0: nobody watches."""
    session_idle_s: int = Field(30 * 60, ge=60)
    """Time without a request after which a session of the staff ends."""
    secret_key: SecretStr | None = None
    """Key that signs cookies and encrypts the secrets of second factors, the same on every web host; empty: one made at
    the first start and kept in the home."""
    oidc_issuer: str = ""
    """Issuer of the OpenID Connect provider through which the staff may sign in; empty: none."""
    oidc_client_id: str = ""
    """What the provider calls this installation."""
    oidc_client_secret: SecretStr | None = None
    """Secret that goes with it; empty: a public client, by PKCE alone."""
    oidc_label_ar: str = "حسابي المهني"
    """What its button says in Arabic, after the words for signing in with."""
    oidc_label_fr: str = "mon compte professionnel"
    """The same in French."""
    oidc_scopes: str = "openid profile email"
    """What is asked of the provider; ``openid`` among it."""
    oidc_username_claim: str = "preferred_username"
    """Claim that holds the user name; a dot leads into an object."""
    oidc_name_ar_claim: str = ""
    """Claim that holds the full name in Arabic; empty: the claim ``name`` stands for both languages."""
    oidc_groups_claim: str = "groups"
    """Claim that holds the groups, such as ``realm_access.roles``; empty: no groups."""
    oidc_factor_values: str = "mfa"
    """Values of ``amr`` or ``acr``, a space between two, by which the provider says that it asked a second factor."""
    oidc_authorities: Path | None = None
    """PEM file of the authorities that its certificate leads to; empty: those that browsers trust."""
    ldap_url: str = ""
    """Directory of the network: ``ldaps://host`` or ``ldap+starttls://host``, with a port if need be; empty: none."""
    ldap_bind_dn: str = ""
    """Whole name of the account that searches it."""
    ldap_bind_password: SecretStr | None = None
    """Password of that account."""
    ldap_base: str = ""
    """Below which entry people are searched."""
    ldap_filter: str = Field("(objectClass=person)", pattern=r"^\(.+\)$")
    """Which entries are people, in parentheses (RFC 4515)."""
    ldap_username_attribute: str = Field("uid", pattern=LDAP_ATTRIBUTE)
    """Attribute that holds the user name; of Active Directory ``sAMAccountName``."""
    ldap_id_attribute: str = Field("entryUUID", pattern=LDAP_ATTRIBUTE)
    """Attribute that is never given to somebody else; of Active Directory ``objectGUID``."""
    ldap_name_attribute: str = Field("cn", pattern=LDAP_ATTRIBUTE)
    """Attribute that holds the full name."""
    ldap_name_ar_attribute: str = Field("", pattern=f"^$|{LDAP_ATTRIBUTE}")
    """Attribute that holds the full name in Arabic; empty: the other one stands for both languages."""
    ldap_mail_attribute: str = Field("mail", pattern=LDAP_ATTRIBUTE)
    """Attribute that holds the mail address."""
    ldap_groups_attribute: str = Field("memberOf", pattern=f"^$|{LDAP_ATTRIBUTE}")
    """Attribute of a person that names their groups; empty: none does."""
    ldap_groups_base: str = ""
    """Below which entry groups are searched that name their members; empty: nowhere."""
    ldap_authorities: Path | None = None
    """PEM file of the authorities that its certificate leads to; empty: those of the system."""
    directory_makes_accounts: bool = False
    """Whether the first sign-in through a directory makes an account for whoever has a role by one of their groups."""
    directory_only: bool = False
    """Whether people of the directory no longer sign in with a password kept here."""
    secure_cookies: bool = False
    """Whether cookies are sent over HTTPS only; turn on behind a TLS proxy."""
    trusted_proxies: int = Field(0, ge=0, le=5)
    """Number of reverse proxies whose forwarded headers are believed."""
    timestamp_url: str = ""
    """Address of a time-stamping authority (RFC 3161); empty: instants are this machine's own."""
    seal_level: Literal["", "B-B", "B-T", "B-LT", "B-LTA"] = ""
    """What seals carry along (PAdES); empty: ``B-T`` with a time-stamping authority, ``B-B`` without."""
    keys_passphrase: SecretStr | None = None
    """Passphrase under which the registry's own private keys are kept in the home; empty: the files' rights alone."""
    seal_pkcs12: Path | None = None
    """PKCS#12 file with the key and certificate of the seal; empty: the registry's own key."""
    seal_pkcs12_passphrase: SecretStr | None = None
    """Passphrase of that file."""
    seal_pkcs11_module: Path | None = None
    """PKCS#11 library of the token or HSM that holds the key of the seal; empty: no token."""
    seal_pkcs11_token: str = ""
    """Label of the token."""
    seal_pkcs11_label: str = ""
    """Label of the key and of its certificate on the token."""
    seal_pkcs11_pin: SecretStr | None = None
    """PIN of the token."""
    seal_trust: Path | None = None
    """PEM file of certificates that seals, signatures and time-stamps may lead to, beside the registry's own."""
    smtp_url: SecretStr | None = None
    """Mail server: ``smtp://host:25``, ``smtp+starttls://user:password@host:587``, ``smtps://…``; empty: no mail."""
    embed_origins: str = Field("", pattern=EMBED_ORIGINS)
    """Sites that may show the news of the public site in a frame, such as ``https://casablanca.ma``; empty: none."""
    mail_from: str = ""
    """Address that mail comes from; needed with a mail server."""
    sms_outbox: Path | None = None
    """Folder into which text messages are put, a file each, for a modem or gateway to take; empty: none are sent."""
    contact_kept_days: int = Field(365, ge=90)
    """Days after which telephones, addresses and card numbers of closed complaints and requests are forgotten."""
    metrics_token: SecretStr | None = Field(None, min_length=16)
    """What Prometheus shows to read ``/metrics`` of the staff site (``Authorization: Bearer …``); empty: off."""
    log_format: Literal["text", "json"] = "text"
    """Form of the log lines."""

    @model_validator(mode="after")
    def _check_seal(self) -> Self:
        """Refuse settings of the seal that contradict each other."""
        if self.seal_level in {"B-T", "B-LT", "B-LTA"} and not self.timestamp_url:
            message = f"DOCFLOW_SEAL_LEVEL={self.seal_level} needs DOCFLOW_TIMESTAMP_URL"
            raise ValueError(message)
        if self.seal_pkcs12 is not None and self.seal_pkcs11_module is not None:
            message = "give DOCFLOW_SEAL_PKCS12 or DOCFLOW_SEAL_PKCS11_MODULE, not both"
            raise ValueError(message)
        return self

    @model_validator(mode="after")
    def _check_broker(self) -> Self:
        """Refuse a broker that is none, or beside a database that only one machine can use."""
        if not self.broker_address:
            return self
        if not self.broker_address.startswith(("amqp://", "amqps://")):
            message = "DOCFLOW_BROKER_URL begins with amqp:// or amqps://"
            raise ValueError(message)
        if not self.database_address.startswith("postgresql"):
            message = "DOCFLOW_BROKER_URL needs PostgreSQL (DOCFLOW_DATABASE_URL); one machine needs no broker"
            raise ValueError(message)
        given = {
            "DOCFLOW_STORAGE_URL": self.storage_url is not None and bool(self.storage_url.get_secret_value()),
            "DOCFLOW_SEARCH_URL": self.search_url is not None and bool(self.search_url.get_secret_value()),
            "DOCFLOW_SHARED_HOME": self.shared_home is not None,
        }
        lacking = [name for name, is_given in given.items() if not is_given]
        if lacking:
            message = (
                f"DOCFLOW_BROKER_URL is for several machines, which do not see this home: give {', '.join(lacking)}"
            )
            raise ValueError(message)
        return self

    @model_validator(mode="after")
    def _check_mail(self) -> Self:
        """Refuse a mail server without a sender."""
        if self.smtp_url is not None and self.smtp_url.get_secret_value() and "@" not in self.mail_from:
            message = "DOCFLOW_SMTP_URL needs DOCFLOW_MAIL_FROM, an address such as bureau-ordre@commune.ma"
            raise ValueError(message)
        return self

    @model_validator(mode="after")
    def _check_provider(self) -> Self:
        """Refuse a provider that could be overheard, or that would not know us."""
        if not self.oidc_issuer:
            return self
        parts = urlsplit(self.oidc_issuer)
        is_here = parts.hostname in {"localhost", "127.0.0.1", "::1"}
        if parts.scheme != "https" and not (parts.scheme == "http" and is_here):
            message = "DOCFLOW_OIDC_ISSUER needs https, unless the provider is on this machine"
            raise ValueError(message)
        if parts.query or parts.fragment or "@" in parts.netloc or not parts.hostname:
            message = "DOCFLOW_OIDC_ISSUER is an address without name, password, query or fragment"
            raise ValueError(message)
        if not self.oidc_client_id or "openid" not in self.oidc_scopes.split():
            message = "DOCFLOW_OIDC_ISSUER needs DOCFLOW_OIDC_CLIENT_ID, and openid among DOCFLOW_OIDC_SCOPES"
            raise ValueError(message)
        return self

    @model_validator(mode="after")
    def _check_directory(self) -> Self:
        """Refuse a directory to which passwords would go in the clear, or of which it is not known where to search."""
        if not self.ldap_url:
            return self
        parts = urlsplit(self.ldap_url)
        is_bare = not (parts.path.strip("/") or parts.query or parts.fragment or "@" in parts.netloc)
        if parts.scheme not in {"ldaps", "ldap+starttls"} or not parts.hostname or not is_bare:
            message = "DOCFLOW_LDAP_URL is ldaps://host or ldap+starttls://host, with a port if need be"
            raise ValueError(message)
        if not self.ldap_base or not self.ldap_bind_dn:
            message = "DOCFLOW_LDAP_URL needs DOCFLOW_LDAP_BASE and DOCFLOW_LDAP_BIND_DN"
            raise ValueError(message)
        return self

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Prefer arguments, then the environment, then secrets as files, then the file."""
        secrets = SecretsSettingsSource(settings_cls, secrets_dir=SECRETS_FOLDER) if SECRETS_FOLDER.is_dir() else None
        last = TomlConfigSettingsSource(settings_cls)
        return (init_settings, env_settings, last) if secrets is None else (init_settings, env_settings, secrets, last)

    @property
    def database_address(self) -> str:
        """The address of the database, the embedded one when none is set."""
        if self.database_url is not None and self.database_url.get_secret_value():
            return self.database_url.get_secret_value()
        return f"sqlite:///{self.home.resolve() / 'docflow.sqlite'}"

    @property
    def storage_address(self) -> str:
        """The address of the object storage, local files when none is set."""
        if self.storage_url is not None and self.storage_url.get_secret_value():
            return self.storage_url.get_secret_value()
        return f"file://{self.home.resolve() / 'blobs'}"

    @property
    def keys_home(self) -> Path:
        """The folder of keys, anchors and secrets: that of all hosts, or the home."""
        return self.home if self.shared_home is None else self.shared_home

    @property
    def broker_address(self) -> str:
        """The address of the broker, empty when there is none."""
        return "" if self.broker_url is None else self.broker_url.get_secret_value()

    @property
    def search_address(self) -> str:
        """The address of the index, the embedded one when none is set."""
        if self.search_url is not None and self.search_url.get_secret_value():
            return self.search_url.get_secret_value()
        return f"tantivy://{self.home.resolve() / 'index'}"

    @property
    def public_search_address(self) -> str:
        """The address of the index of the public site: beside that of the staff, and never the same."""
        address = self.search_address.rstrip("/")
        is_bare = address.startswith("opensearch") and "/" not in address.partition("://")[2]
        return f"{address}/docflow-public" if is_bare else f"{address}-public"


def load_settings() -> Settings:
    """Read and check the settings.

    Raises:
        InvalidInput: ``settings_invalid`` naming what is wrong, never a secret's value.
    """
    try:
        return Settings()
    except ValidationError as error:
        problems = "; ".join(
            f"DOCFLOW_{'_'.join(str(part) for part in item['loc']).upper()}: {item['msg']}" for item in error.errors()
        )
        raise InvalidInput("settings_invalid", problems=problems) from error
