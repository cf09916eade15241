"""Settings → a frozen runtime; the only file that names adapters."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from urllib.parse import urlsplit

from sqlalchemy.exc import SQLAlchemyError

from docflow.accounts.adapters.oidc import OidcProvider
from docflow.accounts.capability import CAPABILITY as ACCOUNTS
from docflow.accounts.ports import DirectoryServer, IdentityProvider
from docflow.admin.capability import CAPABILITY as ADMIN
from docflow.allowances.capability import CAPABILITY as ALLOWANCES
from docflow.appointments.capability import CAPABILITY as APPOINTMENTS
from docflow.approvals.capability import CAPABILITY as APPROVALS
from docflow.audit.access_log import AccessLog
from docflow.audit.adapters.rfc3161 import Rfc3161TimeStamper
from docflow.audit.capability import CAPABILITY as AUDIT
from docflow.audit.operations import write_journal
from docflow.audit.ports import TimeStamper
from docflow.backups.capability import CAPABILITY as BACKUPS
from docflow.backups.target import MANIFESTS, Target
from docflow.batches.capability import CAPABILITY as BATCHES
from docflow.complaints.capability import CAPABILITY as COMPLAINTS
from docflow.core.belonging import check_belonging
from docflow.core.capability import Capability, ClosingRule
from docflow.core.clock import Clock, SystemClock
from docflow.core.db import open_engine
from docflow.core.errors import InvalidInput, Unavailable
from docflow.core.pulse import Pulse
from docflow.core.secret_key import secret_key
from docflow.core.server_clock import ServerClock
from docflow.core.uow import Transactions
from docflow.corrections.capability import CAPABILITY as CORRECTIONS
from docflow.deadlines.capability import CAPABILITY as DEADLINES
from docflow.district.capability import CAPABILITY as DISTRICT
from docflow.district.queries import KnownDistrict
from docflow.documents.capability import CAPABILITY as DOCUMENTS
from docflow.drafting.capability import CAPABILITY as DRAFTING
from docflow.home.capability import CAPABILITY as HOME
from docflow.ingest.capability import CAPABILITY as INGEST
from docflow.jobs.ports import JobBroker, Share
from docflow.jobs.relay import Relay
from docflow.jobs.runner import JobRunner
from docflow.jobs.table import JobTable
from docflow.notifications.adapters.smtp import SmtpServer
from docflow.notifications.adapters.text_outbox import TextOutbox
from docflow.notifications.capability import CAPABILITY as NOTIFICATIONS
from docflow.notifications.ports import MailServer, TextGateway
from docflow.ocr.adapters.tesseract import TesseractLineReader
from docflow.ocr.capability import CAPABILITY as OCR
from docflow.ocr.ports import LineReader
from docflow.portal.capability import CAPABILITY as PORTAL
from docflow.privacy.capability import CAPABILITY as PRIVACY
from docflow.publications.capability import CAPABILITY as PUBLICATIONS
from docflow.records.capability import CAPABILITY as RECORDS
from docflow.registry.capability import CAPABILITY as REGISTRY
from docflow.reports.capability import CAPABILITY as REPORTS
from docflow.requests.capability import CAPABILITY as REQUESTS
from docflow.routing.capability import CAPABILITY as ROUTING
from docflow.search.adapters.tantivy import TantivyIndex
from docflow.search.adapters.whoosh import WhooshIndex
from docflow.search.capability import CAPABILITY as SEARCH
from docflow.search.ports import SearchIndex
from docflow.settings import SECRET_KEY_FILE, Settings
from docflow.stamping.adapters.pades import PadesSealer
from docflow.stamping.adapters.workshop import Workshop
from docflow.stamping.capability import CAPABILITY as STAMPING
from docflow.stamping.keys import LocalKeys, local_keys
from docflow.stamping.person_keys import LocalPersonKeys
from docflow.stamping.ports import PersonKeys, Sealer
from docflow.stamping.queries import has_sealed
from docflow.storage.adapters.local import LocalBlobStore
from docflow.storage.capability import CAPABILITY as STORAGE
from docflow.storage.ports import BlobStore
from docflow.unit_proposals.capability import CAPABILITY as UNIT_PROPOSALS

CAPABILITIES: Sequence[Capability] = (
    AUDIT,
    ACCOUNTS,
    STORAGE,
    OCR,
    DOCUMENTS,
    STAMPING,
    SEARCH,
    INGEST,
    BATCHES,
    CORRECTIONS,
    DEADLINES,
    APPROVALS,
    NOTIFICATIONS,
    COMPLAINTS,
    ROUTING,
    DRAFTING,
    RECORDS,
    APPOINTMENTS,
    REQUESTS,
    PUBLICATIONS,
    REPORTS,
    BACKUPS,
    DISTRICT,
    REGISTRY,
    UNIT_PROPOSALS,
    ADMIN,
    PRIVACY,
    ALLOWANCES,
    PORTAL,
    HOME,
)
"""Every room that contributes something, from the ground up."""


@dataclass(frozen=True)
class Runtime:
    """Everything the product works with, made once a process; each part is opened when first used."""

    settings: Settings
    clock: Clock
    transactions: Transactions
    job_queue: JobTable
    capabilities: Sequence[Capability]

    @cached_property
    def secret_key(self) -> str:
        """The secret of this installation."""
        given = self.settings.secret_key
        return secret_key(
            self.settings.keys_home / SECRET_KEY_FILE, given="" if given is None else given.get_secret_value()
        )

    @cached_property
    def district(self) -> KnownDistrict:
        """The administration that this installation is of."""
        return KnownDistrict(self.transactions)

    @cached_property
    def identity_provider(self) -> IdentityProvider:
        """The provider through which the staff may sign in."""
        return OidcProvider(self.settings, self.clock)

    @cached_property
    def directory_server(self) -> DirectoryServer:
        """The directory of the network."""
        # Its client is loaded only where there is one.
        from docflow.accounts.adapters.ldap import LdapDirectory

        return LdapDirectory(self.settings)

    @cached_property
    def blob_store(self) -> BlobStore:
        """The object storage."""
        return open_blob_store(self.settings.storage_address)

    @cached_property
    def search_index(self) -> SearchIndex:
        """The index."""
        return open_search_index(self.settings.search_address)

    @cached_property
    def public_index(self) -> SearchIndex:
        """The index of the public site."""
        return open_search_index(self.settings.public_search_address)

    @cached_property
    def line_reader(self) -> LineReader:
        """The reader of lines of text."""
        return TesseractLineReader(timeout_s=self.settings.read_timeout_s)

    @cached_property
    def time_stamper(self) -> TimeStamper:
        """The time-stamping authority of the journal."""
        return Rfc3161TimeStamper(self.settings.timestamp_url)

    @cached_property
    def mail_server(self) -> MailServer:
        """What mail is handed to."""
        settings = self.settings
        url = "" if settings.smtp_url is None else settings.smtp_url.get_secret_value()
        return SmtpServer(url, sender=settings.mail_from, sender_name=lambda: self.district.name.fr)

    @cached_property
    def text_gateway(self) -> TextGateway:
        """What text messages are handed to."""
        return TextOutbox(self.settings.sms_outbox)

    @cached_property
    def sealer(self) -> Sealer:
        """What stamps and seals."""
        return PadesSealer(self.settings, self.own_keys, Workshop())

    @cached_property
    def person_keys(self) -> PersonKeys:
        """Where the keys of people are found."""
        return LocalPersonKeys(self.own_keys)

    @cached_property
    def own_keys(self) -> LocalKeys:
        """The registry's own keys; where something was sealed and they are gone, no others are made in their place."""
        return local_keys(self.settings, institution=lambda: self.district.name.fr, may_make=self._has_sealed_nothing)

    def _has_sealed_nothing(self) -> bool:
        try:
            with self.transactions.reading() as session:
                return not has_sealed(session)
        except SQLAlchemyError as error:
            # Not known: a key that was made now could stand in the place of one that is only away.
            raise Unavailable("keys_unusable", reason=type(error).__name__) from error

    def check_keys(self) -> None:
        """Refuse to start where the registry seals with its own keys and their folder is gone.

        Raises:
            Unavailable: ``keys_gone`` with ``folder``.
        """
        if self.settings.seal_pkcs12 is None and self.settings.seal_pkcs11_module is None:
            self.own_keys.check_not_gone()

    @cached_property
    def access_log(self) -> AccessLog:
        """The log of openings."""
        return AccessLog(self.transactions)

    @cached_property
    def closing_rules(self) -> Sequence[ClosingRule]:
        """What every room says must be done before its matters are closed."""
        return [rule for capability in self.capabilities for rule in capability.closing_rules]

    def check_host(self) -> None:
        """Refuse to work with several hosts when this one has another key or folder of keys than they.

        Raises:
            Conflict: ``host_differs``.
        """
        if self.settings.broker_address:
            check_belonging(self.transactions.engine, secret_key=self.secret_key, shared_home=self.settings.keys_home)

    @cached_property
    def job_broker(self) -> JobBroker | None:
        """What carries ids of jobs between machines, if anything does."""
        return open_broker(self.settings.broker_address) if self.settings.broker_address else None

    def make_relay(self) -> Relay:
        """Return the relay between the job table and the broker.

        Raises:
            InvalidInput: ``broker_not_set``.
        """
        if self.job_broker is None:
            raise InvalidInput("broker_not_set")
        pulse = Pulse(self.settings.home, "relay")
        return Relay(self.transactions.engine, self.clock, self.job_queue, self.job_broker, beat=pulse.beat)

    def make_runner(self, share: Share = Share.ALL) -> JobRunner:
        """Return a runner of jobs over every room's handlers, of all jobs or of a share of them."""
        handlers = {name: handler for capability in self.capabilities for name, handler in capability.jobs.items()}
        pulse = Pulse(self.settings.home, share.value)
        return JobRunner(
            self.job_queue, handlers, self, lease_s=self.settings.job_lease_s, share=share, beat=pulse.beat
        )


