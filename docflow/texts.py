"""Error texts outside a request: commands and tests speak the interface's language too."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

from flask import Flask
from flask_babel import Babel, force_locale

from docflow.bootstrap import CAPABILITIES
from docflow.core.capability import LazyText
from docflow.core.errors import DocFlowError
from docflow.web.problem import ErrorTexts
from docflow.web.shell import TRANSLATIONS


def error_texts() -> dict[str, LazyText]:
    """Return the text of every error code that the rooms declare."""
    return {code: text for capability in CAPABILITIES for code, text in capability.error_texts.items()}


@cache
def _speaker() -> tuple[Flask, ErrorTexts]:
    app = Flask("docflow")
    Babel(app, default_locale="en", default_translation_directories=str(TRANSLATIONS))
    return app, ErrorTexts(error_texts())


@contextmanager
def speaking(locale: str) -> Iterator[None]:
    """Let lazy texts become strings in ``ar``, ``fr`` or ``en`` outside a request."""
    app, _texts = _speaker()
    with app.test_request_context(), force_locale(locale):
        yield


def error_message(error: DocFlowError, *, locale: str) -> str:
    """Return what an error says in ``ar``, ``fr`` or ``en``."""
    app, texts = _speaker()
    with app.test_request_context(), force_locale(locale):
        return texts.text_of(error)
