"""The manifest by which a room tells the house what it brings."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any, Protocol, TypeAlias
from uuid import UUID

from sqlalchemy import Select

from docflow.core.actor import Actor

LazyText: TypeAlias = object
"""A text that becomes a string in the reader's language (``flask_babel.lazy_gettext``)."""


@dataclass(frozen=True, slots=True)
class JobContext:
    """What a handler is told about the job it runs."""

    job_id: UUID
    attempt: int
    is_last_attempt: bool


JobHandler: TypeAlias = Callable[[Any, Mapping[str, Any], JobContext], None]
"""``handler(deps, payload, context)``: ``deps`` is the runtime seen through the room's own Protocol."""


MOST_COUNTED = 99
"""A count above this is shown as 99+: what counts for the menu may stop one above it."""

Counting: TypeAlias = Callable[[Actor], Select[int] | int]
"""Returns the statement that counts what waits for an actor, so that a page asks all of them in one, or the number
where the request knows it already."""


class MenuSection(StrEnum):
    """Under which heading a place stands on the page *More*."""

    MAIL = "mail"
    CITIZENS = "citizens"
    ARCHIVES = "archives"
    SETTINGS = "settings"
    OPERATION = "operation"
    OWN = "own"
    """About the reader: these places are in the account menu too."""


@dataclass(frozen=True, slots=True)
class MenuEntry:
    """A place of the product, open to an actor who holds ``permission``; an empty one lets in whoever is signed in.

    The bar shows the places that the reader's roles use most; the page *More* and the command palette hold all.
    """

    endpoint: str
    label: LazyText
    icon: str
    permission: str
    section: MenuSection
    count: Counting | None = None
    is_done: Callable[[Any], bool] | None = None
    """Returns, of a session of the database, whether what the place sets up is there; none: nothing has to be."""

    def is_open_to(self, actor: Actor) -> bool:
        """Return whether an actor who is signed in may use it."""
        return not self.permission or actor.can(self.permission)


class HomeSection(StrEnum):
    """Under which heading a line stands on the first page."""

    MINE = "mine"
    UNIT = "unit"
    LATE = "late"
    RETURNED = "returned"
    SENT = "sent"


@dataclass(frozen=True, slots=True)
class HomeItem:
    """One matter under a line of the first page; the address leads to it."""

    address: str
    title: str
    number: str
    where: str = ""
    """Who has it now."""
    due_on: date | None = None
    is_late: bool = False


ItemsMaker: TypeAlias = Callable[[Any, Actor], Sequence[HomeItem]]
"""``make(deps, actor)`` returns the first few matters under a line, those to look at first before the others."""

MOST_ITEMS = 5
"""Under a line of the first page; its own page has all."""


@dataclass(frozen=True, slots=True)
class HomeLine:
    """What waits, on the first page of whoever holds ``permission``; shown while there is any of it.

    ``arguments`` complete the address of the page that lists it.
    """

    section: HomeSection
    label: LazyText
    icon: str
    endpoint: str
    permission: str
    count: Callable[[Any, Actor], Select[int] | int]
    """``count(deps, actor)`` returns what a :data:`Counting` does."""
    arguments: Mapping[str, str] = field(default_factory=dict)
    items: ItemsMaker | None = None


HomePanelMaker: TypeAlias = Callable[[Any, Actor], str]
"""``make(deps, actor)`` returns safe HTML for the first page, or nothing."""


@dataclass(frozen=True, slots=True)
class Shortcut:
    """Something to begin, offered by its name in the search box to whoever holds ``permission``."""

    endpoint: str
    label: LazyText
    icon: str
    permission: str


@dataclass(frozen=True, slots=True)
class FoundPlace:
    """Something with a page of its own (an account, a unit), found by its name."""

    label: str
    icon: str
    address: str
    said: str = ""


PlaceFinder: TypeAlias = Callable[[Any, Actor, Callable[[str], bool]], Sequence[FoundPlace]]
"""``find(deps, actor, fits)`` returns what the actor may open and whose names fit."""