def bootstrap(settings: Settings, *, clock: Clock | None = None) -> Runtime:
    """Compose the product from its settings; nothing is contacted yet."""
    for folder in (settings.home, settings.keys_home):
        folder.mkdir(parents=True, exist_ok=True)
    engine = open_engine(settings.database_address)
    clock = clock or (SystemClock() if engine.dialect.name == "sqlite" else ServerClock(engine))
    return Runtime(
        settings=settings,
        clock=clock,
        transactions=Transactions(engine, clock, write_journal),
        job_queue=JobTable(engine, clock, lease_s=settings.job_lease_s),
        capabilities=CAPABILITIES,
    )


def open_blob_store(address: str) -> BlobStore:
    """Open the store of an address.

    Raises:
        InvalidInput: ``storage_address_invalid``.
    """
    parts = urlsplit(address)
    if parts.scheme == "file":
        return LocalBlobStore(Path(parts.path))
    # The clients of servers take a third of a second of every process's start, also where there is no server.
    from docflow.storage.adapters.s3 import S3Address, S3BlobStore

    return S3BlobStore(S3Address.parse(address))


def open_broker(address: str) -> JobBroker:
    """Open the broker of an address; it is contacted when it is used.

    Raises:
        InvalidInput: ``broker_address_invalid``.
    """
    # As above: the machine that has no broker does not load its client.
    from docflow.jobs.adapters.rabbitmq import RabbitBroker

    try:
        return RabbitBroker(address)
    except ValueError as error:
        raise InvalidInput("broker_address_invalid") from error


def open_target(folder: Path) -> Target:
    """Open a folder of backups; it is made when missing, and for its owner alone.

    Raises:
        Unavailable: ``backup_target_unusable``.
    """
    objects = folder / "objects"
    try:
        for part in (objects, folder / MANIFESTS):
            part.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise Unavailable("backup_target_unusable", reason=error.strerror or "") from error
    return Target(folder, LocalBlobStore(objects))


def open_search_index(address: str) -> SearchIndex:
    """Open the index of an address.

    Raises:
        InvalidInput: ``search_address_invalid`` with ``scheme``.
    """
    parts = urlsplit(address)
    if parts.scheme == "tantivy":
        return TantivyIndex(Path(parts.path))
    if parts.scheme == "whoosh":
        return WhooshIndex(Path(parts.path))
    if parts.scheme.startswith("opensearch+"):
        # As above.
        from docflow.search.adapters.opensearch import OpenSearchIndex

        return OpenSearchIndex(address)
    raise InvalidInput("search_address_invalid", scheme=parts.scheme)
