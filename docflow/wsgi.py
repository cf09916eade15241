"""What a web server loads: ``docflow.wsgi:staff()`` and ``docflow.wsgi:public()``."""

from __future__ import annotations

from flask import Flask

from docflow.app import create_public_app, create_staff_app
from docflow.bootstrap import bootstrap
from docflow.core.logging import configure_logging
from docflow.settings import load_settings


def staff() -> Flask:
    """Return the staff site."""
    settings = load_settings()
    configure_logging(is_json=settings.log_format == "json")
    return create_staff_app(bootstrap(settings))


def public() -> Flask:
    """Return the public site."""
    settings = load_settings()
    configure_logging(is_json=settings.log_format == "json")
    return create_public_app(bootstrap(settings))