@dataclass(frozen=True, slots=True)
class SiteLink:
    """A link of the public site's navigation; it is current on ``pages`` too, other endpoints that belong to it."""

    endpoint: str
    label: LazyText
    icon: str
    order: int
    pages: frozenset[str] = frozenset()
    said: LazyText = ""
    """What one finds there, in a sentence; with it the link is an entrance of the first page too."""


@dataclass(frozen=True, slots=True)
class Check:
    """One line of ``docflow doctor``: ``detail`` says what was found, ``remedy`` what to do when it is not ok.

    ``is_warning``: the product works all the same, and ``doctor`` ends well.
    """

    name: str
    ok: bool
    detail: LazyText
    remedy: LazyText = ""
    is_warning: bool = False


@dataclass(frozen=True, slots=True)
class Measure:
    """A figure for whoever watches the installation: no name, title or other personal data in it.

    ``name`` ends with its unit (``_seconds``, ``_bytes``), as Prometheus wants it. ``samples`` are values by their
    labels, all with the same ones.
    """

    name: str
    help: str
    samples: Sequence[tuple[Mapping[str, str], float]]


@dataclass(frozen=True, slots=True)
class Measuring:
    """How a room takes its figures: ``take(deps)``; they are kept for ``kept_s`` seconds, where they cost something."""

    take: Callable[[Any], Sequence[Measure]]
    kept_s: float = 0


COSTLY_S = 300
"""For how long figures are kept that are counted over whole tables."""


@dataclass(frozen=True, slots=True)
class PeriodicJob:
    """A job asked for every ``every_s`` seconds, once whatever the number of processes."""

    name: str
    every_s: int


@dataclass(frozen=True, slots=True)
class ShownPage:
    """What the document page shows just now: a page (from 1) of a document, under a tab (``details``, ``text``…)."""

    document_id: UUID
    page_number: int
    tab: str


PanelMaker: TypeAlias = Callable[[Any, Actor, ShownPage], str]
"""``make(deps, actor, shown)`` returns safe HTML that a room adds to the document page, or nothing; the actor may see
the document's content."""


FactsMaker: TypeAlias = Callable[[Any, Actor, UUID], str]
"""``make(deps, actor, document_id)`` returns safe HTML about a document of which the actor may see the metadata."""


HealthMaker: TypeAlias = Callable[[Any], str]
"""``make(deps)`` returns safe HTML for the health page, or nothing."""


@dataclass(frozen=True, slots=True)
class Followed:
    """A matter that somebody follows on the public site, who proved to know its secret; the document is for rooms."""

    document_id: UUID
    number: str
    secret: str


FollowedMaker: TypeAlias = Callable[[Any, Followed], str]
"""``make(deps, followed)`` returns safe HTML about a matter for its citizen, or nothing."""

HITS = "docflow_hits"
"""Under this name the app keeps its :class:`HitFinder`, if a room brings one."""


class HitFinder(Protocol):
    """Finds on the pages of a document what answers a question, for pages that know nothing of questions."""

    def words(self, words: Sequence[str], question: str) -> Sequence[int]:
        """Return the places of the words of one page that answer."""
        ...

    def pages(self, texts: Sequence[str], question: str) -> Sequence[int]:
        """Return the numbers (from 1) of the pages that hold an answer."""
        ...


@dataclass(frozen=True, slots=True)
class JournalName:
    """What one subject of a line is called for a reader, and where it is shown to them, if anywhere."""

    text: str
    endpoint: str = ""
    """The page that shows it; it takes ``parameter``."""
    parameter: str = ""
    """The name of the identifier in the address of that page."""


@dataclass(frozen=True, slots=True)
class JournalSubject:
    """A kind of subject of journal lines, as the room that owns it explains it to readers of the journal.

    ``is_shown(session, actor, identifier)`` returns the SQL condition that a line about the subject whose identifier a
    column holds may be read by the actor; without it every reader of the journal may. ``names(session, actor,
    identifiers, locale)`` names those subjects that the actor may know of, and no other. ``choices(session, locale)``
    lists all of them, where they are few enough to choose from.
    """

    label: LazyText
    is_shown: Callable[[Any, Actor, Any], Any] | None = None
    names: Callable[[Any, Actor, Sequence[str], str], Mapping[str, JournalName]] | None = None
    choices: Callable[[Any, str], Sequence[tuple[str, str]]] | None = None


