"""A rebuild that every engine shares: a generation is filled beside the one that answers, then takes its place."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import IO, Protocol

from docflow.search.adapters.generations import Generations
from docflow.search.ports import IndexEntry


class GenerationWriter(Protocol):
    """What an engine brings: it turns its own failures into ``Unavailable``."""

    def write(self, entries: Sequence[IndexEntry]) -> None:
        """Write entries to the new generation."""
        ...

    def commit(self) -> None:
        """Make the new generation whole and durable."""
        ...

    def cancel(self) -> None:
        """Let go of the new generation's files."""
        ...


class GenerationRebuild:
    """An :class:`~docflow.search.ports.IndexRebuild` over generations."""

    def __init__(self, generations: Generations, folder: Path, lock: IO[bytes], writer: GenerationWriter) -> None:
        """Take what ``Generations.begin`` gave, and the engine's writer of that folder."""
        self._generations = generations
        self._folder = folder
        self._lock = lock
        self._writer = writer
        self._documents = 0

    @property
    def documents(self) -> int:
        """Return how many entries were added."""
        return self._documents

    def add(self, entries: Sequence[IndexEntry]) -> None:
        """Write entries; they are seen after the swap."""
        self._writer.write(entries)
        self._documents += len(entries)

    def swap(self) -> tuple[str, ...]:
        """Commit and let the new generation answer."""
        self._writer.commit()
        with self._generations.writing():
            touched = self._generations.promote(self._folder)
        self._lock.close()
        return touched

    def abandon(self) -> None:
        """Remove the new generation, unless it was swapped in."""
        if self._lock.closed:
            return
        self._writer.cancel()
        self._generations.give_up(self._folder)
        self._lock.close()
