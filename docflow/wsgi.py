"""What a web server loads: ``docflow.wsgi:staff()`` and ``docflow.wsgi:public()``."""

from __future__ import annotations

import atexit
from contextlib import ExitStack

import structlog
from flask import Flask
from sqlalchemy.exc import SQLAlchemyError

from docflow.app import create_public_app, create_staff_app
from docflow.bootstrap import Runtime, bootstrap
from docflow.core.logging import configure_logging
from docflow.core.temporaries import own_temporaries
from docflow.settings import Settings, load_settings

logger = structlog.get_logger()


def staff() -> Flask:
    """Return the staff site."""
    settings = load_settings()
    configure_logging(is_json=settings.log_format == "json")
    return create_staff_app(_own_runtime(settings))


def public() -> Flask:
    """Return the public site."""
    settings = load_settings()
    configure_logging(is_json=settings.log_format == "json")
    return create_public_app(_own_runtime(settings))


def _own_runtime(settings: Settings) -> Runtime:
    aside = ExitStack()
    aside.enter_context(own_temporaries())
    atexit.register(aside.close)
    runtime = bootstrap(settings)
    try:
        runtime.check_host()
    except SQLAlchemyError as error:
        # A site that starts while the database is away says so on its pages, and works once it is back.
        logger.warning("host_not_checked", reason=type(error).__name__)
    return runtime