@dataclass(frozen=True, slots=True)
class JournalValue:
    """A value kept in journal lines, as a reader sees it.

    ``words`` are what its codes are called. ``subject`` is the kind of subject that its identifiers name; those that
    the reader may not know of are left out. ``form``: ``plain``, ``reference`` (read from left to right), ``hash`` (the
    same, too long for a list), ``count`` (how many there are), ``size`` (of bytes), ``instant``, ``silent`` (no word).
    """

    label: LazyText
    words: Mapping[str, LazyText] = field(default_factory=dict)
    subject: str = ""
    form: str = "plain"


@dataclass(frozen=True, slots=True)
class NoticeTeller:
    """How one kind of notice is told to the person it is for.

    ``text(values)`` returns the sentence in the language of the request, and ``address(values)`` the page that it leads
    to; of a notice about a document without an address, the page of the document.
    """

    icon: str
    text: Callable[[Mapping[str, Any]], str]
    address: Callable[[Mapping[str, Any]], str] | None = None


@dataclass(frozen=True, slots=True)
class FoundAction:
    """What can be done with results that somebody chose: the form of the page of results is posted to the endpoint.

    The form says which (``docflow.search.forms``); shown to whoever holds ``permission``.
    """

    endpoint: str
    label: LazyText
    icon: str
    permission: str


class ClosingRule(Protocol):
    """Says of some matters what must be done before they are closed.

    It is asked before the responsible task on a document is ended, and (``by_letter``) before a letter that answers it
    goes on its circuit or out.
    """

    def __call__(self, session: Any, document_id: UUID, /, *, by_letter: bool) -> None:
        """Return when the matter may be closed so.

        Raises:
            Conflict: with a code of the room whose rule it is.
        """
        ...


class BlueprintFactory(Protocol):
    """Makes the room's pages from the runtime."""

    def __call__(self, deps: Any, /) -> Any:
        """Return a Flask blueprint."""
        ...


@dataclass(frozen=True, slots=True)
class Capability:
    """All that one room contributes to the product."""

    name: str
    blueprints: Sequence[BlueprintFactory] = ()
    """Pages of the staff."""
    public_blueprints: Sequence[BlueprintFactory] = ()
    """Pages of the public site."""
    site_links: Sequence[SiteLink] = ()
    """Its entries in the public site's navigation."""
    jobs: Mapping[str, JobHandler] = field(default_factory=dict)
    periodic: Sequence[PeriodicJob] = ()
    menu: Sequence[MenuEntry] = ()
    shortcuts: Sequence[Shortcut] = ()
    place_finders: Sequence[PlaceFinder] = ()
    """What the search box offers beside places, by name."""
    home_lines: Sequence[HomeLine] = ()
    home_panels: Sequence[HomePanelMaker] = ()
    checks: Sequence[Callable[[Any], Sequence[Check]]] = ()
    measures: Sequence[Measuring] = ()
    """Figures of ``/metrics``."""
    health_facts: Sequence[HealthMaker] = ()
    """What the health page says above its checks."""
    document_panels: Sequence[PanelMaker] = ()
    document_facts: Sequence[FactsMaker] = ()
    document_heads: Sequence[FactsMaker] = ()
    """What stands beside the title of the document page: where it was come from."""
    followed_facts: Sequence[FollowedMaker] = ()
    """What the citizen is told of a matter that they follow."""
    found_actions: Sequence[FoundAction] = ()
    closing_rules: Sequence[ClosingRule] = ()
    """What must be done before matters of the room are closed."""
    notices: Mapping[str, NoticeTeller] = field(default_factory=dict)
    journal_phrases: Mapping[str, LazyText] = field(default_factory=dict)
    journal_values: Mapping[str, JournalValue] = field(default_factory=dict)
    journal_subjects: Mapping[str, JournalSubject] = field(default_factory=dict)
    error_texts: Mapping[str, LazyText] = field(default_factory=dict)
