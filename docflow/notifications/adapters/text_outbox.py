"""A gateway that is a folder: each text message is a file, for a modem or the operator's own program to take."""

from __future__ import annotations

import json
import os
from pathlib import Path

from docflow.core.errors import Unavailable
from docflow.notifications.ports import TextMessage


class TextOutbox:
    """Puts each message into a folder as ``<id>.json``, whole or not at all; the same message twice is one file."""

    def __init__(self, folder: Path | None) -> None:
        """Take the folder, or none; nothing is made yet."""
        self._folder = folder

    @property
    def is_set_up(self) -> bool:
        """Whether there is a folder."""
        return self._folder is not None

    def send(self, message: TextMessage) -> None:
        """Put a message into the folder."""
        if self._folder is None:
            raise Unavailable("text_gateway_unavailable", reason="none set")
        said = {"to": message.recipient, "text": message.text, "asked_at": message.dated.isoformat()}
        try:
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            whole, part = self._folder / f"{message.message_id}.json", self._folder / f".{message.message_id}.part"
            with part.open("w", encoding="utf-8") as stream:
                json.dump(said, stream, ensure_ascii=False)
                stream.flush()
                os.fsync(stream.fileno())
            part.rename(whole)
        except OSError as error:
            raise Unavailable("text_gateway_unavailable", reason=type(error).__name__) from error
