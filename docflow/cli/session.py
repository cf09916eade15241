"""The runtime and the actor of a command."""

from __future__ import annotations

import argparse

from docflow.accounts.queries import OPERATOR, actor_named
from docflow.bootstrap import Runtime, bootstrap
from docflow.core.actor import Actor
from docflow.core.logging import configure_logging
from docflow.publications.indexing import make_first_public_index
from docflow.schema import migrate
from docflow.search.indexing import make_first_index
from docflow.settings import load_settings


def open_runtime(*, is_migrating: bool = True) -> Runtime:
    """Compose the product from the settings; an empty home is migrated first."""
    settings = load_settings()
    configure_logging(is_json=settings.log_format == "json")
    runtime = bootstrap(settings)
    if is_migrating:
        migrate(runtime.transactions.engine)
        make_first_index(runtime)
        make_first_public_index(runtime)
    return runtime


def add_common(parser: argparse.ArgumentParser, *, has_actor: bool = False) -> None:
    """Add ``--json`` and, where a command acts for somebody, ``--as USER``."""
    parser.add_argument("--json", action="store_true", help="one JSON object a line on standard output")
    if has_actor:
        parser.add_argument("--as", dest="username", metavar="USER", help="act and see as somebody")


def acting(runtime: Runtime, options: argparse.Namespace) -> Actor:
    """Return the actor of a command: the person named, or the local operator.

    Raises:
        NotFound: ``person_unknown``.
    """
    if not options.username:
        return OPERATOR
    with runtime.transactions.reading() as session:
        return actor_named(session, options.username, runtime.clock.now())
