"""Who makes the present request, as views and the shell ask."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

from flask import Flask, current_app, g

from docflow.core.actor import Actor

EXTENSION = "docflow_load_actor"


def install_identity(app: Flask, load: Callable[[], Actor]) -> None:
    """Tell an app how to find out who makes a request; it is asked once a request at most."""
    app.extensions[EXTENSION] = load


def current_actor() -> Actor:
    """Return who makes this request."""
    if "actor" not in g:
        g.actor = current_app.extensions[EXTENSION]()
    return cast("Actor", g.actor)
