"""The relay process: publishes the ids of due jobs while it leads, and waits for its turn while another does."""

from __future__ import annotations

import signal
import threading

from docflow.bootstrap import bootstrap
from docflow.core.logging import configure_logging
from docflow.settings import load_settings


def main() -> None:
    """Relay until told to stop by SIGTERM or SIGINT."""
    settings = load_settings()
    configure_logging(is_json=settings.log_format == "json")
    relay = bootstrap(settings).make_relay()
    is_stopping = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: is_stopping.set())
    relay.run_until(is_stopping.is_set, wait=is_stopping.wait)


if __name__ == "__main__":
    main()
